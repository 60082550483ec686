# What the service says of itself, in metrics that the functions write to their logs: nothing failed
# there, and still something is wrong. A function is the dimension `service`.
locals {
  service_namespace = "Desk"

  service_dimensions = {
    for function in keys(var.function_names) :
    function => { environment = var.environment, service = function }
  }

  # an hour, which is also how long the sweep may lag
  hour_s = 3600

  # one is not worth a message: every ticket has its own, and the next one may arrive
  least_webhook_failures = 3
}

resource "aws_cloudwatch_metric_alarm" "records_quarantined" {
  alarm_name = "${var.name_prefix}-processor-records-quarantined"
  alarm_description = join(" ", [
    "The function ${var.function_names.processor} could make nothing of an event of a ticket, and put it aside, below quarantine/ in the data bucket.",
    "Look first at the log group ${var.log_group_names.processor}, which says why, and names the object.",
    "For users: what that event stands for is in no statistics, and nobody was notified; the ticket itself is safe.",
  ])

  namespace           = local.service_namespace
  metric_name         = "RecordsQuarantined"
  dimensions          = local.service_dimensions.processor
  statistic           = "Sum"
  period              = local.window_s
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # written where there is one
  alarm_actions       = local.actions
  ok_actions          = local.actions
}

resource "aws_cloudwatch_metric_alarm" "counter_drift" {
  alarm_name = "${var.name_prefix}-scheduled-counter-drift"
  alarm_description = join(" ", [
    "A team's counters were not what its tickets say, and by just as much the night before, in the comparison by the function ${var.function_names.scheduled}, which sets them right then.",
    "Look first at the log group ${var.log_group_names.scheduled}, which names the team, then at ${var.stream_dlq_name} and the quarantine for events that never arrived.",
    "For users: that team's statistics were wrong until now; tickets themselves are right.",
  ])

  # all counters' differences together, none set off against another; CounterDrift has those too that
  # events on their way make, which are no error
  namespace           = local.service_namespace
  metric_name         = "CounterDriftStayed"
  dimensions          = local.service_dimensions.scheduled
  statistic           = "Maximum"
  period              = local.window_s
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # written once a night
  alarm_actions       = local.actions
  ok_actions          = local.actions
}

resource "aws_cloudwatch_metric_alarm" "sweep_lag" {
  alarm_name = "${var.name_prefix}-scheduled-sweep-lag"
  alarm_description = join(" ", [
    "The function ${var.function_names.scheduled} looks for overdue tickets, and is more than an hour behind: it fails at some, or more are overdue than it gets done in its time.",
    "Look first at the log group ${var.log_group_names.scheduled}, then at SweepLagS and Duration on the dashboard ${var.name_prefix}.",
    local.effects.scheduled,
  ])

  namespace           = local.service_namespace
  metric_name         = "SweepLagS"
  dimensions          = local.service_dimensions.scheduled
  statistic           = "Maximum"
  period              = local.window_s
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.hour_s
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # written by each sweep, and the setting allows one a month
  alarm_actions       = local.actions
  ok_actions          = local.actions
}

resource "aws_cloudwatch_metric_alarm" "webhook_failed" {
  alarm_name = "${var.name_prefix}-scheduled-webhook-failed"
  alarm_description = join(" ", [
    "The outside system did not take ${local.least_webhook_failures} or more escalations within an hour from the function ${var.function_names.scheduled}, which tells it of each once.",
    "Look first at the log group ${var.log_group_names.scheduled} for what it answered, then at its address (integration.webhook_url) and secret.",
    "For users: overdue tickets are escalated, and the outside system does not know.",
  ])

  namespace           = local.service_namespace
  metric_name         = "WebhookFailed"
  dimensions          = local.service_dimensions.scheduled
  statistic           = "Sum"
  period              = local.hour_s # several sweeps
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = local.least_webhook_failures
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # written by each sweep
  alarm_actions       = local.actions
  ok_actions          = local.actions
}
