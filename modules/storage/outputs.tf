output "artifact_bucket_name" {
  description = "The bucket that holds releases and the records of promotions."
  value       = aws_s3_bucket.this["artifacts"].bucket
}

output "artifact_bucket_arn" {
  description = "The bucket that holds releases and the records of promotions, as an ARN, for policies that are written elsewhere."
  value       = aws_s3_bucket.this["artifacts"].arn
}

output "data_bucket_name" {
  description = "The bucket that holds the service's archive and its quarantine."
  value       = aws_s3_bucket.this["data"].bucket
}

output "data_bucket_arn" {
  description = "The bucket that holds the service's archive and its quarantine, as an ARN, for policies that are written elsewhere."
  value       = aws_s3_bucket.this["data"].arn
}
