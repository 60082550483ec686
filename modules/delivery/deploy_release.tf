# A release on its way: states, the artifact bucket, the stack. The buckets' own settings are a person's.
locals {
  states_arn = "${local.state_bucket_arn}/live/${var.environment}"

  deploy_bucket_statements = concat(
    [
      {
        Sid      = "States"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${local.states_arn}/*"]
      },
      {
        # what a person applies next goes by these: whoever writes one could have it undone, or worse
        Sid      = "NotAPersonsStates"
        Effect   = "Deny"
        Action   = ["s3:PutObject"]
        Resource = [for unit in ["delivery", "storage"] : "${local.states_arn}/${unit}/terraform.tfstate"]
      },
      {
        Sid      = "Locks"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject"]
        Resource = ["${local.states_arn}/*.tflock"]
      },
      {
        Sid    = "Releases"
        Effect = "Allow"
        Action = [
          "s3:DeleteObjectTagging",
          "s3:GetObjectTagging",
          "s3:PutObject",
          "s3:PutObjectTagging",
        ]
        Resource = ["${local.artifact_bucket_arn}/artifacts/*", "${local.artifact_bucket_arn}/releases/*"]
      },
      {
        # SAM uploads the template that CloudFormation then reads
        Sid      = "Template"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${local.artifact_bucket_arn}/sam/*"]
      },
      {
        Sid      = "Lease"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:PutObject"]
        Resource = ["${local.artifact_bucket_arn}/locks/*"]
      },
      {
        # created, never written over: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
        Sid       = "Records"
        Effect    = "Allow"
        Action    = ["s3:PutObject"]
        Resource  = ["${local.artifact_bucket_arn}/promotions/*"]
        Condition = { Null = { "s3:if-none-match" = "false" } }
      },
      # nor where a bucket's policy would let it: not these
      {
        Sid       = "RecordsOnce"
        Effect    = "Deny"
        Action    = ["s3:PutObject"]
        Resource  = ["${local.artifact_bucket_arn}/promotions/*"]
        Condition = { Null = { "s3:if-none-match" = "true" } }
      },
      {
        Sid      = "RecordsStay"
        Effect   = "Deny"
        Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
        Resource = ["${local.artifact_bucket_arn}/promotions/*"]
      },
      {
        Sid      = "NotTheArchive"
        Effect   = "Deny"
        Action   = ["s3:DeleteObject*", "s3:GetObject*", "s3:PutObject*"]
        Resource = ["${local.data_bucket_arn}/*"]
      },
    ],
    local.below_statements,
  )

  deploy_application_statements = concat([
    {
      Sid    = "Stack"
      Effect = "Allow"
      Action = [
        "cloudformation:ContinueUpdateRollback",
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DeleteStack",
        "cloudformation:DescribeChangeSet",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:GetTemplateSummary",
        "cloudformation:TagResource",
      ]
      Resource = [local.stack_arn, "arn:aws:cloudformation:${var.region}:aws:transform/Serverless-2016-10-31"]
    },
    {
      # of a template that is not deployed yet, so of no stack
      Sid      = "Summary"
      Effect   = "Allow"
      Action   = ["cloudformation:GetTemplateSummary"]
      Resource = ["*"]
    },
  ], local.deploy_smoke_statements)
}
