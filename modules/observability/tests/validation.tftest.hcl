mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.alarms
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-alarms" }
  }

  override_resource {
    target = aws_cloudwatch_log_group.flow
    values = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/desk-test-flow" }
  }

  override_resource {
    target = aws_iam_role.flow
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-flow-logs" }
  }
}

run "forms_that_are_wrong" {
  command = plan

  variables {
    name_prefix              = "Desk"
    environment              = "Test"
    account_id               = "12345678901"
    region                   = "virginia"
    kms_key_arn              = "alias/aws/sns"
    permissions_boundary_arn = "boundary"
    vpc_id                   = "desk-test"
    flow_logs                = "ALL"
    log_retention_days       = 8
    api_name                 = "desk test"
    table_name               = "arn:aws:dynamodb:us-east-1:123456789012:table/desk-test-table"
    idempotency_table_name   = "x' OR TableName = 'y"
    stream_dlq_name          = "arn:aws:sqs:us-east-1:123456789012:desk-test-stream-dlq"
    schedule_dlq_name        = ""
    function_names           = { api = "", processor = "desk-test-processor", scheduled = "desk-test-scheduled" }
    function_timeouts_s      = { api = 0, processor = 60, scheduled = 901 }
    log_group_names          = { api = "api", processor = "/aws/lambda/p", scheduled = "/aws/lambda/s" }
  }

  expect_failures = [
    var.account_id,
    var.api_name,
    var.environment,
    var.flow_logs,
    var.function_names,
    var.function_timeouts_s,
    var.idempotency_table_name,
    var.kms_key_arn,
    var.log_group_names,
    var.log_retention_days,
    var.name_prefix,
    var.permissions_boundary_arn,
    var.region,
    var.schedule_dlq_name,
    var.stream_dlq_name,
    var.table_name,
    var.vpc_id,
  ]
}

run "thresholds_too_low" {
  command = plan

  variables {
    error_rate_percent = 0
    duration_percent   = 0
    iterator_age_s     = 59
  }

  expect_failures = [var.duration_percent, var.error_rate_percent, var.iterator_age_s]
}

run "thresholds_never_reached" {
  command = plan

  variables {
    error_rate_percent = 101
    duration_percent   = 100
    iterator_age_s     = 3541
  }

  expect_failures = [var.duration_percent, var.error_rate_percent, var.iterator_age_s]
}

# whoever has a chat's address may write to it
run "subscriber_with_a_secret" {
  command         = plan
  expect_failures = [var.alarm_subscribers]

  variables {
    alarm_subscribers = ["https://hooks.example.com/services/T0/B0/secret"]
  }
}

run "subscriber_of_another_kind" {
  command         = plan
  expect_failures = [var.alarm_subscribers]

  variables {
    alarm_subscribers = ["on-call@example.com", "arn:aws:sns:us-east-1:123456789012:other"]
  }
}
