mock_provider "aws" {
  override_resource {
    target = aws_iam_role.api_gateway
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-api-gateway" }
  }
}

# proves: A8, D5, I1
run "data_by_function" {
  command = plan

  assert {
    condition = jsonencode({
      for function, policy in aws_iam_role_policy.function : function => sort(distinct(flatten([
        for statement in jsondecode(policy.policy).Statement : [
          for resource in statement.Resource :
          trimprefix(resource, "arn:aws:dynamodb:us-east-1:123456789012:table/")
          if startswith(resource, "arn:aws:dynamodb:")
        ]
      ])))
      }) == jsonencode({
      api = [
        "desk-test-idempotency",
        "desk-test-table",
        "desk-test-table/index/gsi1",
        "desk-test-table/index/gsi2",
      ]
      processor = ["desk-test-table", "desk-test-table/stream/*", "desk-test-table/stream/2024"]
      scheduled = ["desk-test-table", "desk-test-table/index/gsi2", "desk-test-table/index/gsi3"]
    })
    error_message = "Each function reaches the tables, indexes and streams that it works with."
  }

  assert {
    condition = toset(flatten([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : statement.Action
        if anytrue([for resource in statement.Resource : strcontains(resource, "/index/")])
      ]
    ])) == toset(["dynamodb:Query"])
    error_message = "An index is queried, and nothing else."
  }

  assert {
    condition = jsonencode({
      for function, policy in aws_iam_role_policy.function : function => [
        for statement in jsondecode(policy.policy).Statement : [
          statement.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"],
          [for action in statement.Action : trimprefix(action, "dynamodb:")],
        ]
        if contains(statement.Resource, var.table_arn)
      ]
      }) == jsonencode({
      api = [
        [["TICKET#*"], ["BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"]],
        [["TEAMS"], ["UpdateItem"]],
        [["STATS#*"], ["Query"]],
      ]
      processor = [
        [["TICKET#*"], ["Query"]],
        [["SEEN#*"], ["PutItem", "Query"]],
        [["STATS#*"], ["UpdateItem"]],
        [["QUARANTINE#*"], ["PutItem"]],
      ]
      scheduled = [
        [["TICKET#*"], ["BatchGetItem", "BatchWriteItem", "PutItem", "Query", "UpdateItem"]],
        [["JOB#*"], ["ConditionCheckItem", "DeleteItem", "GetItem", "PutItem"]],
        [["TEAMS"], ["GetItem"]],
        [["STATS#*"], ["Query", "UpdateItem"]],
      ]
    })
    error_message = "Each function does what it must with the items of its own kinds: the processor writes no ticket."
  }

  assert {
    condition = jsonencode({
      for function, policy in aws_iam_role_policy.function : function => flatten([
        for statement in jsondecode(policy.policy).Statement : statement.Resource
        if contains(statement.Action, "sqs:SendMessage")
      ])
      }) == jsonencode({
      api       = []
      processor = ["arn:aws:sqs:us-east-1:123456789012:desk-test-stream-dlq"]
      scheduled = ["arn:aws:sqs:us-east-1:123456789012:desk-test-schedule-dlq"]
    })
    error_message = "A dead-letter queue is written to with its own function's role, and no other."
  }

  assert {
    condition = jsonencode({
      for function, policy in aws_iam_role_policy.function : function => flatten([
        for statement in jsondecode(policy.policy).Statement : statement.Resource
        if anytrue([for action in statement.Action : startswith(action, "sns:")])
      ])
      }) == jsonencode({
      api       = []
      processor = ["arn:aws:sns:us-east-1:123456789012:desk-test-notifications"]
      scheduled = []
    })
    error_message = "Only the processor publishes, to the topic for notifications."
  }
}

# proves: D5, I1
run "a_secret_by_function" {
  command = plan

  assert {
    condition = jsonencode({
      for function, policy in aws_iam_role_policy.function : function => [
        for statement in jsondecode(policy.policy).Statement : [statement.Action, statement.Resource]
        if anytrue([for action in statement.Action : startswith(action, "secretsmanager:")])
      ]
      }) == jsonencode({
      api       = [[["secretsmanager:GetSecretValue"], [var.page_token_secret_arn]]]
      processor = []
      scheduled = [[["secretsmanager:GetSecretValue"], [var.webhook_secret_arn]]]
    })
    error_message = "Who signs page tokens reads their secret, who calls the webhook its own; nobody reads both."
  }
}

# proves: A7, I1
run "only_the_processor_speaks_on_the_bus_and_in_the_services_name" {
  command = plan

  assert {
    condition = jsonencode({
      for function, policy in aws_iam_role_policy.function : function => [
        for statement in jsondecode(policy.policy).Statement :
        [statement.Action, statement.Resource, statement.Condition]
        if anytrue([for action in statement.Action : startswith(action, "events:")])
      ]
      }) == jsonencode({
      api = []
      processor = [[
        ["events:PutEvents"],
        ["arn:aws:events:us-east-1:123456789012:event-bus/desk-test-events"],
        { StringEquals = { "events:source" = "desk.test" } },
      ]]
      scheduled = []
    })
    error_message = "Domain events come from the processor, on this bus, under this environment's source."
  }
}

# proves: I1, S3
run "objects_are_put_and_nothing_else" {
  command = plan

  assert {
    condition = jsonencode({
      for function, policy in aws_iam_role_policy.function : function => [
        for statement in jsondecode(policy.policy).Statement : [statement.Action, statement.Resource]
        if anytrue([for action in statement.Action : startswith(action, "s3:")])
      ]
      }) == jsonencode({
      api       = []
      processor = [[["s3:PutObject"], ["arn:aws:s3:::desk-test-123456789012-data/quarantine/*"]]]
      scheduled = [[["s3:PutObject"], ["arn:aws:s3:::desk-test-123456789012-data/archive/*"]]]
    })
    error_message = "The processor fills the quarantine, the scheduled function the archive; nobody reads or removes."
  }
}
