mock_provider "aws" {}

run "forms_that_are_wrong" {
  command = plan

  variables {
    name_prefix              = "Desk"
    account_id               = "12345678901"
    region                   = "virginia"
    artifact_bucket_name     = "arn:aws:s3:::desk-test-123456789012-artifacts"
    permissions_boundary_arn = "boundary"
    insights_layer_arn       = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64"
    kms_key_arn              = "arn:aws:kms:us-east-1:123456789012:alias/desk-test"
    notifications_topic_arn  = "desk-test-notifications"
    table_stream_arn         = "arn:aws:dynamodb:us-east-1:123456789012:table/other/stream/2024"
    idempotency_table_arn    = "desk-test-idempotency"
    stream_dlq_name          = "arn:aws:sqs:us-east-1:123456789012:desk-test-stream-dlq"
    function_names           = { api = "", processor = "desk-test-processor", scheduled = "desk-test-scheduled" }
    log_group_names          = { api = "api", processor = "/aws/lambda/p", scheduled = "/aws/lambda/s" }
  }

  expect_failures = [
    var.account_id,
    var.artifact_bucket_name,
    var.function_names,
    var.idempotency_table_arn,
    var.insights_layer_arn,
    var.kms_key_arn,
    var.log_group_names,
    var.name_prefix,
    var.notifications_topic_arn,
    var.permissions_boundary_arn,
    var.region,
    var.stream_dlq_name,
    var.table_stream_arn,
  ]
}

# a * in a name would widen the policy it is put into
run "patterns_for_names" {
  command = plan

  variables {
    table_arn               = "arn:aws:dynamodb:us-east-1:123456789012:table/*"
    table_stream_arn        = "arn:aws:dynamodb:us-east-1:123456789012:table/*/stream/2024"
    idempotency_table_arn   = "arn:aws:dynamodb:us-east-1:123456789012:table/*"
    notifications_topic_arn = "arn:aws:sns:us-east-1:123456789012:*"
    kms_key_arn             = "arn:aws:kms:us-east-1:123456789012:key/*"
    insights_layer_arn      = "arn:aws:lambda:us-east-1:580247275435:layer:*:1"
    stream_dlq_name         = "desk-test-*"
    schedule_dlq_name       = "desk-test-*"
    function_names          = { api = "*", processor = "desk-test-processor", scheduled = "desk-test-scheduled" }
    log_group_names         = { api = "/aws/lambda/*", processor = "/aws/lambda/p", scheduled = "/aws/lambda/s" }
  }

  expect_failures = [
    var.function_names,
    var.idempotency_table_arn,
    var.insights_layer_arn,
    var.kms_key_arn,
    var.log_group_names,
    var.notifications_topic_arn,
    var.schedule_dlq_name,
    var.stream_dlq_name,
    var.table_arn,
  ]
}
