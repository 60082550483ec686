# Who may call the API, where it asks for a token.
module "user_pool" {
  source = "../user_pool"
  count  = var.user_pool ? 1 : 0

  name_prefix         = var.name_prefix
  deletion_protection = var.user_pool_deletion_protection
}
