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
