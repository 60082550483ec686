mock_provider "aws" {
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/desk-test" }
  }
}

# proves: I3
run "the_reader_reads_releases_and_nothing_else" {
  command = plan

  assert {
    condition = jsonencode(jsondecode(aws_iam_role_policy.release_reader[0].policy).Statement) == jsonencode([
      {
        Action = ["s3:GetObject"]
        Effect = "Allow"
        Resource = [
          "arn:aws:s3:::desk-test-123456789012-artifacts/artifacts/*",
          "arn:aws:s3:::desk-test-123456789012-artifacts/promotions/*",
          "arn:aws:s3:::desk-test-123456789012-artifacts/releases/*",
        ]
        Sid = "Read"
      },
      {
        Action    = ["s3:ListBucket", "s3:ListBucketVersions"]
        Condition = { StringLike = { "s3:prefix" = ["artifacts/*", "promotions/*", "releases/*"] } }
        Effect    = "Allow"
        Resource  = ["arn:aws:s3:::desk-test-123456789012-artifacts"]
        Sid       = "List"
      },
    ])
    error_message = "Objects under three prefixes, and their lists."
  }
}

# proves: I3
run "a_plan_changes_nothing" {
  command = plan

  assert {
    condition = toset(flatten([
      for policy in aws_iam_policy.plan : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : "${action} ${join(" ", statement.Resource)}"
          if statement.Effect == "Allow" && !can(regex(":(Decrypt|Describe|Get|List|GET)", action))
        ]
      ]
      ])) == toset([
      "sts:AssumeRole arn:aws:iam::111122223333:role/desk-below-release-reader",
    ])
    error_message = "All else describes, gets or lists."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.plan : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action :
          !contains(["s3:*", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "lambda:GetFunction"], action)
        ]
      ]
    ]))
    error_message = "A plan reads no contents."
  }

  assert {
    condition = flatten([
      for policy in aws_iam_policy.plan : [
        for statement in jsondecode(policy.policy).Statement : statement.Resource
        if contains(statement.Action, "secretsmanager:GetSecretValue")
      ]
    ]) == ["arn:aws:secretsmanager:us-east-1:123456789012:secret:desk-test/page-token-*"]
    error_message = "Of the secrets, the one that Terraform itself has made."
  }
}

# proves: I3
run "whoever_deploys_cannot_change_the_way_in" {
  command = plan

  assert {
    condition = [
      for statement in jsondecode(aws_iam_policy.deploy["roles"].policy).Statement : statement.Resource
      if statement.Sid == "NotTheWayIn" && statement.Effect == "Deny"
      ] == [[
        "arn:aws:iam::123456789012:role/desk-test-deploy",
        "arn:aws:iam::123456789012:role/desk-test-plan",
        "arn:aws:iam::123456789012:role/desk-test-release-reader",
        "arn:aws:iam::123456789012:oidc-provider/*",
        "arn:aws:iam::123456789012:policy/*",
    ]]
    error_message = "The three roles, all policies, the boundary among them, and the provider are a person's to change."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.deploy : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : statement.Resource != ["*"] if startswith(action, "iam:")
        ] if statement.Effect == "Allow"
      ]
    ]))
    error_message = "Roles are changed under the prefix only."
  }
}

# proves: I3
run "records_are_created_and_never_written_over" {
  command = plan

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_iam_policy.deploy["buckets"].policy).Statement :
      [statement.Effect, statement.Action, try(statement.Condition, null)]
      if anytrue([for resource in statement.Resource : strcontains(resource, "/promotions/")])
      ]) == jsonencode([
      ["Allow", ["s3:PutObject"], { Null = { "s3:if-none-match" = "false" } }],
      ["Deny", ["s3:PutObject"], { Null = { "s3:if-none-match" = "true" } }],
      ["Deny", ["s3:DeleteObject", "s3:DeleteObjectVersion"], null],
    ])
    error_message = "A put must say that nothing may be there; no delete, whatever a bucket's policy allows."
  }
}

# proves: I3
run "what_the_service_has_archived_is_no_business_of_a_deployment" {
  command = plan

  assert {
    condition = flatten([
      for statement in jsondecode(aws_iam_policy.deploy["buckets"].policy).Statement : statement.Action
      if statement.Effect == "Deny" && contains(statement.Resource, "arn:aws:s3:::desk-test-123456789012-data/*")
    ]) == ["s3:DeleteObject*", "s3:GetObject*", "s3:PutObject*"]
    error_message = "Denied, so that no bucket policy can allow it."
  }
}

# proves: I3
run "a_role_is_made_and_changed_with_the_boundary_only" {
  command = plan

  assert {
    condition = toset([
      for statement in jsondecode(aws_iam_policy.deploy["roles"].policy).Statement :
      statement.Condition.StringEquals["iam:PermissionsBoundary"] if contains(["Make", "Attach"], statement.Sid)
    ]) == toset(["arn:aws:iam::123456789012:policy/desk-test-boundary"])
    error_message = "A role without the boundary is neither made nor given a policy."
  }

  assert {
    condition     = output.permissions_boundary_arn == "arn:aws:iam::123456789012:policy/${aws_iam_policy.boundary[0].name}"
    error_message = "The other units are given the boundary that is made here."
  }
}

# proves: I3
run "without_a_repository_there_is_a_boundary_all_the_same" {
  command = plan

  variables {
    github_repository = null
  }

  assert {
    condition     = length(aws_iam_policy.boundary) == 1
    error_message = "Whoever makes the roles, they carry it: so nothing changes when GitHub is let in."
  }
}

# proves: I3
run "an_account_s_own_boundary_takes_its_place" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/theirs"
  }

  assert {
    condition     = length(aws_iam_policy.boundary) == 0 && output.permissions_boundary_arn == "arn:aws:iam::123456789012:policy/theirs"
    error_message = "A role has one boundary only."
  }

  assert {
    condition = toset([
      for statement in jsondecode(aws_iam_policy.deploy["roles"].policy).Statement :
      statement.Condition.StringEquals["iam:PermissionsBoundary"] if contains(["Make", "Attach"], statement.Sid)
    ]) == toset(["arn:aws:iam::123456789012:policy/theirs"])
    error_message = "A role without it is not made."
  }

  assert {
    condition = alltrue([
      for role in [aws_iam_role.plan[0], aws_iam_role.deploy[0], aws_iam_role.release_reader[0]] :
      role.permissions_boundary == "arn:aws:iam::123456789012:policy/theirs"
    ])
    error_message = "The roles made here have it too."
  }
}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
run "a_policy_is_no_longer_than_iam_takes" {
  command = plan

  variables {
    # the longest that there are
    name_prefix          = "project-of-16chr-environment-16ch"
    environment          = "environment-16ch"
    region               = "ap-southeast-1"
    state_bucket_name    = "project-of-16chr-environment-16ch-123456789012-tfstate"
    artifact_bucket_name = "project-of-16chr-environment-16ch-123456789012-artifacts"
    data_bucket_name     = "project-of-16chr-environment-16ch-123456789012-data"
  }

  assert {
    condition     = alltrue([for policy in concat(values(aws_iam_policy.plan), values(aws_iam_policy.deploy), aws_iam_policy.boundary) : length(policy.policy) <= 6144])
    error_message = "A managed policy takes 6,144 characters."
  }
}

run "refuses_a_boundary_that_is_no_policy" {
  command = plan

  variables {
    permissions_boundary_arn = "boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}
