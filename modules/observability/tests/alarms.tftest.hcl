mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.alarms
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-alarms" }
  }
}

# they are no part of this
variables {
  flow_logs = "none"
}

# proves: M2
run "alarms_of_every_kind" {
  command = apply

  assert {
    condition = toset(local.alarms[*].alarm_name) == toset([
      "desk-test-api-5xx",
      "desk-test-api-duration",
      "desk-test-api-errors",
      "desk-test-api-throttles",
      "desk-test-idempotency-read-throttles",
      "desk-test-idempotency-system-errors",
      "desk-test-idempotency-write-throttles",
      "desk-test-index-read-throttles",
      "desk-test-index-write-throttles",
      "desk-test-processor-duration",
      "desk-test-processor-errors",
      "desk-test-processor-iterator-age",
      "desk-test-processor-records-quarantined",
      "desk-test-processor-throttles",
      "desk-test-schedule-dlq-depth",
      "desk-test-scheduled-counter-drift",
      "desk-test-scheduled-duration",
      "desk-test-scheduled-errors",
      "desk-test-scheduled-sweep-lag",
      "desk-test-scheduled-throttles",
      "desk-test-scheduled-webhook-failed",
      "desk-test-stream-dlq-depth",
      "desk-test-table-read-throttles",
      "desk-test-table-system-errors",
      "desk-test-table-write-throttles",
    ])
    error_message = "Functions, API, tables, stream, queues and the service itself each have their alarms."
  }

  assert {
    condition     = length(distinct(local.alarms[*].alarm_name)) == length(local.alarms)
    error_message = "No two alarms share a name: the later would overwrite the earlier."
  }
}

# proves: M2
run "every_alarm_reaches_someone" {
  command = apply

  assert {
    condition = alltrue([
      for alarm in local.alarms :
      alarm.alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:desk-test-alarms"]) &&
      alarm.ok_actions == alarm.alarm_actions && alarm.actions_enabled != false
    ])
    error_message = "Every alarm is sent to the topic when it begins and when it is over."
  }
}

# proves: M2
run "every_alarm_says_where_to_look_first" {
  command = apply

  assert {
    condition = alltrue([
      for alarm in local.alarms : can(regex(
        "^.+\\. Look first at .*(log group /aws/lambda/desk-test-|dashboard desk-test[,: ]|--queue-name desk-test-).+ For users: .+\\.$",
        alarm.alarm_description,
      ))
    ])
    error_message = "A description says what happened, what to look at first, by name, and what users notice."
  }

  # CloudWatch takes 1,024
  assert {
    condition     = alltrue([for alarm in local.alarms : length(alarm.alarm_description) <= 1024])
    error_message = "A description is no longer than CloudWatch takes."
  }
}

# proves: M2
run "functions_that_fail" {
  command = apply

  assert {
    condition = jsonencode({
      for function, alarm in aws_cloudwatch_metric_alarm.errors : function => {
        for query in alarm.metric_query : query.id => {
          expression = query.expression
          returned   = query.return_data
          metric = [
            for metric in query.metric :
            "${metric.namespace} ${metric.metric_name} ${metric.dimensions.FunctionName} ${metric.stat} ${metric.period}"
          ]
        }
      }
      }) == jsonencode({
      for function in ["api", "processor", "scheduled"] : function => {
        rate = {
          expression = "IF(errors >= 2, 100 * errors / invocations, 0)"
          returned   = true
          metric     = []
        }
        errors = {
          expression = null
          returned   = false
          metric     = ["AWS/Lambda Errors desk-test-${function} Sum 300"]
        }
        invocations = {
          expression = null
          returned   = false
          metric     = ["AWS/Lambda Invocations desk-test-${function} Sum 300"]
        }
      }
    })
    error_message = "A function's rate is its own errors among its own invocations, and one error is not enough."
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.errors), [aws_cloudwatch_metric_alarm.api_5xx]) :
      alarm.threshold == 5 && alarm.comparison_operator == "GreaterThanOrEqualToThreshold" &&
      alarm.treat_missing_data == "notBreaching"
    ])
    error_message = "The rates are compared with the setting, and silence is no failure."
  }

  assert {
    condition = (
      output.api_errors_alarm_name == "desk-test-api-errors" &&
      output.processor_errors_alarm_name == "desk-test-processor-errors" &&
      output.scheduled_errors_alarm_name == "desk-test-scheduled-errors"
    )
    error_message = "What a canary is rolled back by is the errors alarm of its own function."
  }
}

# proves: M2
run "functions_that_are_slow_or_held_back" {
  command = apply

  assert {
    condition = {
      for function, alarm in aws_cloudwatch_metric_alarm.duration :
      alarm.dimensions.FunctionName => "${alarm.metric_name} ${alarm.statistic} ${alarm.comparison_operator} ${alarm.threshold}"
      } == {
      desk-test-api       = "Duration Maximum GreaterThanOrEqualToThreshold 8000"
      desk-test-processor = "Duration Maximum GreaterThanOrEqualToThreshold 48000"
      desk-test-scheduled = "Duration Maximum GreaterThanOrEqualToThreshold 96000"
    }
    error_message = "The longest invocation is compared with 80 % of the function's own time-out, in ms."
  }

  assert {
    condition = {
      for function, alarm in aws_cloudwatch_metric_alarm.throttles :
      alarm.dimensions.FunctionName => "${alarm.metric_name} ${alarm.statistic} ${alarm.comparison_operator} ${alarm.threshold}"
      } == {
      desk-test-api       = "Throttles Sum GreaterThanThreshold 0"
      desk-test-processor = "Throttles Sum GreaterThanThreshold 0"
      desk-test-scheduled = "Throttles Sum GreaterThanThreshold 0"
    }
    error_message = "Any throttled invocation counts."
  }
}

