"""Whose an output's value is: every ARN and queue URL in it, wherever it stands."""

from __future__ import annotations

import pytest

from codegen.values.origins import mock_problems, origin_problems
from tests.codegen.builders import environment

ENV = environment("dev")  # account 111111111111, us-east-1
OTHERS = "arn:aws:iam::222222222222:role/r"
OWN = "arn:aws:iam::111111111111:role/r"
ELSEWHERE = "arn:aws:logs:eu-west-1:111111111111:log-group:g"
OTHERS_ACCOUNT = "its account is 222222222222, and that of dev is 111111111111"


@pytest.mark.parametrize(
    "value",
    [
        OTHERS,
        f"see {OTHERS}.",
        f'{{"Resource": ["{OWN}", "{OTHERS}"]}}',
        f'"{{\\"Role\\": \\"{OTHERS}\\"}}"',
        [OWN, OTHERS],
        {"role": {"arn": OTHERS}},
        {OTHERS: "a key"},
        f"{OWN},{OTHERS}",
        "https://sqs.us-east-1.amazonaws.com/222222222222/q",
        "https://us-east-1.queue.amazonaws.com/222222222222/q",
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        "arn:aws:lambda:us-east-1:222222222222:function:f/invocations",
    ],
)
def test_another_account_is_found_wherever_it_stands(value: object) -> None:
    # Given a value with another account's ARN or URL somewhere in it
    # When it is looked through, then that is told, once
    (problem,) = origin_problems(value, ENV)
    assert problem.endswith(OTHERS_ACCOUNT)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (ELSEWHERE, f"is '{ELSEWHERE}': its region is eu-west-1, and that of dev is us-east-1"),
        (
            f"({ELSEWHERE})",
            f"contains '{ELSEWHERE}': its region is eu-west-1, and that of dev is us-east-1",
        ),
        (
            "arn:aws-cn:iam::111111111111:role/r",
            "is 'arn:aws-cn:iam::111111111111:role/r': its partition is aws-cn, and that of dev is "
            "aws",
        ),
        (
            "https://sqs.eu-west-1.amazonaws.com/111111111111/q",
            "is 'https://sqs.eu-west-1.amazonaws.com/111111111111/q': its region is eu-west-1, and "
            "that of dev is us-east-1",
        ),
    ],
)
def test_another_region_or_partition_is_told_with_the_value(value: str, problem: str) -> None:
    # Given a value from elsewhere, when it is looked through, then the message has both sides
    assert list(origin_problems(value, ENV)) == [problem]


@pytest.mark.parametrize(
    "value",
    [
        OWN,
        "arn:aws:s3:::bucket/key",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:ssm:us-east-1::parameter/aws/service/x",
        "arn:aws:execute-api:*:*:id/*",
        "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:g",
        "arn:aws:states:::dynamodb:putItem",
        "subnet-0123456789abcdef0",
        "222222222222",
        "barn:aws:iam::222222222222:role/r",
        "https://sqs.us-east-1.amazonaws.com/111111111111/q",
        "http://127.0.0.1:4610/222222222222/q",
        "",
        None,
        7,
        ["a", {"b": None}],
    ],
)
def test_what_says_no_other_environment_is_no_problem(value: object) -> None:
    # Given a value that is from here, AWS's own, or says nothing, then nothing is told
    assert list(origin_problems(value, ENV)) == []


@pytest.mark.parametrize(
    ("arn", "told"),
    [
        ("arn:aws:acm:us-east-1:111111111111:certificate/c", 0),
        ("arn:aws:wafv2:us-east-1:111111111111:global/webacl/w/1", 0),
        ("arn:aws:wafv2:us-east-1:111111111111:regional/webacl/w/1", 1),
        ("arn:aws:acm:eu-central-1:111111111111:certificate/c", 1),
        ("arn:aws:lambda:us-east-1:111111111111:function:f", 1),
    ],
)
def test_what_cloudfront_needs_may_be_in_us_east_1(arn: str, told: int) -> None:
    # Given an environment elsewhere, when an ARN is in us-east-1, then only CloudFront's may be
    abroad = ENV.model_copy(update={"region": "eu-west-1"})
    assert len(list(origin_problems(arn, abroad))) == told


