# The REST API with its stage, keys and usage plans. API Gateway gives them ids, not names, so no
# prefix can be asked for; its "actions" are HTTP methods on paths.
locals {
  gateway_arn = "arn:aws:apigateway:${var.region}::"

  deployment_api_statements = [
    {
      Sid    = "RestApis"
      Effect = "Allow"
      Action = [
        "apigateway:DELETE",
        "apigateway:GET",
        "apigateway:PATCH",
        "apigateway:POST",
        "apigateway:PUT",
      ]
      Resource = [
        "${local.gateway_arn}/apikeys",
        "${local.gateway_arn}/apikeys/*",
        "${local.gateway_arn}/restapis",
        "${local.gateway_arn}/restapis/*",
        "${local.gateway_arn}/tags/*",
        "${local.gateway_arn}/usageplans",
        "${local.gateway_arn}/usageplans/*",
      ]
    },
    {
      # the stage's access log; these take no resource
      Sid    = "AccessLog"
      Effect = "Allow"
      Action = [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:UpdateLogDelivery",
      ]
      Resource = ["*"]
    },
    {
      # an account's first traced API makes this role, in the name of whoever makes the API
      Sid       = "ServiceLinkedRole"
      Effect    = "Allow"
      Action    = ["iam:CreateServiceLinkedRole"]
      Resource  = ["arn:aws:iam::${var.account_id}:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway"]
      Condition = { StringEquals = { "iam:AWSServiceName" = "ops.apigateway.amazonaws.com" } }
    },
  ]
}
