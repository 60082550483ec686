# Where the processor passes every domain event on, for other systems; rules on it, such as the
# template's, say who is given which. A bus without a policy of its own takes this account's only.
resource "aws_cloudwatch_event_bus" "this" {
  name        = local.event_bus_name
  description = "What happens to tickets of ${var.name_prefix}"

  # EventBridge's own key costs nothing
  kms_key_identifier = var.customer_key ? aws_kms_key.this[0].arn : null
}
