mock_provider "aws" {}

variables {
  artifact_bucket_name = "desk-test-123456789012-artifacts"
}

override_resource {
  target = aws_s3_bucket.this
  values = { arn = "arn:aws:s3:::desk-test-123456789012-artifacts" }
}

run "bucket_is_closed" {
  command = apply

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "Public access is blocked in all four ways."
  }

  assert {
    condition     = one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced"
    error_message = "ACLs are off."
  }

  assert {
    condition = (
      jsondecode(aws_s3_bucket_policy.tls_only.policy).Statement[0].Effect == "Deny" &&
      jsondecode(aws_s3_bucket_policy.tls_only.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    )
    error_message = "Requests without TLS are refused."
  }

  assert {
    condition = jsondecode(aws_s3_bucket_policy.tls_only.policy).Statement[0].Resource == [
      "arn:aws:s3:::desk-test-123456789012-artifacts",
      "arn:aws:s3:::desk-test-123456789012-artifacts/*",
    ]
    error_message = "The bucket and its objects are both meant."
  }
}

run "nothing_recorded_is_lost" {
  command = apply

  assert {
    condition     = aws_s3_bucket.this.force_destroy == false
    error_message = "Destroying the bucket never empties it."
  }

  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "Objects have versions."
  }

  assert {
    condition = [
      for rule in aws_s3_bucket_lifecycle_configuration.this.rule :
      length(rule.filter[0].tag) > 0 ? rule.filter[0].tag[0].value : rule.filter[0].prefix
      if try(rule.expiration[0].days, 0) > 0
    ] == ["unrecorded", "sam/"]
    error_message = "Only what carries the tag baton=unrecorded expires, and SAM's own templates."
  }
}

run "encrypted_by_s3" {
  command = apply

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_server_side_encryption_configuration.this.rule :
      rule.apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    ])
    error_message = "Objects are encrypted with S3's own keys."
  }
}

run "bucket_name_in_capitals" {
  command         = plan
  expect_failures = [var.artifact_bucket_name]

  variables {
    artifact_bucket_name = "Artifacts"
  }
}

run "bucket_name_too_long" {
  command         = plan
  expect_failures = [var.artifact_bucket_name]

  variables {
    artifact_bucket_name = "desk-test-123456789012-artifacts-desk-test-123456789012-artifacts"
  }
}
