# A release on its way: states, the artifact bucket, the stack, and what the smoke test calls.
locals {
  deploy_bucket_statements = concat(
    [
      {
        Sid    = "Settings"
        Effect = "Allow"
        Action = [
          "s3:CreateBucket",
          "s3:DeleteBucketPolicy",
          "s3:PutBucketOwnershipControls",
          "s3:PutBucketPolicy",
          "s3:PutBucketPublicAccessBlock",
          "s3:PutBucketTagging",
          "s3:PutBucketVersioning",
          "s3:PutEncryptionConfiguration",
          "s3:PutLifecycleConfiguration",
        ]
        Resource = [local.state_bucket_arn, local.artifact_bucket_arn, local.data_bucket_arn]
      },
      {
        Sid      = "States"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${local.state_bucket_arn}/*"]
      },
      {
        Sid      = "Locks"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject"]
        Resource = ["${local.state_bucket_arn}/*.tflock"]
      },
      {
        Sid    = "Releases"
        Effect = "Allow"
        Action = [
          "s3:DeleteObjectTagging",
          "s3:GetObjectTagging",
          "s3:PutObject",
          "s3:PutObjectTagging",
        ]
        Resource = ["${local.artifact_bucket_arn}/artifacts/*", "${local.artifact_bucket_arn}/releases/*"]
      },
      {
        # SAM uploads the template that CloudFormation then reads
        Sid      = "Template"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${local.artifact_bucket_arn}/sam/*"]
      },
      {
        Sid      = "Lease"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:PutObject"]
        Resource = ["${local.artifact_bucket_arn}/locks/*"]
      },
      {
        # created, never written over: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
        Sid       = "Records"
        Effect    = "Allow"
        Action    = ["s3:PutObject"]
        Resource  = ["${local.artifact_bucket_arn}/promotions/*"]
        Condition = { Null = { "s3:if-none-match" = "false" } }
      },
      # whoever may write a bucket's policy could let itself do more: not these
      {
        Sid       = "RecordsOnce"
        Effect    = "Deny"
        Action    = ["s3:PutObject"]
        Resource  = ["${local.artifact_bucket_arn}/promotions/*"]
        Condition = { Null = { "s3:if-none-match" = "true" } }
      },
      {
        Sid      = "RecordsStay"
        Effect   = "Deny"
        Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
        Resource = ["${local.artifact_bucket_arn}/promotions/*"]
      },
      {
        Sid      = "NotTheArchive"
        Effect   = "Deny"
        Action   = ["s3:DeleteObject*", "s3:GetObject*", "s3:PutObject*"]
        Resource = ["${local.data_bucket_arn}/*"]
      },
    ],
    local.below_statements,
  )

  deploy_application_statements = [
    {
      Sid    = "Stack"
      Effect = "Allow"
      Action = [
        "cloudformation:ContinueUpdateRollback",
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DeleteStack",
        "cloudformation:DescribeChangeSet",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:GetTemplateSummary",
        "cloudformation:TagResource",
      ]
      Resource = [local.stack_arn, "arn:aws:cloudformation:${var.region}:aws:transform/Serverless-2016-10-31"]
    },
    {
      # of a template that is not deployed yet, so of no stack
      Sid      = "Summary"
      Effect   = "Allow"
      Action   = ["cloudformation:GetTemplateSummary"]
      Resource = ["*"]
    },
    {
      # the smoke test: the scheduled function's alias, the API, its key, and the tickets it leaves
      Sid      = "SmokeFunctions"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = [local.functions_arn]
    },
    {
      # why one of them has failed since the deployment
      Sid      = "SmokeLogs"
      Effect   = "Allow"
      Action   = ["logs:FilterLogEvents"]
      Resource = ["arn:aws:logs:${local.account_arn}:log-group:/aws/lambda/${var.name_prefix}-*"]
    },
    {
      Sid      = "SmokeApi"
      Effect   = "Allow"
      Action   = ["execute-api:Invoke"]
      Resource = ["arn:aws:execute-api:${local.account_arn}:*"]
    },
    {
      Sid      = "SmokeKey"
      Effect   = "Allow"
      Action   = ["apigateway:GET"]
      Resource = ["${local.gateway_arn}/apikeys/*", "${local.gateway_arn}/restapis/*"]
    },
    {
      # a user of the pool, for as long as the test takes
      Sid    = "SmokeUser"
      Effect = "Allow"
      Action = [
        "cognito-idp:AdminCreateUser",
        "cognito-idp:AdminDeleteUser",
        "cognito-idp:AdminInitiateAuth",
        "cognito-idp:AdminSetUserPassword",
        "cognito-idp:ListUserPoolClients",
      ]
      Resource = ["arn:aws:cognito-idp:${local.account_arn}:userpool/*"]
    },
    {
      Sid    = "SmokeTickets"
      Effect = "Allow"
      Action = [
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:Query",
      ]
      Resource = [
        "arn:aws:dynamodb:${local.account_arn}:table/${var.name_prefix}-*",
      ]
    },
  ]
}
