# The names of what the application's stack makes. They are decided here, before it exists, so that
# roles and log groups can be made for exactly these names.
locals {
  api_name = "${var.name_prefix}-api"

  function_names = {
    for function in ["api", "processor", "scheduled"] : function => "${var.name_prefix}-${function}"
  }

  stream_dlq_name   = "${var.name_prefix}-stream-dlq"
  schedule_dlq_name = "${var.name_prefix}-schedule-dlq"
}

# Made here rather than by Lambda at the first line written, which would keep everything for ever.
resource "aws_cloudwatch_log_group" "function" {
  for_each = local.function_names

  name              = "/aws/lambda/${each.value}"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.name_prefix}-access"
  retention_in_days = var.log_retention_days
}
