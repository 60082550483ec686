mock_provider "aws" {}

run "forms_that_are_wrong" {
  command         = plan
  expect_failures = [var.name_prefix]

  variables {
    name_prefix = "Desk"
  }
}
