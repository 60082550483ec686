# Gateway endpoints cost nothing and keep table and bucket traffic off the NAT gateways. Their
# policies let through this account's data only: stolen credentials of another account, or a
# bucket of one, are of no use from inside the VPC.
locals {
  gateway_endpoint_policies = {
    s3 = [{
      Sid       = "ThisAccountsBuckets"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]
      Resource  = "*"
      Condition = {
        StringEquals = {
          "aws:ResourceAccount"  = var.account_id
          "aws:PrincipalAccount" = var.account_id
        }
      }
    }]

    dynamodb = [{
      Sid       = "ThisAccountsTables"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "dynamodb:*"
      Resource  = "arn:aws:dynamodb:${var.region}:${var.account_id}:table/*"
      Condition = {
        StringEquals = { "aws:PrincipalAccount" = var.account_id }
      }
    }]
  }
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = local.gateway_endpoint_policies

  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.private : table.id]
  policy            = jsonencode({ Version = "2012-10-17", Statement = each.value })

  tags = { Name = "${var.name_prefix}-${each.key}" }
}
