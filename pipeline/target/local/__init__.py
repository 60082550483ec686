"""The local target: an emulator process per environment, and the AWS profiles that reach it."""
