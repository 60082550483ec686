mock_provider "aws" {}

run "unknown_forms" {
  command         = plan
  expect_failures = [var.attributes, var.name_prefix, var.ttl_attribute]

  variables {
    name_prefix   = "Desk"
    ttl_attribute = ""
    attributes    = { pk = "S", sk = "S", gsi1pk = "S", gsi1sk = "BOOL" }
  }
}

# proves: D3
run "hash_key_undeclared" {
  command         = plan
  expect_failures = [var.hash_key]

  variables {
    hash_key = "id"
  }
}

# proves: D3
run "range_key_undeclared" {
  command         = plan
  expect_failures = [var.range_key]

  variables {
    range_key = "at"
  }
}

run "range_key_same_as_hash_key" {
  command         = plan
  expect_failures = [var.range_key]

  variables {
    range_key = "pk"
  }
}

# proves: D3
run "attribute_that_is_no_key" {
  command         = plan
  expect_failures = [aws_dynamodb_table.this]

  variables {
    attributes = { pk = "S", sk = "S", gsi1pk = "S", gsi1sk = "N", title = "S" }
  }
}

# proves: D3
run "index_key_undeclared" {
  command         = plan
  expect_failures = [var.global_secondary_indexes]

  variables {
    attributes = { pk = "S", sk = "S", gsi1pk = "S" }
  }
}

# proves: D3
run "index_name_twice" {
  command         = plan
  expect_failures = [var.global_secondary_indexes]

  variables {
    global_secondary_indexes = [
      { name = "gsi1", hash_key = "gsi1pk", range_key = "gsi1sk" },
      { name = "gsi1", hash_key = "gsi1sk", range_key = "gsi1pk" },
    ]
  }
}

run "index_name_too_short" {
  command         = plan
  expect_failures = [var.global_secondary_indexes]

  variables {
    global_secondary_indexes = [{ name = "g1", hash_key = "gsi1pk", range_key = "gsi1sk" }]
  }
}

run "index_projection_unknown" {
  command         = plan
  expect_failures = [var.global_secondary_indexes]

  variables {
    global_secondary_indexes = [
      { name = "gsi1", hash_key = "gsi1pk", range_key = "gsi1sk", projection_type = "SOME" },
    ]
  }
}

run "index_includes_nothing" {
  command         = plan
  expect_failures = [var.global_secondary_indexes]

  variables {
    global_secondary_indexes = [
      { name = "gsi1", hash_key = "gsi1pk", range_key = "gsi1sk", projection_type = "INCLUDE" },
    ]
  }
}

run "index_includes_and_projects_all" {
  command         = plan
  expect_failures = [var.global_secondary_indexes]

  variables {
    global_secondary_indexes = [
      { name = "gsi1", hash_key = "gsi1pk", range_key = "gsi1sk", non_key_attributes = ["title"] },
    ]
  }
}

run "twenty_one_indexes" {
  command         = plan
  expect_failures = [var.global_secondary_indexes]

  variables {
    global_secondary_indexes = [
      for number in range(21) : { name = "gsi${number}", hash_key = "gsi1pk", range_key = "gsi1sk" }
    ]
  }
}

run "billing_unknown" {
  command         = plan
  expect_failures = [var.billing]

  variables {
    billing = "reserved"
  }
}

run "capacity_given_on_demand" {
  command         = plan
  expect_failures = [var.read_capacity, var.write_capacity]

  variables {
    read_capacity  = { min = 1, max = 10 }
    write_capacity = { min = 1, max = 10 }
  }
}

run "capacity_missing_when_provisioned" {
  command         = plan
  expect_failures = [var.read_capacity, var.write_capacity]

  variables {
    billing = "provisioned"
  }
}

run "capacity_upside_down" {
  command         = plan
  expect_failures = [var.read_capacity, var.write_capacity]

  variables {
    billing        = "provisioned"
    read_capacity  = { min = 10, max = 9 }
    write_capacity = { min = 10, max = 9 }
  }
}

run "capacity_too_small" {
  command         = plan
  expect_failures = [var.read_capacity, var.write_capacity]

  variables {
    billing        = "provisioned"
    read_capacity  = { min = 0, max = 10 }
    write_capacity = { min = 0, max = 10 }
  }
}

run "capacity_too_large" {
  command         = plan
  expect_failures = [var.read_capacity, var.write_capacity]

  variables {
    billing        = "provisioned"
    read_capacity  = { min = 1, max = 40001 }
    write_capacity = { min = 1, max = 40001 }
  }
}

run "capacity_not_whole" {
  command         = plan
  expect_failures = [var.read_capacity, var.write_capacity]

  variables {
    billing        = "provisioned"
    read_capacity  = { min = 1.5, max = 10 }
    write_capacity = { min = 1.5, max = 10 }
  }
}

run "target_too_low" {
  command         = plan
  expect_failures = [var.capacity_target_percent]

  variables {
    capacity_target_percent = 19
  }
}

run "target_too_high" {
  command         = plan
  expect_failures = [var.capacity_target_percent]

  variables {
    capacity_target_percent = 91
  }
}
