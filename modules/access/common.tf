# What every function needs to run at all: its logs, its network interfaces, its traces, and what
# Lambda Insights measures.
locals {
  logs_arn      = "arn:aws:logs:${var.region}:${var.account_id}:log-group"
  functions_arn = "arn:aws:lambda:${var.region}:${var.account_id}:function"

  # Lambda makes interfaces in the function's name, and needs these actions on every id:
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
  network_statements = [
    {
      Sid    = "NetworkInterfaces"
      Effect = "Allow"
      Action = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:UnassignPrivateIpAddresses",
      ]
      Resource = ["arn:aws:ec2:${var.region}:${var.account_id}:*/*"]
    },
    {
      # these take no resource
      Sid      = "NetworkDescriptions"
      Effect   = "Allow"
      Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
      Resource = ["*"]
    },
  ]

  # without tracing too: the function that runs, or is rolled back to, may still send them
  tracing_statements = [
    {
      # these take no resource
      Sid      = "Traces"
      Effect   = "Allow"
      Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      Resource = ["*"]
    },
  ]

  insights = var.insights_layer_arn != null

  # the extension's own log group, which is there already
  insights_statements = [
    {
      Sid      = "Insights"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${local.logs_arn}:/aws/lambda-insights:*"]
    },
  ]

  common_statements = {
    for function, name in var.function_names : function => concat(
      [{
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${local.logs_arn}:${var.log_group_names[function]}:*"]
      }],
      local.network_statements,
      [{
        # the interfaces are Lambda's business: the function's own code is refused them
        Sid    = "NoInterfacesForCode"
        Effect = "Deny"
        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSubnets",
          "ec2:UnassignPrivateIpAddresses",
        ]
        Resource  = ["*"]
        Condition = { ArnEquals = { "lambda:SourceFunctionArn" = "${local.functions_arn}:${name}" } }
      }],
      local.tracing_statements,
      [for statement in local.insights_statements : statement if local.insights],
      lookup(local.environment_key_statements, function, []),
    )
  }
}
