mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.notifications
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-notifications" }
  }

  override_resource {
    target = aws_kms_key.this
    values = {
      arn    = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      key_id = "11111111-2222-3333-4444-555555555555"
    }
  }
}

variables {
  customer_key = true
  insights     = true
}

# proves: K1
run "no_key_unless_asked_for" {
  command = apply

  variables {
    customer_key = false
  }

  assert {
    condition     = length(aws_kms_key.this) + length(aws_kms_alias.this) == 0
    error_message = "A key costs by the month: there is none by default."
  }

  assert {
    condition     = output.kms_key_arn == ""
    error_message = "Without a key the output is empty, not absent: a null output is not in the state."
  }

  assert {
    condition     = aws_sns_topic.notifications.kms_master_key_id == "alias/aws/sns"
    error_message = "Without a key the topic is encrypted with SNS's own."
  }

  assert {
    condition = alltrue([
      for group in concat(values(aws_cloudwatch_log_group.function), [aws_cloudwatch_log_group.access]) :
      group.kms_key_id == null
    ])
    error_message = "Without a key log groups are encrypted by CloudWatch Logs."
  }
}

# proves: K1
run "the_key_turns_and_can_be_saved" {
  command = apply

  assert {
    condition = (
      aws_kms_key.this[0].enable_key_rotation &&
      aws_kms_key.this[0].deletion_window_in_days == 30
    )
    error_message = "The key is rotated, and its deletion can be cancelled for 30 days."
  }

  assert {
    condition     = aws_kms_alias.this[0].name == "alias/desk-test"
    error_message = "The key is found by the environment's name."
  }
}

# proves: K1
run "logs_topic_and_bus_use_the_key" {
  command = apply

  assert {
    condition = alltrue([
      for group in concat(
        values(aws_cloudwatch_log_group.function),
        [aws_cloudwatch_log_group.access],
        aws_cloudwatch_log_group.insights,
      ) : group.kms_key_id == output.kms_key_arn
    ])
    error_message = "Every log group is encrypted with the key."
  }

  assert {
    condition     = aws_sns_topic.notifications.kms_master_key_id == output.kms_key_arn
    error_message = "The topic is encrypted with the key."
  }

  assert {
    condition     = aws_cloudwatch_event_bus.this.kms_key_identifier == output.kms_key_arn
    error_message = "The event bus is encrypted with the key."
  }
}

# proves: I5, K1
run "the_key_serves_this_environment_only" {
  command = apply

  assert {
    condition = {
      for statement in jsondecode(aws_kms_key.this[0].policy).Statement :
      statement.Sid => jsonencode(statement.Principal)
      } == {
      Account     = jsonencode({ AWS = "arn:aws:iam::123456789012:root" })
      LogGroups   = jsonencode({ Service = "logs.us-east-1.amazonaws.com" })
      Alarms      = jsonencode({ Service = "cloudwatch.amazonaws.com" })
      EventBus    = jsonencode({ Service = "events.amazonaws.com" })
      EventBusKey = jsonencode({ Service = "events.amazonaws.com" })
    }
    error_message = "The account administers the key; CloudWatch, CloudWatch Logs and EventBridge use it; nobody else is named."
  }

  assert {
    condition = jsonencode({
      for statement in jsondecode(aws_kms_key.this[0].policy).Statement :
      statement.Sid => statement.Condition if statement.Sid != "Account"
      }) == jsonencode({
      LogGroups = {
        ArnLike = {
          "kms:EncryptionContext:aws:logs:arn" = [
            "arn:aws:logs:us-east-1:123456789012:log-group:/aws/*/desk-test-*",
            "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda-insights",
          ]
        }
      }
      Alarms = {
        StringEquals = { "aws:SourceAccount" = "123456789012" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:desk-test-*" }
      }
      EventBus = {
        StringEquals = {
          "aws:SourceAccount"                              = "123456789012"
          "aws:SourceArn"                                  = "arn:aws:events:us-east-1:123456789012:event-bus/desk-test-events"
          "kms:EncryptionContext:aws:events:event-bus:arn" = "arn:aws:events:us-east-1:123456789012:event-bus/desk-test-events"
        }
      }
      EventBusKey = { StringEqualsIfExists = { "aws:SourceAccount" = "123456789012" } }
    })
    error_message = "A service uses the key for this account's log groups, alarms and bus of this environment only."
  }

  assert {
    condition = alltrue([
      for group in concat(
        values(aws_cloudwatch_log_group.function),
        [aws_cloudwatch_log_group.access],
        aws_cloudwatch_log_group.insights,
      ) : can(regex("^/aws/([^/]+/desk-test-|lambda-insights$)", group.name))
    ])
    error_message = "The key's policy covers the name of every log group."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_kms_key.this[0].policy).Statement :
      statement.Action if statement.Sid == "EventBusKey"
    ] == [["kms:DescribeKey"]]
    error_message = "Whatever the bus, EventBridge may look at the key, and do nothing with it."
  }
}
