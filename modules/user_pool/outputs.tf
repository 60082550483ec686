output "user_pool_arn" {
  description = "The user pool, whose tokens the API's authorizer takes."
  value       = aws_cognito_user_pool.this.arn
}

output "user_pool_client_id" {
  description = "The app client that programs sign people in with."
  value       = aws_cognito_user_pool_client.this.id
}
