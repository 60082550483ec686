locals {
  settings = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals.settings
}

terraform {
  source = "${get_repo_root()}/modules//access"
}

dependency "data" {
  config_path = "${get_terragrunt_dir()}/../data"

  mock_outputs_allowed_terraform_commands = ["validate", "plan"]
  mock_outputs = {
    table_name             = "mock0000-table"
    table_arn              = "arn:aws:dynamodb:us-east-1:000000000000:table/mock0000-table"
    table_stream_arn       = "arn:aws:dynamodb:us-east-1:000000000000:table/mock0000-table/stream/mock0000"
    idempotency_table_name = "mock0000-idempotency"
    idempotency_table_arn  = "arn:aws:dynamodb:us-east-1:000000000000:table/mock0000-idempotency"
  }
}

dependency "application" {
  config_path = "${get_terragrunt_dir()}/../application"

  mock_outputs_allowed_terraform_commands = ["validate", "plan"]
  mock_outputs = {
    api_name                 = "mock0000-api"
    api_function_name        = "mock0000-api"
    processor_function_name  = "mock0000-processor"
    scheduled_function_name  = "mock0000-scheduled"
    api_log_group_name       = "/aws/lambda/mock0000-api"
    processor_log_group_name = "/aws/lambda/mock0000-processor"
    scheduled_log_group_name = "/aws/lambda/mock0000-scheduled"
    access_log_group_arn     = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/apigateway/mock0000-access"
    stream_dlq_name          = "mock0000-stream-dlq"
    schedule_dlq_name        = "mock0000-schedule-dlq"
    kms_key_arn              = "arn:aws:kms:us-east-1:000000000000:key/mock0000"
    notifications_topic_arn  = "arn:aws:sns:us-east-1:000000000000:mock0000-notifications"
    page_token_secret_arn    = "arn:aws:secretsmanager:us-east-1:000000000000:secret:mock0000/page-token-mock00"
    webhook_secret_arn       = "arn:aws:secretsmanager:us-east-1:000000000000:secret:mock0000/webhook-mock00"
  }
}

inputs = {
  permissions_boundary_arn = local.settings.access.permissions_boundary_arn
  tracing                  = local.settings.functions.tracing
  insights_layer_arn       = local.settings.functions.insights_layer_arn
  canary                   = local.settings.functions.canary != "none"

  table_arn             = dependency.data.outputs.table_arn
  table_stream_arn      = dependency.data.outputs.table_stream_arn
  idempotency_table_arn = dependency.data.outputs.idempotency_table_arn
  stream_dlq_name       = dependency.application.outputs.stream_dlq_name
  schedule_dlq_name     = dependency.application.outputs.schedule_dlq_name

  kms_key_arn             = dependency.application.outputs.kms_key_arn
  notifications_topic_arn = dependency.application.outputs.notifications_topic_arn

  function_names = {
    api       = dependency.application.outputs.api_function_name
    processor = dependency.application.outputs.processor_function_name
    scheduled = dependency.application.outputs.scheduled_function_name
  }

  log_group_names = {
    api       = dependency.application.outputs.api_log_group_name
    processor = dependency.application.outputs.processor_log_group_name
    scheduled = dependency.application.outputs.scheduled_log_group_name
  }
}
