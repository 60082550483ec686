# What callers of the API see.
locals {
  api_graphs = [
    {
      title   = "Requests"
      stat    = "Sum"
      metrics = [["AWS/ApiGateway", "Count", "ApiName", var.api_name]]
    },
    {
      title   = "Requests answered with an error"
      stat    = "Sum"
      metrics = [for metric in ["4XXError", "5XXError"] : ["AWS/ApiGateway", metric, "ApiName", var.api_name]]
    },
    {
      title = "Latency, ms"
      stat  = "p50"
      metrics = [
        for stat in ["p50", "p95"] :
        ["AWS/ApiGateway", "Latency", "ApiName", var.api_name, { stat = stat, label = stat }]
      ]
    },
  ]
}
