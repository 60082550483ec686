# Who may work on this environment from outside it: the jobs of one GitHub repository, and the next
# environment, which reads from here what it promotes.
locals {
  github = var.github_repository != null

  state_bucket_arn    = "arn:aws:s3:::${var.state_bucket_name}"
  artifact_bucket_arn = "arn:aws:s3:::${var.artifact_bucket_name}"
  data_bucket_arn     = "arn:aws:s3:::${var.data_bucket_name}"

  release_prefixes = ["artifacts/*", "promotions/*", "releases/*"]
}
