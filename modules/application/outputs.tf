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

output "event_inbox_name" {
  description = "The name of the queue that domain events wait in for another service."
  value       = local.event_inbox_name
}

output "event_bus_name" {
  description = "The bus that every domain event is put on, by name."
  value       = aws_cloudwatch_event_bus.this.name
}

output "event_bus_arn" {
  description = "The bus that every domain event is put on, as an ARN."
  value       = aws_cloudwatch_event_bus.this.arn
}

output "user_pool_arn" {
  description = "The user pool whose tokens the API takes; \"\" without one."
  value       = var.user_pool ? module.user_pool[0].user_pool_arn : ""
}

output "user_pool_client_id" {
  description = "The app client that programs sign people in with, for whoever sets one up; \"\" without a user pool."
  value       = var.user_pool ? module.user_pool[0].user_pool_client_id : ""
}

output "kms_key_arn" {
  description = "The customer-managed key of function variables, logs, topics and bus; \"\" without one."
  value       = var.customer_key ? aws_kms_key.this[0].arn : ""
}

output "notifications_topic_arn" {
  description = "The topic that every domain event is published to."
  value       = aws_sns_topic.notifications.arn
}

output "page_token_secret_arn" {
  description = "The secret that page tokens are signed with, as an ARN."
  value       = aws_secretsmanager_secret.page_token.arn
}

output "webhook_secret_arn" {
  description = "The secret of the outside system's webhook, as an ARN."
  value       = aws_secretsmanager_secret.webhook.arn
}
