mock_provider "aws" {
  override_during = plan

  override_resource {
    target = aws_iam_role.codedeploy[0]
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-codedeploy" }
  }
}

# proves: A3, I4
run "no_canary_unless_asked_for" {
  command = plan

  assert {
    condition     = length(aws_iam_role.codedeploy) == 0 && output.codedeploy_role_arn == ""
    error_message = "Without a canary there is no role for CodeDeploy, and the output is empty, not absent."
  }

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_iam_role_policy.deployment["canary"].policy).Statement : statement.Action
      ]) == jsonencode([[
        "codedeploy:DeleteApplication",
        "codedeploy:DeleteDeploymentGroup",
        "codedeploy:GetApplication",
        "codedeploy:GetDeploymentGroup",
    ]])
    error_message = "What an earlier deployment made for a canary can still be taken away; nothing is made."
  }
}

# proves: A3, I4
run "codedeploy_moves_aliases_and_looks_at_alarms" {
  command = plan

  variables {
    canary = true
  }

  assert {
    condition     = output.codedeploy_role_arn == "arn:aws:iam::123456789012:role/desk-test-codedeploy"
    error_message = "The template is given the role."
  }

  assert {
    condition = jsonencode({
      for statement in jsondecode(aws_iam_role_policy.codedeploy[0].policy).Statement :
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
  command = plan

  variables {
    canary = true
  }

  assert {
    condition = jsonencode({
      for statement in jsondecode(aws_iam_role_policy.deployment["canary"].policy).Statement :
      statement.Sid => statement.Resource
      }) == jsonencode({
      Canaries = [
        "arn:aws:codedeploy:us-east-1:123456789012:application:desk-test-*",
        "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:desk-test-*/desk-test-*",
      ]
      CanaryRemoval = [
        "arn:aws:codedeploy:us-east-1:123456789012:application:desk-test-*",
        "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:desk-test-*/desk-test-*",
      ]
      CanaryRole  = ["arn:aws:iam::123456789012:role/desk-test-codedeploy"]
      CanarySteps = ["arn:aws:codedeploy:us-east-1:123456789012:deploymentconfig:CodeDeployDefault.Lambda*"]
    })
    error_message = "Applications and deployment groups are this environment's own."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.deployment["canary"].policy).Statement :
      statement.Condition.StringEquals["iam:PassedToService"] if contains(statement.Action, "iam:PassRole")
    ] == ["codedeploy.amazonaws.com"]
    error_message = "CodeDeploy's role is passed to CodeDeploy."
  }
}
