# From when on something is worth a person's attention, and who that person is.

variable "alarm_subscribers" {
  description = "Who is told of alarms: e-mail addresses, ARNs of SQS queues and of Lambda functions."
  type        = list(string)

  validation {
    condition = alltrue([
      for subscriber in var.alarm_subscribers : anytrue([
        can(regex("^[^@\\s:/]+@[^@\\s:/]+\\.[^@\\s:/]+$", subscriber)),
        can(regex("^arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}$", subscriber)),
        can(regex("^arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]+)?$", subscriber)),
      ])
    ])
    error_message = "alarm_subscribers must be e-mail addresses, or ARNs of SQS queues or Lambda functions. An https address is refused: it carries its secret, which would be in the state."
  }
}

variable "error_rate_percent" {
  description = "From which share of failed invocations or requests on an alarm is raised. Above 10, a canary of 10 percent that fails wholly is not rolled back."
  type        = number

  validation {
    condition     = var.error_rate_percent > 0 && var.error_rate_percent <= 100
    error_message = "error_rate_percent must be above 0 and at most 100."
  }
}

variable "duration_percent" {
  description = "From which share of its time-out on a function's duration raises an alarm."
  type        = number

  validation {
    condition     = var.duration_percent >= 1 && var.duration_percent <= 99
    error_message = "duration_percent must be 1 to 99: at 100 the function is cut off already."
  }
}

variable "iterator_age_s" {
  description = "From which age on, in seconds, the record that the stream's processor is at raises an alarm."
  type        = number

  validation {
    condition     = var.iterator_age_s >= 60 && var.iterator_age_s <= 3540
    error_message = "iterator_age_s must be 60 to 3540: a record that is an hour old is given up, so nothing ever is much older."
  }
}
