output "api_role_arn" {
  description = "The role of the function behind the API."
  value       = aws_iam_role.function["api"].arn
}

output "processor_role_arn" {
  description = "The role of the function that reads the stream."
  value       = aws_iam_role.function["processor"].arn
}

output "scheduled_role_arn" {
  description = "The role of the function that runs on schedules."
  value       = aws_iam_role.function["scheduled"].arn
}

output "deployment_role_arn" {
  description = "The role CloudFormation deploys the application with (role_arn in samconfig.toml)."
  value       = aws_iam_role.deployment.arn
}

output "codedeploy_role_arn" {
  description = "The role CodeDeploy shifts traffic with, where there is a canary."
  value       = aws_iam_role.codedeploy.arn
}
