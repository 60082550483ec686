output "artifact_bucket_name" {
  description = "The bucket that holds releases and the records of promotions."
  value       = aws_s3_bucket.this.bucket
}

output "artifact_bucket_arn" {
  description = "The bucket that holds releases and the records of promotions, as an ARN."
  value       = aws_s3_bucket.this.arn
}
