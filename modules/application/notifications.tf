# Where the processor tells the outside of every domain event; who listens subscribes here.
resource "aws_sns_topic" "notifications" {
  name = "${var.name_prefix}-notifications"

  # SNS's own key costs nothing and serves every caller of this account
  kms_master_key_id = var.customer_key ? aws_kms_key.this[0].arn : "alias/aws/sns"
}

resource "aws_sns_topic_policy" "notifications" {
  arn = aws_sns_topic.notifications.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # the account's roles, as their own policies allow; no other account, and no service
        Sid       = "ThisAccount"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
        Action    = ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:Publish", "sns:Subscribe"]
        Resource  = aws_sns_topic.notifications.arn
        Condition = { StringEquals = { "aws:PrincipalAccount" = var.account_id } }
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.notifications.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
