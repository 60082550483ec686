mock_provider "aws" {
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/desk-test" }
  }

  override_resource {
    target = aws_iam_openid_connect_provider.github
    values = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }
}

# proves: I3
run "a_job_is_trusted_by_its_whole_subject" {
  command = apply

  assert {
    condition = jsonencode({
      for role in [aws_iam_role.plan[0], aws_iam_role.deploy[0]] :
      role.name => jsondecode(role.assume_role_policy).Statement
      }) == jsonencode({
      desk-test-plan = [{
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
            "token.actions.githubusercontent.com:sub" = [
              "repo:example/desk:pull_request",
              "repo:example/desk:ref:refs/heads/develop",
              "repo:example/desk:ref:refs/heads/main",
            ]
          }
        }
        Effect    = "Allow"
        Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      }]
      desk-test-deploy = [{
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
            "token.actions.githubusercontent.com:sub" = ["repo:example/desk:environment:test"]
          }
        }
        Effect    = "Allow"
        Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      }]
    })
    error_message = "plan: pull requests and the two branches; deploy: the GitHub environment alone."
  }
}

# proves: I3
run "a_repository_is_trusted_by_its_ids_where_tokens_have_them" {
  command = apply

  variables {
    github_repository = "example@123/desk@4567"
  }

  assert {
    condition = (
      jsondecode(aws_iam_role.deploy[0].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]
      == ["repo:example@123/desk@4567:environment:test"]
    )
    error_message = "The subject that GitHub gives repositories made since July 2026."
  }
}

# proves: I3
run "without_a_repository_github_has_no_way_in" {
  command = apply

  variables {
    github_repository = null
  }

  assert {
    condition = (
      length(aws_iam_openid_connect_provider.github) + length(aws_iam_role.plan) +
      length(aws_iam_role.deploy) + length(aws_iam_policy.plan) + length(aws_iam_policy.deploy) == 0
    )
    error_message = "No provider, no role, no policy."
  }

  assert {
    condition     = [output.plan_role_arn, output.deploy_role_arn] == ["", ""]
    error_message = "The outputs are there, and empty."
  }
}

# proves: I3
run "an_account_s_own_provider_is_used" {
  command = apply

  variables {
    github_oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/theirs"
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "There is one already."
  }

  assert {
    condition     = jsondecode(aws_iam_role.plan[0].assume_role_policy).Statement[0].Principal.Federated == "arn:aws:iam::123456789012:oidc-provider/theirs"
    error_message = "The roles trust it."
  }
}

# proves: I3
run "the_next_environment_reads_releases" {
  command = apply

  assert {
    condition = jsonencode(jsondecode(aws_iam_role.release_reader[0].assume_role_policy).Statement) == jsonencode([{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = { AWS = ["arn:aws:iam::210987654321:root"] }
    }])
    error_message = "The account of the next environment takes the role."
  }
}

# proves: I3
run "where_nothing_is_promoted_from_nobody_reads" {
  command = apply

  variables {
    reader_account_ids = []
  }

  assert {
    condition     = length(aws_iam_role.release_reader) + length(aws_iam_role_policy.release_reader) == 0
    error_message = "There is no such role."
  }
}

run "refuses_a_repository_with_a_wildcard" {
  command = plan

  variables {
    github_repository = "example/*"
  }

  expect_failures = [var.github_repository]
}

run "refuses_a_reader_that_is_no_account" {
  command = plan

  variables {
    reader_account_ids = ["*"]
  }

  expect_failures = [var.reader_account_ids]
}

run "refuses_a_prefix_that_makes_no_role_name" {
  command = plan

  variables {
    name_prefix = "Desk_Dev"
  }

  expect_failures = [var.name_prefix]
}

run "refuses_an_account_id_of_four_digits" {
  command = plan

  variables {
    account_id = "1234"
  }

  expect_failures = [var.account_id]
}
