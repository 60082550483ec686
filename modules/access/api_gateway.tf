# API Gateway writes access logs with a role that is set once for the account and region; the
# account is this environment's own. It refuses a role that lacks one of the actions of AWS's managed
# policy, on whatever log group, hence that policy and none of our own:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
resource "aws_iam_role" "api_gateway" {
  name                 = "${var.name_prefix}-api-gateway"
  description          = "What API Gateway may do in this account: write logs"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "apigateway.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = local.for_this_account
    }]
  })
}

resource "aws_iam_role_policy_attachment" "api_gateway" {
  role       = aws_iam_role.api_gateway.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.api_gateway.arn

  # API Gateway looks at the role's policies when it is told of the role
  depends_on = [aws_iam_role_policy_attachment.api_gateway]
}
