# One page: the alarms first, then what callers see, and below it what that depends on.
locals {
  console = "https://${var.region}.console.aws.amazon.com"

  log_links = [
    for function, group in var.log_group_names :
    "[${function}](${local.console}/cloudwatch/home?region=${var.region}#logsV2:log-groups/log-group/${replace(group, "/", "$252F")})"
  ]

  header = <<-EOT
    # ${var.name_prefix}
    **What to look at.** An alarm below that is red: its description says where to look first. None, and still a complaint: 5XXError and Latency of the API, then Errors and Duration of the functions, then throttles of the tables. Numbers that lag behind: IteratorAge and the dead-letter queues. Tickets that are overdue and not escalated: how far the sweep is behind.

    Logs: ${join(" · ", local.log_links)} · [queues](${local.console}/sqs/v3/home?region=${var.region}#/queues) · [table](${local.console}/dynamodbv2/home?region=${var.region}#table?name=${var.table_name})
  EOT

  alarms = concat(
    values(aws_cloudwatch_metric_alarm.errors),
    values(aws_cloudwatch_metric_alarm.duration),
    values(aws_cloudwatch_metric_alarm.throttles),
    [aws_cloudwatch_metric_alarm.api_5xx],
    values(aws_cloudwatch_metric_alarm.table_throttles),
    values(aws_cloudwatch_metric_alarm.index_throttles),
    values(aws_cloudwatch_metric_alarm.system_errors),
    [aws_cloudwatch_metric_alarm.iterator_age],
    values(aws_cloudwatch_metric_alarm.dlq_depth),
    [
      aws_cloudwatch_metric_alarm.records_quarantined,
      aws_cloudwatch_metric_alarm.counter_drift,
      aws_cloudwatch_metric_alarm.sweep_lag,
      aws_cloudwatch_metric_alarm.webhook_failed,
    ],
  )

  graphs = concat(
    local.api_graphs,
    local.business_graphs,
    local.function_graphs,
    local.stream_graphs,
    local.table_graphs,
  )
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name_prefix

  # widgets without a position follow each other, three graphs to a row
  dashboard_body = jsonencode({
    widgets = concat(
      [
        {
          type       = "text"
          width      = 24
          height     = 4
          properties = { markdown = local.header }
        },
        {
          type       = "alarm"
          width      = 24
          height     = 5
          properties = { title = "Alarms", alarms = local.alarms[*].arn }
        },
      ],
      [
        for graph in local.graphs : {
          type   = "metric"
          width  = 8
          height = 6
          properties = {
            title   = graph.title
            metrics = graph.metrics
            stat    = graph.stat
            period  = 60
            region  = var.region
            view    = "timeSeries"
            yAxis   = { left = { min = 0 } }
          }
        }
      ],
    )
  })
}
