# What each function may do with data, and nothing else; common.tf adds what every function needs.
# A transaction is allowed item by item, as the operations it consists of:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
locals {
  queues_arn = "arn:aws:sqs:${var.region}:${var.account_id}"

  api_statements = [
    {
      Sid    = "Table"
      Effect = "Allow"
      Action = [
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
      ]
      Resource = [var.table_arn]
    },
    {
      Sid    = "Idempotency"
      Effect = "Allow"
      Action = [
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
      ]
      Resource = [var.idempotency_table_arn]
    },
  ]

  processor_statements = [
    {
      Sid    = "Stream"
      Effect = "Allow"
      Action = [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
      ]
      Resource = [var.table_stream_arn]
    },
    {
      Sid      = "Streams"
      Effect   = "Allow"
      Action   = ["dynamodb:ListStreams"]
      Resource = ["${var.table_arn}/stream/*"]
    },
    {
      Sid      = "Table"
      Effect   = "Allow"
      Action   = ["dynamodb:PutItem", "dynamodb:UpdateItem"]
      Resource = [var.table_arn]
    },
    {
      Sid      = "Notifications"
      Effect   = "Allow"
      Action   = ["sns:Publish"]
      Resource = [var.notifications_topic_arn]
    },
    {
      # the event source mapping sends with the function's role
      Sid      = "GivenUp"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = ["${local.queues_arn}:${var.stream_dlq_name}"]
    },
  ]

  scheduled_statements = [
    {
      Sid      = "Clock"
      Effect   = "Allow"
      Action   = ["dynamodb:Query"]
      Resource = ["${var.table_arn}/index/gsi3"]
    },
    {
      Sid      = "Table"
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      Resource = [var.table_arn]
    },
    {
      # Lambda parks an event the function failed on with the function's role
      Sid      = "GivenUp"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = ["${local.queues_arn}:${var.schedule_dlq_name}"]
    },
  ]
}
