# What is needed beside the customer-managed key's own policy, and only where there is a key.
locals {
  has_key = var.kms_key_arn != ""

  # Lambda opens a function's variables in the function's name, and tells KMS whose they are
  environment_key_statements = {
    for function, name in var.function_names : function => [
      {
        Sid      = "EnvironmentKey"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = [var.kms_key_arn]
        Condition = {
          StringLike = {
            "kms:EncryptionContext:aws:lambda:FunctionArn" = [
              "${local.functions_arn}:${name}",
              "${local.functions_arn}:${name}:*",
            ]
          }
        }
      },
    ] if local.has_key
  }

  # SNS encrypts a message in its publisher's name; EventBridge an event in its own
  topic_key_statements = [
    for key in compact([var.kms_key_arn]) : {
      Sid       = "TopicKey"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = [key]
      Condition = { StringEquals = { "kms:ViaService" = "sns.${var.region}.amazonaws.com" } }
    }
  ]

  # Lambda encrypts a function's variables in the name of whoever deploys it, and takes a grant to open
  # them later: for itself, never for somebody whom a template names
  # https://docs.aws.amazon.com/kms/latest/developerguide/grant-authorization.html
  deployment_key_statements = flatten([
    for key in compact([var.kms_key_arn]) : [
      {
        Sid       = "EnvironmentKey"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
        Resource  = [key]
        Condition = { StringEquals = local.via_lambda }
      },
      {
        Sid      = "EnvironmentKeyGrant"
        Effect   = "Allow"
        Action   = ["kms:CreateGrant"]
        Resource = [key]
        Condition = {
          StringEquals = local.via_lambda
          Bool         = { "kms:GrantIsForAWSResource" = "true" }
        }
      },
    ]
  ])

  via_lambda = { "kms:ViaService" = "lambda.${var.region}.amazonaws.com" }
}
