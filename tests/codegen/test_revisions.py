"""A revision changes when, and only when, the version behind the alias must."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.handoff import prepare
from codegen.sam.intrinsics import Evaluator
from codegen.sam.revisions import compute_revisions, pseudo_parameters, revision_key
from codegen.sam.template import TemplateError, parse_template
from tests.codegen.builders import (
    PACKAGED,
    environment,
    output_values,
    project,
    release,
    replace,
    state_outputs,
)

ENV = environment("dev")
ALL = {"api", "processor", "scheduled"}


def revisions(root: Path, values: dict[str, dict[str, Any]] | None = None) -> dict[str, str]:
    outputs = state_outputs(values or output_values(ENV))
    return dict(prepare(root, ENV, outputs, release(root / "template.yaml")).revisions)


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


ARN = "arn:aws:iam::111111111111:role/other"
OUTPUTS = [
    ("data", "table_name", "other-table", {"api", "processor"}),
    ("data", "idempotency_table_name", "other-table", {"api"}),
    ("access", "api_role_arn", ARN, {"api"}),
    ("access", "scheduled_role_arn", ARN, {"scheduled"}),
    ("access", "deployment_role_arn", ARN, set()),
    ("network", "lambda_security_group_id", "sg-0123456789abcdef1", ALL),
    ("network", "private_subnet_ids", ["subnet-0123456789abcdef0"], ALL),
    ("network", "vpc_id", "vpc-0123456789abcdef1", set()),
    ("application", "schedule_dlq_name", "other-dlq", {"scheduled"}),
    ("application", "stream_dlq_name", "other-dlq", set()),
    ("application", "processor_log_group_name", "/other", {"processor"}),
    ("application", "api_name", "other-api", set()),
    ("storage", "artifact_bucket_name", "other-bucket", ALL),  # a layer version of each
]


@pytest.mark.proves("A3")
@pytest.mark.parametrize(("unit", "name", "value", "using"), OUTPUTS)
def test_a_changed_output_changes_the_functions_that_use_it(
    unit: str, name: str, value: Any, using: set[str], tmp_path: Path
) -> None:
    # Given the revisions before
    root = project(tmp_path)
    before = revisions(root)

    # When one output is another
    values = output_values(ENV)
    values[unit][name] = value

    # Then those functions' revisions changed whose version carries it
    assert changed(before, revisions(root, values)) == using


TEMPLATES = [
    ("a function's code", "aaaa.zip", "aaab.zip", {"api"}),
    ("a layer of all", "dddd.zip", "dddf.zip", ALL),
    ("a layer of one", "eeee.zip", "eeef.zip", {"api"}),
    ("a property", "Handler: processor_handler.handler", "Handler: p.h", {"processor"}),
    ("a property added", "Handler: api", "Description: d\n      Handler: api", {"api"}),
    ("a trigger", "StartingPosition: TRIM_HORIZON", "StartingPosition: LATEST", set()),
    ("a queue's retention", "1209600", "1209601", set()),
    ("the API", "StageName: v1", "StageName: v2", set()),
    ("a mapping that is used", 'arm64: {Disk: "512"}', 'arm64: {Disk: "513"}', ALL),
    ("a mapping that is not", 'x86_64: {Disk: "1024"}', 'x86_64: {Disk: "513"}', set()),
    ("a condition's outcome", "[!Ref Tracing, Active]", "[!Ref Tracing, PassThrough]", ALL),
    ("a condition's wording", "[!Ref Tracing, Active]", "[Active, !Ref Tracing]", set()),
    ("a spelling", "MemorySize: !Ref ApiMemory", 'MemorySize: !Sub "${ApiMemory}"', set()),
    ("a comment", "Globals:", "# nothing\nGlobals:", set()),
    ("the order of properties", "{Type: SQS, TargetArn: !GetAtt ScheduleDlq.Arn}",
     "{TargetArn: !GetAtt ScheduleDlq.Arn, Type: SQS}", set()),
]  # fmt: skip


@pytest.mark.proves("A3")
@pytest.mark.parametrize(("what", "old", "new", "using"), TEMPLATES)
def test_a_changed_template_changes_the_functions_it_matters_to(
    what: str, old: str, new: str, using: set[str], tmp_path: Path
) -> None:
    # Given the revisions before
    root = project(tmp_path)
    before = revisions(root)

    # When one thing in the template is another
    replace(root / "template.yaml", old, new)

    # Then those functions' revisions changed, and no others
    assert changed(before, revisions(root)) == using, what


def test_a_revision_does_not_depend_on_revisions() -> None:
    # Given a function that also shows its revision in its environment
    template = parse_template(PACKAGED.read_text(), "packaged.yaml")
    values = dict.fromkeys(template.parameters, "1") | {"Architecture": "arm64"}

    # When the revision parameters have other values
    before = compute_revisions(template, values, {})
    after = compute_revisions(template, {**values, "ApiRevision": "f" * 64}, {})

    # Then the revisions are the same
    assert before == after


def test_the_bucket_code_lies_in_changes_no_version() -> None:
    # Given a function without layers, whose code is named by its digest
    text = (
        "Parameters: {Bucket: {Type: String}, ApiRevision: {Type: String}}\n"
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n"
        "      CodeUri: {Bucket: !Ref Bucket, Key: artifacts/0.zip}\n"
        "      AutoPublishCodeSha256: !Ref ApiRevision\n"
    )
    template = parse_template(text, "t.yaml")

    # When the same code lies in another bucket
    before = compute_revisions(template, {"Bucket": "one"}, {})
    after = compute_revisions(template, {"Bucket": "other"}, {})

    # Then Lambda would have no version to publish, and the revision asks for none
    assert before == after


@pytest.mark.parametrize(
    ("parameter", "key"),
    [
        ("ApiRevision", "api"),
        ("TicketImportRevision", "ticket_import"),
        ("V2ApiRevision", "v2_api"),
    ],
)
def test_a_revisions_name_follows_from_its_parameter(parameter: str, key: str) -> None:
    # Given a parameter, when its key is asked for, then it is the parameter's name in snake case
    assert revision_key(parameter) == key


TEMPLATE = parse_template(
    """
