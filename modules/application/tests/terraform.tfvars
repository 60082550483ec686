# What every run here begins with.
name_prefix                   = "desk-test"
account_id                    = "123456789012"
region                        = "us-east-1"
log_retention_days            = 7
customer_key                  = false
insights                      = false
page_token_version            = 1
user_pool                     = false
user_pool_deletion_protection = false
