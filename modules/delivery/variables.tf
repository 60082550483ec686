variable "name_prefix" {
  description = "What every name begins with: <project>-<environment>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,32}$", var.name_prefix))
    error_message = "name_prefix has 2 to 33 of a-z, 0-9 and -, beginning with a letter."
  }
}

variable "project" {
  description = "The project's name, as it is in the tag `project` of all that Terraform makes."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "The environment's name, which is also that of its GitHub environment."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "The AWS account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id has 12 digits."
  }
}

variable "region" {
  description = "The AWS region."
  type        = string
  nullable    = false
}

variable "state_bucket_name" {
  description = "The bucket that keeps this environment's Terraform states."
  type        = string
  nullable    = false
}

variable "artifact_bucket_name" {
  description = "The bucket of releases and records, by name: nothing waits for it."
  type        = string
  nullable    = false
}

variable "data_bucket_name" {
  description = "The bucket of archive and quarantine, by name."
  type        = string
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "The account's own boundary, in place of the one that is made here; null for the one made here."
  type        = string

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy, or null."
  }
}

variable "reader_account_ids" {
  description = "The accounts of the environments that are promoted from this one."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for account in var.reader_account_ids : can(regex("^[0-9]{12}$", account))])
    error_message = "reader_account_ids are account ids, of 12 digits each."
  }
}

variable "release_reader_arn" {
  description = "The release-reader of the environment below, or null where there is none."
  type        = string
}

variable "github_repository" {
  description = "The GitHub repository whose jobs may work here, as owner/name, or owner@id/name@id; null for none."
  type        = string

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9-]+(@[0-9]+)?/[A-Za-z0-9._-]+(@[0-9]+)?$", var.github_repository))
    error_message = "github_repository is owner/name or owner@id/name@id, without wildcards: each job's token is held against it."
  }
}

variable "github_oidc_provider_arn" {
  description = "The account's provider for GitHub's tokens, where another stack has made it; null to make it here."
  type        = string
}
