# What every run here begins with.
name_prefix = "desk-test"
account_id  = "123456789012"
region      = "us-east-1"
cidr        = "10.10.0.0/16"
zones       = ["us-east-1a", "us-east-1b"]
nat         = "single"

interface_endpoints = []
