locals {
  # the extension writes to this one, and to no other
  insights_log_group_name = "/aws/lambda-insights"

  log_key_arn = var.customer_key ? aws_kms_key.this[0].arn : null
}

# Made here rather than by Lambda at the first line written, which would keep everything for ever.
resource "aws_cloudwatch_log_group" "function" {
  for_each = local.function_names

  name              = "/aws/lambda/${each.value}"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.log_key_arn
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.name_prefix}-access"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.log_key_arn
}

resource "aws_cloudwatch_log_group" "insights" {
  count = var.insights ? 1 : 0

  name              = local.insights_log_group_name
  retention_in_days = var.log_retention_days
  kms_key_id        = local.log_key_arn
}
