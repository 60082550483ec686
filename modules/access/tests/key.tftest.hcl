mock_provider "aws" {
  override_resource {
    target = aws_iam_role.api_gateway
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-api-gateway" }
  }
}

variables {
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

# proves: I1, I2, K1
run "no_key_no_permission" {
  command = plan

  variables {
    kms_key_arn = ""
  }

  assert {
    condition = alltrue([
      for policy in concat(
        values(aws_iam_role_policy.function),
        [aws_iam_role_policy.deployment["lambda"]],
      ) : !strcontains(policy.policy, "kms:")
    ])
    error_message = "Without a customer-managed key no role may call KMS."
  }
}

# proves: I1, K1
run "each_function_opens_its_own_variables" {
  command = plan

  assert {
    condition = alltrue([
      for function, policy in aws_iam_role_policy.function : jsonencode([
        for statement in jsondecode(policy.policy).Statement :
        [statement.Action, statement.Resource, statement.Condition] if statement.Sid == "EnvironmentKey"
        ]) == jsonencode([[
          ["kms:Decrypt"],
          [var.kms_key_arn],
          {
            StringLike = {
              "kms:EncryptionContext:aws:lambda:FunctionArn" = [
                "arn:aws:lambda:us-east-1:123456789012:function:desk-test-${function}",
                "arn:aws:lambda:us-east-1:123456789012:function:desk-test-${function}:*",
              ]
            }
          },
      ]])
    ])
    error_message = "A function decrypts its own variables, and no other function's."
  }
}

# proves: D5, I1, K1
run "only_the_publisher_encrypts_messages" {
  command = plan

  assert {
    condition = jsonencode({
      for function, policy in aws_iam_role_policy.function : function => [
        for statement in jsondecode(policy.policy).Statement :
        [statement.Action, statement.Resource, statement.Condition] if statement.Sid == "TopicKey"
      ]
      }) == jsonencode({
      api = []
      processor = [[
        ["kms:Decrypt", "kms:GenerateDataKey"],
        [var.kms_key_arn],
        { StringEquals = { "kms:ViaService" = "sns.us-east-1.amazonaws.com" } },
      ]]
      scheduled = []
    })
    error_message = "The processor, which publishes, uses the key through SNS; the others do not."
  }
}

# proves: I2, K1
run "the_deployment_uses_the_key_through_lambda" {
  command = plan

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_iam_role_policy.deployment["lambda"].policy).Statement :
      [statement.Action, statement.Resource, statement.Condition]
      if anytrue([for action in statement.Action : startswith(action, "kms:")])
      ]) == jsonencode([
      [
        ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
        [var.kms_key_arn],
        { StringEquals = { "kms:ViaService" = "lambda.us-east-1.amazonaws.com" } },
      ],
      [
        ["kms:CreateGrant"],
        [var.kms_key_arn],
        {
          Bool         = { "kms:GrantIsForAWSResource" = "true" }
          StringEquals = { "kms:ViaService" = "lambda.us-east-1.amazonaws.com" }
        },
      ],
    ])
    error_message = "CloudFormation has Lambda encrypt the variables and take a grant for itself, and can do nothing else with the key."
  }
}
