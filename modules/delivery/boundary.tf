# The permissions boundary: what a role of this environment can do at most, whatever its own policies
# say. `deploy` makes roles and writes their policies, so without it whoever deploys could make a role
# that may do everything. It is wide enough for every role of `access` and `observability`, and covers
# names of this environment only. It is made here because a person applies this unit. Wildcards are for
# its length: 6,144 characters, with the longest names.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
locals {
  # by name: a plan shows what `deploy` may do before the boundary is there
  boundary_arn = coalesce(var.permissions_boundary_arn, "arn:aws:iam::${var.account_id}:policy/${local.boundary_name}")

  boundary_name = "${var.name_prefix}-boundary"

  boundary_statements = concat(
    local.boundary_data_statements,
    local.boundary_deployment_statements,
    local.boundary_denials,
  )

  # what functions, and Lambda on their behalf, do
  boundary_data_statements = [
    {
      Sid    = "Data"
      Effect = "Allow"
      Action = [
        "dynamodb:*Item",
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "dynamodb:Query",
        "events:PutEvents",
        "secretsmanager:GetSecretValue",
        "sns:Publish",
        "sqs:SendMessage",
      ]
      Resource = [
        "arn:aws:dynamodb:${local.account_arn}:table/${var.name_prefix}-*",
        "arn:aws:events:${local.account_arn}:event-bus/${var.name_prefix}-*",
        "arn:aws:secretsmanager:${local.account_arn}:secret:${var.name_prefix}/*",
        "arn:aws:sns:${local.account_arn}:${var.name_prefix}-*",
        local.queues_arn,
      ]
    },
    {
      Sid      = "Objects"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = ["${local.data_bucket_arn}/archive/*", "${local.data_bucket_arn}/quarantine/*"]
    },
    {
      Sid       = "Key"
      Effect    = "Allow"
      Action    = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
      Resource  = ["arn:aws:kms:${local.account_arn}:key/*"]
      Condition = merge(local.own, { BoolIfExists = { "kms:GrantIsForAWSResource" = "true" } })
    },
    {
      # Those of network interfaces: Lambda makes them under ids of its own. API Gateway takes no role
      # that lacks one of the actions on logs, on whatever log group. The others take no resource.
      Sid    = "Unnamed"
      Effect = "Allow"
      Action = [
        "cloudwatch:DescribeAlarms",
        "ec2:*PrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "logs:*LogDelivery",
        "logs:*LogEvents",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:DescribeResourcePolicies",
        "logs:ListLogDeliveries",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
      ]
      Resource = ["*"]
    },
  ]
}

# An account that demands a boundary of its own has it in place of this one: a role has only one.
resource "aws_iam_policy" "boundary" {
  count = var.permissions_boundary_arn == null ? 1 : 0

  name        = local.boundary_name
  description = "What a role of ${var.name_prefix} can do at most"
  policy      = jsonencode({ Version = "2012-10-17", Statement = local.boundary_statements })
}
