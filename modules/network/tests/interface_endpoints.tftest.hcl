mock_provider "aws" {}

variables {
  nat                 = "none"
  interface_endpoints = ["secretsmanager", "sns"]
}

# proves: N3
run "each_service_has_an_endpoint_in_each_zone" {
  command = apply

  assert {
    condition = [for endpoint in aws_vpc_endpoint.interface : endpoint.service_name] == [
      "com.amazonaws.us-east-1.secretsmanager",
      "com.amazonaws.us-east-1.sns",
    ]
    error_message = "The services named have an endpoint."
  }

  assert {
    condition = alltrue([
      for endpoint in aws_vpc_endpoint.interface : (
        endpoint.vpc_endpoint_type == "Interface" &&
        endpoint.private_dns_enabled &&
        toset(endpoint.subnet_ids) == toset([for subnet in aws_subnet.private : subnet.id])
      )
    ])
    error_message = "Each endpoint is in every private subnet, under the service's usual name."
  }
}

# proves: N3, N6
run "without_nat_functions_reach_the_endpoints_only" {
  command = apply

  assert {
    condition = (
      one(aws_vpc_security_group_egress_rule.interface_endpoints).referenced_security_group_id ==
      one(aws_security_group.endpoints).id
    )
    error_message = "Functions have a rule to the interface endpoints."
  }

  assert {
    condition = alltrue([
      for service, rule in aws_vpc_security_group_egress_rule.endpoint :
      rule.prefix_list_id == aws_vpc_endpoint.gateway[service].prefix_list_id
    ]) && length(aws_vpc_security_group_egress_rule.endpoint) == 2
    error_message = "Functions have a rule to each gateway endpoint's prefix list."
  }

  assert {
    condition = alltrue([
      for rule in concat(
        values(aws_vpc_security_group_egress_rule.endpoint),
        aws_vpc_security_group_egress_rule.interface_endpoints,
        aws_vpc_security_group_egress_rule.internet,
      ) : rule.cidr_ipv4 == null && rule.cidr_ipv6 == null
    ])
    error_message = "No rule leads to a range of addresses."
  }
}

# proves: N6
run "functions_alone_reach_the_endpoints" {
  command = apply

  assert {
    condition = alltrue([
      for endpoint in aws_vpc_endpoint.interface :
      endpoint.security_group_ids == toset([one(aws_security_group.endpoints).id])
    ])
    error_message = "The endpoints have a security group of their own."
  }

  assert {
    condition = (
      one(aws_vpc_security_group_ingress_rule.functions).security_group_id ==
      one(aws_security_group.endpoints).id &&
      one(aws_vpc_security_group_ingress_rule.functions).referenced_security_group_id ==
      aws_security_group.lambda.id
    )
    error_message = "What comes in comes from the functions."
  }

  assert {
    condition = (
      one(aws_vpc_security_group_ingress_rule.functions).ip_protocol == "tcp" &&
      one(aws_vpc_security_group_ingress_rule.functions).from_port == 443 &&
      one(aws_vpc_security_group_ingress_rule.functions).to_port == 443
    )
    error_message = "What comes in is HTTPS."
  }
}

# proves: N3
run "interface_endpoints_let_through_this_account_only" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for endpoint in aws_vpc_endpoint.interface : [
        for statement in jsondecode(endpoint.policy).Statement : (
          statement.Condition.StringEquals["aws:PrincipalAccount"] == "123456789012" &&
          statement.Condition.StringEqualsIfExists["aws:ResourceAccount"] == "123456789012"
        )
      ]
    ]))
    error_message = "Neither principals nor resources of other accounts pass."
  }
}

# proves: N3
run "nat_and_interface_endpoints_together" {
  command = plan

  variables {
    nat = "single"
  }

  assert {
    condition = (
      length(aws_vpc_security_group_egress_rule.internet) == 1 &&
      length(aws_vpc_security_group_egress_rule.interface_endpoints) == 1
    )
    error_message = "What has no endpoint is reached through NAT."
  }
}

# proves: N3
run "none_named_none_made" {
  command = plan

  variables {
    interface_endpoints = []
  }

  assert {
    condition = (
      length(aws_vpc_endpoint.interface) == 0 &&
      length(aws_security_group.endpoints) == 0 &&
      length(aws_vpc_security_group_ingress_rule.functions) == 0 &&
      length(aws_vpc_security_group_egress_rule.interface_endpoints) == 0
    )
    error_message = "Without services there is neither an endpoint to pay for nor a rule."
  }
}
