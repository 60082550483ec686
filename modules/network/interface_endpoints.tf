# Interface endpoints are what reaches AWS's other services where there is no NAT gateway; where
# there is one, they keep that service's traffic off it. Functions need one for what their code
# calls, and no more: Lambda itself sends their logs and trace segments, polls streams and queues,
# and delivers to dead-letter queues, from its own network. Lambda Insights is the exception, an
# extension that calls CloudWatch Logs from within the function:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Lambda-Insights-Getting-Started-clouddevelopmentkit.html
locals {
  # Not every action has a resource whose account could be compared (xray:PutTraceSegments and
  # cloudwatch:PutMetricData write to the caller's account), hence IfExists for that key alone.
  interface_endpoint_policy = {
    Version = "2012-10-17"

    Statement = [{
      Sid       = "ThisAccountsResources"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "*"
      Resource  = "*"
      Condition = {
        StringEquals         = { "aws:PrincipalAccount" = var.account_id }
        StringEqualsIfExists = { "aws:ResourceAccount" = var.account_id }
      }
    }]
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = toset(var.interface_endpoints)

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = aws_security_group.endpoints[*].id
  private_dns_enabled = true # the SDK's usual host names lead to the endpoint
  policy              = jsonencode(local.interface_endpoint_policy)

  tags = { Name = "${var.name_prefix}-${each.key}" }
}

# A group of their own: in the functions' group they could be reached by nothing, as it has no
# ingress, and with the VPC's range they could be reached by whatever else is in it. They answer
# and begin nothing, so there is no egress rule.
resource "aws_security_group" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  name        = "${var.name_prefix}-endpoints"
  description = "Interface endpoints: HTTPS ingress from functions, no egress"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name_prefix}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "functions" {
  count = length(aws_security_group.endpoints)

  security_group_id            = aws_security_group.endpoints[0].id
  description                  = "HTTPS from functions"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.lambda.id
}
