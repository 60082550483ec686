# Provisioned capacity belongs to two: Terraform sets the limits, Application Auto Scaling the
# value between them. `ignore_changes` cannot tell them apart (it can be neither conditional nor
# reach into an index, hashicorp/terraform-provider-aws#671), and without it each apply would undo
# what was scaled. So the value that there is now is read, and is what Terraform asks for, as long
# as it is within the limits.
locals {
  provisioned  = var.billing == "provisioned"
  billing_mode = local.provisioned ? "PROVISIONED" : "PAY_PER_REQUEST"

  limits = local.provisioned ? { read = var.read_capacity, write = var.write_capacity } : {}

  # What has a capacity of its own, as Application Auto Scaling names it. By name, and not from the
  # tables' attributes: the tables need what is computed of it.
  scalable = merge(
    { for part, name in local.names : part => "table/${name}" },
    {
      for index in var.global_secondary_indexes :
      "table/${index.name}" => "table/${local.names.table}/index/${index.name}"
    },
  )

  # What each has now: nothing while it does not exist, and 0 while it is on demand.
  current = merge(
    {
      for name, table in data.aws_dynamodb_table.current :
      "table/${name}" => { read = table.read_capacity, write = table.write_capacity }
    },
    [
      for name, table in data.aws_dynamodb_table.current : {
        for index in table.global_secondary_index : "table/${name}/index/${index.name}" =>
        { read = index.read_capacity, write = index.write_capacity }
      }
    ]...
  )

  capacity = {
    for part, id in local.scalable : part => {
      for unit, limit in local.limits :
      unit => min(max(try(local.current[id][unit], 0), limit.min), limit.max)
    }
  }
}

# Reading a table that does not exist fails; this says which do. Without any, names is null.
data "aws_dynamodb_tables" "existing" {
  count = local.provisioned ? 1 : 0
}

data "aws_dynamodb_table" "current" {
  for_each = toset([
    for name in values(local.names) : name
    if try(contains(data.aws_dynamodb_tables.existing[0].names, name), false)
  ])

  name = each.key
}
