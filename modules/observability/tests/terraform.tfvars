# What every run here begins with.
name_prefix = "desk-test"
environment = "test"
account_id  = "123456789012"
region      = "us-east-1"

kms_key_arn              = ""
permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
vpc_id                   = "vpc-0123456789abcdef0"
flow_logs                = "all"
log_retention_days       = 7

alarm_subscribers  = []
error_rate_percent = 5
duration_percent   = 80
iterator_age_s     = 300

api_name               = "desk-test-api"
table_name             = "desk-test-table"
idempotency_table_name = "desk-test-idempotency"
stream_dlq_name        = "desk-test-stream-dlq"
schedule_dlq_name      = "desk-test-schedule-dlq"

function_names = {
  api       = "desk-test-api"
  processor = "desk-test-processor"
  scheduled = "desk-test-scheduled"
}

function_timeouts_s = {
  api       = 10
  processor = 60
  scheduled = 120
}

log_group_names = {
  api       = "/aws/lambda/desk-test-api"
  processor = "/aws/lambda/desk-test-processor"
  scheduled = "/aws/lambda/desk-test-scheduled"
}
