include "root" {
  path = "${get_repo_root()}/terragrunt.hcl"
}

include "unit" {
  path = "${get_repo_root()}/units/${basename(get_terragrunt_dir())}.hcl"
}
