# Secrets without a resource policy are this account's alone; who may read which is in module access.
# Their names end in digits of the provider's: a destroyed secret keeps its name for seven days, and
# the environment could not be made again in that time.
resource "aws_secretsmanager_secret" "page_token" {
  name_prefix             = "${var.name_prefix}/page-token-"
  description             = "What the API signs its page tokens with; made here, known to nobody"
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret" "webhook" {
  name_prefix             = "${var.name_prefix}/webhook-"
  description             = "How the outside system is reached; people put the value"
  recovery_window_in_days = 7
}

# 256 bits of the operating system's randomness. A write-only argument is in no plan, no state and no
# output, and what uuid() gives is known only while it is applied; it is sent when the version rises,
# and at no other time. (aws_secretsmanager_random_password would be asked in every plan, and an
# ephemeral resource cannot be mocked by `terraform test`.)
resource "aws_secretsmanager_secret_version" "page_token" {
  secret_id                = aws_secretsmanager_secret.page_token.id
  secret_string_wo         = sha256("${uuid()}${uuid()}")
  secret_string_wo_version = var.page_token_version
}
