locals {
  settings  = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals.settings
  functions = local.settings.functions
}

terraform {
  source = "${get_repo_root()}/modules//observability"
}

dependency "network" {
  config_path = "${get_terragrunt_dir()}/../network"

  mock_outputs_allowed_terraform_commands = ["validate", "plan"]
  mock_outputs = {
    vpc_id                   = "vpc-mock0000"
    private_subnet_ids       = ["subnet-mock0000"]
    lambda_security_group_id = "sg-mock0000"
  }
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
    page_token_secret_arn    = "arn:aws:secretsmanager:us-east-1:000000000000:secret:mock0000-page-token"
    webhook_secret_arn       = "arn:aws:secretsmanager:us-east-1:000000000000:secret:mock0000-webhook"
  }
}

inputs = {
  kms_key_arn              = dependency.application.outputs.kms_key_arn
  permissions_boundary_arn = local.settings.access.permissions_boundary_arn

  vpc_id             = dependency.network.outputs.vpc_id
  flow_logs          = local.settings.network.flow_logs
  log_retention_days = local.settings.logs.retention_days

  alarm_subscribers  = local.settings.observability.alarm_subscribers
  error_rate_percent = local.settings.observability.error_rate_percent
  duration_percent   = local.settings.observability.duration_percent
  iterator_age_s     = local.settings.observability.iterator_age_s

  api_name               = dependency.application.outputs.api_name
  table_name             = dependency.data.outputs.table_name
  idempotency_table_name = dependency.data.outputs.idempotency_table_name
  stream_dlq_name        = dependency.application.outputs.stream_dlq_name
  schedule_dlq_name      = dependency.application.outputs.schedule_dlq_name

  function_names = {
    api       = dependency.application.outputs.api_function_name
    processor = dependency.application.outputs.processor_function_name
    scheduled = dependency.application.outputs.scheduled_function_name
  }

  function_timeouts_s = {
    api       = local.functions.api_timeout_s
    processor = local.functions.processor_timeout_s
    scheduled = local.functions.scheduled_timeout_s
  }

  log_group_names = {
    api       = dependency.application.outputs.api_log_group_name
    processor = dependency.application.outputs.processor_log_group_name
    scheduled = dependency.application.outputs.scheduled_log_group_name
  }
}
