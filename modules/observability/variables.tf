variable "name_prefix" {
  description = "What every name begins with: <project>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,32}$", var.name_prefix))
    error_message = "name_prefix must be 2 to 33 of a-z, 0-9 and -, beginning with a letter."
  }
}

variable "environment" {
  description = "The environment's name, which is a dimension of the service's own metrics."
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

variable "kms_key_arn" {
  description = "The key that encrypts the alarm topic and the flow logs; \"\" for none."
  type        = string

  validation {
    condition = (
      var.kms_key_arn == "" ||
      can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    )
    error_message = "kms_key_arn must be the ARN of a KMS key, or \"\" for none."
  }
}

variable "permissions_boundary_arn" {
  description = "The policy that limits the flow logs' role, whatever its own policy says."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy."
  }
}

variable "vpc_id" {
  description = "The VPC whose traffic the flow logs record."
  type        = string

  validation {
    condition     = can(regex("^vpc-[a-z0-9]+$", var.vpc_id))
    error_message = "vpc_id must be the id of a VPC."
  }
}

variable "flow_logs" {
  description = "Which of the VPC's traffic is recorded: none, accepted, rejected or all."
  type        = string

  validation {
    condition     = contains(["none", "accepted", "rejected", "all"], var.flow_logs)
    error_message = "flow_logs must be none, accepted, rejected or all."
  }
}

variable "log_retention_days" {
  description = "How many days the flow logs are kept."
  type        = number

  validation {
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
      1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = "log_retention_days must be one CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}
