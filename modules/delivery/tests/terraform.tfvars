# What every run here begins with.
name_prefix              = "desk-test"
project                  = "desk"
environment              = "test"
account_id               = "123456789012"
region                   = "us-east-1"
state_bucket_name        = "desk-test-123456789012-tfstate"
artifact_bucket_name     = "desk-test-123456789012-artifacts"
data_bucket_name         = "desk-test-123456789012-data"
permissions_boundary_arn = null
reader_account_ids       = ["210987654321"]
release_reader_arn       = "arn:aws:iam::111122223333:role/desk-below-release-reader"
github_repository        = "example/desk"
github_oidc_provider_arn = null
