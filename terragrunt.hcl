# The root: what every unit of every environment shares. Units include it, and it reads the
# environment they stand in, so it is evaluated once for each unit.

# The engine; then the project's settings, and the environment's own on top of them, section by
# section. The environment is named by its folder. codegen/settings/ merges, and checks, the same
# files.
locals {
  # "terraform", or "tofu" for OpenTofu; `make setup` installs it
  engine = "terraform"

  # get_original_terragrunt_dir() is the unit's folder also where a file in units/ reads this one;
  # find_in_parent_folders() would then search above this file
  environment_folder = dirname(get_original_terragrunt_dir())
  project            = yamldecode(file("${local.environment_folder}/../project.yaml"))
  own                = yamldecode(file("${local.environment_folder}/env.yaml"))

  environment = basename(local.environment_folder)
  account_id  = local.own.account_id
  profile     = local.own.aws_profile
  region      = try(local.own.region, local.project.region)

  settings = {
    for section, defaults in local.project.defaults :
    section => merge(defaults, try(local.own[section], {}))
  }

  name_prefix          = "${local.project.name}-${local.environment}"
  state_bucket_name    = "${local.name_prefix}-${local.account_id}-tfstate"
  artifact_bucket_name = "${local.name_prefix}-${local.account_id}-artifacts"
  data_bucket_name     = "${local.name_prefix}-${local.account_id}-data"
}

# Each environment keeps its state in a bucket of its own account, locked by a lock file beside it.
remote_state {
  backend = "s3"

  generate = {
    path      = "backend.tf"
    if_exists = "overwrite_terragrunt"
  }

  config = {
    bucket       = local.state_bucket_name
    key          = "${path_relative_to_include()}/terraform.tfstate"
    region       = local.region
    profile      = local.profile
    encrypt      = true
    use_lockfile = true
  }
}

# The provider refuses any account but the environment's, and marks everything it makes.
generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite_terragrunt"

  contents = <<-EOF
    provider "aws" {
      region              = "${local.region}"
      profile             = "${local.profile}"
      allowed_account_ids = ["${local.account_id}"]

      default_tags {
        tags = {
          project     = "${local.project.name}"
          environment = "${local.environment}"
          managed-by  = "terraform"
        }
      }
    }
  EOF
}

# Without this, Terragrunt runs tofu wherever it is installed.
terraform_binary = local.engine

# One dependency lock for all units: the engines' registries differ. None is copied beside a unit, and
# no other provider is installed: whoever can write a state could name one there, which `init` would
# fetch and run.
generate "lock" {
  path              = ".terraform.lock.hcl"
  if_exists         = "overwrite"
  disable_signature = true
  contents          = file("${get_repo_root()}/modules/${local.engine}.lock.hcl")
}

terraform {
  copy_terraform_lock_file = false

  extra_arguments "locked" {
    commands  = ["init"]
    arguments = ["-lockfile=readonly"]
  }
}

# What every module is given; Terraform ignores those it has no variable for.
inputs = {
  name_prefix = local.name_prefix
  environment = local.environment
  account_id  = local.account_id
  region      = local.region

  # by name, not from the unit `storage`: nothing waits for the buckets' lifecycle rules
  artifact_bucket_name = local.artifact_bucket_name
  data_bucket_name     = local.data_bucket_name
}