Parameters: {Name: {Type: String}, Flag: {Type: String}}
Conditions:
  On: !Equals [!Ref Flag, "1"]
  Off: !Not [!Condition On]
  Both: !And [!Condition On, !Condition Off]
  Either: !Or [!Condition On, !Condition Off]
Mappings: {Sizes: {small: {Memory: 128}}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Name, DelaySeconds: 1}}
""",
    "t.yaml",
)
QUEUE = {"named": {"QueueName": "n"}}


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Name"}, "n"),
        ({"Ref": "AWS::URLSuffix"}, {"Ref": "AWS::URLSuffix"}),
        ({"Ref": "Queue"}, {"Ref": "Queue", **QUEUE}),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, {"Fn::GetAtt": ["Queue", "Arn"], **QUEUE}),
        ({"Fn::GetAtt": "Queue.Arn"}, {"Fn::GetAtt": ["Queue", "Arn"], **QUEUE}),
        ({"Fn::Sub": "a-${Name}-${!Name}"}, "a-n-${Name}"),
        ({"Fn::Sub": ["${X}", {"X": {"Ref": "Name"}}]}, "n"),
        (
            {"Fn::Sub": "${Queue.Arn}"},
            {"Fn::Sub": ["${Queue.Arn}",
                         {"Queue.Arn": {"Fn::GetAtt": ["Queue", "Arn"], **QUEUE}}]},
        ),
        ({"Fn::If": ["On", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Off", "yes", "no"]}, "no"),
        ({"Fn::If": ["Both", "yes", "no"]}, "no"),
        ({"Fn::If": ["Either", "yes", "no"]}, "yes"),
        ({"a": {"Fn::If": ["Off", 1, {"Ref": "AWS::NoValue"}]}, "b": 2}, {"b": 2}),
        ([{"Fn::If": ["Off", 1, {"Ref": "AWS::NoValue"}]}, 2], [2]),
        ({"Fn::FindInMap": ["Sizes", "small", "Memory"]}, 128),
        ({"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}, "a-n"),
        (
            {"Fn::Join": ["-", [{"Ref": "AWS::URLSuffix"}]]},
            {"Fn::Join": ["-", [{"Ref": "AWS::URLSuffix"}]]},
        ),
        ({"Fn::Select": ["1", ["a", "b"]]}, "b"),
        ({"Fn::ImportValue": {"Ref": "Name"}}, {"Fn::ImportValue": "n"}),
    ],
)  # fmt: skip
def test_an_intrinsic_function_is_worked_out_as_far_as_it_can_be(node: Any, value: Any) -> None:
    # Given parameter values
    evaluator = Evaluator(TEMPLATE, {"Name": "n", "Flag": "1"})

    # When a piece of a template is resolved, then it is its value, or a symbol for it
    assert evaluator.resolve(node) == value


SMALL = """
Parameters:
  {parameters}
  ApiRevision: {{Type: String}}
  OtherRevision: {{Type: String}}
