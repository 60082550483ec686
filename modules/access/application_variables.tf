# The names of what the application's stack makes, as the module `application` decided them.

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
