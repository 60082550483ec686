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

# proves: A3, I4
run "codedeploy_moves_aliases_and_looks_at_alarms" {
  command = apply

  assert {
    condition     = output.codedeploy_role_arn == "arn:aws:iam::123456789012:role/desk-test-codedeploy"
    error_message = "The template is given the role, with a canary and without."
  }

  assert {
    condition = jsonencode({
      for statement in jsondecode(aws_iam_role_policy.codedeploy.policy).Statement :
      statement.Sid => [statement.Action, statement.Resource]
      }) == jsonencode({
      Aliases = [
        ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"],
        [
          "arn:aws:lambda:us-east-1:123456789012:function:desk-test-api*",
          "arn:aws:lambda:us-east-1:123456789012:function:desk-test-processor*",
          "arn:aws:lambda:us-east-1:123456789012:function:desk-test-scheduled*",
        ],
      ]
      Alarms = [
        ["cloudwatch:DescribeAlarms"],
        ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"],
      ]
    })
    error_message = "CodeDeploy moves the three functions' aliases and describes alarms, and does nothing else."
  }
}

# proves: A3, I2
run "cloudformation_makes_this_environments_canaries" {
  command = apply

  assert {
    condition = jsonencode({
      for statement in jsondecode(aws_iam_role_policy.deployment["canary"].policy).Statement :
      statement.Sid => statement.Resource
      }) == jsonencode({
      Canaries = [
        "arn:aws:codedeploy:us-east-1:123456789012:application:desk-test-*",
        "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:desk-test-*/desk-test-*",
      ]
      CanaryRole  = ["arn:aws:iam::123456789012:role/desk-test-codedeploy"]
      CanarySteps = ["arn:aws:codedeploy:us-east-1:123456789012:deploymentconfig:CodeDeployDefault.Lambda*"]
      CanaryStop  = ["*"]
    })
    error_message = "Applications and deployment groups are this environment's own."
  }

  assert {
    condition = length(setsubtract(
      flatten([for kind in ["Application", "DeploymentGroup"] : [
        for verb in ["Create", "Delete", "Get", "Update"] : "codedeploy:${verb}${kind}"
      ]]),
      flatten([
        for statement in jsondecode(aws_iam_role_policy.deployment["canary"].policy).Statement :
        statement.Action if statement.Sid == "Canaries"
      ]),
    )) == 0
    error_message = "What a canary needs can be made and taken away, with a canary and without."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.deployment["canary"].policy).Statement :
      statement.Condition.StringEquals["iam:PassedToService"] if contains(statement.Action, "iam:PassRole")
    ] == ["codedeploy.amazonaws.com"]
    error_message = "CodeDeploy's role is passed to CodeDeploy."
  }
}

# proves: A3, I2
run "cloudformation_cancels_shifts" {
  command = apply

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.deployment["canary"].policy).Statement :
      [statement.Action, statement.Resource]
      if contains(statement.Action, "codedeploy:StopDeployment") || contains(statement.Resource, "*")
    ] == [[["codedeploy:StopDeployment"], ["*"]]]
    error_message = "Any shift can be stopped, and nothing else of CodeDeploy's is allowed on everything."
  }
}
