"""What the Terraform side says of itself: modules' outputs, units, mocks."""
