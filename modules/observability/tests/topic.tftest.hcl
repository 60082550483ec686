mock_provider "aws" {
  override_resource {
    target = aws_cloudwatch_log_group.flow
    values = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/desk-test-flow" }
  }

  override_resource {
    target = aws_iam_role.flow
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-flow-logs" }
  }

  override_resource {
    target = aws_sns_topic.alarms
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-alarms" }
  }
}

# proves: I5
run "only_this_environments_alarms_publish" {
  command = apply

  assert {
    condition = [
      for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement :
      statement if statement.Effect == "Allow"
      ] == [{
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = "arn:aws:sns:us-east-1:123456789012:desk-test-alarms"
        Condition = {
          StringEquals = { "aws:SourceAccount" = "123456789012" }
          ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:desk-test-*" }
        }
    }]
    error_message = "CloudWatch publishes for this account's alarms with the prefix; nobody else does."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement :
      statement.Condition.Bool["aws:SecureTransport"] if statement.Effect == "Deny"
    ] == ["false"]
    error_message = "What comes without TLS is refused."
  }

  assert {
    condition     = alltrue([for alarm in local.alarms : startswith(alarm.alarm_name, "desk-test-")])
    error_message = "Every alarm's name is one that the topic lets through."
  }
}

# proves: M2
run "without_a_key_no_key_that_cloudwatch_may_not_use" {
  command = apply

  assert {
    condition     = aws_sns_topic.alarms.kms_master_key_id == null
    error_message = "CloudWatch cannot publish to a topic with AWS's own key."
  }
}

# proves: K1
run "with_a_key" {
  command = apply

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000000"
  }

  assert {
    condition = (
      aws_sns_topic.alarms.kms_master_key_id == var.kms_key_arn &&
      one(aws_cloudwatch_log_group.flow).kms_key_id == var.kms_key_arn
    )
    error_message = "Topic and flow logs are encrypted with the key that is given."
  }
}

# proves: M2
run "nobody_is_told_by_default" {
  command = apply

  assert {
    condition     = length(aws_sns_topic_subscription.alarms) == 0
    error_message = "Without subscribers there are no subscriptions."
  }
}

# proves: M2
run "subscribers_by_their_shape" {
  command = apply

  variables {
    alarm_subscribers = [
      "on-call@example.com",
      "arn:aws:sqs:us-east-1:123456789012:pager",
      "arn:aws:lambda:us-east-1:123456789012:function:chat:live",
    ]
  }

  assert {
    condition = { for subscription in aws_sns_topic_subscription.alarms : subscription.endpoint => subscription.protocol } == {
      "on-call@example.com"                                      = "email"
      "arn:aws:sqs:us-east-1:123456789012:pager"                 = "sqs"
      "arn:aws:lambda:us-east-1:123456789012:function:chat:live" = "lambda"
    }
    error_message = "Each subscriber is told in the way its address says."
  }
}
