# What a promotion changes: the units' resources, the application's stack, releases and records; and
# what its smoke test calls. All of it under this environment's prefix, where the service has names
# to ask for, and by this environment's tags, where it has ids. The application's own resources are
# made by CloudFormation with its role (module access). What protects data or the way in (this unit,
# the buckets, keys, the VPC itself, what `losses` counts as lost) is a person's to change: the gate
# `delivery` refuses it in a job, and nothing here allows it.
locals {
  account_arn     = "${var.region}:${var.account_id}"
  roles_arn       = "arn:aws:iam::${var.account_id}:role"
  named_roles_arn = "${local.roles_arn}/${var.name_prefix}-*"
  stack_arn       = "arn:aws:cloudformation:${local.account_arn}:stack/${var.name_prefix}/*"
  functions_arn   = "arn:aws:lambda:${local.account_arn}:function:${var.name_prefix}-*"
  queues_arn      = "arn:aws:sqs:${local.account_arn}:${var.name_prefix}-*"
  gateway_arn     = "arn:aws:apigateway:${var.region}::"

  # terragrunt.hcl gives them to everything that Terraform makes
  tags = { project = var.project, environment = var.environment }
  own  = { StringEquals = { for tag, value in local.tags : "aws:ResourceTag/${tag}" => value } }
  new  = { StringEquals = { for tag, value in local.tags : "aws:RequestTag/${tag}" => value } }

  # the roles by which somebody gets in, what they may do, and what bounds the others
  own_roles = ["deploy", "plan", "release-reader"]
  way_in_arns = concat(
    [for role in local.own_roles : "${local.roles_arn}/${var.name_prefix}-${role}"],
    [
      "arn:aws:iam::${var.account_id}:oidc-provider/*",
      "arn:aws:iam::${var.account_id}:policy/*",
    ],
  )

  deploy_policies = {
    network     = local.deploy_network_statements
    services    = local.deploy_service_statements
    roles       = local.deploy_role_statements
    buckets     = local.deploy_bucket_statements
    application = local.deploy_application_statements
  }
}
