mock_provider "aws" {}

variables {
  name_prefix        = "desk-test"
  log_retention_days = 7
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
      ] : startswith(name, "desk-test-")
    ])
    error_message = "The deployment role reaches names with the prefix only."
  }
}

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

run "retention_by_setting" {
  command = plan

  assert {
    condition = alltrue([
      for group in concat(values(aws_cloudwatch_log_group.function), [aws_cloudwatch_log_group.access]) :
      group.retention_in_days == 7
    ])
    error_message = "Every log group keeps its lines as long as the setting says."
  }
}

run "name_prefix_in_capitals" {
  command         = plan
  expect_failures = [var.name_prefix]

  variables {
    name_prefix = "Desk"
  }
}

run "retention_unknown_to_cloudwatch" {
  command         = plan
  expect_failures = [var.log_retention_days]

  variables {
    log_retention_days = 8
  }
}
