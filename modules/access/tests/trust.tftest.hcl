mock_provider "aws" {}

variables {
  name_prefix              = "desk-test"
  account_id               = "123456789012"
  region                   = "us-east-1"
  artifact_bucket_name     = "desk-test-123456789012-artifacts"
  permissions_boundary_arn = null
  tracing                  = false
  insights_layer_arn       = null
  canary                   = true
  kms_key_arn              = ""
  notifications_topic_arn  = "arn:aws:sns:us-east-1:123456789012:desk-test-notifications"
  table_arn                = "arn:aws:dynamodb:us-east-1:123456789012:table/desk-test-table"
  table_stream_arn         = "arn:aws:dynamodb:us-east-1:123456789012:table/desk-test-table/stream/2024"
  idempotency_table_arn    = "arn:aws:dynamodb:us-east-1:123456789012:table/desk-test-idempotency"
  stream_dlq_name          = "desk-test-stream-dlq"
  schedule_dlq_name        = "desk-test-schedule-dlq"

  function_names = {
    api       = "desk-test-api"
    processor = "desk-test-processor"
    scheduled = "desk-test-scheduled"
  }

  log_group_names = {
    api       = "/aws/lambda/desk-test-api"
    processor = "/aws/lambda/desk-test-processor"
    scheduled = "/aws/lambda/desk-test-scheduled"
  }
}

# proves: I1, I2, I4, I5
run "roles_are_assumed_by_their_services" {
  command = plan

  assert {
    condition = jsonencode({
      for role in concat(
        values(aws_iam_role.function),
        [aws_iam_role.deployment, aws_iam_role.api_gateway],
        aws_iam_role.codedeploy,
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
    condition = jsonencode(jsondecode(aws_iam_role.codedeploy[0].assume_role_policy).Statement[*].Condition) == jsonencode([{
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
