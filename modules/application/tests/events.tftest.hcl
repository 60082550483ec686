mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.notifications
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-notifications" }
  }

  override_resource {
    target = aws_cloudwatch_event_bus.this
    values = { arn = "arn:aws:events:us-east-1:123456789012:event-bus/desk-test-events" }
  }
}

# proves: A7
run "domain_events_have_a_bus_of_their_own" {
  command = apply

  assert {
    condition = [output.event_bus_name, output.event_bus_arn] == [
      "desk-test-events",
      "arn:aws:events:us-east-1:123456789012:event-bus/desk-test-events",
    ]
    error_message = "The bus bears the environment's name, and is not the account's default one."
  }

  # EventBridge's rules for names of buses
  assert {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,256}$", output.event_bus_name)) && output.event_bus_name != "default"
    error_message = "EventBridge takes the name."
  }
}

# proves: K1
run "without_a_key_the_bus_has_eventbridges" {
  command = apply

  assert {
    condition     = aws_cloudwatch_event_bus.this.kms_key_identifier == null
    error_message = "Without a key the bus is encrypted by EventBridge."
  }
}
