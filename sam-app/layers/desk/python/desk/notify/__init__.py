"""Telling people what happened: the notification's text, and the SNS topic that takes it."""
