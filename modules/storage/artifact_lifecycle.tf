# What is uploaded carries the tag baton=unrecorded. An object that a promotion's record names loses
# it, and is then kept for good; what no record ever named goes.
resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  for_each = toset(["artifacts"]) # a key, not a literal index: only so do policy checks see whose it is

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    id     = "unrecorded-objects"
    status = "Enabled"

    filter {
      tag {
        key   = "baton"
        value = "unrecorded"
      }
    }

    expiration {
      days = 30
    }
  }

  # SAM uploads the template it deploys, each time; CloudFormation keeps its own copy
  rule {
    id     = "sam-templates"
    status = "Enabled"

    filter {
      prefix = "sam/"
    }

    expiration {
      days = 30
    }
  }

  # Versions of before, and what is left of an expired object once these are gone. Not of records: what
  # is left of one that somebody has deleted, or written over, shows that it was. One rule for each
  # prefix, written out: policy checks do not see dynamic ones.
  rule {
    id     = "leftovers-artifacts"
    status = "Enabled"

    filter {
      prefix = "artifacts/"
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "leftovers-locks"
    status = "Enabled"

    filter {
      prefix = "locks/"
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "leftovers-releases"
    status = "Enabled"

    filter {
      prefix = "releases/"
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "leftovers-sam"
    status = "Enabled"

    filter {
      prefix = "sam/"
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    expiration {
      expired_object_delete_marker = true
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