# proves: M2
run "api_that_fails" {
  command = apply

  assert {
    condition = {
      for query in aws_cloudwatch_metric_alarm.api_5xx.metric_query : query.id => concat(
        query.expression == null ? [] : [query.expression],
        [for metric in query.metric : "${metric.namespace} ${metric.metric_name} ${jsonencode(metric.dimensions)} ${metric.stat}"],
      )
      } == {
      rate     = ["IF(failures >= 2, 100 * failures / requests, 0)"]
      failures = ["AWS/ApiGateway 5XXError {\"ApiName\":\"desk-test-api\"} Sum"]
      requests = ["AWS/ApiGateway Count {\"ApiName\":\"desk-test-api\"} Sum"]
    }
    error_message = "The API's rate is its 5xx answers among its requests."
  }
}

# proves: M2
run "tables_that_refuse_or_fail" {
  command = apply

  assert {
    condition = {
      for key, alarm in aws_cloudwatch_metric_alarm.table_throttles :
      key => "${alarm.metric_name} ${jsonencode(alarm.dimensions)} ${alarm.statistic} > ${alarm.threshold}"
      } == {
      table-read        = "ReadThrottleEvents {\"TableName\":\"desk-test-table\"} Sum > 0"
      table-write       = "WriteThrottleEvents {\"TableName\":\"desk-test-table\"} Sum > 0"
      idempotency-read  = "ReadThrottleEvents {\"TableName\":\"desk-test-idempotency\"} Sum > 0"
      idempotency-write = "WriteThrottleEvents {\"TableName\":\"desk-test-idempotency\"} Sum > 0"
    }
    error_message = "Reads and writes of both tables are watched."
  }

  assert {
    condition = {
      for key, alarm in merge(aws_cloudwatch_metric_alarm.index_throttles, aws_cloudwatch_metric_alarm.system_errors) :
      key => one(alarm.metric_query).expression
      } == {
      read        = "SELECT SUM(ReadThrottleEvents) FROM SCHEMA(\"AWS/DynamoDB\", GlobalSecondaryIndexName, TableName) WHERE TableName = 'desk-test-table'"
      write       = "SELECT SUM(WriteThrottleEvents) FROM SCHEMA(\"AWS/DynamoDB\", GlobalSecondaryIndexName, TableName) WHERE TableName = 'desk-test-table'"
      table       = "SELECT SUM(SystemErrors) FROM SCHEMA(\"AWS/DynamoDB\", Operation, TableName) WHERE TableName = 'desk-test-table'"
      idempotency = "SELECT SUM(SystemErrors) FROM SCHEMA(\"AWS/DynamoDB\", Operation, TableName) WHERE TableName = 'desk-test-idempotency'"
    }
    error_message = "All indexes, and all operations, are watched by a query."
  }

  assert {
    condition = alltrue([
      for alarm in concat(
        values(aws_cloudwatch_metric_alarm.table_throttles),
        values(aws_cloudwatch_metric_alarm.index_throttles),
        values(aws_cloudwatch_metric_alarm.system_errors),
      ) : "${alarm.datapoints_to_alarm} of ${alarm.evaluation_periods}" == "2 of 3"
    ])
    error_message = "What a retry heals raises no alarm."
  }
}

# proves: M2, A8
run "stream_that_falls_behind_and_what_is_given_up" {
  command = apply

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.iterator_age.metric_name == "IteratorAge" &&
      aws_cloudwatch_metric_alarm.iterator_age.statistic == "Maximum" &&
      aws_cloudwatch_metric_alarm.iterator_age.dimensions == tomap({ FunctionName = "desk-test-processor" }) &&
      aws_cloudwatch_metric_alarm.iterator_age.threshold == 300000
    )
    error_message = "The age of the processor's records is compared with the setting, in ms."
  }

  assert {
    condition = {
      for alarm in aws_cloudwatch_metric_alarm.dlq_depth :
      alarm.dimensions.QueueName => "${alarm.metric_name} ${alarm.statistic} ${alarm.comparison_operator} ${alarm.threshold}"
      } == {
      desk-test-stream-dlq   = "ApproximateNumberOfMessagesVisible Maximum GreaterThanThreshold 0"
      desk-test-schedule-dlq = "ApproximateNumberOfMessagesVisible Maximum GreaterThanThreshold 0"
    }
    error_message = "One message in a dead-letter queue is enough."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.dlq_depth : alarm.treat_missing_data == "ignore"])
    error_message = "A queue that is reported no more has not been emptied by that."
  }
}