Conditions: {{Logged: !Equals [!Ref Flag, true], Here: !Equals [!Ref "AWS::Partition", aws]}}
Resources:
  Layer: {{Type: AWS::Serverless::LayerVersion, Properties: {{ContentUri: {layer}}}}}
  Api:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: {{Bucket: b, Key: artifacts/0.zip}}
      AutoPublishAlias: live
      AutoPublishCodeSha256: !Ref ApiRevision
      {properties}
"""
GIVEN = {"Flag": "true", "Subnets": "subnet-1, subnet-2", "Text": "a-b", "SchemaRevision": "1"}


def revision_of(properties: str, layer: str = "one.zip", **changes: str) -> str:
    """The revision of a function with these properties, for parameters of which some are others."""
    parameters = (
        "Flag: {Type: String}\n  Subnets: {Type: CommaDelimitedList}\n  Text: {Type: String}\n"
        "  SchemaRevision: {Type: String}"
    )
    text = SMALL.format(parameters=parameters, properties=properties, layer=layer)
    template = parse_template(text, "t.yaml")
    return compute_revisions(template, {**GIVEN, **changes}, pseudo_parameters(ENV))["api"]


@pytest.mark.parametrize(
    ("properties", "changes"),
    [
        ("Environment: {Variables: {A: !If [Logged, !Ref Text, off]}}", {"Text": "c"}),
        ("Environment: {Variables: {A: !If [Here, !Ref Text, off]}}", {"Text": "c"}),
        ('Description: !Select [1, !Split ["-", !Ref Text]]', {"Text": "a-c"}),
        ("Description: !Select [0, !Ref Subnets]", {"Subnets": "subnet-3,subnet-2"}),
        ("Environment: {Variables: {A: !Ref SchemaRevision}}", {"SchemaRevision": "2"}),
        ("Layers: [!Ref Layer]", {"layer": "two.zip"}),
        ('Layers: [!If [Logged, !Ref Layer, !Ref "AWS::NoValue"]]', {"layer": "two.zip"}),
        ("Layers: !If [Logged, [!Ref Layer], []]", {"layer": "two.zip"}),
        ('Layers: [!Sub "${Layer}"]', {"layer": "two.zip"}),
    ],
)
def test_however_a_value_gets_into_a_version_its_change_is_seen(
    properties: str, changes: dict[str, str]
) -> None:
    # Given a function that uses a value in one of the ways there are
    # When the value is another, then so is the revision
    assert revision_of(properties) != revision_of(properties, **changes)


@pytest.mark.parametrize(
    ("properties", "changes"),
    [
        ("Description: !Select [0, !Ref Subnets]", {"Subnets": "subnet-1,subnet-9"}),
        ("CodeSigningConfigArn: !Ref Text", {"Text": "c"}),
        ("ReservedConcurrentExecutions: !Ref Text", {"Text": "c"}),
        ("ProvisionedConcurrencyConfig: {Executions: !Ref Text}", {"Text": "c"}),
        ("VersionDescription: !Ref Text", {"Text": "c"}),
        ("Tags: {A: !Ref Text}", {"Text": "c"}),
    ],
)  # fmt: skip
def test_what_no_version_carries_changes_no_revision(
    properties: str, changes: dict[str, str]
) -> None:
    # Given a function that uses a value where no version has it
    # When the value is another, then the revision is the same: there is nothing to publish
    assert revision_of(properties) == revision_of(properties, **changes)


def test_a_condition_that_only_a_deployment_knows_is_not_guessed() -> None:
    # Given a variable that depends on what a resource will be called
    properties = "Environment: {Variables: {A: !If [Named, x, y]}}"
    text = SMALL.format(parameters="Flag: {Type: String}", properties=properties, layer="l")
    named = 'Conditions: {Named: !Equals [!Ref Layer, "x"], '
    template = parse_template(text.replace("Conditions: {", named), "t.yaml")

    # When the revision is computed, then it is refused, with the line
    with pytest.raises(TemplateError, match=r"t\.yaml:9: function Api: .*known only later"):
        compute_revisions(template, {"Flag": "true"}, {})


def test_globals_that_are_ignored_are_not_merged() -> None:
    # Given Globals, and a function that ignores one of them or all
    text = (
        "Globals: {Function: {Timeout: 3, MemorySize: 128}}\nResources:\n"
        "  A: {Type: AWS::Serverless::Function, IgnoreGlobals: [Timeout], Properties: {}}\n"
        '  B: {Type: AWS::Serverless::Function, IgnoreGlobals: "*", Properties: {Timeout: 9}}\n'
    )

    # When it is read, then SAM's own merge is what comes out
    functions = parse_template(text, "t.yaml").functions
    assert functions["A"].properties == {"MemorySize": 128}
    assert functions["B"].properties == {"Timeout": 9}
