variable "artifact_bucket_name" {
  description = "The bucket's name, which is unique among all AWS accounts."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.artifact_bucket_name))
    error_message = "artifact_bucket_name must be 3 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit."
  }
}
