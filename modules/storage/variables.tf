variable "artifact_bucket_name" {
  description = "The name of the bucket for releases and records, unique among all AWS accounts."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.artifact_bucket_name))
    error_message = "artifact_bucket_name must be 3 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit."
  }
}

variable "data_bucket_name" {
  description = "The name of the bucket for the service's own objects, unique among all AWS accounts."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.data_bucket_name))
    error_message = "data_bucket_name must be 3 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit."
  }

  validation {
    condition     = var.data_bucket_name != var.artifact_bucket_name
    error_message = "data_bucket_name must be another bucket than artifact_bucket_name."
  }
}
