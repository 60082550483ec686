# What callers of the API see, whichever part of it failed.
resource "aws_cloudwatch_metric_alarm" "api_5xx" {
  alarm_name = "${var.name_prefix}-api-5xx"
  alarm_description = join(" ", [
    "The API ${var.api_name} answered ${var.error_rate_percent} % or more of its requests with 5xx (${local.least_failures} at least) within ${local.window_s / 60} minutes.",
    "Look first at the log group ${var.log_group_names.api}; if there is no error in it, API Gateway could not reach the function: its access log says why.",
    local.effects.api,
  ])

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.error_rate_percent
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # no requests, no failures
  alarm_actions       = local.actions
  ok_actions          = local.actions

  metric_query {
    id          = "rate"
    label       = "Requests answered with 5xx, percent"
    expression  = "IF(failures >= ${local.least_failures}, 100 * failures / requests, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { failures = "5XXError", requests = "Count" }

    content {
      id          = metric_query.key
      return_data = false

      # by the API's name alone: all of its stages, and whichever API bears the name now
      metric {
        namespace   = "AWS/ApiGateway"
        metric_name = metric_query.value
        dimensions  = { ApiName = var.api_name }
        period      = local.window_s
        stat        = "Sum"
      }
    }
  }
}
