# The shape of the table. DynamoDB wants each declared attribute to be a key of something, and each
# key to be declared; it says so only while creating. These say it while planning.

variable "hash_key" {
  description = "The table's partition key: the name of a declared attribute."
  type        = string

  validation {
    condition     = contains(keys(var.attributes), var.hash_key)
    error_message = "hash_key must be declared in attributes (${join(", ", keys(var.attributes))})."
  }
}

variable "range_key" {
  description = "The table's sort key: the name of a declared attribute."
  type        = string

  validation {
    condition     = contains(keys(var.attributes), var.range_key)
    error_message = "range_key must be declared in attributes (${join(", ", keys(var.attributes))})."
  }

  validation {
    condition     = var.range_key != var.hash_key
    error_message = "range_key must be another attribute than hash_key."
  }
}

variable "attributes" {
  description = "The type of each attribute that is a key, by name: S (string), N (number) or B (binary)."
  type        = map(string)

  validation {
    condition     = alltrue([for type in values(var.attributes) : contains(["S", "N", "B"], type)])
    error_message = "attributes must be of type S, N or B."
  }
}

variable "global_secondary_indexes" {
  description = "The indexes: their name, keys, and what is projected (ALL, KEYS_ONLY, or INCLUDE with non_key_attributes)."
  type = list(object({
    name               = string
    hash_key           = string
    range_key          = string
    projection_type    = optional(string, "ALL")
    non_key_attributes = optional(list(string), [])
  }))

  validation {
    condition     = length(var.global_secondary_indexes) <= 20
    error_message = "global_secondary_indexes must be 20 at most, which is DynamoDB's quota."
  }

  validation {
    condition = alltrue([
      for index in var.global_secondary_indexes : can(regex("^[A-Za-z0-9_.-]{3,255}$", index.name))
    ])
    error_message = "global_secondary_indexes must have names of 3 to 255 letters, digits, _, . or -."
  }

  validation {
    condition = length(distinct(var.global_secondary_indexes[*].name)) == length(
      var.global_secondary_indexes
    )
    error_message = "global_secondary_indexes must have a name of their own each."
  }

  validation {
    condition = alltrue(flatten([
      for index in var.global_secondary_indexes : [
        contains(keys(var.attributes), index.hash_key),
        contains(keys(var.attributes), index.range_key),
      ]
    ]))
    error_message = "global_secondary_indexes must use declared attributes (${join(", ", keys(var.attributes))}) as keys."
  }

  validation {
    condition = alltrue([
      for index in var.global_secondary_indexes :
      contains(["ALL", "KEYS_ONLY", "INCLUDE"], index.projection_type)
    ])
    error_message = "global_secondary_indexes must project ALL, KEYS_ONLY or INCLUDE."
  }

  validation {
    condition = alltrue([
      for index in var.global_secondary_indexes :
      (index.projection_type == "INCLUDE") == (length(index.non_key_attributes) > 0)
    ])
    error_message = "global_secondary_indexes must name non_key_attributes with INCLUDE, and only then."
  }
}

variable "ttl_attribute" {
  description = "The attribute with the time, in seconds since 1970, after which DynamoDB removes an item."
  type        = string

  validation {
    condition     = length(var.ttl_attribute) > 0
    error_message = "ttl_attribute must name an attribute."
  }
}
