mock_provider "aws" {}

variables {
  name_prefix              = "desk-test"
  account_id               = "123456789012"
  region                   = "us-east-1"
  artifact_bucket_name     = "desk-test-123456789012-artifacts"
  permissions_boundary_arn = ""
  tracing                  = false
  table_arn                = "arn:aws:dynamodb:us-east-1:123456789012:table/desk-test-table"
  table_stream_arn         = "arn:aws:dynamodb:us-east-1:123456789012:table/desk-test-table/stream/2024"
  idempotency_table_arn    = "arn:aws:dynamodb:us-east-1:123456789012:table/desk-test-idempotency"
  stream_dlq_name          = "desk-test-stream-dlq"
  schedule_dlq_name        = "desk-test-schedule-dlq"

  function_names = {
    api       = "desk-test-api"
    processor = "desk-test-processor"
    scheduled = "desk-test-scheduled"
  }

  log_group_names = {
    api       = "/aws/lambda/desk-test-api"
    processor = "/aws/lambda/desk-test-processor"
    scheduled = "/aws/lambda/desk-test-scheduled"
  }
}

run "each_function_writes_to_its_own_log_only" {
  command = plan

  assert {
    condition = jsonencode({
      for function, policy in aws_iam_role_policy.function : function => flatten([
        for statement in jsondecode(policy.policy).Statement : statement.Resource
        if anytrue([for action in statement.Action : startswith(action, "logs:")])
      ])
      }) == jsonencode({
      for function in ["api", "processor", "scheduled"] : function => [
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/desk-test-${function}:*"
      ]
    })
    error_message = "A function writes to its own log group, and to no other."
  }
}

run "no_function_may_do_everything" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : !strcontains(action, "*")
        ]
      ]
    ]))
    error_message = "Every action is spelled out."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement :
        alltrue([for action in statement.Action : startswith(action, "ec2:Describe")])
        if statement.Effect == "Allow" && contains(statement.Resource, "*")
      ]
    ]))
    error_message = "Only descriptions of the network, which take no resource, are allowed on everything."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : !contains(["dynamodb:Scan", "dynamodb:DeleteTable"], action)
        ]
      ]
    ]))
    error_message = "No function scans, or deletes a table."
  }
}

run "code_is_refused_network_interfaces" {
  command = plan

  assert {
    condition = alltrue([
      for function, policy in aws_iam_role_policy.function : contains([
        for statement in jsondecode(policy.policy).Statement :
        statement.Condition.ArnEquals["lambda:SourceFunctionArn"] if statement.Effect == "Deny"
      ], "arn:aws:lambda:us-east-1:123456789012:function:desk-test-${function}")
    ])
    error_message = "Each function's own code is denied what Lambda does with its role."
  }
}

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
      api       = ["desk-test-idempotency", "desk-test-table"]
      processor = ["desk-test-table", "desk-test-table/stream/*", "desk-test-table/stream/2024"]
      scheduled = ["desk-test-table", "desk-test-table/index/gsi3"]
    })
    error_message = "Each function reaches the tables, indexes and streams that it works with."
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
}

run "tracing_off" {
  command = plan

  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.function : !strcontains(policy.policy, "xray:")
    ])
    error_message = "Without tracing no function may send traces."
  }
}

run "tracing_on" {
  command = plan

  variables {
    tracing = true
  }

  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.function : strcontains(policy.policy, "xray:PutTraceSegments")
    ])
    error_message = "With tracing every function may send traces."
  }
}

run "boundary_on_every_role" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition = alltrue([
      for role in concat(values(aws_iam_role.function), [aws_iam_role.deployment]) :
      role.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    ])
    error_message = "A boundary holds for every role."
  }
}

run "roles_are_assumed_by_their_services" {
  command = plan

  assert {
    condition = alltrue([
      for role in aws_iam_role.function :
      jsondecode(role.assume_role_policy).Statement[*].Principal == [{ Service = "lambda.amazonaws.com" }]
    ])
    error_message = "Only Lambda assumes a function's role."
  }

  assert {
    condition = jsondecode(aws_iam_role.deployment.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Principal = { Service = "cloudformation.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEqualsIfExists = { "aws:SourceAccount" = "123456789012" } }
    }]
    error_message = "Only CloudFormation, for this account, assumes the deployment role."
  }
}
