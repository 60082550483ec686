# With a canary, CodeDeploy moves the functions' aliases step by step, and back when an alarm says so.
# There are no hooks, so it calls no function; and it reads no bucket, for CloudFormation hands it
# what to deploy. The role is there without a canary too: roles change before the stack does, and
# the stack that runs, or is rolled back to, may still have deployment groups that use it.
locals {
  codedeploy_statements = [
    {
      Sid    = "Aliases"
      Effect = "Allow"
      Action = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
      Resource = [
        for name in values(var.function_names) : "${local.functions_arn}:${name}*"
      ]
    },
    {
      # descriptions are asked for by list, not for one alarm
      Sid      = "Alarms"
      Effect   = "Allow"
      Action   = ["cloudwatch:DescribeAlarms"]
      Resource = ["arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:*"]
    },
  ]
}

resource "aws_iam_role" "codedeploy" {
  name                 = "${var.name_prefix}-codedeploy"
  description          = "What CodeDeploy may do when it shifts traffic to a new version"
  permissions_boundary = var.permissions_boundary_arn

  # https://docs.aws.amazon.com/codedeploy/latest/userguide/security_confused_deputy.html
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "codedeploy.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = local.deployment_groups_arn }
      }
    }]
  })
}

resource "aws_iam_role_policy" "codedeploy" {
  name   = "codedeploy"
  role   = aws_iam_role.codedeploy.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.codedeploy_statements })
}
