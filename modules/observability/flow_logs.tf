# Which connections the VPC saw: to find out what a function tried to reach, and what reached for it.
locals {
  flow_logs     = var.flow_logs == "none" ? 0 : 1
  traffic_types = { accepted = "ACCEPT", rejected = "REJECT", all = "ALL" }

  logs_arn = "arn:aws:logs:${var.region}:${var.account_id}:log-group"
}

resource "aws_cloudwatch_log_group" "flow" {
  count = local.flow_logs

  name              = "/aws/vpc/${var.name_prefix}-flow"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn == "" ? null : var.kms_key_arn
}

resource "aws_flow_log" "vpc" {
  count = local.flow_logs

  vpc_id          = var.vpc_id
  traffic_type    = local.traffic_types[var.flow_logs]
  log_destination = aws_cloudwatch_log_group.flow[0].arn
  iam_role_arn    = aws_iam_role.flow[0].arn

  # ten minutes in a line: what is written is paid for by size
  max_aggregation_interval = 600

  tags = { Name = "${var.name_prefix}-flow" }

  # or the first lines would be refused
  depends_on = [aws_iam_role_policy.flow]
}

resource "aws_iam_role" "flow" {
  count = local.flow_logs

  name                 = "${var.name_prefix}-flow-logs"
  description          = "What VPC flow logs may do: write to their log group"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:${var.region}:${var.account_id}:vpc-flow-log/*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "flow" {
  count = local.flow_logs

  name = "flow-logs"
  role = aws_iam_role.flow[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Write"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = ["${local.logs_arn}:/aws/vpc/${var.name_prefix}-flow:*"]
      },
      {
        # asked for of all groups, whatever the one that is looked for:
        # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
        Sid      = "Find"
        Effect   = "Allow"
        Action   = ["logs:DescribeLogGroups"]
        Resource = ["${local.logs_arn}:*"]
      },
    ]
  })
}
