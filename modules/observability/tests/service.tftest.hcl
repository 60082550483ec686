mock_provider "aws" {}

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
