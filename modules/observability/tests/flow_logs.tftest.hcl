mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.alarms
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-alarms" }
  }

  override_resource {
    target = aws_cloudwatch_log_group.flow
    values = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/desk-test-flow" }
  }

  override_resource {
    target = aws_iam_role.flow
    values = { arn = "arn:aws:iam::123456789012:role/desk-test-flow-logs" }
  }
}

# proves: N7
run "all_traffic_to_a_log_group" {
  command = apply

  assert {
    condition = (
      one(aws_flow_log.vpc).vpc_id == "vpc-0123456789abcdef0" &&
      one(aws_flow_log.vpc).traffic_type == "ALL" &&
      one(aws_flow_log.vpc).log_destination == "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/desk-test-flow" &&
      one(aws_flow_log.vpc).iam_role_arn == "arn:aws:iam::123456789012:role/desk-test-flow-logs"
    )
    error_message = "The VPC's whole traffic goes to the log group, by the role."
  }

  assert {
    condition = (
      one(aws_cloudwatch_log_group.flow).name == "/aws/vpc/desk-test-flow" &&
      one(aws_cloudwatch_log_group.flow).retention_in_days == 7
    )
    error_message = "Flow logs are kept as long as the setting says."
  }
}

# proves: N7
run "accepted_traffic_only" {
  command = apply

  variables {
    flow_logs = "accepted"
  }

  assert {
    condition     = one(aws_flow_log.vpc).traffic_type == "ACCEPT"
    error_message = "What was let through is recorded."
  }
}

# proves: N7
run "rejected_traffic_only" {
  command = apply

  variables {
    flow_logs = "rejected"
  }

  assert {
    condition     = one(aws_flow_log.vpc).traffic_type == "REJECT"
    error_message = "What was refused is recorded."
  }
}

# proves: N7
run "no_flow_logs" {
  command = apply

  variables {
    flow_logs = "none"
  }

  assert {
    condition = (
      length(aws_flow_log.vpc) + length(aws_cloudwatch_log_group.flow) +
      length(aws_iam_role.flow) + length(aws_iam_role_policy.flow)
    ) == 0
    error_message = "Without flow logs there is neither log group nor role."
  }
}

# proves: N7
run "role_writes_to_its_log_group_only" {
  command = apply

  assert {
    condition = {
      for statement in jsondecode(one(aws_iam_role_policy.flow).policy).Statement :
      join(",", statement.Action) => statement.Resource
      } == {
      "logs:CreateLogStream,logs:DescribeLogStreams,logs:PutLogEvents" = [
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/desk-test-flow:*"
      ]
      "logs:DescribeLogGroups" = ["arn:aws:logs:us-east-1:123456789012:log-group:*"]
    }
    error_message = "It finds log groups, and writes to its own."
  }

  assert {
    condition = jsondecode(one(aws_iam_role.flow).assume_role_policy).Statement == [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = "123456789012" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*" }
      }
    }]
    error_message = "Flow logs of this account take the role, and nothing else."
  }

  assert {
    condition     = one(aws_iam_role.flow).permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "A boundary holds for every role."
  }
}
