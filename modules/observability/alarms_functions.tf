# What goes wrong in the functions: they fail, they are about to be cut off, they are not let run.
locals {
  # an alarm looks back this far, each minute anew
  window_s = 300

  # one failure alone raises nothing: where there is little traffic it would be a high rate, and
  # what is retried (schedule, stream) fails three times within these minutes if it is lasting
  least_failures = 2

  actions = [aws_sns_topic.alarms.arn]

  # the last two sentences of an alarm's description
  look_at_function = {
    for function, group in var.log_group_names : function =>
    "Look first at the log group ${group}, then at the dashboard ${var.name_prefix}."
  }
  effects = {
    api       = "For users: their requests are answered with an error, or late."
    processor = "For users: statistics and notifications fall behind; tickets themselves are safe."
    scheduled = "For users: overdue tickets are escalated late; the next run makes up for it."
  }
}

# By these three a canary deployment is rolled back.
resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = var.function_names

  alarm_name = "${var.name_prefix}-${each.key}-errors"
  alarm_description = join(" ", [
    "The function ${each.value} failed in ${var.error_rate_percent} % or more of its invocations (${local.least_failures} at least) within ${local.window_s / 60} minutes.",
    local.look_at_function[each.key],
    local.effects[each.key],
  ])

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.error_rate_percent
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # not invoked, not failed
  alarm_actions       = local.actions
  ok_actions          = local.actions

  metric_query {
    id          = "rate"
    label       = "Failed invocations, percent"
    expression  = "IF(errors >= ${local.least_failures}, 100 * errors / invocations, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "Errors", invocations = "Invocations" }

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "AWS/Lambda"
        metric_name = metric_query.value
        dimensions  = { FunctionName = each.value }
        period      = local.window_s
        stat        = "Sum"
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "duration" {
  for_each = var.function_names

  alarm_name = "${var.name_prefix}-${each.key}-duration"
  alarm_description = join(" ", [
    "The function ${each.value} took ${var.duration_percent} % or more of its time-out of ${var.function_timeouts_s[each.key]} s; at the time-out it is cut off.",
    local.look_at_function[each.key],
    local.effects[each.key],
  ])

  # the longest: a percentile would say nothing of a function that runs four times an hour
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = { FunctionName = each.value }
  statistic           = "Maximum"
  period              = local.window_s
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.function_timeouts_s[each.key] * 10 * var.duration_percent # ms
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # not invoked, not late
  alarm_actions       = local.actions
  ok_actions          = local.actions
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  for_each = var.function_names

  alarm_name = "${var.name_prefix}-${each.key}-throttles"
  alarm_description = join(" ", [
    "Lambda did not let the function ${each.value} run: its reserved concurrency, or the account's, is used up.",
    "Look first at Throttles and ConcurrentExecutions on the dashboard ${var.name_prefix}, then at the log group ${var.log_group_names[each.key]} for what made it slow.",
    local.effects[each.key],
  ])

  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = each.value }
  statistic           = "Sum"
  period              = local.window_s
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # not asked for, not refused
  alarm_actions       = local.actions
  ok_actions          = local.actions
}
