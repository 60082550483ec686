mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.notifications
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-notifications" }
  }
}

# proves: D5, I5
run "only_this_account_publishes" {
  command = apply

  assert {
    condition = [
      for statement in jsondecode(aws_sns_topic_policy.notifications.policy).Statement :
      jsonencode([statement.Principal, statement.Condition]) if statement.Effect == "Allow"
      ] == [
      jsonencode([
        { AWS = "arn:aws:iam::123456789012:root" },
        { StringEquals = { "aws:PrincipalAccount" = "123456789012" } },
      ])
    ]
    error_message = "Nobody but this account's principals is let in, no service either."
  }
}

# proves: D5, I5
run "only_over_tls" {
  command = apply

  assert {
    condition = [
      for statement in jsondecode(aws_sns_topic_policy.notifications.policy).Statement :
      jsonencode([statement.Principal, statement.Action, statement.Condition]) if statement.Effect == "Deny"
      ] == [
      jsonencode([{ AWS = "*" }, "sns:Publish", { Bool = { "aws:SecureTransport" = "false" } }])
    ]
    error_message = "What is published without TLS is refused, whoever publishes it."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_sns_topic_policy.notifications.policy).Statement :
      statement.Resource == "arn:aws:sns:us-east-1:123456789012:desk-test-notifications"
    ])
    error_message = "The policy is about this topic."
  }
}
