# The functions' security group: nothing comes in, and HTTPS alone goes out.
resource "aws_security_group" "lambda" {
  name        = "${var.name_prefix}-lambda"
  description = "Functions: no ingress, HTTPS egress"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name_prefix}-lambda" }
}

resource "aws_vpc_security_group_egress_rule" "endpoint" {
  for_each = aws_vpc_endpoint.gateway

  security_group_id = aws_security_group.lambda.id
  description       = "HTTPS to ${each.key}, through its gateway endpoint"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = each.value.prefix_list_id
}

# With NAT the rule below covers these addresses too; it stays when NAT is turned off.
resource "aws_vpc_security_group_egress_rule" "interface_endpoints" {
  count = length(aws_security_group.endpoints)

  security_group_id            = aws_security_group.lambda.id
  description                  = "HTTPS to the interface endpoints"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.endpoints[0].id
}

# AWS's other services and outside systems have no fixed addresses; without a NAT gateway there is
# no way to them, and then no rule either.
resource "aws_vpc_security_group_egress_rule" "internet" {
  count = var.nat == "none" ? 0 : 1

  security_group_id = aws_security_group.lambda.id
  description       = "HTTPS to the internet, through NAT"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}
