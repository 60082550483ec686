mock_provider "aws" {}

# proves: N1, N2
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

# proves: N2
run "more_zones_move_no_subnet" {
  command = plan

  variables {
    zones = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"]
    nat   = "per_az"
  }

  assert {
    condition = (
      [for zone in var.zones : aws_subnet.public[zone].cidr_block] ==
      ["10.10.0.0/20", "10.10.16.0/20", "10.10.32.0/20", "10.10.48.0/20"]
    )
    error_message = "Public subnets keep their addresses when zones are added."
  }

  assert {
    condition = (
      [for zone in var.zones : aws_subnet.private[zone].cidr_block] ==
      ["10.10.128.0/20", "10.10.144.0/20", "10.10.160.0/20", "10.10.176.0/20"]
    )
    error_message = "Private subnets keep their addresses when zones are added."
  }

  assert {
    condition = (
      toset(keys(aws_nat_gateway.this)) == toset(var.zones) &&
      toset(keys(aws_route_table.private)) == toset(var.zones)
    )
    error_message = "Each zone has a way out of its own."
  }
}

# proves: N2, N5
run "another_region" {
  command = plan

  variables {
    region = "eu-central-1"
    zones  = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]

    interface_endpoints = ["sns"]
  }

  assert {
    condition = toset([
      for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) :
      subnet.availability_zone
    ]) == toset(var.zones)
    error_message = "Each of the region's zones has its subnets."
  }

  assert {
    condition = toset([
      for endpoint in concat(values(aws_vpc_endpoint.gateway), values(aws_vpc_endpoint.interface)) :
      endpoint.service_name
      ]) == toset([
      for service in ["dynamodb", "s3", "sns"] : "com.amazonaws.eu-central-1.${service}"
    ])
    error_message = "The endpoints are those of the region."
  }

  assert {
    condition = startswith(
      jsondecode(aws_vpc_endpoint.gateway["dynamodb"].policy).Statement[0].Resource,
      "arn:aws:dynamodb:eu-central-1:123456789012:",
    )
    error_message = "The tables let through are those of the region."
  }
}

# proves: N3, N4, N6
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

# proves: N3, N4
run "nat_single_is_shared" {
  command = plan

  assert {
    condition     = keys(aws_nat_gateway.this) == ["us-east-1a"]
    error_message = "The one NAT gateway is in the first zone."
  }

  assert {
    condition     = toset(values(local.nat_of_table)) == toset(["us-east-1a"])
    error_message = "Every zone's route leads to that gateway."
  }
}

# proves: N3, N4, N5
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

# proves: N5
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

# proves: N6
run "functions_speak_https_only" {
  command = plan

  variables {
    interface_endpoints = ["sns"]
  }

  assert {
    condition = (
      length(aws_vpc_security_group_egress_rule.interface_endpoints) == 1 &&
      length(aws_vpc_security_group_egress_rule.internet) == 1
    )
    error_message = "Every kind of way out is there to be looked at."
  }

  assert {
    condition = alltrue([
      for rule in concat(
        values(aws_vpc_security_group_egress_rule.endpoint),
        aws_vpc_security_group_egress_rule.interface_endpoints,
        aws_vpc_security_group_egress_rule.internet,
      ) : rule.ip_protocol == "tcp" && rule.from_port == 443 && rule.to_port == 443
    ])
    error_message = "Every way out is TCP 443."
  }
}
