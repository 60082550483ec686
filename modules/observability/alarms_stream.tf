# What falls behind, and what was given up.
resource "aws_cloudwatch_metric_alarm" "iterator_age" {
  alarm_name = "${var.name_prefix}-processor-iterator-age"
  alarm_description = join(" ", [
    "The function ${var.function_names.processor} is at records of the table's stream that are ${var.iterator_age_s} s old or older: it fails at some again and again, or there are more than it can take. Records older than an hour go to the queue ${var.stream_dlq_name}.",
    local.look_at_function.processor,
    local.effects.processor,
  ])

  namespace           = "AWS/Lambda"
  metric_name         = "IteratorAge"
  dimensions          = { FunctionName = var.function_names.processor }
  statistic           = "Maximum"
  period              = local.window_s
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.iterator_age_s * 1000 # ms
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # reported with each batch: no batch, nothing waits
  alarm_actions       = local.actions
  ok_actions          = local.actions
}

locals {
  dlqs = {
    stream = {
      name     = var.stream_dlq_name
      function = "processor"
      what     = "stream records that ${var.function_names.processor} gave up on; a message names shard and sequence numbers, and the record is in the stream for 24 hours"
    }
    schedule = {
      name     = var.schedule_dlq_name
      function = "scheduled"
      what     = "scheduled events that ${var.function_names.scheduled} could not be given, or failed at, and domain events that EventBridge could not put into the inbox; a message's attributes name rule and target"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "dlq_depth" {
  for_each = local.dlqs

  alarm_name = "${var.name_prefix}-${each.key}-dlq-depth"
  alarm_description = join(" ", [
    "The queue ${each.value.name} holds ${each.value.what}.",
    "Look first at the messages in the queue: aws sqs receive-message --visibility-timeout 0 --max-number-of-messages 10 --queue-url \"$(aws sqs get-queue-url --queue-name ${each.value.name} --query QueueUrl --output text)\"; then at the log group ${var.log_group_names[each.value.function]}.",
    local.effects[each.value.function],
  ])

  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.value.name }
  statistic           = "Maximum"
  period              = local.window_s
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  alarm_actions       = local.actions
  ok_actions          = local.actions

  # SQS stops reporting a queue that nobody touches for hours: messages still in it then are still
  # there, and taking them out makes it report again
  treat_missing_data = "ignore"
}
