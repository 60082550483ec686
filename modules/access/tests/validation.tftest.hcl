mock_provider "aws" {}

variables {
  name_prefix              = "desk-test"
  account_id               = "123456789012"
  region                   = "us-east-1"
  artifact_bucket_name     = "desk-test-123456789012-artifacts"
  permissions_boundary_arn = ""
  tracing                  = false
  table_arn                = "arn:aws:dynamodb:us-east-1:123456789012:table/desk-test-table"
  table_stream_arn         = "arn:aws:dynamodb:us-east-1:123456789012:table/desk-test-table/stream/2024"
  idempotency_table_arn    = "arn:aws:dynamodb:us-east-1:123456789012:table/desk-test-idempotency"
  stream_dlq_name          = "desk-test-stream-dlq"
  schedule_dlq_name        = "desk-test-schedule-dlq"

  function_names = {
    api       = "desk-test-api"
    processor = "desk-test-processor"
    scheduled = "desk-test-scheduled"
  }

  log_group_names = {
    api       = "/aws/lambda/desk-test-api"
    processor = "/aws/lambda/desk-test-processor"
    scheduled = "/aws/lambda/desk-test-scheduled"
  }
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

run "artifact_bucket_by_arn" {
  command         = plan
  expect_failures = [var.artifact_bucket_name]

  variables {
    artifact_bucket_name = "arn:aws:s3:::desk-test-123456789012-artifacts"
  }
}

run "boundary_by_name" {
  command         = plan
  expect_failures = [var.permissions_boundary_arn]

  variables {
    permissions_boundary_arn = "boundary"
  }
}

run "table_by_pattern" {
  command         = plan
  expect_failures = [var.table_arn]

  variables {
    table_arn        = "arn:aws:dynamodb:us-east-1:123456789012:table/*"
    table_stream_arn = "arn:aws:dynamodb:us-east-1:123456789012:table/*/stream/2024"
  }
}

run "stream_of_another_table" {
  command         = plan
  expect_failures = [var.table_stream_arn]

  variables {
    table_stream_arn = "arn:aws:dynamodb:us-east-1:123456789012:table/other/stream/2024"
  }
}

run "idempotency_table_by_name" {
  command         = plan
  expect_failures = [var.idempotency_table_arn]

  variables {
    idempotency_table_arn = "desk-test-idempotency"
  }
}

run "function_by_pattern" {
  command         = plan
  expect_failures = [var.function_names]

  variables {
    function_names = { api = "*", processor = "desk-test-processor", scheduled = "desk-test-scheduled" }
  }
}

run "log_group_by_pattern" {
  command         = plan
  expect_failures = [var.log_group_names]

  variables {
    log_group_names = { api = "/aws/lambda/*", processor = "/aws/lambda/p", scheduled = "/aws/lambda/s" }
  }
}

run "stream_queue_by_arn" {
  command         = plan
  expect_failures = [var.stream_dlq_name]

  variables {
    stream_dlq_name = "arn:aws:sqs:us-east-1:123456789012:desk-test-stream-dlq"
  }
}

run "schedule_queue_by_pattern" {
  command         = plan
  expect_failures = [var.schedule_dlq_name]

  variables {
    schedule_dlq_name = "desk-test-*"
  }
}
