"""What two environments differ in, and which of it is meant: `baton diff`."""
