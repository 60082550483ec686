# CodeDeploy's application, its deployment group for each function, and a deployment for each new
# version. CloudFormation names them after the stack. Without a canary too: a deployment that switches
# it off takes away what an earlier one made, and makes it anew when it is rolled back.
locals {
  codedeploy_arn        = "arn:aws:codedeploy:${local.region_arn}"
  applications_arn      = "${local.codedeploy_arn}:application:${var.name_prefix}-*"
  deployment_groups_arn = "${local.codedeploy_arn}:deploymentgroup:${var.name_prefix}-*/${var.name_prefix}-*"

  deployment_canary_statements = [
    {
      Sid    = "Canaries"
      Effect = "Allow"
      Action = [
        "codedeploy:CreateApplication",
        "codedeploy:CreateDeployment",
        "codedeploy:CreateDeploymentGroup",
        "codedeploy:DeleteApplication",
        "codedeploy:DeleteDeploymentGroup",
        "codedeploy:GetApplication",
        "codedeploy:GetApplicationRevision",
        "codedeploy:GetDeployment",
        "codedeploy:GetDeploymentGroup",
        "codedeploy:ListTagsForResource",
        "codedeploy:RegisterApplicationRevision",
        "codedeploy:TagResource",
        "codedeploy:UntagResource",
        "codedeploy:UpdateApplication",
        "codedeploy:UpdateDeploymentGroup",
      ]
      Resource = [local.applications_arn, local.deployment_groups_arn]
    },
    {
      # When an alarm has stopped one function's shift, CloudFormation cancels those that run beside
      # it. AWS's reference scopes this to deployment groups, but that is not honoured.
      Sid      = "CanaryStop"
      Effect   = "Allow"
      Action   = ["codedeploy:StopDeployment"]
      Resource = ["*"]
    },
    {
      Sid      = "CanarySteps"
      Effect   = "Allow"
      Action   = ["codedeploy:GetDeploymentConfig"]
      Resource = ["${local.codedeploy_arn}:deploymentconfig:CodeDeployDefault.Lambda*"]
    },
    {
      Sid       = "CanaryRole"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = [aws_iam_role.codedeploy.arn]
      Condition = { StringEquals = { "iam:PassedToService" = "codedeploy.amazonaws.com" } }
    },
  ]
}
