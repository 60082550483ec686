# What every run here begins with.
name_prefix            = "desk-test"
point_in_time_recovery = true
deletion_protection    = false
billing                = "on_demand"
hash_key               = "pk"
range_key              = "sk"
ttl_attribute          = "expires_at"
attributes             = { pk = "S", sk = "S", gsi1pk = "S", gsi1sk = "N" }

read_capacity           = null
write_capacity          = null
capacity_target_percent = 70

global_secondary_indexes = [
  { name = "gsi1", hash_key = "gsi1pk", range_key = "gsi1sk" },
]
