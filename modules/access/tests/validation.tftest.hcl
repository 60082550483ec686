mock_provider "aws" {
  override_resource {
    target = aws_iam_role.api_gateway
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-api-gateway" }
  }
}

run "forms_that_are_wrong" {
  command = plan

  variables {
    name_prefix              = "Desk"
    environment              = "Test"
    account_id               = "12345678901"
    region                   = "virginia"
    artifact_bucket_name     = "arn:aws:s3:::desk-test-123456789012-artifacts"
    data_bucket_name         = "arn:aws:s3:::desk-test-123456789012-data"
    event_bus_arn            = "desk-test-events"
    page_token_secret_arn    = "desk-test/page-token-1"
    webhook_secret_arn       = "desk-test/webhook-1"
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
    var.data_bucket_name,
    var.environment,
    var.event_bus_arn,
    var.function_names,
    var.idempotency_table_arn,
    var.insights_layer_arn,
    var.kms_key_arn,
    var.log_group_names,
    var.name_prefix,
    var.notifications_topic_arn,
    var.page_token_secret_arn,
    var.permissions_boundary_arn,
    var.region,
    var.stream_dlq_name,
    var.table_stream_arn,
    var.webhook_secret_arn,
  ]
}

# a * in a name would widen the policy it is put into
run "patterns_for_names" {
  command = plan

  variables {
    table_arn               = "arn:aws:dynamodb:us-east-1:123456789012:table/*"
    table_stream_arn        = "arn:aws:dynamodb:us-east-1:123456789012:table/*/stream/2024"
    idempotency_table_arn   = "arn:aws:dynamodb:us-east-1:123456789012:table/*"
    data_bucket_name        = "desk-test-*"
    notifications_topic_arn = "arn:aws:sns:us-east-1:123456789012:*"
    event_bus_arn           = "arn:aws:events:us-east-1:123456789012:event-bus/*"
    page_token_secret_arn   = "arn:aws:secretsmanager:us-east-1:123456789012:secret:desk-test/*"
    webhook_secret_arn      = "arn:aws:secretsmanager:us-east-1:123456789012:secret:desk-test/*"
    kms_key_arn             = "arn:aws:kms:us-east-1:123456789012:key/*"
    insights_layer_arn      = "arn:aws:lambda:us-east-1:580247275435:layer:*:1"
    stream_dlq_name         = "desk-test-*"
    schedule_dlq_name       = "desk-test-*"
    function_names          = { api = "*", processor = "desk-test-processor", scheduled = "desk-test-scheduled" }
    log_group_names         = { api = "/aws/lambda/*", processor = "/aws/lambda/p", scheduled = "/aws/lambda/s" }
  }

  expect_failures = [
    var.data_bucket_name,
    var.event_bus_arn,
    var.function_names,
    var.idempotency_table_arn,
    var.insights_layer_arn,
    var.kms_key_arn,
    var.log_group_names,
    var.notifications_topic_arn,
    var.page_token_secret_arn,
    var.schedule_dlq_name,
    var.stream_dlq_name,
    var.table_arn,
    var.webhook_secret_arn,
  ]
}
