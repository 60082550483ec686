mock_provider "aws" {}

variables {
  artifact_bucket_name = "desk-test-123456789012-artifacts"
  data_bucket_name     = "desk-test-123456789012-data"
}

# proves: S1, S3
run "buckets_are_closed" {
  command = apply

  assert {
    condition = alltrue([
      for block in aws_s3_bucket_public_access_block.this : alltrue([
        block.block_public_acls,
        block.block_public_policy,
        block.ignore_public_acls,
        block.restrict_public_buckets,
      ])
    ])
    error_message = "Public access is blocked in all four ways."
  }

  assert {
    condition = [
      for control in aws_s3_bucket_ownership_controls.this : one(control.rule).object_ownership
    ] == ["BucketOwnerEnforced", "BucketOwnerEnforced"]
    error_message = "ACLs are off."
  }
}

# proves: I5, S1, S3
run "only_over_tls" {
  command = apply

  assert {
    condition = alltrue([
      for policy in aws_s3_bucket_policy.tls_only :
      jsondecode(policy.policy).Statement[0].Effect == "Deny" &&
      jsondecode(policy.policy).Statement[0].Principal == { AWS = "*" } &&
      jsondecode(policy.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    ])
    error_message = "Requests without TLS are refused, whoever makes them."
  }

  assert {
    condition = alltrue([
      for name, policy in aws_s3_bucket_policy.tls_only :
      jsondecode(policy.policy).Statement[0].Resource == [
        aws_s3_bucket.this[name].arn,
        "${aws_s3_bucket.this[name].arn}/*",
      ]
    ])
    error_message = "The bucket and its objects are both meant."
  }

  assert {
    condition = alltrue([
      for policy in aws_s3_bucket_policy.tls_only : alltrue([
        for statement in jsondecode(policy.policy).Statement : statement.Effect == "Deny"
      ])
    ])
    error_message = "A bucket's policy lets nobody in: the account's own roles do."
  }
}

# proves: S1
run "a_record_is_created_and_never_written_over" {
  command = apply

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_s3_bucket_policy.tls_only["artifacts"].policy).Statement :
      [statement.Effect, statement.Principal, statement.Action, statement.Resource, statement.Condition]
      if statement.Sid == "RecordsAreCreatedOnce"
      ]) == jsonencode([[
        "Deny",
        { AWS = "*" },
        "s3:PutObject",
        "${aws_s3_bucket.this["artifacts"].arn}/promotions/*",
        { Null = { "s3:if-none-match" = "true" } },
    ]])
    error_message = "A write that does not say so is refused, whoever makes it."
  }

  assert {
    condition     = length(jsondecode(aws_s3_bucket_policy.tls_only["data"].policy).Statement) == 1
    error_message = "The other bucket has no records."
  }
}

# proves: S1, S3
run "nothing_is_lost_by_mistake" {
  command = apply

  assert {
    condition     = alltrue([for bucket in aws_s3_bucket.this : bucket.force_destroy == false])
    error_message = "Destroying a bucket never empties it."
  }

  assert {
    condition = [
      for versioning in aws_s3_bucket_versioning.this : one(versioning.versioning_configuration).status
    ] == ["Enabled", "Enabled"]
    error_message = "Objects have versions."
  }
}

# proves: S2
run "recorded_artifacts_stay" {
  command = apply

  assert {
    condition = [
      for rule in aws_s3_bucket_lifecycle_configuration.artifacts["artifacts"].rule :
      length(rule.filter[0].tag) > 0 ? rule.filter[0].tag[0].value : rule.filter[0].prefix
      if try(rule.expiration[0].days, 0) > 0
    ] == ["unrecorded", "sam/"]
    error_message = "Only what carries the tag baton=unrecorded expires, and SAM's own templates."
  }
}

# proves: S3
run "the_archive_stays_and_the_quarantine_goes" {
  command = apply

  assert {
    condition = {
      for rule in aws_s3_bucket_lifecycle_configuration.data["data"].rule :
      rule.filter[0].prefix => rule.expiration[0].days if try(rule.expiration[0].days, 0) > 0
    } == { "quarantine/" = 90 }
    error_message = "Of the current objects only those in quarantine expire, after 90 days."
  }

  assert {
    condition = [
      for rule in aws_s3_bucket_lifecycle_configuration.data["data"].rule : {
        prefix = rule.filter[0].prefix
        days   = one(rule.transition).days
        class  = one(rule.transition).storage_class
      } if length(rule.transition) > 0
    ] == [{ prefix = "archive/", days = 30, class = "GLACIER_IR" }]
    error_message = "The archive moves to Glacier Instant Retrieval after 30 days."
  }

  assert {
    condition = (
      aws_s3_bucket_lifecycle_configuration.data["data"].transition_default_minimum_object_size ==
      "all_storage_classes_128K"
    )
    error_message = "Objects under 128 KB, which would cost more there, stay where they are."
  }
}

# proves: S2, S3
run "leftovers_go" {
  command = apply

  assert {
    condition = alltrue([
      for lifecycle in merge(
        aws_s3_bucket_lifecycle_configuration.artifacts,
        aws_s3_bucket_lifecycle_configuration.data,
      ) :
      join(" ", distinct(compact([for rule in lifecycle.rule : try(rule.noncurrent_version_expiration[0].noncurrent_days, "")]))) == "30" &&
      sum([for rule in lifecycle.rule : try(rule.abort_incomplete_multipart_upload[0].days_after_initiation, 0)]) == 7 &&
      anytrue([for rule in lifecycle.rule : try(rule.expiration[0].expired_object_delete_marker, false)])
    ])
    error_message = "Earlier versions go after 30 days, unfinished uploads after 7, lone delete markers at once."
  }

  assert {
    condition = toset([
      for rule in aws_s3_bucket_lifecycle_configuration.artifacts["artifacts"].rule : rule.filter[0].prefix
      if length(concat(rule.noncurrent_version_expiration, [for each in rule.expiration : each if each.expired_object_delete_marker == true])) > 0
    ]) == toset(["artifacts/", "locks/", "releases/", "sam/"])
    error_message = "What is left of a record that was deleted or written over stays: it shows that it was."
  }
}

# proves: S1, S3
run "encrypted_by_s3" {
  command = apply

  assert {
    condition = [
      for encryption in aws_s3_bucket_server_side_encryption_configuration.this :
      one(one(encryption.rule).apply_server_side_encryption_by_default).sse_algorithm
    ] == ["AES256", "AES256"]
    error_message = "Objects are encrypted with S3's own keys."
  }
}

run "artifact_bucket_name_in_capitals" {
  command         = plan
  expect_failures = [var.artifact_bucket_name]

  variables {
    artifact_bucket_name = "Artifacts"
  }
}

run "artifact_bucket_name_too_long" {
  command         = plan
  expect_failures = [var.artifact_bucket_name]

  variables {
    artifact_bucket_name = "desk-test-123456789012-artifacts-desk-test-123456789012-artifacts"
  }
}

run "data_bucket_name_is_an_arn" {
  command         = plan
  expect_failures = [var.data_bucket_name]

  variables {
    data_bucket_name = "arn:aws:s3:::desk-test-123456789012-data"
  }
}

run "one_bucket_for_both" {
  command         = plan
  expect_failures = [var.data_bucket_name]

  variables {
    data_bucket_name = "desk-test-123456789012-artifacts"
  }
}
