# What a promotion changes: the units' resources, the application's stack, the artifact bucket; and
# what its smoke test calls. All of it under this environment's prefix, where the service has names
# to ask for. The application's own resources are made by CloudFormation with its role (module access).
locals {
  account_arn   = "${var.region}:${var.account_id}"
  roles_arn     = "arn:aws:iam::${var.account_id}:role"
  stack_arn     = "arn:aws:cloudformation:${local.account_arn}:stack/${var.name_prefix}/*"
  functions_arn = "arn:aws:lambda:${local.account_arn}:function:${var.name_prefix}-*"
  gateway_arn   = "arn:aws:apigateway:${var.region}::"

  deploy_policies = {
    network     = local.deploy_network_statements
    services    = local.deploy_service_statements
    roles       = local.deploy_role_statements
    buckets     = local.deploy_bucket_statements
    application = local.deploy_application_statements
  }

  # EC2 gives ids, not names; what has been made here is known by its tag only once it is there
  deploy_network_statements = [
    {
      Sid    = "Network"
      Effect = "Allow"
      Action = [
        "ec2:AllocateAddress",
        "ec2:AssociateRouteTable",
        "ec2:AttachInternetGateway",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateFlowLogs",
        "ec2:CreateInternetGateway",
        "ec2:CreateNatGateway",
        "ec2:CreateRoute",
        "ec2:CreateRouteTable",
        "ec2:CreateSecurityGroup",
        "ec2:CreateSubnet",
        "ec2:CreateTags",
        "ec2:CreateVpc",
        "ec2:CreateVpcEndpoint",
        "ec2:DeleteFlowLogs",
        "ec2:DeleteInternetGateway",
        "ec2:DeleteNatGateway",
        "ec2:DeleteRoute",
        "ec2:DeleteRouteTable",
        "ec2:DeleteSecurityGroup",
        "ec2:DeleteSubnet",
        "ec2:DeleteTags",
        "ec2:DeleteVpc",
        "ec2:DeleteVpcEndpoints",
        "ec2:DetachInternetGateway",
        "ec2:DisassociateAddress",
        "ec2:DisassociateRouteTable",
        "ec2:ModifySecurityGroupRules",
        "ec2:ModifySubnetAttribute",
        "ec2:ModifyVpcAttribute",
        "ec2:ModifyVpcEndpoint",
        "ec2:ReleaseAddress",
        "ec2:ReplaceRoute",
        "ec2:ReplaceRouteTableAssociation",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
        "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
        "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
      ]
      Resource = ["arn:aws:ec2:${local.account_arn}:*/*"]
    },
  ]

  deploy_service_statements = [
    {
      Sid    = "Named"
      Effect = "Allow"
      Action = [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DeleteDashboards",
        "cloudwatch:PutDashboard",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
        "dynamodb:CreateTable",
        "dynamodb:DeleteTable",
        "dynamodb:TagResource",
        "dynamodb:UntagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
        "events:CreateEventBus",
        "events:DeleteEventBus",
        "events:TagResource",
        "events:UntagResource",
        "events:UpdateEventBus",
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
        "secretsmanager:CreateSecret",
        "secretsmanager:DeleteSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:TagResource",
        "secretsmanager:UntagResource",
        "secretsmanager:UpdateSecret",
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
        "sns:Unsubscribe",
        "sns:UntagResource",
      ]
      Resource = [
        "arn:aws:cloudwatch:${local.account_arn}:alarm:${var.name_prefix}-*",
        "arn:aws:cloudwatch::${var.account_id}:dashboard/${var.name_prefix}*",
        "arn:aws:dynamodb:${local.account_arn}:table/${var.name_prefix}-*",
        "arn:aws:events:${local.account_arn}:event-bus/${var.name_prefix}-*",
        "arn:aws:logs:${local.account_arn}:log-group:/aws/apigateway/${var.name_prefix}-*",
        "arn:aws:logs:${local.account_arn}:log-group:/aws/lambda-insights*",
        "arn:aws:logs:${local.account_arn}:log-group:/aws/lambda/${var.name_prefix}-*",
        "arn:aws:logs:${local.account_arn}:log-group:/aws/vpc/${var.name_prefix}*",
        "arn:aws:secretsmanager:${local.account_arn}:secret:${var.name_prefix}/*",
        "arn:aws:sns:${local.account_arn}:${var.name_prefix}-*",
      ]
    },
    {
      # these take no name: ids, or no resource at all
      Sid    = "Unnamed"
      Effect = "Allow"
      Action = [
        "application-autoscaling:DeleteScalingPolicy",
        "application-autoscaling:DeregisterScalableTarget",
        "application-autoscaling:PutScalingPolicy",
        "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:TagResource",
        "cognito-idp:CreateUserPool",
        "cognito-idp:CreateUserPoolClient",
        "cognito-idp:DeleteUserPool",
        "cognito-idp:DeleteUserPoolClient",
        "cognito-idp:SetUserPoolMfaConfig",
        "cognito-idp:TagResource",
        "cognito-idp:UpdateUserPool",
        "cognito-idp:UpdateUserPoolClient",
        "kms:CreateAlias",
        "kms:CreateKey",
        "kms:DeleteAlias",
        "kms:EnableKeyRotation",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
      ]
      Resource = ["*"]
    },
    {
      # the first table with autoscaling in an account brings it
      Sid       = "AutoscalingRole"
      Effect    = "Allow"
      Action    = ["iam:CreateServiceLinkedRole"]
      Resource  = ["${local.roles_arn}/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/*"]
      Condition = { StringEquals = { "iam:AWSServiceName" = "dynamodb.application-autoscaling.amazonaws.com" } }
    },
    {
      Sid      = "GatewayAccount"
      Effect   = "Allow"
      Action   = ["apigateway:PATCH"]
      Resource = ["${local.gateway_arn}/account"]
    },
  ]

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

  deploy_bucket_statements = concat(
    [
      {
        Sid    = "Settings"
        Effect = "Allow"
        Action = [
          "s3:CreateBucket",
          "s3:DeleteBucketPolicy",
          "s3:PutBucketOwnershipControls",
          "s3:PutBucketPolicy",
          "s3:PutBucketPublicAccessBlock",
          "s3:PutBucketTagging",
          "s3:PutBucketVersioning",
          "s3:PutEncryptionConfiguration",
          "s3:PutLifecycleConfiguration",
        ]
        Resource = [local.state_bucket_arn, local.artifact_bucket_arn, local.data_bucket_arn]
      },
      {
        Sid      = "States"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${local.state_bucket_arn}/*"]
      },
      {
        Sid      = "Locks"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject"]
        Resource = ["${local.state_bucket_arn}/*.tflock"]
      },
      {
        Sid    = "Releases"
        Effect = "Allow"
        Action = [
          "s3:DeleteObjectTagging",
          "s3:GetObjectTagging",
          "s3:PutObject",
          "s3:PutObjectTagging",
        ]
        Resource = ["${local.artifact_bucket_arn}/artifacts/*", "${local.artifact_bucket_arn}/releases/*"]
      },
      {
        # SAM uploads the template that CloudFormation then reads
        Sid      = "Template"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${local.artifact_bucket_arn}/sam/*"]
      },
      {
        Sid      = "Lease"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:PutObject"]
        Resource = ["${local.artifact_bucket_arn}/locks/*"]
      },
      {
        # created, never written over: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
        Sid       = "Records"
        Effect    = "Allow"
        Action    = ["s3:PutObject"]
        Resource  = ["${local.artifact_bucket_arn}/promotions/*"]
        Condition = { Null = { "s3:if-none-match" = "false" } }
      },
      # whoever may write a bucket's policy could let itself do more: not these
      {
        Sid       = "RecordsOnce"
        Effect    = "Deny"
        Action    = ["s3:PutObject"]
        Resource  = ["${local.artifact_bucket_arn}/promotions/*"]
        Condition = { Null = { "s3:if-none-match" = "true" } }
      },
      {
        Sid      = "RecordsStay"
        Effect   = "Deny"
        Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
        Resource = ["${local.artifact_bucket_arn}/promotions/*"]
      },
      {
        Sid      = "NotTheArchive"
        Effect   = "Deny"
        Action   = ["s3:DeleteObject*", "s3:GetObject*", "s3:PutObject*"]
        Resource = ["${local.data_bucket_arn}/*"]
      },
    ],
    local.below_statements,
  )

  deploy_application_statements = [
    {
      Sid    = "Stack"
      Effect = "Allow"
      Action = [
        "cloudformation:ContinueUpdateRollback",
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DeleteStack",
        "cloudformation:DescribeChangeSet",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:GetTemplateSummary",
        "cloudformation:TagResource",
      ]
      Resource = [local.stack_arn, "arn:aws:cloudformation:${var.region}:aws:transform/Serverless-2016-10-31"]
    },
    {
      # of a template that is not deployed yet, so of no stack
      Sid      = "Summary"
      Effect   = "Allow"
      Action   = ["cloudformation:GetTemplateSummary"]
      Resource = ["*"]
    },
    {
      # the smoke test: the scheduled function's alias, the API, its key, and the tickets it leaves
      Sid      = "SmokeFunctions"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = [local.functions_arn]
    },
    {
      Sid      = "SmokeApi"
      Effect   = "Allow"
      Action   = ["execute-api:Invoke"]
      Resource = ["arn:aws:execute-api:${local.account_arn}:*"]
    },
    {
      Sid      = "SmokeKey"
      Effect   = "Allow"
      Action   = ["apigateway:GET"]
      Resource = ["${local.gateway_arn}/apikeys/*", "${local.gateway_arn}/restapis/*"]
    },
    {
      # a user of the pool, for as long as the test takes
      Sid    = "SmokeUser"
      Effect = "Allow"
      Action = [
        "cognito-idp:AdminCreateUser",
        "cognito-idp:AdminDeleteUser",
        "cognito-idp:AdminInitiateAuth",
        "cognito-idp:AdminSetUserPassword",
        "cognito-idp:ListUserPoolClients",
      ]
      Resource = ["arn:aws:cognito-idp:${local.account_arn}:userpool/*"]
    },
    {
      Sid    = "SmokeTickets"
      Effect = "Allow"
      Action = [
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:Query",
      ]
      Resource = [
        "arn:aws:dynamodb:${local.account_arn}:table/${var.name_prefix}-*",
      ]
    },
  ]
}
