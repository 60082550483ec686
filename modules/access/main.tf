locals {
  # what each function may do: its own statements, and those every function has
  function_statements = {
    api       = concat(local.item_statements.api, local.api_statements, local.common_statements.api)
    processor = concat(local.item_statements.processor, local.processor_statements, local.topic_key_statements, local.common_statements.processor)
    scheduled = concat(local.item_statements.scheduled, local.scheduled_statements, local.common_statements.scheduled)
  }

  # "if exists": these services do not promise the key for a role they were passed
  for_this_account = { StringEqualsIfExists = { "aws:SourceAccount" = var.account_id } }
}

resource "aws_iam_role" "function" {
  for_each = local.function_statements

  name                 = "${var.name_prefix}-${each.key}"
  description          = "What the function ${var.function_names[each.key]} may do"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = local.for_this_account
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  for_each = local.function_statements

  name   = "function"
  role   = aws_iam_role.function[each.key].id
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role" "deployment" {
  name                 = "${var.name_prefix}-deployment"
  description          = "What CloudFormation may do when it deploys the application"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "cloudformation.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = local.for_this_account
    }]
  })
}

resource "aws_iam_role_policy" "deployment" {
  for_each = local.deployment_policies

  name   = each.key
  role   = aws_iam_role.deployment.id
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}
