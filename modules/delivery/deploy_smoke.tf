# What the smoke test calls (sam-app/verify): one function's alias, four routes, the API's key or a user
# of its own, and the keys of the items it has left. It reads no item's contents.
locals {
  table_arn = "arn:aws:dynamodb:${local.account_arn}:table/${var.name_prefix}-table"

  # the smoke test's teams begin so
  smoke_team = "smoke-*"

  deploy_smoke_statements = [
    {
      Sid      = "SmokeFunction"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = ["arn:aws:lambda:${local.account_arn}:function:${var.name_prefix}-scheduled:live"]
    },
    {
      # why one of them has failed since the deployment
      Sid      = "SmokeLogs"
      Effect   = "Allow"
      Action   = ["logs:FilterLogEvents"]
      Resource = ["arn:aws:logs:${local.account_arn}:log-group:/aws/lambda/${var.name_prefix}-*"]
    },
    {
      Sid    = "SmokeApi"
      Effect = "Allow"
      Action = ["execute-api:Invoke"]
      Resource = [
        for route in ["GET/health", "GET/teams/${local.smoke_team}/stats", "GET/tickets/*", "POST/tickets"] :
        "arn:aws:execute-api:${local.account_arn}:*/v1/${route}"
      ]
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
      Resource  = [local.user_pools_arn]
      Condition = local.own
    },
    {
      Sid      = "SmokeKeys"
      Effect   = "Allow"
      Action   = ["dynamodb:Query"]
      Resource = [local.table_arn, "${local.table_arn}/index/gsi2"]
      Condition = {
        StringEquals                = { "dynamodb:Select" = "SPECIFIC_ATTRIBUTES" }
        "ForAllValues:StringEquals" = { "dynamodb:Attributes" = ["gsi2pk", "pk", "sk"] }
        "ForAllValues:StringLike" = {
          "dynamodb:LeadingKeys" = ["SEEN#*", "STATS#${local.smoke_team}", "TEAM#${local.smoke_team}", "TICKET#*"]
        }
      }
    },
    {
      Sid      = "SmokeCleanUp"
      Effect   = "Allow"
      Action   = ["dynamodb:DeleteItem"]
      Resource = [local.table_arn]
      Condition = {
        StringEqualsIfExists      = { "dynamodb:ReturnValues" = "NONE" }
        "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["SEEN#*", "STATS#${local.smoke_team}", "TICKET#*"] }
      }
    },
  ]
}
