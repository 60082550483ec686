locals {
  # written out, so that a policy check knows the two without knowing their names
  buckets = toset(["artifacts", "data"])

  names = {
    artifacts = var.artifact_bucket_name
    data      = var.data_bucket_name
  }
}

# What is the same for both; what they keep, and how long, is in a lifecycle file each.
resource "aws_s3_bucket" "this" {
  for_each = local.buckets

  bucket = local.names[each.key]

  # one holds the record of every promotion, the other the service's archive: to remove a bucket,
  # empty it first, by hand
  force_destroy = false
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

# S3's own keys, also where the environment has a key of its own: whoever reads a bucket would need
# a share in that key too, and the bucket's policy already draws the same border
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "tls_only" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.this[each.key].arn, "${aws_s3_bucket.this[each.key].arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      # whoever writes a promotion record must say that none may be there: nobody writes over one
      # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
      [for bucket in [aws_s3_bucket.this[each.key].arn] : {
        Sid       = "RecordsAreCreatedOnce"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "s3:PutObject"
        Resource  = "${bucket}/promotions/*"
        Condition = { Null = { "s3:if-none-match" = "true" } }
      } if each.key == "artifacts"],
    )
  })

  # S3 refuses two changes of a bucket's access at the same time (OperationAborted)
  depends_on = [aws_s3_bucket_public_access_block.this]
}
