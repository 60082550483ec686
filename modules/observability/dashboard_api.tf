# What callers of the API see, and what the service is there for.
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

  # as the functions write them to their logs; a function is the dimension `service`
  business_metrics = {
    TicketsCreated    = "api"
    TicketsEscalated  = "scheduled"
    EventsProcessed   = "processor"
    EventsRefused     = "processor"
    NotificationsSent = "processor"
    RecordLagMs       = "processor"
  }

  business_lines = {
    for metric, service in local.business_metrics :
    metric => ["Desk", metric, "environment", var.environment, "service", service]
  }

  business_graphs = [
    {
      title   = "Tickets"
      stat    = "Sum"
      metrics = [local.business_lines.TicketsCreated, local.business_lines.TicketsEscalated]
    },
    {
      title = "Events"
      stat  = "Sum"
      metrics = [
        local.business_lines.EventsProcessed,
        local.business_lines.NotificationsSent,
        local.business_lines.EventsRefused,
      ]
    },
    {
      title = "From a ticket's change to its event processed, ms"
      stat  = "p50"
      metrics = [
        for stat in ["p50", "p95", "Maximum"] :
        concat(local.business_lines.RecordLagMs, [{ stat = stat, label = stat }])
      ]
    },
  ]
}
