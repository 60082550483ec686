# What CloudFormation may do when it deploys the application's template: make, change and remove
# what that template holds, under this environment's prefix, and hand the functions their roles. This is
# applied before the stack is deployed: canary and Lambda Insights are allowed whether or not they are
# switched on, for the running stack, which a failed deployment goes back to, may have them.
locals {
  region_arn = "${var.region}:${var.account_id}"

  deployment_policies = {
    lambda = concat(
      local.deployment_lambda_statements,
      local.deployment_mapping_statements,
      local.deployment_key_statements,
      local.deployment_insights_statements,
    )
    api    = local.deployment_api_statements
    events = local.deployment_event_statements
    inputs = local.deployment_input_statements
    canary = local.deployment_canary_statements
  }

  # where the stack's code, roles and network come from
  deployment_input_statements = [
    {
      Sid      = "Transform"
      Effect   = "Allow"
      Action   = ["cloudformation:CreateChangeSet"]
      Resource = ["arn:aws:cloudformation:${var.region}:aws:transform/Serverless-2016-10-31"]
    },
    {
      Sid      = "Code"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = ["arn:aws:s3:::${var.artifact_bucket_name}/artifacts/*"]
    },
    {
      Sid       = "FunctionRoles"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = [for role in aws_iam_role.function : role.arn]
      Condition = { StringEquals = { "iam:PassedToService" = "lambda.amazonaws.com" } }
    },
    {
      # these take no resource
      Sid    = "Network"
      Effect = "Allow"
      Action = [
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
      ]
      Resource = ["*"]
    },
  ]
}
