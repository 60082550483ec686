mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.alarms
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-alarms" }
  }

  override_resource {
    target = aws_cloudwatch_metric_alarm.api_5xx
    values = { arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:desk-test-api-5xx" }
  }
}

# they are no part of the dashboard
variables {
  flow_logs = "none"
}

# proves: M3
run "every_metric_in_its_own_dimensions" {
  command = apply

  # a search names its metric in its expression; every other line is namespace, metric, dimensions
  assert {
    condition = toset(flatten([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [
        for line in widget.properties.metrics :
        join(" ", [for part in line : try(tostring(part), part.expression, "")])
      ] if widget.type == "metric"
      ])) == toset(flatten([
      [for function in ["api", "processor", "scheduled"] : [
        for metric in ["Invocations", "Errors", "Throttles", "ConcurrentExecutions"] :
        "AWS/Lambda ${metric} FunctionName desk-test-${function}"
      ]],
      # the last part, which says the statistic, is looked at below
      [for function in ["api", "processor", "scheduled"] : "AWS/Lambda Duration FunctionName desk-test-${function} "],
      "AWS/Lambda IteratorAge FunctionName desk-test-processor",
      "AWS/SQS ApproximateNumberOfMessagesVisible QueueName desk-test-stream-dlq",
      "AWS/SQS ApproximateNumberOfMessagesVisible QueueName desk-test-schedule-dlq",
      [for metric in ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"] : [
        "AWS/DynamoDB ${metric} TableName desk-test-table",
        "AWS/DynamoDB ${metric} TableName desk-test-idempotency",
        "SEARCH('{AWS/DynamoDB,GlobalSecondaryIndexName,TableName} MetricName=\"${metric}\" TableName=\"desk-test-table\"', 'Sum', 60)",
      ]],
      [for metric in ["ThrottledRequests", "SystemErrors"] : [
        for table in ["table", "idempotency"] :
        "SEARCH('{AWS/DynamoDB,Operation,TableName} MetricName=\"${metric}\" TableName=\"desk-test-${table}\"', 'Sum', 60)"
      ]],
      "AWS/DynamoDB UserErrors",
      [for metric in ["Count", "4XXError", "5XXError"] : "AWS/ApiGateway ${metric} ApiName desk-test-api"],
      "AWS/ApiGateway Latency ApiName desk-test-api ",
      [for metric in ["CommentsCreated", "TicketsCreated"] : "Desk ${metric} environment test service api"],
      [for metric in ["EventsProcessed", "NotificationsSent", "RecordsQuarantined"] :
        "Desk ${metric} environment test service processor"
      ],
      "Desk RecordLagMs environment test service processor ",
      [for metric in ["SweepLagS", "TicketsArchived", "TicketsAutoClosed", "TicketsEscalated", "WebhookFailed"] :
        "Desk ${metric} environment test service scheduled"
      ],
      "Desk CounterDrift environment test service scheduled ",
      "Desk CounterDriftStayed environment test service scheduled ",
      "SEARCH('{Desk,environment,service,type} MetricName=\"EventsByType\" environment=\"test\"', 'Sum', 60)",
      "SEARCH('{Desk,environment,service,stage} MetricName=\"StageFailed\" environment=\"test\"', 'Sum', 60)",
    ]))
    error_message = "The dashboard has each metric of the stack, by the names of this environment."
  }
}

# proves: M3
run "durations_as_median_tail_and_longest" {
  command = apply

  assert {
    condition = {
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      join(" ", slice(widget.properties.metrics[0], 0, 4)) => [for line in widget.properties.metrics : line[length(line) - 1].stat]
      if widget.type == "metric" && can(regex("Duration|Latency", jsonencode(widget.properties.metrics[0])))
      } == {
      "AWS/Lambda Duration FunctionName desk-test-api"       = ["p50", "p95", "Maximum"]
      "AWS/Lambda Duration FunctionName desk-test-processor" = ["p50", "p95", "Maximum"]
      "AWS/Lambda Duration FunctionName desk-test-scheduled" = ["p50", "p95", "Maximum"]
      "AWS/ApiGateway Latency ApiName desk-test-api"         = ["p50", "p95"]
    }
    error_message = "A time is shown by its percentiles."
  }
}

# proves: M3
run "every_alarm_is_on_it" {
  command = apply

  assert {
    condition = [
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      toset(widget.properties.alarms) if widget.type == "alarm"
    ] == [toset(local.alarms[*].arn)]
    error_message = "All alarms, by ARN."
  }

  assert {
    condition = contains(flatten([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      widget.properties.alarms if widget.type == "alarm"
    ]), "arn:aws:cloudwatch:us-east-1:123456789012:alarm:desk-test-api-5xx")
    error_message = "The API's alarm is among them."
  }
}

# proves: M3
run "widgets_fit_the_page" {
  command = apply

  assert {
    condition = alltrue([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      widget.width <= 24 && 24 % widget.width == 0
    ])
    error_message = "Rows of the 24 columns are filled."
  }

  assert {
    condition = alltrue([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      widget.properties.region == "us-east-1" if widget.type == "metric"
    ])
    error_message = "Metrics are looked for in the environment's region."
  }

  assert {
    condition = strcontains(
      jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[0].properties.markdown,
      "us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fdesk-test-api",
    )
    error_message = "The header leads to the logs."
  }

  assert {
    condition     = output.dashboard_name == "desk-test"
    error_message = "The dashboard bears the name that the alarms give it."
  }
}
