"""Where outputs come from: Terraform's states in S3, or a document."""
