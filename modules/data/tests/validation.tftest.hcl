mock_provider "aws" {}

variables {
  name_prefix            = "desk-test"
  point_in_time_recovery = true
  deletion_protection    = false
  hash_key               = "pk"
  range_key              = "sk"
  ttl_attribute          = "expires_at"
  attributes             = { pk = "S", sk = "S", gsi1pk = "S", gsi1sk = "N" }

  global_secondary_indexes = [
    { name = "gsi1", hash_key = "gsi1pk", range_key = "gsi1sk" },
  ]
}

run "unknown_forms" {
  command         = plan
  expect_failures = [var.attributes, var.name_prefix, var.ttl_attribute]

  variables {
    name_prefix   = "Desk"
    ttl_attribute = ""
    attributes    = { pk = "S", sk = "S", gsi1pk = "S", gsi1sk = "BOOL" }
  }
}

run "hash_key_undeclared" {
  command         = plan
  expect_failures = [var.hash_key]

  variables {
    hash_key = "id"
  }
}

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

run "attribute_that_is_no_key" {
  command         = plan
  expect_failures = [aws_dynamodb_table.this]

  variables {
    attributes = { pk = "S", sk = "S", gsi1pk = "S", gsi1sk = "N", title = "S" }
  }
}

run "index_key_undeclared" {
  command         = plan
  expect_failures = [var.global_secondary_indexes]

  variables {
    attributes = { pk = "S", sk = "S", gsi1pk = "S" }
  }
}

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
