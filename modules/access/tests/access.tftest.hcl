mock_provider "aws" {
  override_resource {
    target = aws_iam_role.api_gateway
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-api-gateway" }
  }
}

# proves: I1, M1
run "each_function_writes_to_its_own_log_only" {
  command = plan

  assert {
    condition = jsonencode({
      for function, policy in aws_iam_role_policy.function : function => flatten([
        for statement in jsondecode(policy.policy).Statement : statement.Resource
        if anytrue([for action in statement.Action : startswith(action, "logs:")])
      ])
      }) == jsonencode({
      for function in ["api", "processor", "scheduled"] : function => [
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/desk-test-${function}:*"
      ]
    })
    error_message = "A function writes to its own log group, and to no other."
  }
}

# proves: I1
run "no_function_may_do_everything" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : !strcontains(action, "*")
        ]
      ]
    ]))
    error_message = "Every action is spelled out."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement :
        alltrue([for action in statement.Action : startswith(action, "ec2:Describe") || startswith(action, "xray:Put")])
        if statement.Effect == "Allow" && contains(statement.Resource, "*")
      ]
    ]))
    error_message = "Only descriptions of the network and traces, which take no resource, are allowed on everything."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : !contains(["dynamodb:Scan", "dynamodb:DeleteTable"], action)
        ]
      ]
    ]))
    error_message = "No function scans, or deletes a table."
  }
}

# proves: I1
run "code_is_refused_network_interfaces" {
  command = plan

  assert {
    condition = alltrue([
      for function, policy in aws_iam_role_policy.function : contains([
        for statement in jsondecode(policy.policy).Statement :
        statement.Condition.ArnEquals["lambda:SourceFunctionArn"] if statement.Effect == "Deny"
      ], "arn:aws:lambda:us-east-1:123456789012:function:desk-test-${function}")
    ])
    error_message = "Each function's own code is denied what Lambda does with its role."
  }
}

# proves: A11
run "traces_whatever_the_setting" {
  command = plan

  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : statement.Action
        if anytrue([for action in statement.Action : startswith(action, "xray:")])
      ] == [["xray:PutTelemetryRecords", "xray:PutTraceSegments"]]
    ])
    error_message = "Every function may send traces, for one that sends them may still run or come back."
  }
}

# proves: I1, I2, I4
run "boundary_on_every_role" {
  command = plan

  assert {
    condition = alltrue([
      for role in concat(
        values(aws_iam_role.function),
        [aws_iam_role.deployment, aws_iam_role.api_gateway, aws_iam_role.codedeploy],
      ) : role.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    ])
    error_message = "A boundary holds for every role."
  }
}

# proves: A10
run "insights_off" {
  command = plan

  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.function : !strcontains(policy.policy, "lambda-insights")
    ])
    error_message = "Without Lambda Insights no function writes to its log group."
  }
}

# proves: A10
run "insights_on" {
  command = plan

  variables {
    insights_layer_arn = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20"
  }

  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement :
        [statement.Action, statement.Resource] if statement.Sid == "Insights"
        ] == [[
          ["logs:CreateLogStream", "logs:PutLogEvents"],
          ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda-insights:*"],
      ]]
    ])
    error_message = "With Lambda Insights every function writes to its log group, and makes none."
  }
}
