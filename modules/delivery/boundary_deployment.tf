# The boundary's second half: what CloudFormation and CodeDeploy do with their roles, and what no
# role of this environment does, not even where another policy (a bucket's, a trust) would let it.
locals {
  boundary_deployment_statements = [
    {
      Sid    = "Stack"
      Effect = "Allow"
      Action = [
        "codedeploy:*",
        "events:*Rule",
        "events:*Tag*",
        "events:*Targets",
        "lambda:*Alias",
        "lambda:*EventInvokeConfig",
        "lambda:*FunctionConcurrency",
        "lambda:*LayerVersion",
        "lambda:*Resource",
        "lambda:CreateFunction",
        "lambda:DeleteFunction",
        "lambda:Get*",
        "lambda:List*",
        "lambda:PublishVersion",
        "lambda:RemovePermission",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "sqs:*Queue",
        "sqs:*QueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListQueueTags",
      ]
      Resource = [
        local.functions_arn,
        local.queues_arn,
        "arn:aws:codedeploy:${local.account_arn}:application:${var.name_prefix}-*",
        "arn:aws:codedeploy:${local.account_arn}:deploymentgroup:${var.name_prefix}-*",
        "arn:aws:events:${local.account_arn}:rule/${var.name_prefix}-*",
        "arn:aws:lambda:${local.account_arn}:layer:${var.name_prefix}-*",
      ]
    },
    {
      Sid       = "Callers"
      Effect    = "Allow"
      Action    = ["lambda:AddPermission"]
      Resource  = [local.functions_arn]
      Condition = { StringEquals = { "lambda:Principal" = ["apigateway.amazonaws.com", "events.amazonaws.com"] } }
    },
    {
      Sid       = "Mappings"
      Effect    = "Allow"
      Action    = ["lambda:*EventSourceMapping"]
      Resource  = ["*"]
      Condition = { ArnLike = { "lambda:FunctionArn" = local.functions_arn } }
    },
    {
      # by id, or in nobody's account: here the account is the border
      Sid    = "Ids"
      Effect = "Allow"
      Action = [
        "apigateway:*",
        "cloudformation:CreateChangeSet",
        "codedeploy:GetDeploymentConfig",
        "lambda:GetEventSourceMapping",
        "lambda:GetLayerVersion",
        "lambda:*Resource",
        "lambda:ListTags",
      ]
      Resource = [
        "${local.gateway_arn}/apikeys*",
        "${local.gateway_arn}/restapis*",
        "${local.gateway_arn}/tags/*",
        "${local.gateway_arn}/usageplans*",
        "arn:aws:cloudformation:${var.region}:aws:transform/Serverless-2016-10-31",
        "arn:aws:codedeploy:${local.account_arn}:deploymentconfig:CodeDeployDefault.Lambda*",
        "arn:aws:lambda:${local.account_arn}:event-source-mapping:*",
        "arn:aws:lambda:${var.region}:*:layer:LambdaInsightsExtension*:*",
      ]
    },
    {
      # AWS's reference scopes it to deployment groups, but that is not honoured
      Sid      = "CanaryStop"
      Effect   = "Allow"
      Action   = ["codedeploy:StopDeployment"]
      Resource = ["*"]
    },
    {
      Sid      = "Code"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = ["${local.artifact_bucket_arn}/artifacts/*"]
    },
    {
      Sid       = "Pass"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = [local.named_roles_arn]
      Condition = { StringEquals = { "iam:PassedToService" = ["codedeploy.amazonaws.com", "lambda.amazonaws.com"] } }
    },
    {
      Sid       = "TracedApi"
      Effect    = "Allow"
      Action    = ["iam:CreateServiceLinkedRole"]
      Resource  = ["${local.roles_arn}/aws-service-role/ops.apigateway.amazonaws.com/*"]
      Condition = { StringEquals = { "iam:AWSServiceName" = "ops.apigateway.amazonaws.com" } }
    },
  ]

  boundary_denials = [
    {
      Sid      = "NotTheWayIn"
      Effect   = "Deny"
      Action   = ["iam:*", "sts:AssumeRole*"]
      Resource = local.way_in_arns
    },
    {
      Sid      = "NotTheStates"
      Effect   = "Deny"
      Action   = ["s3:*"]
      Resource = [local.state_bucket_arn, "${local.state_bucket_arn}/*", local.artifact_bucket_arn, local.data_bucket_arn]
    },
    {
      Sid    = "NotRecordsNorData"
      Effect = "Deny"
      Action = ["s3:*"]
      Resource = [
        for prefix in ["locks", "promotions", "releases"] : "${local.artifact_bucket_arn}/${prefix}/*"
      ]
    },
    {
      Sid      = "NotTheArchive"
      Effect   = "Deny"
      Action   = ["s3:Delete*", "s3:Get*"]
      Resource = ["${local.data_bucket_arn}/*"]
    },
  ]
}
