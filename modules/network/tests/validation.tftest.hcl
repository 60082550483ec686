mock_provider "aws" {}

run "unknown_forms" {
  command         = plan
  expect_failures = [var.account_id, var.name_prefix, var.nat, var.region]

  variables {
    name_prefix = "Desk"
    account_id  = "12345678901"
    region      = "virginia"
    nat         = "double"
  }
}

run "too_few" {
  command         = plan
  expect_failures = [var.cidr, var.zones]

  variables {
    cidr  = "10.10.0.0/21"
    zones = ["us-east-1a"]
  }
}

run "too_many" {
  command         = plan
  expect_failures = [var.cidr, var.zones]

  variables {
    cidr  = "10.0.0.0/15"
    zones = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e"]
  }
}

run "a_zone_twice_and_a_range_not_at_its_start" {
  command         = plan
  expect_failures = [var.cidr, var.zones]

  variables {
    cidr  = "10.10.1.0/16"
    zones = ["us-east-1a", "us-east-1a"]
  }
}

run "a_zone_of_another_region" {
  command         = plan
  expect_failures = [var.zones]

  variables {
    zones = ["us-east-1a", "eu-west-1b"]
  }
}

run "an_endpoint_of_a_service_that_has_a_gateway" {
  command         = plan
  expect_failures = [var.interface_endpoints]

  variables {
    interface_endpoints = ["s3"]
  }
}

run "an_endpoint_twice" {
  command         = plan
  expect_failures = [var.interface_endpoints]

  variables {
    interface_endpoints = ["sns", "sns"]
  }
}
