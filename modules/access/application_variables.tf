# What the module `application` decided or made, and how the application is run.

variable "function_names" {
  description = "Each function's name."
  type = object({
    api       = string
    processor = string
    scheduled = string
  })

  validation {
    condition     = alltrue([for name in values(var.function_names) : can(regex("^[A-Za-z0-9_-]{1,64}$", name))])
    error_message = "function_names must be 1 to 64 letters, digits, _ or - each: names, neither ARNs nor patterns."
  }
}

variable "log_group_names" {
  description = "Each function's log group."
  type = object({
    api       = string
    processor = string
    scheduled = string
  })

  validation {
    condition     = alltrue([for name in values(var.log_group_names) : can(regex("^/[^*]+$", name))])
    error_message = "log_group_names must be names of log groups, such as /aws/lambda/desk-dev-api."
  }
}

variable "stream_dlq_name" {
  description = "The queue for stream records the processor gave up on."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.stream_dlq_name))
    error_message = "stream_dlq_name must be 1 to 80 letters, digits, _ or -: a name, neither an ARN nor a pattern."
  }
}

variable "schedule_dlq_name" {
  description = "The queue for scheduled events that could not be handled."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.schedule_dlq_name))
    error_message = "schedule_dlq_name must be 1 to 80 letters, digits, _ or -: a name, neither an ARN nor a pattern."
  }
}

variable "notifications_topic_arn" {
  description = "The topic that every domain event is published to."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.notifications_topic_arn))
    error_message = "notifications_topic_arn must be the ARN of an SNS topic."
  }
}

variable "event_bus_arn" {
  description = "The bus that every domain event is put on."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9_.-]+$", var.event_bus_arn))
    error_message = "event_bus_arn must be the ARN of an EventBridge event bus."
  }
}

variable "page_token_secret_arn" {
  description = "The secret that page tokens are signed with."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$", var.page_token_secret_arn))
    error_message = "page_token_secret_arn must be the ARN of a secret."
  }
}

variable "webhook_secret_arn" {
  description = "The secret of the outside system's webhook."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$", var.webhook_secret_arn))
    error_message = "webhook_secret_arn must be the ARN of a secret."
  }
}

variable "kms_key_arn" {
  description = "The customer-managed key of function variables, logs, topics and bus; \"\" without one."
  type        = string

  validation {
    condition = (
      var.kms_key_arn == "" ||
      can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    )
    error_message = "kms_key_arn must be the ARN of a KMS key (of the key, not of an alias), or \"\" for none."
  }
}

variable "insights_layer_arn" {
  description = "The version of Lambda Insights' layer that functions have; null without it."
  type        = string

  validation {
    condition = (
      var.insights_layer_arn == null ||
      can(regex("^arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:layer:LambdaInsightsExtension[A-Za-z0-9-]*:[0-9]+$", var.insights_layer_arn))
    )
    error_message = "insights_layer_arn must be the ARN of a version of the layer LambdaInsightsExtension or LambdaInsightsExtension-Arm64, or null for none."
  }
}
