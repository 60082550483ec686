# What the tables can take, and what is paid for it.

variable "billing" {
  description = "How capacity is paid for: on_demand (by request) or provisioned (by the hour, scaled between limits)."
  type        = string

  validation {
    condition     = contains(["on_demand", "provisioned"], var.billing)
    error_message = "billing must be on_demand or provisioned."
  }
}

variable "read_capacity" {
  description = "The limits, in read capacity units, between which each table and each index is scaled; null when billing is on_demand."
  type        = object({ min = number, max = number })

  validation {
    condition     = (var.read_capacity != null) == (var.billing == "provisioned")
    error_message = "read_capacity must be given, as {min, max}, when billing is provisioned, and only then."
  }

  validation {
    condition     = try(var.read_capacity.min <= var.read_capacity.max, true)
    error_message = "read_capacity must have a min that is not above its max."
  }

  validation {
    condition = alltrue([
      for limit in values(coalesce(var.read_capacity, { min = 1, max = 1 })) :
      limit >= 1 && limit <= 40000 && floor(limit) == limit
    ])
    error_message = "read_capacity must have whole numbers from 1 to 40000, which is DynamoDB's quota, as min and max."
  }
}

variable "write_capacity" {
  description = "The limits, in write capacity units, between which each table and each index is scaled; null when billing is on_demand."
  type        = object({ min = number, max = number })

  validation {
    condition     = (var.write_capacity != null) == (var.billing == "provisioned")
    error_message = "write_capacity must be given, as {min, max}, when billing is provisioned, and only then."
  }

  validation {
    condition     = try(var.write_capacity.min <= var.write_capacity.max, true)
    error_message = "write_capacity must have a min that is not above its max."
  }

  validation {
    condition = alltrue([
      for limit in values(coalesce(var.write_capacity, { min = 1, max = 1 })) :
      limit >= 1 && limit <= 40000 && floor(limit) == limit
    ])
    error_message = "write_capacity must have whole numbers from 1 to 40000, which is DynamoDB's quota, as min and max."
  }
}

variable "capacity_target_percent" {
  description = "How much of the provisioned capacity is to be in use, in percent; scaling keeps it there."
  type        = number

  validation {
    condition     = var.capacity_target_percent >= 20 && var.capacity_target_percent <= 90
    error_message = "capacity_target_percent must be from 20 to 90, which is what Application Auto Scaling takes for DynamoDB."
  }
}
