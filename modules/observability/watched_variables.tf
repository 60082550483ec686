# What is watched: names, as the modules `data` and `application` decided them.

variable "function_names" {
  description = "Each function's name."
  type = object({
    api       = string
    processor = string
    scheduled = string
  })

  validation {
    condition     = alltrue([for name in values(var.function_names) : can(regex("^[A-Za-z0-9_-]{1,64}$", name))])
    error_message = "function_names must be 1 to 64 letters, digits, _ or - each: names, not ARNs."
  }
}

variable "function_timeouts_s" {
  description = "Each function's time-out, in seconds."
  type = object({
    api       = number
    processor = number
    scheduled = number
  })

  validation {
    condition     = alltrue([for timeout in values(var.function_timeouts_s) : timeout >= 1 && timeout <= 900])
    error_message = "function_timeouts_s must be 1 to 900 each."
  }
}

variable "log_group_names" {
  description = "Each function's log group, which alarms and dashboard point at."
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

variable "api_name" {
  description = "The REST API's name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]{1,128}$", var.api_name))
    error_message = "api_name must be 1 to 128 letters, digits or -."
  }
}

variable "table_name" {
  description = "The service's table."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.table_name))
    error_message = "table_name must be 3 to 255 letters, digits, _, . or -: a name, not an ARN."
  }
}

variable "idempotency_table_name" {
  description = "The table of the requests already answered."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.idempotency_table_name))
    error_message = "idempotency_table_name must be 3 to 255 letters, digits, _, . or -: a name, not an ARN."
  }
}

variable "stream_dlq_name" {
  description = "The queue for stream records the processor gave up on."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.stream_dlq_name))
    error_message = "stream_dlq_name must be 1 to 80 letters, digits, _ or -: a name, not an ARN."
  }
}

variable "schedule_dlq_name" {
  description = "The queue for scheduled events that could not be handled."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.schedule_dlq_name))
    error_message = "schedule_dlq_name must be 1 to 80 letters, digits, _ or -: a name, not an ARN."
  }
}
