locals {
  settings = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals.settings
}

terraform {
  source = "${get_repo_root()}/modules//network"
}

inputs = {
  cidr  = local.settings.network.cidr
  zones = local.settings.network.zones
  nat   = local.settings.network.nat

  interface_endpoints = local.settings.network.interface_endpoints
}
