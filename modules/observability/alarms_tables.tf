# What DynamoDB refuses, or fails at. Its clients try again, and mostly succeed: so it must go on for
# two of three windows.
#
# Throttling is counted by events, not by ThrottledRequests, which leaves out a batch that was
# throttled in part. A table's count is without its indexes', and an index that is throttled holds up
# writes to its table: so indexes are watched too, all there are, by a query over their dimension.
locals {
  tables = { table = var.table_name, idempotency = var.idempotency_table_name }

  accesses = { read = "ReadThrottleEvents", write = "WriteThrottleEvents" }

  table_accesses = merge([
    for key, table in local.tables : {
      for access, metric in local.accesses :
      "${key}-${access}" => { table = table, access = access, metric = metric }
    }
  ]...)

  table_effects = "For users: requests take longer, and fail once retries are used up."
}

resource "aws_cloudwatch_metric_alarm" "table_throttles" {
  for_each = local.table_accesses

  alarm_name = "${var.name_prefix}-${each.key}-throttles"
  alarm_description = join(" ", [
    "DynamoDB refused ${each.value.access}s of the table ${each.value.table}: its capacity, or that of one partition, is used up.",
    "Look first at the consumed capacity on the dashboard ${var.name_prefix}: an even load wants more capacity, a single hot key another key.",
    local.table_effects,
  ])

  namespace           = "AWS/DynamoDB"
  metric_name         = each.value.metric
  dimensions          = { TableName = each.value.table }
  statistic           = "Sum"
  period              = local.window_s
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching" # DynamoDB reports these only where there are some
  alarm_actions       = local.actions
  ok_actions          = local.actions
}

resource "aws_cloudwatch_metric_alarm" "index_throttles" {
  for_each = local.accesses

  alarm_name = "${var.name_prefix}-index-${each.key}-throttles"
  alarm_description = join(" ", [
    "DynamoDB refused ${each.key}s of an index of the table ${var.table_name}: its capacity, or that of one partition, is used up.",
    "Look first at the consumed capacity on the dashboard ${var.name_prefix}, which has a line for each index.",
    local.table_effects,
  ])

  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  ok_actions          = local.actions

  metric_query {
    id          = "events"
    label       = each.value
    expression  = "SELECT SUM(${each.value}) FROM SCHEMA(\"AWS/DynamoDB\", GlobalSecondaryIndexName, TableName) WHERE TableName = '${var.table_name}'"
    period      = local.window_s
    return_data = true
  }
}

# SystemErrors are counted for each operation; a query adds up those there are.
resource "aws_cloudwatch_metric_alarm" "system_errors" {
  for_each = local.tables

  alarm_name = "${var.name_prefix}-${each.key}-system-errors"
  alarm_description = join(" ", [
    "DynamoDB failed (5xx) at requests to the table ${each.value} for minutes.",
    "Look first at SystemErrors on the dashboard ${var.name_prefix} for the operations, then at https://health.aws.amazon.com: the cause is not in this service.",
    local.table_effects,
  ])

  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  ok_actions          = local.actions

  metric_query {
    id          = "errors"
    label       = "SystemErrors"
    expression  = "SELECT SUM(SystemErrors) FROM SCHEMA(\"AWS/DynamoDB\", Operation, TableName) WHERE TableName = '${each.value}'"
    period      = local.window_s
    return_data = true
  }
}
