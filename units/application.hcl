locals {
  settings = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals.settings
}

terraform {
  source = "${get_repo_root()}/modules//application"
}

inputs = {
  log_retention_days = local.settings.logs.retention_days
}
