# Where every alarm goes, when it is raised and when it is over.
resource "aws_sns_topic" "alarms" {
  name = "${var.name_prefix}-alarms"

  # Without a key of one's own there is none: CloudWatch may not use AWS's key for SNS
  # (alias/aws/sns), whose policy cannot be changed, and the alarms would reach nobody.
  # https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
  kms_master_key_id = var.kms_key_arn == "" ? null : var.kms_key_arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
        Condition = {
          StringEquals = { "aws:SourceAccount" = var.account_id }
          ArnLike      = { "aws:SourceArn" = "${local.alarms_arn}:${var.name_prefix}-*" }
        }
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

locals {
  alarms_arn = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm"

  # an ARN says its service; what is none is an e-mail address
  subscribers = {
    for subscriber in var.alarm_subscribers :
    subscriber => startswith(subscriber, "arn:") ? split(":", subscriber)[2] : "email"
  }
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = local.subscribers

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = each.value
  endpoint  = each.key
}
