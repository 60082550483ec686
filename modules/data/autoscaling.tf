# A target and a policy for the read and for the write capacity of each table and each index. An
# index that does not keep up throttles the table's writes, so it is scaled as the table is.
locals {
  scaled = merge([
    for part, id in local.scalable : {
      for unit, limit in local.limits : "${part}/${unit}" => {
        id        = id
        min       = limit.min
        max       = limit.max
        dimension = "dynamodb:${strcontains(id, "/index/") ? "index" : "table"}:${title(unit)}CapacityUnits"
        metric    = "DynamoDB${title(unit)}CapacityUtilization"
      }
    }
  ]...)
}

resource "aws_appautoscaling_target" "this" {
  for_each = local.scaled

  service_namespace  = "dynamodb"
  resource_id        = each.value.id
  scalable_dimension = each.value.dimension
  min_capacity       = each.value.min
  max_capacity       = each.value.max

  depends_on = [aws_dynamodb_table.this, aws_dynamodb_table.idempotency]
}

resource "aws_appautoscaling_policy" "this" {
  for_each = local.scaled

  name               = "target-utilization"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = var.capacity_target_percent

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
    }
  }
}
