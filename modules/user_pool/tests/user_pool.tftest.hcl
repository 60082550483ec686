mock_provider "aws" {
  override_resource {
    target = aws_cognito_user_pool.this
    values = {
      arn = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_aaaaaaaaa"
      id  = "us-east-1_aaaaaaaaa"
    }
  }

  override_resource {
    target = aws_cognito_user_pool_client.this
    values = { id = "11111111111111111111111111" }
  }
}

# proves: A5, X2
run "what_the_authorizer_and_programs_need_is_put_out" {
  command = apply

  assert {
    condition = [output.user_pool_arn, output.user_pool_client_id] == [
      "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_aaaaaaaaa",
      "11111111111111111111111111",
    ]
    error_message = "The authorizer is given the pool's ARN, programs the client's id."
  }

  assert {
    condition     = aws_cognito_user_pool_client.this.user_pool_id == "us-east-1_aaaaaaaaa"
    error_message = "The client is this pool's."
  }
}

# proves: X2
run "only_an_administrator_enters_people" {
  command = apply

  assert {
    condition     = one(aws_cognito_user_pool.this.admin_create_user_config).allow_admin_create_user_only
    error_message = "Nobody signs up by himself."
  }

  assert {
    condition = [
      for way in one(aws_cognito_user_pool.this.account_recovery_setting).recovery_mechanism : way.name
    ] == ["admin_only"]
    error_message = "A password is reset by an administrator, and by no address that nobody has verified."
  }

  assert {
    condition     = toset(aws_cognito_user_pool_client.this.write_attributes) == toset(["name"])
    error_message = "Nobody changes what tokens say of him, but for the name that is shown."
  }
}

# proves: X2
run "passwords_are_long_and_never_sent_by_people" {
  command = apply

  assert {
    condition = jsonencode({
      for key, value in one(aws_cognito_user_pool.this.password_policy) : key => value
      if key != "password_history_size" # not in this tier
      }) == jsonencode({
      minimum_length                   = 14
      require_lowercase                = true
      require_numbers                  = true
      require_symbols                  = true
      require_uppercase                = true
      temporary_password_validity_days = 3
    })
    error_message = "Passwords are long and mixed, and one that was given out is good for three days."
  }

  assert {
    condition = toset(aws_cognito_user_pool_client.this.explicit_auth_flows) == toset([
      "ALLOW_ADMIN_USER_PASSWORD_AUTH",
      "ALLOW_REFRESH_TOKEN_AUTH",
      "ALLOW_USER_SRP_AUTH",
    ])
    error_message = "People prove their passwords; one is sent only together with credentials of the account."
  }

  assert {
    condition = (
      aws_cognito_user_pool_client.this.generate_secret == false &&
      aws_cognito_user_pool_client.this.prevent_user_existence_errors == "ENABLED"
    )
    error_message = "The client has no secret, and tells nobody which names there are."
  }

  assert {
    condition = (
      aws_cognito_user_pool.this.mfa_configuration == "OPTIONAL" &&
      one(aws_cognito_user_pool.this.software_token_mfa_configuration).enabled
    )
    error_message = "A second factor can be had, by an app."
  }
}

# proves: X2
run "tokens_are_short_lived" {
  command = apply

  assert {
    condition = jsonencode([
      aws_cognito_user_pool_client.this.access_token_validity,
      aws_cognito_user_pool_client.this.id_token_validity,
      aws_cognito_user_pool_client.this.refresh_token_validity,
      aws_cognito_user_pool_client.this.token_validity_units,
      ]) == jsonencode([
      60, 60, 12, [{ access_token = "minutes", id_token = "minutes", refresh_token = "hours" }],
    ])
    error_message = "A token is good for an hour, and can be renewed for half a day."
  }
}

# proves: X2
run "off_and_cheapest_unless_asked_for" {
  command = apply

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "INACTIVE"
    error_message = "Unprotected by default: an environment can be destroyed."
  }

  assert {
    condition     = aws_cognito_user_pool.this.user_pool_tier == "LITE"
    error_message = "The tier is the one that costs least."
  }
}

# proves: X2
run "protected_by_setting" {
  command = apply

  variables {
    deletion_protection = true
  }

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "Cognito refuses to delete the pool."
  }
}
