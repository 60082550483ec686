# archive/ holds what the service has closed, written nightly, read rarely and at once: hence the
# storage class that answers in milliseconds. S3 would bill a smaller object as 128 KB there, so it
# moves only what is larger, and the small ones stay where they are cheaper.
# quarantine/ holds what could not be understood: three months to look at it.
resource "aws_s3_bucket_lifecycle_configuration" "data" {
  for_each = toset(["data"]) # a key, not a literal index: only so do policy checks see whose it is

  bucket = aws_s3_bucket.this[each.key].id

  transition_default_minimum_object_size = "all_storage_classes_128K"

  rule {
    id     = "archive-to-cheaper-storage"
    status = "Enabled"

    filter {
      prefix = "archive/"
    }

    transition {
      days          = 30
      storage_class = "GLACIER_IR"
    }
  }

  rule {
    id     = "quarantine-expires"
    status = "Enabled"

    filter {
      prefix = "quarantine/"
    }

    expiration {
      days = 90
    }
  }

  # what is left of an expired object once its versions are gone
  rule {
    id     = "lone-delete-markers"
    status = "Enabled"

    filter {}

    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "noncurrent-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  rule {
    id     = "incomplete-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # a rule for noncurrent versions needs versioning first
  depends_on = [aws_s3_bucket_versioning.this]
}
