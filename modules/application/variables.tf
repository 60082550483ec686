variable "name_prefix" {
  description = "What every name begins with: <project>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,32}$", var.name_prefix))
    error_message = "name_prefix must be 2 to 33 of a-z, 0-9 and -, beginning with a letter."
  }
}

variable "account_id" {
  description = "The account that everything is in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "region" {
  description = "The AWS region that everything is in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region such as us-east-1."
  }
}

variable "log_retention_days" {
  description = "How many days the log groups keep what is written to them."
  type        = number

  validation {
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
      1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = "log_retention_days must be one CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "customer_key" {
  description = "Whether function variables, logs, topics and the event bus have a key of their own."
  type        = bool
}

variable "insights" {
  description = "Whether Lambda Insights is on: then its log group is made here too."
  type        = bool
}

variable "user_pool" {
  description = "Whether callers of the API are known by Cognito: then the user pool is made here too."
  type        = bool
}

variable "user_pool_deletion_protection" {
  description = "Whether Cognito refuses to delete the user pool, where there is one."
  type        = bool
}

variable "page_token_version" {
  description = "Which value the page-token secret has: a higher number makes a new one."
  type        = number

  validation {
    condition     = var.page_token_version >= 1 && floor(var.page_token_version) == var.page_token_version
    error_message = "page_token_version must be a whole number from 1 on."
  }
}
