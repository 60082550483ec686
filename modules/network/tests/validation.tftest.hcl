mock_provider "aws" {}

variables {
  name_prefix = "desk-test"
  account_id  = "123456789012"
  region      = "us-east-1"
  cidr        = "10.10.0.0/16"
  zones       = ["us-east-1a", "us-east-1b"]
  nat         = "single"
}

run "name_prefix_in_capitals" {
  command         = plan
  expect_failures = [var.name_prefix]

  variables {
    name_prefix = "Desk"
  }
}

run "account_id_too_short" {
  command         = plan
  expect_failures = [var.account_id]

  variables {
    account_id = "12345678901"
  }
}

run "region_unknown_form" {
  command         = plan
  expect_failures = [var.region]

  variables {
    region = "virginia"
  }
}

run "cidr_too_small" {
  command         = plan
  expect_failures = [var.cidr]

  variables {
    cidr = "10.10.0.0/21"
  }
}

run "cidr_too_large" {
  command         = plan
  expect_failures = [var.cidr]

  variables {
    cidr = "10.0.0.0/15"
  }
}

run "cidr_not_at_its_start" {
  command         = plan
  expect_failures = [var.cidr]

  variables {
    cidr = "10.10.1.0/16"
  }
}

run "one_zone" {
  command         = plan
  expect_failures = [var.zones]

  variables {
    zones = ["us-east-1a"]
  }
}

run "five_zones" {
  command         = plan
  expect_failures = [var.zones]

  variables {
    zones = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e"]
  }
}

run "a_zone_twice" {
  command         = plan
  expect_failures = [var.zones]

  variables {
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

run "nat_unknown" {
  command         = plan
  expect_failures = [var.nat]

  variables {
    nat = "double"
  }
}
