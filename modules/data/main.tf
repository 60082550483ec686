locals {
  names = {
    table       = "${var.name_prefix}-table"
    idempotency = "${var.name_prefix}-idempotency"
  }

  keys = concat(
    [var.hash_key, var.range_key],
    var.global_secondary_indexes[*].hash_key,
    var.global_secondary_indexes[*].range_key,
  )
}

resource "aws_dynamodb_table" "this" {
  name         = local.names.table
  billing_mode = local.billing_mode
  hash_key     = var.hash_key
  range_key    = var.range_key

  read_capacity  = try(local.capacity["table"].read, null)
  write_capacity = try(local.capacity["table"].write, null)

  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = var.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = { for index in var.global_secondary_indexes : index.name => index }

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key
      range_key          = global_secondary_index.value.range_key
      projection_type    = global_secondary_index.value.projection_type
      non_key_attributes = global_secondary_index.value.non_key_attributes
      read_capacity      = try(local.capacity["table/${global_secondary_index.key}"].read, null)
      write_capacity     = try(local.capacity["table/${global_secondary_index.key}"].write, null)
    }
  }

  ttl {
    enabled        = true
    attribute_name = var.ttl_attribute
  }

  server_side_encryption {
    enabled = true
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  # not a validation of `attributes`: the keys are validated against that variable already, and
  # two variables cannot be validated against each other
  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.attributes), local.keys)) == 0
      error_message = "attributes must hold keys only, not ${join(", ", setsubtract(keys(var.attributes), local.keys))}: DynamoDB wants no other attribute declared."
    }
  }
}

# Its keys are those of Powertools' DynamoDBPersistenceLayer. It is apart from the service's table so
# that its short-lived items are in no stream, no index and no archive.
resource "aws_dynamodb_table" "idempotency" {
  name         = local.names.idempotency
  billing_mode = local.billing_mode
  hash_key     = "id"

  read_capacity  = try(local.capacity["idempotency"].read, null)
  write_capacity = try(local.capacity["idempotency"].write, null)

  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    enabled        = true
    attribute_name = "expiration"
  }

  server_side_encryption {
    enabled = true
  }

  # restored together with the table, or a repeated request would be done twice
  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }
}