EXTERNAL = ENV.model_copy(update={"external_account_ids": ["444444444444"]})


@pytest.mark.parametrize(
    ("arn", "told"),
    [
        ("arn:aws:events:us-east-1:444444444444:event-bus/central", []),
        ("arn:aws:sns:eu-west-1:444444444444:shared", []),
        ("https://sqs.us-east-1.amazonaws.com/444444444444/q", []),
        ("arn:aws:lambda:us-east-1:444444444444:layer:ours:3", []),
        ("arn:aws:lambda:eu-west-1:444444444444:layer:ours:3", ["region"]),
        ("arn:aws-cn:sns:us-east-1:444444444444:shared", ["partition"]),
        ("arn:aws:events:us-east-1:222222222222:event-bus/desk", ["account"]),
        ("arn:aws:sns:eu-west-1:111111111111:own", ["region"]),
    ],
)
def test_an_account_that_is_named_for_it_may_be_used(arn: str, told: list[str]) -> None:
    # Given an environment that uses another account's resources
    problems = [problem.split(": its ")[1].split()[0] for problem in origin_problems(arn, EXTERNAL)]

    # Then that account alone is excepted, and a layer must be of the region all the same
    assert problems == told
    assert told or list(origin_problems(arn, ENV)) != []


@pytest.mark.parametrize(
    ("arn", "told"),
    [
        ("arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313:7", 0),
        ("arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20", 0),
        ("arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313:7", 1),
        ("arn:aws:lambda:us-east-1:017000801446:function:mine", 1),
        ("arn:aws:lambda:us-east-1:222222222222:layer:LambdaInsightsExtension:1", 1),
    ],
)
def test_a_layer_that_aws_publishes_may_be_used(arn: str, told: int) -> None:
    # Given an environment that names no further account, then AWS's own layers need none
    assert len(list(origin_problems(arn, ENV))) == told


def test_an_arn_that_is_there_often_is_told_once() -> None:
    # Given one foreign ARN in many places, and another that is wrong in two ways
    both = "arn:aws:sns:eu-west-1:333333333333:t"
    problems = list(origin_problems([OTHERS, OTHERS, f"{both} {both}"], ENV))

    # When it is looked through, then each is told once, and the other once for each way
    assert [problem.split(": its ")[1][:7] for problem in problems] == [
        "account",
        "region ",
        "account",
    ]


@pytest.mark.parametrize(
    "value",
    [
        "mock0000-table",
        "arn:aws:iam::000000000000:role/r",
        f'{{"a": "{OWN}", "b": "arn:aws:iam::000000000000:role/r"}}',
        ["x", {"y": "vpc-mock0000"}],
        {"mock0000": 1},
    ],
)
def test_a_mocks_mark_is_found_anywhere_and_told_alone(value: object) -> None:
    # Given a value that a plan's stand-in got into, when it is looked through, then that is told
    (problem,) = mock_problems(value)
    assert problem.endswith("the mark of a mocked value")
    assert list(origin_problems(value, ENV)) == []


def test_a_foreign_arn_beside_a_mock_is_told_too() -> None:
    # Given a text with a mock in it, and another account's ARN, then each is told by its own check
    text = f"arn:aws:iam::000000000000:role/r {OTHERS}"
    assert len(list(mock_problems(text))) == 1
    assert [problem.split(":")[0] for problem in origin_problems(text, ENV)] == ["contains 'arn"]


def test_a_long_text_is_shown_shortened() -> None:
    # Given a text of 4,000 characters with a foreign ARN of a thousand, and a mock
    text = f"{OTHERS}{'r' * 1000} mock0000 {'x' * 3000}"

    # When the problems are told, then none has it whole
    for problem in (*origin_problems(text, ENV), *mock_problems(text)):
        assert len(problem) < 250
        assert "characters)" in problem
