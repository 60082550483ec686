mock_provider "aws" {}

# proves: D1
run "table_is_on_demand_and_encrypted" {
  command = plan

  assert {
    condition = alltrue([
      for table in [aws_dynamodb_table.this, aws_dynamodb_table.idempotency] :
      table.billing_mode == "PAY_PER_REQUEST"
    ])
    error_message = "Both tables are on demand."
  }

  assert {
    condition = alltrue([
      for table in [aws_dynamodb_table.this, aws_dynamodb_table.idempotency] :
      one(table.server_side_encryption).enabled
    ])
    error_message = "Both tables are encrypted."
  }

  assert {
    condition     = one(aws_dynamodb_table.this.ttl) == { attribute_name = "expires_at", enabled = true }
    error_message = "Items expire by the attribute given."
  }
}

# proves: D2
run "stream_has_both_images" {
  command = plan

  assert {
    condition = (
      aws_dynamodb_table.this.stream_enabled &&
      aws_dynamodb_table.this.stream_view_type == "NEW_AND_OLD_IMAGES"
    )
    error_message = "The stream carries what an item was and what it became."
  }
}

# proves: D3
run "index_as_declared" {
  command = plan

  assert {
    condition = alltrue([
      for index in aws_dynamodb_table.this.global_secondary_index : (
        index.name == "gsi1" && index.hash_key == "gsi1pk" &&
        index.range_key == "gsi1sk" && index.projection_type == "ALL"
      )
    ]) && length(aws_dynamodb_table.this.global_secondary_index) == 1
    error_message = "An index has the keys it was declared with, and projects all by default."
  }
}

# proves: D4
run "idempotency_table_is_what_powertools_expects" {
  command = plan

  assert {
    condition = (
      aws_dynamodb_table.idempotency.hash_key == "id" &&
      one(aws_dynamodb_table.idempotency.ttl).attribute_name == "expiration"
    )
    error_message = "The idempotency table has Powertools' key and expiry."
  }
}

# proves: D1, D4
run "recovery_and_protection_on" {
  command = plan

  variables {
    deletion_protection = true
  }

  assert {
    condition = alltrue([
      for table in [aws_dynamodb_table.this, aws_dynamodb_table.idempotency] :
      one(table.point_in_time_recovery).enabled && table.deletion_protection_enabled
    ])
    error_message = "Both tables follow the settings."
  }
}

# proves: D1, D4
run "recovery_and_protection_off" {
  command = plan

  variables {
    point_in_time_recovery = false
  }

  assert {
    condition = alltrue([
      for table in [aws_dynamodb_table.this, aws_dynamodb_table.idempotency] :
      !one(table.point_in_time_recovery).enabled && !table.deletion_protection_enabled
    ])
    error_message = "Both tables follow the settings."
  }
}
