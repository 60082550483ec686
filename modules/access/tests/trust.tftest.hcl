mock_provider "aws" {
  override_resource {
    target = aws_iam_role.api_gateway
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-api-gateway" }
  }
}

# proves: I1, I2, I4, I5
run "roles_are_assumed_by_their_services" {
  command = plan

  assert {
    condition = jsonencode({
      for role in concat(
        values(aws_iam_role.function),
        [aws_iam_role.deployment, aws_iam_role.api_gateway, aws_iam_role.codedeploy],
      ) :
      role.name => [
        for statement in jsondecode(role.assume_role_policy).Statement :
        [statement.Effect, statement.Action, statement.Principal]
      ]
      }) == jsonencode({
      desk-test-api         = [["Allow", "sts:AssumeRole", { Service = "lambda.amazonaws.com" }]]
      desk-test-processor   = [["Allow", "sts:AssumeRole", { Service = "lambda.amazonaws.com" }]]
      desk-test-scheduled   = [["Allow", "sts:AssumeRole", { Service = "lambda.amazonaws.com" }]]
      desk-test-deployment  = [["Allow", "sts:AssumeRole", { Service = "cloudformation.amazonaws.com" }]]
      desk-test-api-gateway = [["Allow", "sts:AssumeRole", { Service = "apigateway.amazonaws.com" }]]
      desk-test-codedeploy  = [["Allow", "sts:AssumeRole", { Service = "codedeploy.amazonaws.com" }]]
    })
    error_message = "A role is assumed by the one service it is for."
  }
}

# proves: I5
run "services_assume_them_for_this_account_only" {
  command = plan

  assert {
    condition = alltrue([
      for role in concat(
        values(aws_iam_role.function),
        [aws_iam_role.deployment, aws_iam_role.api_gateway],
      ) :
      jsonencode(jsondecode(role.assume_role_policy).Statement[*].Condition) ==
      jsonencode([{ StringEqualsIfExists = { "aws:SourceAccount" = "123456789012" } }])
    ])
    error_message = "A service that says for whom it acts acts for this account."
  }

  assert {
    condition = jsonencode(jsondecode(aws_iam_role.codedeploy.assume_role_policy).Statement[*].Condition) == jsonencode([{
      StringEquals = { "aws:SourceAccount" = "123456789012" }
      ArnLike = {
        "aws:SourceArn" = "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:desk-test-*/desk-test-*"
      }
    }])
    error_message = "CodeDeploy acts for this environment's deployment groups."
  }
}

# proves: A4, I4
run "api_gateway_may_log" {
  command = plan

  assert {
    condition = endswith(
      aws_iam_role_policy_attachment.api_gateway.policy_arn,
      ":policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    )
    error_message = "API Gateway takes a role with all actions of AWS's policy, and refuses one with fewer."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.api_gateway.role == "desk-test-api-gateway"
    error_message = "The policy is attached to the role that the account is given."
  }
}
