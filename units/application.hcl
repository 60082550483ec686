locals {
  settings = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals.settings
}

terraform {
  source = "${get_repo_root()}/modules//application"
}

inputs = {
  log_retention_days = local.settings.logs.retention_days
  customer_key       = local.settings.encryption.customer_key
  insights           = local.settings.functions.insights_layer_arn != null

  user_pool                     = local.settings.api.auth == "cognito"
  user_pool_deletion_protection = local.settings.data.deletion_protection

  # one more makes a new value, in every environment as it is promoted there
  page_token_version = 1
}
