# The customer-managed key, where the environment has one: for the functions' variables, the log
# groups, the topics and the event bus. The account administers it; roles use it as their own policies allow
# (module access), services as this policy does.
locals {
  key_services = [
    {
      # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
      Sid       = "LogGroups"
      Effect    = "Allow"
      Principal = { Service = "logs.${var.region}.amazonaws.com" }
      Action    = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      Resource  = "*"
      Condition = {
        ArnLike = {
          "kms:EncryptionContext:aws:logs:arn" = [
            "${local.log_groups_arn}:/aws/*/${var.name_prefix}-*",
            "${local.log_groups_arn}:${local.insights_log_group_name}",
          ]
        }
      }
    },
    {
      # CloudWatch sends an alarm to an encrypted topic with its own rights:
      # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
      Sid       = "Alarms"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      Resource  = "*"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${var.name_prefix}-*" }
      }
    },
    {
      # EventBridge encrypts what is put on the bus, and what rules on it say, with its own rights,
      # and looks at the key when the bus is told of it:
      # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html
      Sid       = "EventBus"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Condition = {
        StringEquals = {
          "aws:SourceAccount"                              = var.account_id
          "aws:SourceArn"                                  = local.event_bus_arn
          "kms:EncryptionContext:aws:events:event-bus:arn" = local.event_bus_arn
        }
      }
    },
    {
      # says nothing of what is encrypted; AWS documents it without a condition
      Sid       = "EventBusKey"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = ["kms:DescribeKey"]
      Resource  = "*"
      Condition = { StringEqualsIfExists = { "aws:SourceAccount" = var.account_id } }
    },
  ]

  event_bus_arn  = "arn:aws:events:${var.region}:${var.account_id}:event-bus/${local.event_bus_name}"
  log_groups_arn = "arn:aws:logs:${var.region}:${var.account_id}:log-group"
}

resource "aws_kms_key" "this" {
  count = var.customer_key ? 1 : 0

  description             = "Function variables, logs, topics and event bus of ${var.name_prefix}"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      }],
      local.key_services,
    )
  })
}

resource "aws_kms_alias" "this" {
  count = var.customer_key ? 1 : 0

  name          = "alias/${var.name_prefix}"
  target_key_id = aws_kms_key.this[0].key_id
}
