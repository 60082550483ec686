# What a promotion changes: the units' resources, the application's stack, the artifact bucket; and
# what its smoke test calls. All of it under this environment's prefix, where the service has names
# to ask for. The application's own resources are made by CloudFormation with its role (module access).
locals {
  account_arn   = "${var.region}:${var.account_id}"
  roles_arn     = "arn:aws:iam::${var.account_id}:role"
  stack_arn     = "arn:aws:cloudformation:${local.account_arn}:stack/${var.name_prefix}/*"
  functions_arn = "arn:aws:lambda:${local.account_arn}:function:${var.name_prefix}-*"
  gateway_arn   = "arn:aws:apigateway:${var.region}::"

  deploy_policies = {
    network     = local.deploy_network_statements
    services    = local.deploy_service_statements
    roles       = local.deploy_role_statements
    buckets     = local.deploy_bucket_statements
    application = local.deploy_application_statements
  }
}
