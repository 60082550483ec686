# Whoever makes roles could make one that may do more. So: only under the prefix; only with the boundary,
# and changed only where the boundary is on them; no policy is attached but the one that API Gateway
# asks for; each is handed to its own service alone; and none of the roles by which GitHub gets in, this
# one among them, nor the boundary. Whom a role trusts is written once, when it is made: to change it
# would not ask for the boundary. All this is changed by a person.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
locals {
  bounded = { "iam:PermissionsBoundary" = local.boundary_arn }

  # role → the one service that a promotion hands it to
  handed_to = {
    api-gateway = "apigateway.amazonaws.com"
    deployment  = "cloudformation.amazonaws.com"
    flow-logs   = "vpc-flow-logs.amazonaws.com"
  }

  deploy_role_statements = concat(
    [
      {
        Sid       = "Make"
        Effect    = "Allow"
        Action    = ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy"]
        Resource  = [local.named_roles_arn]
        Condition = { StringEquals = local.bounded }
      },
      {
        Sid      = "Attach"
        Effect   = "Allow"
        Action   = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
        Resource = [local.named_roles_arn]
        Condition = {
          StringEquals = local.bounded
          ArnEquals    = { "iam:PolicyARN" = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs" }
        }
      },
      {
        # nothing that is allowed anywhere goes by a role's tags
        Sid      = "Keep"
        Effect   = "Allow"
        Action   = ["iam:TagRole", "iam:UntagRole", "iam:UpdateRole", "iam:UpdateRoleDescription"]
        Resource = [local.named_roles_arn]
      },
    ],
    [
      for role, service in local.handed_to : {
        Sid       = "Hand${replace(title(role), "-", "")}"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = ["${local.roles_arn}/${var.name_prefix}-${role}"]
        Condition = { StringEquals = { "iam:PassedToService" = service } }
      }
    ],
    [
      {
        Sid    = "NotTheWayIn"
        Effect = "Deny"
        Action = [
          "iam:Add*",
          "iam:Attach*",
          "iam:Create*",
          "iam:Delete*",
          "iam:Detach*",
          "iam:PassRole",
          "iam:Put*",
          "iam:Remove*",
          "iam:Set*",
          "iam:Tag*",
          "iam:Untag*",
          "iam:Update*",
        ]
        Resource = local.way_in_arns
      },
      {
        Sid      = "BoundariesStay"
        Effect   = "Deny"
        Action   = ["iam:*PermissionsBoundary"]
        Resource = ["*"]
      },
    ],
  )
}
