# The names of what the application's stack makes. They are decided here, before it exists, so that
# roles and log groups can be made for exactly these names.
locals {
  api_name = "${var.name_prefix}-api"

  function_names = {
    for function in ["api", "processor", "scheduled"] : function => "${var.name_prefix}-${function}"
  }

  stream_dlq_name   = "${var.name_prefix}-stream-dlq"
  schedule_dlq_name = "${var.name_prefix}-schedule-dlq"
  event_inbox_name  = "${var.name_prefix}-event-inbox"

  # here and not from the bus, whose key names it in its policy
  event_bus_name = "${var.name_prefix}-events"
}
