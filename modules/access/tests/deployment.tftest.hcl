mock_provider "aws" {
  override_during = plan

  override_resource {
    target = aws_iam_role.function["api"]
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-api" }
  }

  override_resource {
    target = aws_iam_role.function["processor"]
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-processor" }
  }

  override_resource {
    target = aws_iam_role.function["scheduled"]
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-scheduled" }
  }

  override_resource {
    target = aws_iam_role.codedeploy[0]
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-codedeploy" }
  }
}

# proves: I2
run "passes_the_functions_roles_to_lambda_only" {
  command = plan

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.deployment["inputs"].policy).Statement :
      { roles = toset(statement.Resource), to = statement.Condition.StringEquals["iam:PassedToService"] }
      if contains(statement.Action, "iam:PassRole")
      ] == [{
        roles = toset([
          "arn:aws:iam::123456789012:role/desk-test-api",
          "arn:aws:iam::123456789012:role/desk-test-processor",
          "arn:aws:iam::123456789012:role/desk-test-scheduled",
        ])
        to = "lambda.amazonaws.com"
    }]
    error_message = "The three functions' roles are passed, to Lambda."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.deployment : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : !startswith(action, "iam:") || action == "iam:PassRole"
        ]
      ]
    ]))
    error_message = "The deployment makes and changes no roles."
  }
}

# proves: I2
run "reaches_no_data" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.deployment : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : !contains(["dynamodb", "kms", "secretsmanager"], split(":", action)[0])
        ]
      ]
    ]))
    error_message = "The deployment reads and writes no data."
  }

  assert {
    condition = flatten([
      for policy in aws_iam_role_policy.deployment : [
        for statement in jsondecode(policy.policy).Statement : statement.Resource
        if anytrue([for action in statement.Action : startswith(action, "s3:")])
      ]
    ]) == ["arn:aws:s3:::desk-test-123456789012-artifacts/artifacts/*"]
    error_message = "Of the artifact bucket it reads the artifacts, and no records."
  }
}

# proves: I2
run "named_things_by_prefix" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.deployment : [
        for statement in jsondecode(policy.policy).Statement : [
          for resource in statement.Resource : can(regex(":(function:|layer:|rule/|)desk-test-\\*$", resource))
        ] if contains(["Functions", "Layers", "Rules", "Queues"], statement.Sid)
      ]
    ]))
    error_message = "Functions, layers, rules and queues are this environment's own."
  }
}

# proves: I2
run "everything_only_where_there_is_no_resource" {
  command = plan

  assert {
    condition = toset(flatten([
      for policy in aws_iam_role_policy.deployment : [
        for statement in jsondecode(policy.policy).Statement : statement.Sid
        if contains(statement.Resource, "*")
      ]
    ])) == toset(["AccessLog", "Network", "NewEventSourceMappings"])
    error_message = "Only actions that take no resource are allowed on everything."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.deployment["lambda"].policy).Statement :
      statement.Condition.ArnLike["lambda:FunctionArn"] ==
      "arn:aws:lambda:us-east-1:123456789012:function:desk-test-processor*"
      if contains(["EventSourceMappings", "NewEventSourceMappings"], statement.Sid)
    ])
    error_message = "Event source mappings are made and changed for the processor only."
  }
}

# proves: A10, I2
run "no_layer_of_others" {
  command = plan

  assert {
    condition     = !strcontains(aws_iam_role_policy.deployment["lambda"].policy, "InsightsLayer")
    error_message = "Without Lambda Insights only the environment's own layers are reached."
  }
}

# proves: A10, I2
run "the_insights_layer" {
  command = plan

  variables {
    insights_layer_arn = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.deployment["lambda"].policy).Statement :
      [statement.Action, statement.Resource] if statement.Sid == "InsightsLayer"
      ] == [[
        ["lambda:GetLayerVersion"],
        ["arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20"],
    ]]
    error_message = "The version of the layer that the setting names is read, and no other."
  }
}

# proves: I2
run "fits_a_role" {
  command = plan

  variables {
    canary             = true
    insights_layer_arn = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20"
    kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  # IAM takes 10,240 characters of inline policies for a role
  assert {
    condition     = sum([for policy in aws_iam_role_policy.deployment : length(policy.policy)]) < 10240
    error_message = "With all that can be switched on, the deployment role's policies are within IAM's quota."
  }
}
