# GitHub's jobs prove who they are by OpenID Connect: no key is kept anywhere. The subject says which
# repository, and which branch, pull request or GitHub environment a job runs for; a pull request of
# a fork gets no token to say it with. The subject of a repository that was made, renamed or moved since
# 15 July 2026 has the ids of owner and repository in it, which the setting then has as well.
# https://docs.github.com/en/actions/reference/security/oidc
locals {
  issuer       = "token.actions.githubusercontent.com"
  provider_arn = local.github ? coalesce(var.github_oidc_provider_arn, one(aws_iam_openid_connect_provider.github[*].arn)) : ""

  subjects = {
    plan = [
      "repo:${coalesce(var.github_repository, "-")}:pull_request",
      "repo:${coalesce(var.github_repository, "-")}:ref:refs/heads/develop",
      "repo:${coalesce(var.github_repository, "-")}:ref:refs/heads/main",
    ]
    deploy = ["repo:${coalesce(var.github_repository, "-")}:environment:${var.environment}"]
  }

  trust = {
    for role, subjects in local.subjects : role => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Federated = local.provider_arn }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "${local.issuer}:aud" = "sts.amazonaws.com"
            "${local.issuer}:sub" = subjects
          }
        }
      }]
    })
  }
}

# An account has one such provider; where another stack has made it, its ARN is given.
resource "aws_iam_openid_connect_provider" "github" {
  count = local.github && var.github_oidc_provider_arn == null ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "plan" {
  count = local.github ? 1 : 0

  name                 = "${var.name_prefix}-plan"
  description          = "Plans, and looks for drift; changes nothing"
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = local.trust.plan
}

resource "aws_iam_role" "deploy" {
  count = local.github ? 1 : 0

  name                 = "${var.name_prefix}-deploy"
  description          = "Promotes: applies, deploys, verifies, records"
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = local.trust.deploy
  max_session_duration = 7200 # a canary and a NAT gateway in one promotion take more than an hour
}

# each document by itself: a managed policy takes 6,144 characters
resource "aws_iam_policy" "plan" {
  for_each = { for name, statements in local.plan_policies : name => statements if local.github }

  name   = "${var.name_prefix}-plan-${each.key}"
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "plan" {
  for_each = aws_iam_policy.plan

  role       = aws_iam_role.plan[0].name
  policy_arn = each.value.arn
}

# whoever deploys reads all that a plan reads
resource "aws_iam_role_policy_attachment" "deploy_reads" {
  for_each = aws_iam_policy.plan

  role       = aws_iam_role.deploy[0].name
  policy_arn = each.value.arn
}

resource "aws_iam_policy" "deploy" {
  for_each = { for name, statements in local.deploy_policies : name => statements if local.github }

  name   = "${var.name_prefix}-deploy-${each.key}"
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = aws_iam_policy.deploy

  role       = aws_iam_role.deploy[0].name
  policy_arn = each.value.arn
}
