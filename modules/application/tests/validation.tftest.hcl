mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.notifications
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-notifications" }
  }
}

run "forms_that_are_wrong" {
  command = plan

  variables {
    name_prefix        = "Desk"
    account_id         = "12345678901"
    region             = "virginia"
    log_retention_days = 8 # unknown to CloudWatch
    page_token_version = 1.5
  }

  expect_failures = [
    var.account_id,
    var.log_retention_days,
    var.name_prefix,
    var.page_token_version,
    var.region,
  ]
}

run "page_token_version_before_the_first" {
  command         = plan
  expect_failures = [var.page_token_version]

  variables {
    page_token_version = 0
  }
}
