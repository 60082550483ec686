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
  items = {
    api = [
      ["Tickets", "TICKET#*", ["BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"]],
      ["Teams", "TEAMS", ["UpdateItem"]],
      ["Statistics", "STATS#*", ["Query"]],
    ]
    processor = [
      ["Watchers", "TICKET#*", ["Query"]],
      ["Markers", "SEEN#*", ["PutItem", "Query"]],
      ["Statistics", "STATS#*", ["UpdateItem"]],
      ["Pointers", "QUARANTINE#*", ["PutItem"]],
    ]
    scheduled = [
      ["Tickets", "TICKET#*", ["BatchGetItem", "BatchWriteItem", "PutItem", "Query", "UpdateItem"]],
      ["Jobs", "JOB#*", ["ConditionCheckItem", "DeleteItem", "GetItem", "PutItem"]],
      ["Teams", "TEAMS", ["GetItem"]],
      ["Statistics", "STATS#*", ["Query", "UpdateItem"]],
    ]
  }
  item_statements = {
    for function, kinds in local.items : function => [
      for kind in kinds : {
        Sid       = kind[0]
        Effect    = "Allow"
        Action    = [for action in kind[2] : "dynamodb:${action}"]
        Resource  = [var.table_arn]
        Condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = [kind[1]] } }
      }
    ]
  }

  api_statements = [
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
