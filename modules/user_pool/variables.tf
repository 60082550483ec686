variable "name_prefix" {
  description = "What every name begins with: <project>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,32}$", var.name_prefix))
    error_message = "name_prefix must be 2 to 33 of a-z, 0-9 and -, beginning with a letter."
  }
}

variable "deletion_protection" {
  description = "Whether Cognito refuses to delete the user pool until this is false again."
  type        = bool
}
