# What every run here begins with.
name_prefix              = "desk-test"
environment              = "test"
account_id               = "123456789012"
region                   = "us-east-1"
artifact_bucket_name     = "desk-test-123456789012-artifacts"
data_bucket_name         = "desk-test-123456789012-data"
permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
insights_layer_arn       = null
kms_key_arn              = ""
notifications_topic_arn  = "arn:aws:sns:us-east-1:123456789012:desk-test-notifications"
event_bus_arn            = "arn:aws:events:us-east-1:123456789012:event-bus/desk-test-events"
page_token_secret_arn    = "arn:aws:secretsmanager:us-east-1:123456789012:secret:desk-test/page-token-1-AbCdEf"
webhook_secret_arn       = "arn:aws:secretsmanager:us-east-1:123456789012:secret:desk-test/webhook-1-AbCdEf"
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
