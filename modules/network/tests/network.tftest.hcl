mock_provider "aws" {}

variables {
  name_prefix = "desk-test"
  account_id  = "123456789012"
  region      = "us-east-1"
  cidr        = "10.10.0.0/16"
  zones       = ["us-east-1a", "us-east-1b"]
  nat         = "single"
}

run "subnets_of_every_zone" {
  command = plan

  assert {
    condition = (
      { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } ==
      { "us-east-1a" = "10.10.0.0/20", "us-east-1b" = "10.10.16.0/20" }
    )
    error_message = "Each zone has a public subnet in the range's first half."
  }

  assert {
    condition = (
      { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } ==
      { "us-east-1a" = "10.10.128.0/20", "us-east-1b" = "10.10.144.0/20" }
    )
    error_message = "Each zone has a private subnet in the range's second half."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : !subnet.map_public_ip_on_launch])
    error_message = "No subnet hands out public addresses by itself."
  }
}

run "another_zone_moves_no_subnet" {
  command = plan

  variables {
    zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
  }

  assert {
    condition = (
      aws_subnet.public["us-east-1b"].cidr_block == "10.10.16.0/20" &&
      aws_subnet.private["us-east-1b"].cidr_block == "10.10.144.0/20"
    )
    error_message = "Subnets keep their addresses when a zone is added."
  }

  assert {
    condition     = length(aws_subnet.public) == 3 && length(aws_subnet.private) == 3
    error_message = "The third zone has its subnets."
  }
}

run "nat_none_has_no_way_out" {
  command = plan

  variables {
    nat = "none"
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_eip.nat) == 0
    error_message = "Without NAT there is neither a gateway nor an address to pay for."
  }

  assert {
    condition     = length(aws_route.nat) == 0
    error_message = "Without NAT private subnets have no default route."
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.internet) == 0
    error_message = "Without NAT functions have no rule to the internet."
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.endpoint) == 2
    error_message = "Functions reach S3 and DynamoDB without NAT, too."
  }
}

run "nat_single_is_shared" {
  command = plan

  assert {
    condition     = keys(aws_nat_gateway.this) == ["us-east-1a"]
    error_message = "The one NAT gateway is in the first zone."
  }

  assert {
    condition     = keys(aws_route_table.private) == ["shared"]
    error_message = "Private subnets share a route table."
  }

  assert {
    condition     = length(aws_route_table_association.private) == 2
    error_message = "Each private subnet has that table."
  }
}

run "nat_per_az_keeps_zones_apart" {
  command = apply

  variables {
    nat = "per_az"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["us-east-1a", "us-east-1b"]
    error_message = "Each zone has a NAT gateway."
  }

  assert {
    condition = alltrue([
      for zone in var.zones :
      aws_route.nat[zone].nat_gateway_id == aws_nat_gateway.this[zone].id &&
      aws_route_table_association.private[zone].route_table_id == aws_route_table.private[zone].id
    ])
    error_message = "Each zone leaves by its own NAT gateway."
  }

  assert {
    condition = alltrue([
      for endpoint in aws_vpc_endpoint.gateway :
      toset(endpoint.route_table_ids) == toset([for table in aws_route_table.private : table.id])
    ])
    error_message = "Every private route table leads to the gateway endpoints."
  }

  assert {
    condition     = output.private_subnet_ids == [for zone in var.zones : aws_subnet.private[zone].id]
    error_message = "The private subnets are given out in the order of the zones."
  }
}

run "endpoints_let_through_this_account_only" {
  command = plan

  assert {
    condition = alltrue([
      for endpoint in aws_vpc_endpoint.gateway : alltrue([
        for statement in jsondecode(endpoint.policy).Statement :
        statement.Condition.StringEquals["aws:PrincipalAccount"] == "123456789012"
      ])
    ])
    error_message = "Credentials of other accounts are of no use through the endpoints."
  }

  assert {
    condition = (
      jsondecode(aws_vpc_endpoint.gateway["dynamodb"].policy).Statement[0].Resource ==
      "arn:aws:dynamodb:us-east-1:123456789012:table/*"
    )
    error_message = "Only this account's tables are reached."
  }

  assert {
    condition = (
      jsondecode(aws_vpc_endpoint.gateway["s3"].policy).Statement[0].Condition.StringEquals["aws:ResourceAccount"] ==
      "123456789012"
    )
    error_message = "Only this account's buckets are reached."
  }
}

run "functions_speak_https_only" {
  command = plan

  assert {
    condition = alltrue([
      for rule in concat(
        values(aws_vpc_security_group_egress_rule.endpoint),
        aws_vpc_security_group_egress_rule.internet,
      ) : rule.ip_protocol == "tcp" && rule.from_port == 443 && rule.to_port == 443
    ])
    error_message = "Every way out is TCP 443."
  }
}
