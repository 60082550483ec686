output "table_name" {
  description = "The service's table."
  value       = aws_dynamodb_table.this.name
}

output "table_arn" {
  description = "The service's table, as an ARN."
  value       = aws_dynamodb_table.this.arn
}

output "table_stream_arn" {
  description = "The table's stream: it changes when streaming is turned off and on again."
  value       = aws_dynamodb_table.this.stream_arn
}

output "idempotency_table_name" {
  description = "The table of the requests already answered."
  value       = aws_dynamodb_table.idempotency.name
}

output "idempotency_table_arn" {
  description = "The table of the requests already answered, as an ARN."
  value       = aws_dynamodb_table.idempotency.arn
}
