# Who may call an API that asks for a token. An administrator enters people: there is no self
# sign-up, no hosted page, and no other provider of identities.
resource "aws_cognito_user_pool" "this" {
  name                = "${var.name_prefix}-users"
  deletion_protection = var.deletion_protection ? "ACTIVE" : "INACTIVE"

  # the dearer tiers cost more for each user, for what is not used here
  user_pool_tier = "LITE"

  # by an authenticator app, which costs nothing; text messages would
  mfa_configuration = "OPTIONAL"

  software_token_mfa_configuration {
    enabled = true
  }

  admin_create_user_config {
    allow_admin_create_user_only = true
  }

  # who has lost a password asks an administrator: an address that nobody has verified resets none
  account_recovery_setting {
    recovery_mechanism {
      name     = "admin_only"
      priority = 1
    }
  }

  # or "Ana" and "ana" were two people
  username_configuration {
    case_sensitive = false
  }

  password_policy {
    minimum_length                   = 14
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = true
    require_uppercase                = true
    temporary_password_validity_days = 3
  }
}

# What people's programs, which can keep no secret, sign in as.
resource "aws_cognito_user_pool_client" "this" {
  name         = "${var.name_prefix}-api"
  user_pool_id = aws_cognito_user_pool.this.id

  generate_secret = false

  # A person's password is proven (SRP) and never sent. The other way is for scripts that hold
  # credentials of this account, which Cognito asks for as well as the password.
  explicit_auth_flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]

  # an unknown name is answered like a wrong password
  prevent_user_existence_errors = "ENABLED"

  # whoever is locked out has no token an hour later
  access_token_validity  = 60
  id_token_validity      = 60
  refresh_token_validity = 12

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "hours"
  }

  # tokens say who somebody is; nobody changes that of himself but the name that is shown
  read_attributes  = ["email", "name"]
  write_attributes = ["name"]
}
