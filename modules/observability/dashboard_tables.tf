# DynamoDB's metrics. Those by index or by operation come by a search: it finds the ones there are.
locals {
  capacity_graphs = [
    for metric in ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"] : {
      title = metric
      stat  = "Sum"
      metrics = concat(
        [for table in values(local.tables) : ["AWS/DynamoDB", metric, "TableName", table]],
        [[{
          id         = "indexes"
          expression = "SEARCH('{AWS/DynamoDB,GlobalSecondaryIndexName,TableName} MetricName=\"${metric}\" TableName=\"${var.table_name}\"', 'Sum', 60)"
        }]],
      )
    }
  ]

  operation_graphs = [
    for metric in ["ThrottledRequests", "SystemErrors"] : {
      title = "${metric} of the tables, by operation"
      stat  = "Sum"
      metrics = [
        for key, table in local.tables : [{
          id         = key
          expression = "SEARCH('{AWS/DynamoDB,Operation,TableName} MetricName=\"${metric}\" TableName=\"${table}\"', 'Sum', 60)"
        }]
      ]
    }
  ]

  table_graphs = concat(local.capacity_graphs, local.operation_graphs, [{
    # DynamoDB counts these for account and region only, hence without dimensions
    title   = "UserErrors of the account"
    stat    = "Sum"
    metrics = [["AWS/DynamoDB", "UserErrors"]]
  }])
}
