"""Functions: the alias, the version behind it and $LATEST, each difference told where it began."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipeline.drifting import (
    AWS,
    CODE,
    CODE_HEX,
    LAYER_ARN,
    PARAMETERS,
    TEMPLATE,
    api,
    configuration,
    drift,
    latest,
    stack,
    told,
)

OTHER_LAYER = "arn:aws:lambda:us-east-1:111111111111:layer:shared:9"


def _edited(**more: Any) -> dict[str, Any]:
    return {"Api": api(latest=latest(**more))}


@pytest.mark.parametrize(
    ("edit", "field", "before", "after"),
    [
        ({"MemorySize": 1024}, "MemorySize", "512", "1024"),
        ({"Timeout": 9}, "Timeout", "3", "9"),
        ({"Runtime": "python3.12"}, "Runtime", "python3.13", "python3.12"),
        ({"Handler": "mine.handler"}, "Handler", "", "mine.handler"),
        ({"Role": "arn:mine"}, "Role", "", "arn:mine"),
        ({"Architectures": ["arm64"]}, "Architectures", "", "arm64"),
        ({"KMSKeyArn": "arn:key"}, "KMSKeyArn", "", "arn:key"),
        ({"TracingConfig": {"Mode": "Active"}}, "TracingConfig.Mode", "", "Active"),
        ({"Layers": [{"Arn": OTHER_LAYER}]}, "Layers", LAYER_ARN, OTHER_LAYER),
        ({"VpcConfig": {}}, "VpcConfig.SubnetIds", "subnet-1, subnet-2", ""),
        ({"EphemeralStorage": {"Size": 1024}}, "EphemeralStorage.Size", "", "1024"),
        ({"LoggingConfig": {"LogGroup": "/mine"}}, "LoggingConfig.LogGroup", "", "/mine"),
        ({"variables": {"TABLE_NAME": "mine"}}, "variable TABLE_NAME", "table", "mine"),
    ],
)
def test_an_edit_by_hand_shows_in_latest(
    edit: dict[str, Any], field: str, before: str, after: str
) -> None:
    found = drift(functions=_edited(**edit))

    assert told(found) == [("$LATEST", f"desk-dev-api {field}", before, after)]


def test_code_put_there_by_hand_is_put_right_from_the_release() -> None:
    (found,) = drift(functions=_edited(CodeSha256="mine"))

    assert found.subject == "desk-dev-api CodeSha256"
    assert found.commands == (
        f"{AWS}lambda update-function-code --function-name desk-dev-api "
        f"--s3-bucket artifacts-dev --s3-key artifacts/{CODE_HEX}.zip",
    )


@pytest.mark.parametrize(
    ("edit", "option"),
    [
        ({"MemorySize": 1024}, "--memory-size 512"),
        ({"KMSKeyArn": "arn:key"}, "--kms-key-arn ''"),
        ({"Layers": []}, f"--layers {LAYER_ARN}"),
        ({"variables": {"TABLE_NAME": "mine"}}, "--query 'Environment')\""),
    ],
)
def test_what_undoes_an_edit_is_a_command(edit: dict[str, Any], option: str) -> None:
    (found,) = drift(functions=_edited(**edit))

    (command,) = found.commands
    start = f"{AWS}lambda update-function-configuration --function-name desk-dev-api "
    assert command.startswith(start)
    assert command.endswith(option)


def test_a_variable_that_the_template_does_not_know_is_told_and_not_shown() -> None:
    found = drift(functions=_edited(variables={"TOKEN": "sesame"}))

    assert told(found) == [("$LATEST", "desk-dev-api variable TOKEN", None, "(not shown)")]
    assert "sesame" not in str(found)


@pytest.mark.parametrize("name", ["PASSWORD", "QUEUE"])
def test_a_variable_whose_value_is_not_of_the_parameters_is_told_and_not_shown(name: str) -> None:
    found = drift(functions=_edited(variables={name: "sesame"}))

    assert told(found) == [
        ("$LATEST", f"desk-dev-api variable {name}", "(not shown)", "(not shown)")
    ]
    assert not [word for word in ("rosebud", "sesame") if word in str(found)]


def test_the_functions_own_description_is_no_drift() -> None:
    assert drift(functions=_edited(Description="Mine.")) == []


def test_what_the_stacks_parameters_did_to_latest_is_told_of_the_parameter_alone() -> None:
    # Given a deployment by hand with more memory, which published no version
    found = drift(
        stack=stack(parameters=PARAMETERS | {"Memory": "640"}),
        functions=_edited(MemorySize=640),
    )

    # Then $LATEST is as the stack says, and the alias still as was verified
    assert told(found) == [("stack", "parameter Memory", "512", "640")]


def test_a_version_published_by_such_a_deployment_is_told_of_the_parameters_alone() -> None:
    # Given a deployment by hand with more memory and another revision
    by_hand = {"Memory": "640", "ApiRevision": "rev-9"}
    version = {"MemorySize": 640, "Description": "rev-9"}

    found = drift(
        stack=stack(parameters=PARAMETERS | by_hand),
        functions={"Api": api(live=configuration(**version), latest=latest(**version))},
    )

    assert [each.subject for each in found] == ["parameter ApiRevision", "parameter Memory"]


@pytest.mark.parametrize(
    ("published", "field", "expected", "actual"),
    [
        ({"CodeSha256": "old"}, "CodeSha256", CODE, "old"),
        ({"Description": "rev-0"}, "revision", "rev-1", "rev-0"),
    ],
)
def test_a_version_of_other_code_or_another_revision_is_not_the_releases(
    published: dict[str, Any], field: str, expected: str, actual: str
) -> None:
    (found, *_) = drift(functions={"Api": api(live=configuration(**published))})

    assert told([found]) == [("version", f"desk-dev-api version 3 {field}", expected, actual)]
    assert found.commands == ("./baton promote dev cccccccccccc",)


@pytest.mark.parametrize(
    ("edit", "field", "expected", "actual"),
    [
        ({"MemorySize": 1024}, "MemorySize", "512", "1024"),
        ({"KMSKeyArn": "arn:key"}, "KMSKeyArn", "", "arn:key"),
        ({"Layers": [{"Arn": OTHER_LAYER}]}, "Layers", LAYER_ARN, OTHER_LAYER),
        ({"variables": {"TABLE_NAME": "mine"}}, "variable TABLE_NAME", "table", "mine"),
        ({"variables": {"TOKEN": "1"}}, "variable TOKEN", None, "(not shown)"),
    ],
)
def test_an_edit_that_a_version_was_published_with_is_told_of_the_version_once(
    edit: dict[str, Any], field: str, expected: str | None, actual: str
) -> None:
    # Given an edit by hand that the next promotion took along, because CloudFormation, which
    # compares templates, had no reason to undo it
    functions = {"Api": api(live=configuration(**edit), latest=latest(**edit))}

    # When it is looked for, Then the version is told, and $LATEST, which is the same, is not
    found = drift(functions=functions)
    assert told(found) == [("version", f"desk-dev-api version 3 {field}", expected, actual)]


def test_what_the_target_does_not_hand_on_is_not_missed_in_a_version() -> None:
    # Given a target whose functions know nothing of their network
    bare = {"VpcConfig": {}}
    functions = {"Api": api(live=configuration(**bare), latest=latest(**bare))}

    # When it is known for that, nothing is missed; otherwise it is
    unseen = frozenset({"VpcConfig.SubnetIds"})
    assert drift(functions=functions, unseen=unseen) == []
    assert [each.kind for each in drift(functions=functions)] == ["version"]


def test_an_alias_led_elsewhere_is_told_and_not_what_that_version_has() -> None:
    # Given an alias that somebody led back to the version of before
    old = configuration(Version="2", CodeSha256="old", Description="rev-0", MemorySize=128)

    (found,) = drift(functions={"Api": api(live=old)})

    assert told([found]) == [("alias", "desk-dev-api alias live", "version 3", "version 2")]
    assert found.commands[0].endswith("--name live --function-version 3")


def test_a_canary_that_hangs_is_told() -> None:
    (found,) = drift(functions={"Api": api(weights={"4": 0.1})})

    assert found.actual == "version 3 90%, version 4 10%"
    assert found.commands[0].endswith("--routing-config AdditionalVersionWeights={}")
    assert found.note == "unless a canary is at work"


def test_an_alias_that_is_gone_is_told() -> None:
    (found,) = drift(functions={"Api": api(live=None)})

    assert told([found]) == [("alias", "desk-dev-api alias live", "version 3", None)]
    assert found.commands[0].startswith(f"{AWS}lambda create-alias --function-name desk-dev-api")


def test_an_edit_of_latest_shows_also_where_the_alias_is_gone() -> None:
    found = drift(functions={"Api": api(live=None, latest=latest(MemorySize=1024))})

    assert told(found)[1] == ("$LATEST", "desk-dev-api MemorySize", "512", "1024")


def test_a_function_that_only_the_release_or_only_the_stack_has_is_told() -> None:
    found = drift(functions={"Other": api(name="desk-dev-other")})

    assert told(found) == [
        ("function", "Api", "in the release", None),
        ("function", "Other", None, "desk-dev-other"),
    ]


def test_a_function_that_lambda_has_lost_is_told_once() -> None:
    (found,) = drift(functions={"Api": api(live=None, latest=None)})

    assert told([found]) == [("function", "Api", "desk-dev-api", None)]

    # And the stack is made anew step by step, with a warning of what that takes away
    assert found.commands == (
        f"{AWS}cloudformation delete-stack --stack-name desk-dev",
        f"{AWS}cloudformation wait stack-delete-complete --stack-name desk-dev",
        "./baton promote dev cccccccccccc",
    )
    assert "the API with it" in found.note


def test_an_alias_that_no_version_is_there_for_has_a_note_and_no_command() -> None:
    # Given a function that lost alias and versions
    (found,) = drift(functions={"Api": api(live=None, published=None)})

    # When it is told, Then no command stands there that could not run as it is
    assert found.commands == ()
    assert "promote a release in which this function changes" in found.note


def test_where_the_stack_publishes_no_version_the_alias_leads_right() -> None:
    # Given a stack that does not say which version it published last
    # When its alias leads to the version of the release, Then that is no drift
    assert drift(functions={"Api": api(published=None)}) == []


# functions with another alias, or without one

ALIAS = "      AutoPublishAlias: live\n"
DESCRIBED = "      VersionDescription: !Ref ApiRevision\n"
WITHOUT_ALIAS = TEMPLATE.replace(ALIAS, "").replace(DESCRIBED, "")
OF_ITSELF: dict[str, Any] = {"alias": None, "live": None, "published": None}


def test_an_alias_of_another_name_is_told_by_its_own() -> None:
    other = TEMPLATE.replace("AutoPublishAlias: live", "AutoPublishAlias: current")

    assert drift(template=other, functions={"Api": api(alias="current")}) == []
    (found,) = drift(template=other, functions={"Api": api(alias="current", live=None)})
    assert told([found]) == [("alias", "desk-dev-api alias current", "version 3", None)]
    assert "--name current " in found.commands[0]
    found, *_ = drift(
        template=other,
        functions={"Api": api(alias="current", latest=latest(variables={"TABLE_NAME": "mine"}))},
    )
    assert "--qualifier current " in found.commands[0]


def test_a_version_without_a_description_in_the_template_is_not_compared_by_it() -> None:
    # Given a template that gives its versions no description / Then any is right
    template = TEMPLATE.replace(DESCRIBED, "")
    functions = {"Api": api(live=configuration(Description="Answers."))}

    assert drift(template=template, functions=functions) == []


def test_a_function_without_an_alias_that_is_as_released_has_not_drifted() -> None:
    assert drift(template=WITHOUT_ALIAS, functions={"Api": api(**OF_ITSELF)}) == []


@pytest.mark.parametrize(
    ("edit", "field", "before", "after"),
    [
        ({"MemorySize": 1024}, "MemorySize", "512", "1024"),
        ({"Timeout": 9}, "Timeout", "3", "9"),
        ({"CodeSha256": "mine"}, "CodeSha256", CODE, "mine"),
        ({"Layers": [{"Arn": OTHER_LAYER}]}, "Layers", LAYER_ARN, OTHER_LAYER),
        ({"variables": {"TABLE_NAME": "mine"}}, "variable TABLE_NAME", "table", "mine"),
        ({"variables": {"TOKEN": "1"}}, "variable TOKEN", None, "(not shown)"),
    ],
)
def test_an_edit_by_hand_shows_without_an_alias_too(
    edit: dict[str, Any], field: str, before: str | None, after: str
) -> None:
    functions = {"Api": api(**OF_ITSELF, latest=latest(**edit))}

    (found,) = drift(template=WITHOUT_ALIAS, functions=functions)

    assert told([found]) == [("$LATEST", f"desk-dev-api {field}", before, after)]
    assert found.commands or found.note
    assert "--qualifier" not in " ".join(found.commands)


def test_a_function_whose_condition_does_not_hold_is_not_missed() -> None:
    template = TEMPLATE.replace(
        "Resources:", "Conditions: {No: !Equals [a, b]}\nResources:"
    ).replace(
        "    Type: AWS::Serverless::Function\n",
        "    Type: AWS::Serverless::Function\n    Condition: No\n",
    )

    assert drift(template=template, functions={}) == []


@pytest.mark.parametrize(("code", "found"), [(CODE, []), ("mine", ["desk-dev-plain CodeSha256"])])
def test_a_function_that_the_template_declares_to_lambda_itself_is_known(
    code: str, found: list[str]
) -> None:
    # Given a template with a function that SAM leaves as it is
    plain = f"""
  Plain:
    Type: AWS::Lambda::Function
    Properties:
      Code: {{S3Bucket: any, S3Key: artifacts/{CODE_HEX}.zip}}
"""
    functions = {
        "Api": api(),
        "Plain": api(name="desk-dev-plain", **OF_ITSELF, latest=latest(CodeSha256=code)),
    }

    # When drift is looked for, Then it is not taken for one of somebody else's
    assert [each.subject for each in drift(template=TEMPLATE + plain, functions=functions)] == found
