mock_provider "aws" {
  override_resource {
    target = aws_iam_role.api_gateway
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-api-gateway" }
  }

  override_resource {
    target = aws_iam_role.codedeploy
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-codedeploy" }
  }
}

# proves: I2
run "passes_the_functions_roles_to_lambda_only" {
  command = apply

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.deployment["inputs"].policy).Statement :
      { roles = toset(statement.Resource), to = statement.Condition.StringEquals["iam:PassedToService"] }
      if contains(statement.Action, "iam:PassRole")
      ] == [{
        roles = toset([
          for function in ["api", "processor", "scheduled"] : aws_iam_role.function[function].arn
        ])
        to = "lambda.amazonaws.com"
    }]
    error_message = "The three functions' roles are passed, to Lambda."
  }

  assert {
    condition = toset(flatten([
      for policy in aws_iam_role_policy.deployment : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : action if startswith(action, "iam:")
        ]
      ]
    ])) == toset(["iam:CreateServiceLinkedRole", "iam:PassRole"])
    error_message = "The deployment makes no role but one of AWS's own, and changes none."
  }
}

# proves: A11, I2
run "the_first_traced_api_makes_api_gateways_role" {
  command = apply

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_iam_role_policy.deployment["api"].policy).Statement :
      [statement.Action, statement.Resource, statement.Condition]
      if contains(statement.Action, "iam:CreateServiceLinkedRole")
      ]) == jsonencode([[
        ["iam:CreateServiceLinkedRole"],
        ["arn:aws:iam::123456789012:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway"],
        { StringEquals = { "iam:AWSServiceName" = "ops.apigateway.amazonaws.com" } },
    ]])
    error_message = "API Gateway's own role may be made, for API Gateway, and no other service's."
  }
}

# proves: I2
run "reaches_no_data" {
  command = apply

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
  command = apply

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

  # the * of an ARN goes across slashes
  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.deployment : [
        for statement in jsondecode(policy.policy).Statement : [
          for rule in ["desk-test-sweep", "desk-test-nightly", "desk-test-events/desk-test-domain-events"] :
          can(regex(
            "^${replace(one(statement.Resource), "*", ".*")}$",
            "arn:aws:events:us-east-1:123456789012:rule/${rule}",
          ))
        ] if statement.Sid == "Rules"
      ]
    ]))
    error_message = "A rule on the environment's own bus is one of them, as one on the account's default bus."
  }
}

# proves: I2
run "everything_only_where_there_is_no_resource" {
  command = apply

  assert {
    condition = toset(flatten([
      for policy in aws_iam_role_policy.deployment : [
        for statement in jsondecode(policy.policy).Statement : statement.Sid
        if contains(statement.Resource, "*")
      ]
    ])) == toset(["AccessLog", "CanaryStop", "Network", "NewEventSourceMappings"])
    error_message = "Only actions for which no resource is looked at are allowed on everything."
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
run "the_insights_layer_in_every_version" {
  command = apply

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.deployment["lambda"].policy).Statement :
      [statement.Action, statement.Resource]
      if contains(statement.Action, "lambda:GetLayerVersion") && statement.Sid != "Layers"
      ] == [[
        ["lambda:GetLayerVersion"],
        ["arn:aws:lambda:us-east-1:*:layer:LambdaInsightsExtension*:*"],
    ]]
    error_message = "Of others' layers, Lambda Insights' is read: in every version, and without the setting."
  }
}

# proves: I2
run "fits_a_role" {
  command = apply

  variables {
    name_prefix          = "a-name-of-thirty-three-characters"
    artifact_bucket_name = "a-name-of-thirty-three-characters-123456789012-artifacts"
    kms_key_arn          = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"

    function_names = {
      api       = "a-name-of-thirty-three-characters-api"
      processor = "a-name-of-thirty-three-characters-processor"
      scheduled = "a-name-of-thirty-three-characters-scheduled"
    }
  }

  # IAM takes 10,240 characters of inline policies for a role
  assert {
    condition     = sum([for policy in aws_iam_role_policy.deployment : length(policy.policy)]) < 10240
    error_message = "With the longest prefix and a customer-managed key, the deployment role's policies are within IAM's quota."
  }
}
