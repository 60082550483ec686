locals {
  # A role that makes roles could make itself another one. So: only under the prefix, handed only to
  # the services that this stack uses, only within the boundary where there is one; and none of the
  # roles by which GitHub gets in, this one among them. Those are changed by a person.
  bounded = {
    for key, condition in { Condition = { StringEquals = { "iam:PermissionsBoundary" = var.permissions_boundary_arn } } } :
    key => condition if var.permissions_boundary_arn != null
  }
  own_roles = ["deploy", "plan", "release-reader"]

  deploy_role_statements = [
    merge(
      {
        Sid    = "Make"
        Effect = "Allow"
        Action = [
          "iam:AttachRolePolicy",
          "iam:CreateRole",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:PutRolePolicy",
        ]
        Resource = ["${local.roles_arn}/${var.name_prefix}-*"]
      },
      local.bounded,
    ),
    {
      Sid    = "Keep"
      Effect = "Allow"
      Action = [
        "iam:DeleteRole",
        "iam:ListInstanceProfilesForRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ]
      Resource = ["${local.roles_arn}/${var.name_prefix}-*"]
    },
    {
      Sid      = "Pass"
      Effect   = "Allow"
      Action   = ["iam:PassRole"]
      Resource = ["${local.roles_arn}/${var.name_prefix}-*"]
      Condition = {
        StringEquals = {
          "iam:PassedToService" = [
            "apigateway.amazonaws.com",
            "cloudformation.amazonaws.com",
            "vpc-flow-logs.amazonaws.com",
          ]
        }
      }
    },
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
        "iam:Update*",
      ]
      Resource = concat(
        [for role in local.own_roles : "${local.roles_arn}/${var.name_prefix}-${role}"],
        [
          "arn:aws:iam::${var.account_id}:oidc-provider/*",
          "arn:aws:iam::${var.account_id}:policy/${var.name_prefix}-deploy-*",
          "arn:aws:iam::${var.account_id}:policy/${var.name_prefix}-plan-*",
        ],
      )
    },
  ]
}
