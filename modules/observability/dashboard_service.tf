# What the service is there for, as its functions write it to their logs.
locals {
  business_metrics = {
    CommentsCreated    = "api"
    TicketsCreated     = "api"
    EventsProcessed    = "processor"
    NotificationsSent  = "processor"
    RecordLagMs        = "processor"
    RecordsQuarantined = "processor"
    CounterDrift       = "scheduled"
    CounterDriftStayed = "scheduled"
    SweepLagS          = "scheduled"
    TicketsArchived    = "scheduled"
    TicketsAutoClosed  = "scheduled"
    TicketsEscalated   = "scheduled"
    WebhookFailed      = "scheduled"
  }

  business_lines = {
    for metric, service in local.business_metrics :
    metric => [local.service_namespace, metric, "environment", var.environment, "service", service]
  }

  # metric → the one dimension more that it has; a search finds its values
  broken_down = { EventsByType = "type", StageFailed = "stage" }

  broken_down_lines = {
    for metric, dimension in local.broken_down : metric => {
      id         = lower(metric)
      expression = "SEARCH('{${local.service_namespace},environment,service,${dimension}} MetricName=\"${metric}\" environment=\"${var.environment}\"', 'Sum', 60)"
    }
  }

  business_graphs = [
    {
      title = "Tickets"
      stat  = "Sum"
      metrics = [
        for metric in [
          "TicketsCreated", "CommentsCreated", "TicketsEscalated", "TicketsAutoClosed", "TicketsArchived",
        ] :
        local.business_lines[metric]
      ]
    },
    {
      title = "Events"
      stat  = "Sum"
      metrics = [
        for metric in ["EventsProcessed", "NotificationsSent", "RecordsQuarantined"] :
        local.business_lines[metric]
      ]
    },
    {
      title   = "Events by type"
      stat    = "Sum"
      metrics = [[local.broken_down_lines.EventsByType]]
    },
    {
      title = "From a ticket's change to its event processed, ms"
      stat  = "p50"
      metrics = [
        for stat in ["p50", "p95", "Maximum"] :
        concat(local.business_lines.RecordLagMs, [{ stat = stat, label = stat }])
      ]
    },
    {
      title   = "How far the sweep is behind, s"
      stat    = "Maximum"
      metrics = [local.business_lines.SweepLagS]
    },
    {
      title = "What did not work out: stages of an event, webhook, counters"
      stat  = "Sum"
      metrics = [
        [local.broken_down_lines.StageFailed],
        local.business_lines.WebhookFailed,
        concat(local.business_lines.CounterDrift, [{ stat = "Maximum" }]),
        concat(local.business_lines.CounterDriftStayed, [{ stat = "Maximum" }]),
      ]
    },
  ]
}
