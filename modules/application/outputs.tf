output "api_name" {
  description = "The REST API's name."
  value       = local.api_name
}

output "api_function_name" {
  description = "The name of the function behind the API."
  value       = local.function_names["api"]
}

output "processor_function_name" {
  description = "The name of the function that reads the table's stream."
  value       = local.function_names["processor"]
}

output "scheduled_function_name" {
  description = "The name of the function that runs on schedules."
  value       = local.function_names["scheduled"]
}

output "api_log_group_name" {
  description = "The log group of the function behind the API."
  value       = aws_cloudwatch_log_group.function["api"].name
}

output "processor_log_group_name" {
  description = "The log group of the function that reads the stream."
  value       = aws_cloudwatch_log_group.function["processor"].name
}

output "scheduled_log_group_name" {
  description = "The log group of the function that runs on schedules."
  value       = aws_cloudwatch_log_group.function["scheduled"].name
}

output "access_log_group_arn" {
  description = "The log group of the API's access log, as an ARN without the trailing :*."
  value       = aws_cloudwatch_log_group.access.arn
}

output "stream_dlq_name" {
  description = "The name of the queue for stream records the processor gave up on."
  value       = local.stream_dlq_name
}

output "schedule_dlq_name" {
  description = "The name of the queue for scheduled events that could not be handled."
  value       = local.schedule_dlq_name
}
