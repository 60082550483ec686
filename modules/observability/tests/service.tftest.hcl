mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.alarms
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-alarms" }
  }

  override_resource {
    target = aws_cloudwatch_log_group.flow
    values = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/desk-test-flow" }
  }

  override_resource {
    target = aws_iam_role.flow
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-flow-logs" }
  }
}

# proves: M2
run "what_the_service_says_of_itself" {
  command = plan

  assert {
    condition = jsonencode({
      for alarm in [
        aws_cloudwatch_metric_alarm.counter_drift,
        aws_cloudwatch_metric_alarm.records_quarantined,
        aws_cloudwatch_metric_alarm.sweep_lag,
        aws_cloudwatch_metric_alarm.webhook_failed,
      ] :
      alarm.metric_name => [
        "${alarm.namespace} ${alarm.statistic} of ${alarm.period} s ${alarm.comparison_operator} ${alarm.threshold}",
        alarm.dimensions,
      ]
      }) == jsonencode({
      CounterDriftStayed = [
        "Desk Maximum of 300 s GreaterThanOrEqualToThreshold 1",
        { environment = "test", service = "scheduled" },
      ]
      RecordsQuarantined = [
        "Desk Sum of 300 s GreaterThanOrEqualToThreshold 1",
        { environment = "test", service = "processor" },
      ]
      SweepLagS = [
        "Desk Maximum of 300 s GreaterThanThreshold 3600",
        { environment = "test", service = "scheduled" },
      ]
      WebhookFailed = [
        "Desk Sum of 3600 s GreaterThanOrEqualToThreshold 3",
        { environment = "test", service = "scheduled" },
      ]
    })
    error_message = "One record in quarantine, one ticket miscounted for two nights, a sweep an hour behind, and three webhooks in an hour are enough."
  }
}
