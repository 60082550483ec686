mock_provider "aws" {}

variables {
  billing                 = "provisioned"
  read_capacity           = { min = 5, max = 50 }
  write_capacity          = { min = 2, max = 20 }
  capacity_target_percent = 60
}

# proves: D1, D3, D4
run "everything_begins_at_its_minimum" {
  command = plan

  assert {
    condition = alltrue([
      for table in concat(
        [aws_dynamodb_table.this, aws_dynamodb_table.idempotency],
        tolist(aws_dynamodb_table.this.global_secondary_index),
      ) : table.read_capacity == 5 && table.write_capacity == 2
    ])
    error_message = "What does not exist yet begins at its minimum."
  }

  assert {
    condition = alltrue([
      for table in [aws_dynamodb_table.this, aws_dynamodb_table.idempotency] :
      table.billing_mode == "PROVISIONED"
    ])
    error_message = "Both tables are provisioned."
  }
}

# proves: D1, D3, D4
run "every_capacity_is_scaled" {
  command = plan

  assert {
    condition = {
      for target in aws_appautoscaling_target.this :
      "${target.resource_id} ${target.scalable_dimension}" =>
      "${target.min_capacity} to ${target.max_capacity}"
      } == {
      "table/desk-test-idempotency dynamodb:table:ReadCapacityUnits"       = "5 to 50"
      "table/desk-test-idempotency dynamodb:table:WriteCapacityUnits"      = "2 to 20"
      "table/desk-test-table dynamodb:table:ReadCapacityUnits"             = "5 to 50"
      "table/desk-test-table dynamodb:table:WriteCapacityUnits"            = "2 to 20"
      "table/desk-test-table/index/gsi1 dynamodb:index:ReadCapacityUnits"  = "5 to 50"
      "table/desk-test-table/index/gsi1 dynamodb:index:WriteCapacityUnits" = "2 to 20"
    }
    error_message = "Each table and each index is scaled between the limits."
  }

  assert {
    condition = alltrue([
      for part, policy in aws_appautoscaling_policy.this : (
        policy.policy_type == "TargetTrackingScaling" &&
        policy.resource_id == aws_appautoscaling_target.this[part].resource_id &&
        policy.scalable_dimension == aws_appautoscaling_target.this[part].scalable_dimension &&
        policy.target_tracking_scaling_policy_configuration[0].target_value == 60
      )
    ]) && length(aws_appautoscaling_policy.this) == 6
    error_message = "Each is scaled to the utilization asked for."
  }

  assert {
    condition = alltrue([
      for part, policy in aws_appautoscaling_policy.this : (
        one(policy.target_tracking_scaling_policy_configuration[0].predefined_metric_specification).predefined_metric_type ==
        (endswith(part, "/read") ? "DynamoDBReadCapacityUtilization" : "DynamoDBWriteCapacityUtilization")
      )
    ])
    error_message = "Reads are scaled by reads, and writes by writes."
  }
}

# proves: D1, D3
run "what_was_scaled_is_kept" {
  command = plan

  override_data {
    target = data.aws_dynamodb_tables.existing
    values = { names = ["desk-test-table", "another"] }
  }

  override_data {
    target = data.aws_dynamodb_table.current
    values = {
      read_capacity  = 37
      write_capacity = 11

      global_secondary_index = [{
        name               = "gsi1"
        hash_key           = "gsi1pk"
        range_key          = "gsi1sk"
        projection_type    = "ALL"
        non_key_attributes = []
        read_capacity      = 41
        write_capacity     = 12

        on_demand_throughput = []
      }]
    }
  }

  assert {
    condition = (
      aws_dynamodb_table.this.read_capacity == 37 && aws_dynamodb_table.this.write_capacity == 11
    )
    error_message = "The table keeps what it has."
  }

  assert {
    condition = (
      one(aws_dynamodb_table.this.global_secondary_index).read_capacity == 41 &&
      one(aws_dynamodb_table.this.global_secondary_index).write_capacity == 12
    )
    error_message = "The index keeps what it has."
  }

  assert {
    condition     = keys(data.aws_dynamodb_table.current) == ["desk-test-table"]
    error_message = "Only this module's tables are read, and of them those that exist."
  }
}

# proves: D1
run "limits_hold" {
  command = plan

  override_data {
    target = data.aws_dynamodb_tables.existing
    values = { names = ["desk-test-table"] }
  }

  # above what reads may have; on demand, which shows as 0, for writes
  override_data {
    target = data.aws_dynamodb_table.current
    values = { read_capacity = 51, write_capacity = 0, global_secondary_index = [] }
  }

  assert {
    condition = (
      aws_dynamodb_table.this.read_capacity == 50 && aws_dynamodb_table.this.write_capacity == 2
    )
    error_message = "What is outside the limits gets the nearest one."
  }
}

# proves: D1
run "on_demand_is_neither_read_nor_scaled" {
  command = plan

  variables {
    billing        = "on_demand"
    read_capacity  = null
    write_capacity = null
  }

  assert {
    condition = (
      length(aws_appautoscaling_target.this) == 0 && length(aws_appautoscaling_policy.this) == 0
    )
    error_message = "There is nothing to scale on demand."
  }

  assert {
    condition = (
      length(data.aws_dynamodb_tables.existing) == 0 && length(data.aws_dynamodb_table.current) == 0
    )
    error_message = "Nothing needs to be read on demand."
  }
}
