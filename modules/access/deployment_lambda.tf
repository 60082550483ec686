# Functions with versions and aliases, layers, and the stream's event source mapping.
locals {
  deployment_lambda_statements = [
    {
      Sid    = "Functions"
      Effect = "Allow"
      Action = [
        "lambda:CreateAlias",
        "lambda:CreateFunction",
        "lambda:DeleteAlias",
        "lambda:DeleteFunction",
        "lambda:DeleteFunctionConcurrency",
        "lambda:DeleteFunctionEventInvokeConfig",
        "lambda:GetAlias",
        "lambda:GetFunction",
        "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionConcurrency",
        "lambda:GetFunctionConfiguration",
        "lambda:GetFunctionEventInvokeConfig",
        "lambda:GetFunctionRecursionConfig",
        "lambda:GetFunctionScalingConfig",
        "lambda:GetPolicy",
        "lambda:GetProvisionedConcurrencyConfig",
        "lambda:GetRuntimeManagementConfig",
        "lambda:ListAliases",
        "lambda:ListTags",
        "lambda:ListVersionsByFunction",
        "lambda:PublishVersion",
        "lambda:PutFunctionConcurrency",
        "lambda:PutFunctionEventInvokeConfig",
        "lambda:RemovePermission",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateAlias",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "lambda:UpdateFunctionEventInvokeConfig",
      ]
      Resource = ["arn:aws:lambda:${local.region_arn}:function:${var.name_prefix}-*"]
    },
    {
      # never to everybody, nor to another account
      Sid      = "Callers"
      Effect   = "Allow"
      Action   = ["lambda:AddPermission"]
      Resource = ["arn:aws:lambda:${local.region_arn}:function:${var.name_prefix}-*"]
      Condition = {
        StringEquals = { "lambda:Principal" = ["apigateway.amazonaws.com", "events.amazonaws.com"] }
      }
    },
    {
      Sid    = "Layers"
      Effect = "Allow"
      Action = [
        "lambda:DeleteLayerVersion",
        "lambda:GetLayerVersion",
        "lambda:PublishLayerVersion",
      ]
      Resource = ["arn:aws:lambda:${local.region_arn}:layer:${var.name_prefix}-*"]
    },
  ]

  # The layer is AWS's, in an account of AWS's. In every version, with Lambda Insights and without:
  # a rollback gives the functions the version they had.
  deployment_insights_statements = [
    {
      Sid      = "InsightsLayer"
      Effect   = "Allow"
      Action   = ["lambda:GetLayerVersion"]
      Resource = ["arn:aws:lambda:${var.region}:*:layer:LambdaInsightsExtension*:*"]
    },
  ]

  # a mapping has no name, so it is told by the function it is for
  mapping_arn       = "arn:aws:lambda:${local.region_arn}:event-source-mapping:*"
  mapping_condition = { ArnLike = { "lambda:FunctionArn" = "arn:aws:lambda:${local.region_arn}:function:${var.function_names.processor}*" } }

  deployment_mapping_statements = [
    {
      # takes no resource, for there is none yet
      Sid       = "NewEventSourceMappings"
      Effect    = "Allow"
      Action    = ["lambda:CreateEventSourceMapping"]
      Resource  = ["*"]
      Condition = local.mapping_condition
    },
    {
      Sid       = "EventSourceMappings"
      Effect    = "Allow"
      Action    = ["lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping"]
      Resource  = [local.mapping_arn]
      Condition = local.mapping_condition
    },
    {
      # these know no condition on the function
      Sid    = "EventSourceMappingTags"
      Effect = "Allow"
      Action = [
        "lambda:GetEventSourceMapping",
        "lambda:ListTags",
        "lambda:TagResource",
        "lambda:UntagResource",
      ]
      Resource = [local.mapping_arn]
    },
  ]
}
