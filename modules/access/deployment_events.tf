# EventBridge rules with their targets, and the queues with their policies.
locals {
  deployment_event_statements = [
    {
      Sid    = "Rules"
      Effect = "Allow"
      Action = [
        "events:DeleteRule",
        "events:DescribeRule",
        "events:DisableRule",
        "events:EnableRule",
        "events:ListTagsForResource",
        "events:ListTargetsByRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:TagResource",
        "events:UntagResource",
      ]
      # those of the environment's own bus too, which are rule/<bus>/<rule>: the bus has the prefix
      Resource = ["arn:aws:events:${local.region_arn}:rule/${var.name_prefix}-*"]
    },
    {
      Sid    = "Queues"
      Effect = "Allow"
      Action = [
        "sqs:CreateQueue",
        "sqs:DeleteQueue",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListQueueTags",
        "sqs:SetQueueAttributes",
        "sqs:TagQueue",
        "sqs:UntagQueue",
      ]
      Resource = ["arn:aws:sqs:${local.region_arn}:${var.name_prefix}-*"]
    },
  ]
}
