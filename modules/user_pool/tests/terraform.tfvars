# What every run here begins with.
name_prefix         = "desk-test"
deletion_protection = false
