variable "name_prefix" {
  description = "What every name begins with: <project>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,32}$", var.name_prefix))
    error_message = "name_prefix must be 2 to 33 of a-z, 0-9 and -, beginning with a letter."
  }
}

variable "environment" {
  description = "The environment's name, which is in the source of its domain events."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.environment))
    error_message = "environment must be 2 to 16 of a-z, 0-9 and -, beginning with a letter."
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

variable "artifact_bucket_name" {
  description = "The bucket that CloudFormation takes the functions' code from."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.artifact_bucket_name))
    error_message = "artifact_bucket_name must be 3 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit."
  }
}

variable "data_bucket_name" {
  description = "The bucket of archive and quarantine."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.data_bucket_name))
    error_message = "data_bucket_name must be 3 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit."
  }
}

variable "permissions_boundary_arn" {
  description = "The policy that limits every role here, whatever its own policies say."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy."
  }
}

variable "table_arn" {
  description = "The service's table."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[^/*]+$", var.table_arn))
    error_message = "table_arn must be the ARN of a DynamoDB table."
  }
}

variable "table_stream_arn" {
  description = "The table's stream."
  type        = string

  validation {
    condition     = startswith(var.table_stream_arn, "${var.table_arn}/stream/")
    error_message = "table_stream_arn must be the ARN of a stream of table_arn."
  }
}

variable "idempotency_table_arn" {
  description = "The table of the requests already answered."
  type        = string

  validation {
    condition = can(regex(
      "^arn:aws:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[^/*]+$", var.idempotency_table_arn
    ))
    error_message = "idempotency_table_arn must be the ARN of a DynamoDB table."
  }
}
