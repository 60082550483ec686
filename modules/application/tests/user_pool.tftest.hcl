mock_provider "aws" {
  override_resource {
    target = aws_sns_topic.notifications
    values = { arn = "arn:aws:sns:us-east-1:123456789012:desk-test-notifications" }
  }
}

# proves: A5, X2
run "no_user_pool_unless_asked_for" {
  command = plan

  assert {
    condition     = length(module.user_pool) == 0
    error_message = "Where callers have keys or signatures there is no user pool."
  }

  assert {
    condition     = [output.user_pool_arn, output.user_pool_client_id] == ["", ""]
    error_message = "Without one the outputs are empty, not absent: a null output is not in the state."
  }
}

# proves: A5, X2
run "a_user_pool_by_setting" {
  command = plan

  variables {
    user_pool = true
  }

  override_module {
    target = module.user_pool
    outputs = {
      user_pool_arn       = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_aaaaaaaaa"
      user_pool_client_id = "11111111111111111111111111"
    }
  }

  assert {
    condition = [output.user_pool_arn, output.user_pool_client_id] == [
      "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_aaaaaaaaa",
      "11111111111111111111111111",
    ]
    error_message = "With one the template is given its ARN, and programs the client's id."
  }
}
