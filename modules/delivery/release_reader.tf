# The next environment reads releases and records here, and copies a release from here by digest.
# Which of its people and roles may is for its own account to say, as who may promote there is. Where
# nothing is promoted from here, there is no such role.
resource "aws_iam_role" "release_reader" {
  count = length(var.reader_account_ids) > 0 ? 1 : 0

  name                 = "${var.name_prefix}-release-reader"
  description          = "Reads releases and promotion records, for the environment above"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = [for account in var.reader_account_ids : "arn:aws:iam::${account}:root"] }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "release_reader" {
  count = length(aws_iam_role.release_reader)

  name = "releases"
  role = aws_iam_role.release_reader[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Read"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = [for prefix in local.release_prefixes : "${local.artifact_bucket_arn}/${prefix}"]
      },
      {
        # versions too: a record that has two was changed
        Sid       = "List"
        Effect    = "Allow"
        Action    = ["s3:ListBucket", "s3:ListBucketVersions"]
        Resource  = [local.artifact_bucket_arn]
        Condition = { StringLike = { "s3:prefix" = local.release_prefixes } }
      },
    ]
  })
}

# The one of the environment below, for this one's own roles.
locals {
  below_statements = [
    for reader in var.release_reader_arn[*] : {
      Sid      = "Below"
      Effect   = "Allow"
      Action   = ["sts:AssumeRole"]
      Resource = [reader]
    }
  ]
}
