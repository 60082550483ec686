# What each function may do with data, and nothing else; common.tf adds what every function needs.
# A transaction is allowed item by item, as the operations it consists of:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
locals {
  queues_arn      = "arn:aws:sqs:${var.region}:${var.account_id}"
  indexes_arn     = "${var.table_arn}/index"
  data_bucket_arn = "arn:aws:s3:::${var.data_bucket_name}"

  # All items are in one table: each function keeps to the partitions of its own kinds. A request
  # without a partition fulfils such a condition, as a Scan does, so none is allowed.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
  only = {
    for kind, partitions in {
      tickets    = "TICKET#*"
      teams      = "TEAMS"
      statistics = "STATS#*"
      markers    = "SEEN#*"
      jobs       = "JOB#*"
      quarantine = "QUARANTINE#*"
    } : kind => { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = [partitions] } }
  }

  api_statements = [
    {
      Sid    = "Tickets"
      Effect = "Allow"
      Action = [
        "dynamodb:BatchGetItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ]
      Resource  = [var.table_arn]
      Condition = local.only["tickets"]
    },
    {
      Sid       = "Teams"
      Effect    = "Allow"
      Action    = ["dynamodb:UpdateItem"]
      Resource  = [var.table_arn]
      Condition = local.only["teams"]
    },
    {
      Sid       = "Statistics"
      Effect    = "Allow"
      Action    = ["dynamodb:Query"]
      Resource  = [var.table_arn]
      Condition = local.only["statistics"]
    },
    {
      # by team and by assignee
      Sid      = "Lists"
      Effect   = "Allow"
      Action   = ["dynamodb:Query"]
      Resource = [for index in ["gsi1", "gsi2"] : "${local.indexes_arn}/${index}"]
    },
    {
      # no GetItem: a put that is refused brings along the record that is there
      Sid      = "Idempotency"
      Effect   = "Allow"
      Action   = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      Resource = [var.idempotency_table_arn]
    },
    {
      Sid      = "PageTokens"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = [var.page_token_secret_arn]
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
      # an event's watchers
      Sid       = "Watchers"
      Effect    = "Allow"
      Action    = ["dynamodb:Query"]
      Resource  = [var.table_arn]
      Condition = local.only["tickets"]
    },
    {
      Sid       = "Markers"
      Effect    = "Allow"
      Action    = ["dynamodb:PutItem", "dynamodb:Query"]
      Resource  = [var.table_arn]
      Condition = local.only["markers"]
    },
    {
      Sid       = "Statistics"
      Effect    = "Allow"
      Action    = ["dynamodb:UpdateItem"]
      Resource  = [var.table_arn]
      Condition = local.only["statistics"]
    },
    {
      Sid       = "Pointers"
      Effect    = "Allow"
      Action    = ["dynamodb:PutItem"]
      Resource  = [var.table_arn]
      Condition = local.only["quarantine"]
    },
    {
      Sid      = "Notifications"
      Effect   = "Allow"
      Action   = ["sns:Publish"]
      Resource = [var.notifications_topic_arn]
    },
    {
      # in no other's name: whoever reads the bus goes by the source
      Sid       = "DomainEvents"
      Effect    = "Allow"
      Action    = ["events:PutEvents"]
      Resource  = [var.event_bus_arn]
      Condition = { StringEquals = { "events:source" = "desk.${var.environment}" } }
    },
    {
      Sid      = "Quarantine"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = ["${local.data_bucket_arn}/quarantine/*"]
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
      # by team, and by when something is due
      Sid      = "Lists"
      Effect   = "Allow"
      Action   = ["dynamodb:Query"]
      Resource = [for index in ["gsi2", "gsi3"] : "${local.indexes_arn}/${index}"]
    },
    {
      Sid    = "Tickets"
      Effect = "Allow"
      Action = [
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ]
      Resource  = [var.table_arn]
      Condition = local.only["tickets"]
    },
    {
      Sid    = "Jobs"
      Effect = "Allow"
      Action = [
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
      ]
      Resource  = [var.table_arn]
      Condition = local.only["jobs"]
    },
    {
      Sid       = "Teams"
      Effect    = "Allow"
      Action    = ["dynamodb:GetItem"]
      Resource  = [var.table_arn]
      Condition = local.only["teams"]
    },
    {
      Sid       = "Statistics"
      Effect    = "Allow"
      Action    = ["dynamodb:Query", "dynamodb:UpdateItem"]
      Resource  = [var.table_arn]
      Condition = local.only["statistics"]
    },
    {
      Sid      = "Archive"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = ["${local.data_bucket_arn}/archive/*"]
    },
    {
      Sid      = "Webhook"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = [var.webhook_secret_arn]
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
