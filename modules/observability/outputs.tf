output "alarm_topic_arn" {
  description = "The topic that every alarm is sent to."
  value       = aws_sns_topic.alarms.arn
}

output "dashboard_name" {
  description = "The dashboard of the environment."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "api_errors_alarm_name" {
  description = "The alarm on errors of the function behind the API, by which its canary is rolled back."
  value       = aws_cloudwatch_metric_alarm.errors["api"].alarm_name
}

output "processor_errors_alarm_name" {
  description = "The alarm on errors of the stream's processor, by which its canary is rolled back."
  value       = aws_cloudwatch_metric_alarm.errors["processor"].alarm_name
}

output "scheduled_errors_alarm_name" {
  description = "The alarm on errors of the scheduled function, by which its canary is rolled back."
  value       = aws_cloudwatch_metric_alarm.errors["scheduled"].alarm_name
}
