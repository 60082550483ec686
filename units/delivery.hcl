locals {
  # every environment there is: what comes from here is read by the next one, and the other way round
  live         = "${dirname(get_original_terragrunt_dir())}/.."
  environments = { for file in fileset(local.live, "*/env.yaml") : dirname(file) => yamldecode(file("${local.live}/${file}")) }

  root     = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals
  settings = local.root.settings
  below    = try(local.root.own.promoted_from, null)
}

terraform {
  source = "${get_repo_root()}/modules//delivery"
}

inputs = {
  project                  = local.root.project.name
  state_bucket_name        = local.root.state_bucket_name
  permissions_boundary_arn = local.settings.access.permissions_boundary_arn

  github_repository        = local.settings.delivery.github_repository
  github_oidc_provider_arn = local.settings.delivery.github_oidc_provider_arn

  reader_account_ids = [
    for environment in values(local.environments) : environment.account_id
    if try(environment.promoted_from, null) == local.root.environment
  ]

  release_reader_arn = try(
    "arn:aws:iam::${local.environments[local.below].account_id}:role/${local.root.project.name}-${local.below}-release-reader",
    null,
  )
}
