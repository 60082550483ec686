# What a plan, `baton drift` and `baton status` read; of the environment below, its releases and records.
# They write nothing, not even Terraform's lock: what only looks holds up nobody, and leaves no lock behind.
# No item of a table, no object of the data bucket, no person of the user pool: what these hold is none
# of a plan's business. Of the secrets one: Terraform looks at a secret's version by reading its value,
# and the page token's is Terraform's own.
locals {
  plan_policies = {
    infrastructure = local.plan_infrastructure_statements
    application    = local.plan_application_statements
    states         = local.plan_state_statements
  }

  plan_infrastructure_statements = [
    {
      # most of these take no resource, and what is there to be seen is this account's alone
      Sid    = "Look"
      Effect = "Allow"
      Action = [
        "application-autoscaling:Describe*",
        "application-autoscaling:ListTagsForResource",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetDashboard",
        "cloudwatch:ListTagsForResource",
        "cognito-idp:DescribeUserPool",
        "cognito-idp:DescribeUserPoolClient",
        "cognito-idp:GetUserPoolMfaConfig",
        "cognito-idp:ListTagsForResource",
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:ListTagsOfResource",
        "ec2:Describe*",
        "events:DescribeEventBus",
        "events:ListTagsForResource",
        "iam:GetOpenIDConnectProvider",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListPolicyVersions",
        "iam:ListRolePolicies",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListAliases",
        "kms:ListResourceTags",
        "logs:DescribeIndexPolicies",
        "logs:DescribeLogGroups",
        "logs:ListTagsForResource",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "sns:GetSubscriptionAttributes",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTagsForResource",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListQueueTags",
        "tag:GetResources",
      ]
      Resource = ["*"]
    },
    {
      Sid      = "PageToken"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = [local.page_token_arn]
    },
    {
      # where the environment has a key of its own: the secret's value, and the functions' variables
      Sid      = "Key"
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = ["arn:aws:kms:${local.account_arn}:key/*"]
      Condition = {
        StringEquals = merge(local.own.StringEquals, {
          "kms:ViaService" = [for service in ["lambda", "secretsmanager"] : "${service}.${var.region}.amazonaws.com"]
        })
      }
    },
  ]

  plan_application_statements = [
    {
      Sid    = "Stack"
      Effect = "Allow"
      Action = [
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "cloudformation:GetTemplate",
        "cloudformation:ListStackResources",
      ]
      Resource = [local.stack_arn]
    },
    {
      Sid    = "Functions"
      Effect = "Allow"
      Action = [
        "lambda:GetAlias",
        "lambda:GetFunctionConfiguration",
        "lambda:ListAliases",
      ]
      Resource = [local.functions_arn]
    },
    {
      Sid      = "Gateway"
      Effect   = "Allow"
      Action   = ["apigateway:GET"]
      Resource = ["${local.gateway_arn}/account"]
    },
  ]

  plan_state_statements = concat([
    {
      Sid    = "Buckets"
      Effect = "Allow"
      Action = [
        "s3:GetAccelerateConfiguration",
        "s3:GetBucket*",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
      ]
      Resource = [local.state_bucket_arn, local.artifact_bucket_arn, local.data_bucket_arn]
    },
    {
      # S3 says whether there is a bucket, or a key in it, only to whoever may list
      Sid      = "List"
      Effect   = "Allow"
      Action   = ["s3:ListBucket", "s3:ListBucketVersions"]
      Resource = [local.state_bucket_arn, local.artifact_bucket_arn, local.data_bucket_arn]
    },
    {
      Sid      = "Read"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = ["${local.state_bucket_arn}/*", "${local.artifact_bucket_arn}/*"]
    },
  ], local.below_statements)
}
