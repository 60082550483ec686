# Lambda's metrics: a line for each function, and durations function by function.
locals {
  function_graphs = concat(
    [
      for metric, stat in {
        Invocations          = "Sum"
        Errors               = "Sum"
        Throttles            = "Sum"
        ConcurrentExecutions = "Maximum"
        } : {
        title = metric
        stat  = stat
        metrics = [
          for name in values(var.function_names) : ["AWS/Lambda", metric, "FunctionName", name]
        ]
      }
    ],
    [
      for function, name in var.function_names : {
        title = "Duration of ${function}, ms (time-out ${var.function_timeouts_s[function] * 1000})"
        stat  = "p50"
        metrics = [
          for stat in ["p50", "p95", "Maximum"] :
          ["AWS/Lambda", "Duration", "FunctionName", name, { stat = stat, label = stat }]
        ]
      }
    ],
  )

  stream_graphs = [
    {
      title   = "IteratorAge of the stream, ms"
      stat    = "Maximum"
      metrics = [["AWS/Lambda", "IteratorAge", "FunctionName", var.function_names.processor]]
    },
    {
      title = "Messages in dead-letter queues"
      stat  = "Maximum"
      metrics = [
        for queue in [var.stream_dlq_name, var.schedule_dlq_name] :
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]
      ]
    },
  ]
}
