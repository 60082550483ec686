locals {
  mocks    = yamldecode(file("${get_repo_root()}/units/mocks.yaml"))
  settings = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals.settings
}

terraform {
  source = "${get_repo_root()}/modules//access"
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
  permissions_boundary_arn = dependency.delivery.outputs.permissions_boundary_arn
  insights_layer_arn       = local.settings.functions.insights_layer_arn

  table_arn             = dependency.data.outputs.table_arn
  table_stream_arn      = dependency.data.outputs.table_stream_arn
  idempotency_table_arn = dependency.data.outputs.idempotency_table_arn
  stream_dlq_name       = dependency.application.outputs.stream_dlq_name
  schedule_dlq_name     = dependency.application.outputs.schedule_dlq_name

  kms_key_arn             = dependency.application.outputs.kms_key_arn
  notifications_topic_arn = dependency.application.outputs.notifications_topic_arn
  event_bus_arn           = dependency.application.outputs.event_bus_arn
  page_token_secret_arn   = dependency.application.outputs.page_token_secret_arn
  webhook_secret_arn      = dependency.application.outputs.webhook_secret_arn

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
