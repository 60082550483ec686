# What the units `data`, `application` and `observability` are made of, but roles and keys. Nothing that
# holds data is deleted here: a plan that would do it is a person's.
locals {
  deploy_service_statements = [
    {
      Sid    = "Named"
      Effect = "Allow"
      Action = [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DeleteDashboards",
        "cloudwatch:PutDashboard",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
        "dynamodb:CreateTable",
        "dynamodb:TagResource",
        "dynamodb:UntagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
        "events:CreateEventBus",
        "events:TagResource",
        "events:UntagResource",
        "events:UpdateEventBus",
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
        "secretsmanager:CreateSecret",
        "secretsmanager:TagResource",
        "secretsmanager:UntagResource",
        "secretsmanager:UpdateSecret",
        "sns:CreateTopic",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
        "sns:UntagResource",
      ]
      Resource = [
        "arn:aws:cloudwatch:${local.account_arn}:alarm:${var.name_prefix}-*",
        "arn:aws:cloudwatch::${var.account_id}:dashboard/${var.name_prefix}*",
        "arn:aws:dynamodb:${local.account_arn}:table/${var.name_prefix}-*",
        "arn:aws:events:${local.account_arn}:event-bus/${var.name_prefix}-*",
        "arn:aws:logs:${local.account_arn}:log-group:/aws/apigateway/${var.name_prefix}-*",
        "arn:aws:logs:${local.account_arn}:log-group:/aws/lambda-insights*",
        "arn:aws:logs:${local.account_arn}:log-group:/aws/lambda/${var.name_prefix}-*",
        "arn:aws:logs:${local.account_arn}:log-group:/aws/vpc/${var.name_prefix}*",
        "arn:aws:secretsmanager:${local.account_arn}:secret:${var.name_prefix}/*",
        "arn:aws:sns:${local.account_arn}:${var.name_prefix}-*",
      ]
    },
    {
      # the webhook's value is people's
      Sid      = "PageTokenValue"
      Effect   = "Allow"
      Action   = ["secretsmanager:PutSecretValue"]
      Resource = [local.page_token_arn]
    },
    {
      Sid       = "NewUserPool"
      Effect    = "Allow"
      Action    = ["cognito-idp:CreateUserPool"]
      Resource  = ["*"]
      Condition = local.new
    },
    {
      Sid    = "UserPool"
      Effect = "Allow"
      Action = [
        "cognito-idp:CreateUserPoolClient",
        "cognito-idp:SetUserPoolMfaConfig",
        "cognito-idp:TagResource",
        "cognito-idp:UntagResource",
        "cognito-idp:UpdateUserPool",
        "cognito-idp:UpdateUserPoolClient",
      ]
      Resource  = [local.user_pools_arn]
      Condition = local.own
    },
    {
      Sid    = "Scaling"
      Effect = "Allow"
      Action = [
        "application-autoscaling:DeleteScalingPolicy",
        "application-autoscaling:DeregisterScalableTarget",
        "application-autoscaling:PutScalingPolicy",
        "application-autoscaling:RegisterScalableTarget",
      ]
      Resource  = [local.scalable_targets_arn]
      Condition = { StringEquals = { "application-autoscaling:service-namespace" = "dynamodb" } }
    },
    {
      Sid      = "ScalingTags"
      Effect   = "Allow"
      Action   = ["application-autoscaling:TagResource"]
      Resource = [local.scalable_targets_arn]
    },
    {
      # these take no resource
      Sid      = "NoResource"
      Effect   = "Allow"
      Action   = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "sns:Unsubscribe"]
      Resource = ["*"]
    },
    {
      # the first table with autoscaling in an account brings it
      Sid       = "AutoscalingRole"
      Effect    = "Allow"
      Action    = ["iam:CreateServiceLinkedRole"]
      Resource  = ["${local.roles_arn}/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/*"]
      Condition = { StringEquals = { "iam:AWSServiceName" = "dynamodb.application-autoscaling.amazonaws.com" } }
    },
    {
      Sid      = "GatewayAccount"
      Effect   = "Allow"
      Action   = ["apigateway:PATCH"]
      Resource = ["${local.gateway_arn}/account"]
    },
  ]

  page_token_arn       = "arn:aws:secretsmanager:${local.account_arn}:secret:${var.name_prefix}/page-token-*"
  user_pools_arn       = "arn:aws:cognito-idp:${local.account_arn}:userpool/*"
  scalable_targets_arn = "arn:aws:application-autoscaling:${local.account_arn}:scalable-target/*"
}
