# Each run begins with what the one before has applied.
mock_provider "aws" {}

# proves: N3, N4
run "one_gateway_for_all" {
  command = apply

  assert {
    condition = (
      toset(keys(aws_route_table.private)) == toset(var.zones) &&
      toset(keys(aws_route_table_association.private)) == toset(var.zones) &&
      toset(keys(aws_route.nat)) == toset(var.zones)
    )
    error_message = "Each private subnet has a route table of its own, with a way out."
  }

  assert {
    condition = alltrue([
      for route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.this["us-east-1a"].id
    ])
    error_message = "Every zone leaves by the one NAT gateway."
  }
}

# A table that would be made anew has no id yet in a plan, and the assertion could not be made.
# proves: N4
run "a_gateway_more_moves_no_subnet" {
  command = plan

  variables {
    nat = "per_az"
  }

  assert {
    condition = alltrue([
      for zone, association in aws_route_table_association.private :
      association.id != "" && association.route_table_id == aws_route_table.private[zone].id
    ])
    error_message = "Each private subnet stays with the route table it has."
  }

  assert {
    condition     = alltrue([for zone in var.zones : aws_route.nat[zone].id != ""])
    error_message = "Routes are changed, not made anew."
  }
}

# proves: N4
run "a_gateway_more_is_the_target_of_its_zones_route" {
  command = apply

  variables {
    nat = "per_az"
  }

  assert {
    condition = alltrue([
      for zone in var.zones : aws_route.nat[zone].nat_gateway_id == aws_nat_gateway.this[zone].id
    ])
    error_message = "Each zone leaves by its own NAT gateway."
  }
}

# proves: N4
run "one_gateway_again_moves_no_subnet" {
  command = plan

  assert {
    condition = alltrue([
      for zone, association in aws_route_table_association.private :
      association.id != "" && association.route_table_id == aws_route_table.private[zone].id
    ])
    error_message = "Each private subnet stays with the route table it has."
  }

  assert {
    condition = alltrue([
      for route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.this["us-east-1a"].id
    ])
    error_message = "Every zone leaves by the one NAT gateway, which stays."
  }
}

# proves: N3, N4
run "no_gateway_moves_no_subnet" {
  command = plan

  variables {
    nat = "none"
  }

  assert {
    condition = alltrue([
      for zone, association in aws_route_table_association.private :
      association.id != "" && association.route_table_id == aws_route_table.private[zone].id
    ])
    error_message = "Each private subnet stays with the route table it has."
  }
}
