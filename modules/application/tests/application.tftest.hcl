mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.notifications
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-notifications" }
  }
}

run "names_begin_with_the_prefix" {
  command = apply

  assert {
    condition = alltrue([
      for name in [
        output.api_name,
        output.api_function_name,
        output.processor_function_name,
        output.scheduled_function_name,
        output.stream_dlq_name,
        output.schedule_dlq_name,
        output.event_inbox_name,
        output.event_bus_name,
        aws_sns_topic.notifications.name,
      ] : startswith(name, "desk-test-")
    ])
    error_message = "The deployment role reaches names with the prefix only."
  }
}

# proves: M1
run "log_groups_are_those_lambda_would_use" {
  command = apply

  assert {
    condition = (
      output.api_log_group_name == "/aws/lambda/${output.api_function_name}" &&
      output.processor_log_group_name == "/aws/lambda/${output.processor_function_name}" &&
      output.scheduled_log_group_name == "/aws/lambda/${output.scheduled_function_name}"
    )
    error_message = "A function's log group is /aws/lambda/<its name>."
  }
}

# proves: A10, M1
run "retention_by_setting" {
  command = plan

  variables {
    insights = true
  }

  assert {
    condition = alltrue([
      for group in concat(
        values(aws_cloudwatch_log_group.function),
        [aws_cloudwatch_log_group.access],
        aws_cloudwatch_log_group.insights,
      ) : group.retention_in_days == 7
    ])
    error_message = "Every log group keeps its lines as long as the setting says."
  }

  assert {
    condition     = aws_cloudwatch_log_group.insights[*].name == ["/aws/lambda-insights"]
    error_message = "Lambda Insights writes to a log group of its own, which is there before it."
  }
}

# proves: A10
run "no_insights_no_log_group" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_log_group.insights) == 0
    error_message = "Without Lambda Insights there is no log group for it."
  }
}

# proves: D5
run "secrets_belong_to_the_environment" {
  command = plan

  assert {
    condition = [
      aws_secretsmanager_secret.page_token.name_prefix,
      aws_secretsmanager_secret.webhook.name_prefix,
    ] == ["desk-test/page-token-", "desk-test/webhook-"]
    error_message = "Secrets are named by the environment, and no two ever alike."
  }

  assert {
    condition = [
      aws_secretsmanager_secret.page_token.recovery_window_in_days,
      aws_secretsmanager_secret.webhook.recovery_window_in_days,
    ] == [7, 7]
    error_message = "A deleted secret can be restored for 7 days."
  }
}

# proves: D5
run "the_page_token_is_in_no_state" {
  command = apply

  assert {
    condition     = aws_secretsmanager_secret_version.page_token.secret_string_wo_version == 1
    error_message = "The version says which value the secret has."
  }

  assert {
    condition = (
      aws_secretsmanager_secret_version.page_token.secret_string_wo == null &&
      aws_secretsmanager_secret_version.page_token.secret_string == null
    )
    error_message = "The value is written, and kept nowhere else."
  }
}
