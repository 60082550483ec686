locals {
  settings = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals.settings

  indexes = ["gsi1", "gsi2", "gsi3"]
}

terraform {
  source = "${get_repo_root()}/modules//data"
}

inputs = {
  billing                 = local.settings.data.billing
  read_capacity           = local.settings.data.read_capacity
  write_capacity          = local.settings.data.write_capacity
  capacity_target_percent = local.settings.data.capacity_target_percent

  point_in_time_recovery = local.settings.data.point_in_time_recovery
  deletion_protection    = local.settings.data.deletion_protection

  hash_key      = "pk"
  range_key     = "sk"
  ttl_attribute = "expires_at"

  attributes = merge(
    { pk = "S", sk = "S" },
    { for index in local.indexes : "${index}pk" => "S" },
    { for index in local.indexes : "${index}sk" => "S" },
  )

  global_secondary_indexes = [
    for index in local.indexes :
    { name = index, hash_key = "${index}pk", range_key = "${index}sk" }
  ]
}
