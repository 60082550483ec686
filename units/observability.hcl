locals {
  mocks    = yamldecode(file("${get_repo_root()}/units/mocks.yaml"))
  settings = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals.settings
}

terraform {
  source = "${get_repo_root()}/modules//observability"
}

dependency "network" {
  config_path = "${get_terragrunt_dir()}/../network"

  mock_outputs_allowed_terraform_commands = ["validate", "plan"]
  mock_outputs_merge_strategy_with_state  = "shallow"
  mock_outputs                            = local.mocks.network
}

dependency "data" {
  config_path = "${get_terragrunt_dir()}/../data"

  mock_outputs_allowed_terraform_commands = ["validate", "plan"]
  mock_outputs_merge_strategy_with_state  = "shallow"
  mock_outputs                            = local.mocks.data
}

dependency "application" {
  config_path = "${get_terragrunt_dir()}/../application"

  mock_outputs_allowed_terraform_commands = ["validate", "plan"]
  mock_outputs_merge_strategy_with_state  = "shallow"
  mock_outputs                            = local.mocks.application
}

dependency "delivery" {
  config_path = "${get_terragrunt_dir()}/../delivery"

  mock_outputs_allowed_terraform_commands = ["validate", "plan"]
  mock_outputs_merge_strategy_with_state  = "shallow"
  mock_outputs                            = local.mocks.delivery
}

inputs = {
  kms_key_arn              = dependency.application.outputs.kms_key_arn
  permissions_boundary_arn = dependency.delivery.outputs.permissions_boundary_arn

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
    api       = local.settings.functions.api_timeout_s
    processor = local.settings.functions.processor_timeout_s
    scheduled = local.settings.functions.scheduled_timeout_s
  }

  log_group_names = {
    api       = dependency.application.outputs.api_log_group_name
    processor = dependency.application.outputs.processor_log_group_name
    scheduled = dependency.application.outputs.scheduled_log_group_name
  }
}
