# What the unit `network` and the flow log are made of. EC2 gives ids, not names: what a promotion makes
# must carry this environment's tags, and what exists already is known by them. A request is asked for
# each resource in it, the one that is made and those it is made in, so the three kinds are apart: no
# type that is made in a statement is one that another action of that statement is made in.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_actions-resources-contextkeys.html
# The VPC itself, its internet gateway and its default group are a person's: that group has no tags yet.
locals {
  ec2_arn = "arn:aws:ec2:${local.account_arn}"

  made_in_vpc    = ["AllocateAddress", "CreateRouteTable", "CreateSecurityGroup", "CreateSubnet"]
  made_in_subnet = ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateFlowLogs", "CreateNatGateway", "CreateVpcEndpoint"]

  types_in_vpc    = ["elastic-ip", "route-table", "security-group", "subnet"]
  types_in_subnet = ["natgateway", "security-group-rule", "vpc-endpoint", "vpc-flow-log"]

  deploy_network_statements = [
    {
      Sid       = "MakeInVpc"
      Effect    = "Allow"
      Action    = [for action in local.made_in_vpc : "ec2:${action}"]
      Resource  = [for type in local.types_in_vpc : "${local.ec2_arn}:${type}/*"]
      Condition = local.new
    },
    {
      Sid       = "MakeInSubnet"
      Effect    = "Allow"
      Action    = [for action in local.made_in_subnet : "ec2:${action}"]
      Resource  = [for type in local.types_in_subnet : "${local.ec2_arn}:${type}/*"]
      Condition = local.new
    },
    {
      # while it is made, and at no other time: a tag on what exists would make it this environment's
      Sid       = "TagNew"
      Effect    = "Allow"
      Action    = ["ec2:CreateTags"]
      Resource  = [for type in concat(local.types_in_vpc, local.types_in_subnet) : "${local.ec2_arn}:${type}/*"]
      Condition = { StringEquals = { "ec2:CreateAction" = concat(local.made_in_vpc, local.made_in_subnet) } }
    },
    {
      Sid    = "Own"
      Effect = "Allow"
      Action = concat(
        [for action in concat(local.made_in_vpc, local.made_in_subnet) : "ec2:${action}"],
        [
          "ec2:AssociateRouteTable",
          "ec2:CreateRoute",
          "ec2:CreateTags",
          "ec2:DeleteFlowLogs",
          "ec2:DeleteNatGateway",
          "ec2:DeleteRoute",
          "ec2:DeleteRouteTable",
          "ec2:DeleteTags",
          "ec2:DeleteVpcEndpoints",
          "ec2:DisassociateRouteTable",
          "ec2:ModifySecurityGroupRules",
          "ec2:ModifySubnetAttribute",
          "ec2:ModifyVpcAttribute",
          "ec2:ModifyVpcEndpoint",
          "ec2:ReplaceRoute",
          "ec2:ReplaceRouteTableAssociation",
          "ec2:RevokeSecurityGroupEgress",
          "ec2:RevokeSecurityGroupIngress",
          "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
          "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
        ],
      )
      Resource  = [for type in concat(["vpc"], local.types_in_vpc, local.types_in_subnet) : "${local.ec2_arn}:${type}/*"]
      Condition = local.own
    },
    {
      # an interface endpoint's private names; the zone is AWS's
      Sid      = "PrivateNames"
      Effect   = "Allow"
      Action   = ["route53:AssociateVPCWithHostedZone"]
      Resource = ["arn:aws:route53:::hostedzone/*"]
    },
  ]
}
