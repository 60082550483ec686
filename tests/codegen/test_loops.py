"""Loops are written out as SAM CLI writes them out; what cannot be is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codegen.sam.document import read_document
from codegen.sam.intrinsics import Evaluator
from codegen.sam.template import parse_template
from tests.codegen.pinned_sam import ask

HEAD = "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\n"
LOOPS = {
    "a list": """
Resources:
  Fn::ForEach::Queues:
    - Name
    - [Users, Orders]
    - ${Name}Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: "q-${Name}"}}
  Topic: {Type: AWS::SNS::Topic}
""",
    "a parameter's default": """
Parameters:
  Names: {Type: CommaDelimitedList, Default: "A, B"}
Resources:
  Fn::ForEach::Topics:
    - N
    - !Ref Names
    - Topic${N}: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref N}}
""",
    "a loop in a loop": """
Resources:
  Fn::ForEach::Outer:
    - Stage
    - [dev, prod]
    - Fn::ForEach::Inner:
        - Name
        - [A, B]
        - ${Stage}${Name}: {Type: AWS::SNS::Topic, Properties: {TopicName: "${Stage}-${Name}"}}
""",
    "letters and digits only": """
Resources:
  Fn::ForEach::Addresses:
    - Ip
    - ["10.0.0.1", "10.0.0.2"]
    - Host&{Ip}: {Type: AWS::SNS::Topic, Properties: {TopicName: "ip-&{Ip}"}}
""",
    "conditions, outputs and properties": """
Conditions:
  Fn::ForEach::Checks:
    - N
    - [A, B]
    - Is${N}: !Equals [!Ref AWS::Region, "${N}"]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Fn::ForEach::Names:
        - P
        - [TopicName, DisplayName]
        - ${P}: !Ref P
Outputs:
  Fn::ForEach::Outs:
    - N
    - [A, B]
    - ${N}Out: {Value: "${N}"}
""",
    "numbers and truths": """
Resources:
  Fn::ForEach::Topics:
    - N
    - [1, true]
    - Topic${N}: {Type: AWS::SNS::Topic, Properties: {TopicName: "t${N}"}}
""",
}


@pytest.fixture(scope="module")
def theirs() -> Any:
    """What SAM CLI makes of each template above."""
    code = (
        "from samcli.lib.cfn_language_extensions.sam_integration import "
        "process_template_for_sam_cli as p\nanswer = [p(each) for each in given]"
    )
    sources = [read_document(HEAD + text, "t")[0] for text in LOOPS.values()]
    return dict(zip(LOOPS, ask(code, sources), strict=True))


@pytest.mark.engine
@pytest.mark.parametrize("case", LOOPS)
def test_loops_are_written_out_as_sam_cli_does_it(case: str, theirs: Any) -> None:
    # Given a template with loops / When it is read
    template = parse_template(HEAD + LOOPS[case], "t")
    # Then its sections are those that SAM CLI makes
    assert not template.loop_problems
    for section in ("Conditions", "Resources", "Outputs"):
        assert template.document.get(section) == theirs[case].get(section)


def test_what_a_loop_makes_is_found_where_it_is_written() -> None:
    # Given a loop in line 3 / When what it makes is looked for / Then that line is named
    template = parse_template(HEAD + LOOPS["a list"].strip(), "t")
    assert template.line("Resources", "UsersQueue") == 3
    origin = template.origins["Resources", "OrdersQueue"]
    assert dict(origin.bindings) == {"Name": "Orders"}
    assert origin.path == ("Resources", "Fn::ForEach::Queues", 2, "${Name}Queue")


def test_the_parameters_that_loops_go_over_are_known() -> None:
    assert parse_template(HEAD + LOOPS["a parameter's default"], "t").looped == {"Names"}
    assert parse_template(HEAD + LOOPS["a list"], "t").looped == frozenset()


def looped(collection: Any, fragment: Any = None, **more: Any) -> str:
    body = fragment or {"T${N}": {"Type": "AWS::SNS::Topic"}}
    return json.dumps(
        {
            "Transform": "AWS::LanguageExtensions",
            "Resources": {"Fn::ForEach::L": ["N", collection, body]},
            **more,
        }
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (looped({"Ref": "AWS::AccountId"}), "known only when it is deployed"),
        (looped({"Fn::GetAtt": ["A", "B"]}), "known only when it is deployed"),
        (looped([{"Ref": "X"}]), "known only when it is deployed"),
        (
            looped({"Ref": "P"}, Parameters={"P": {"Type": "CommaDelimitedList"}}),
            "known only when it is deployed",
        ),
        (looped({"Fn::FindInMap": ["M", "a", "b"]}), "cannot be worked out"),
        (looped("A,B"), "known only when it is deployed"),
        (looped(["A"], ["no mapping"]), "its fragment is no mapping"),
        (looped(["A", "A"]), "a loop makes TA, which is there already"),
        (looped(["A"], Resources={"Fn::ForEach::L": "x"}), "is not a list of"),
        (looped([str(n) for n in range(10_001)]), "more than 10,000 entries"),
        (looped(["A"], Transform="AWS::Serverless-2016-10-31"), "needs the transform"),
        (
            looped(["A"], {"Fn::ForEach::M": ["N", ["B"], {"T${N}": {"Type": "T"}}]}),
            "takes an identifier again",
        ),
    ],
)
def test_a_loop_that_cannot_be_written_out_is_named_and_nothing_crashes(
    text: str, says: str
) -> None:
    # Given such a loop / When the template is read / Then the reason is one of its problems
    template = parse_template(text, "t")
    assert any(says in why for _, why in template.loop_problems), template.loop_problems
    assert not any(name.startswith("Fn::ForEach") for name in template.resources)


def test_a_loop_in_a_property_may_be_left_to_the_deployment() -> None:
    # Given a loop over an environment's value inside of a property
    fragment = {"V${N}": {"Ref": "N"}}
    variables = {"Fn::ForEach::V": ["N", {"Ref": "AWS::NotificationARNs"}, fragment]}
    text = json.dumps(
        {
            "Transform": ["AWS::LanguageExtensions"],
            "Resources": {"A": {"Type": "T", "Properties": {"Variables": variables}}},
        }
    )
    # When the template is read / Then it stays as it is
    template = parse_template(text, "t")
    assert not template.loop_problems
    assert template.resources["A"]["Properties"]["Variables"] == variables


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Fn::FindInMap": ["M", "a", "k"]}, "v"),
        ({"Fn::FindInMap": ["M", "z", "k", {"DefaultValue": "d"}]}, "d"),
        ({"Fn::FindInMap": ["M", {"Ref": "P"}, "k", {"DefaultValue": {"Ref": "P"}}]}, "p"),
        ({"Fn::Length": ["x", "y"]}, 2),
        ({"Fn::Length": {"Fn::Split": [",", "a,b,c"]}}, 3),
        ({"Fn::ToJsonString": {"A": {"Ref": "P"}, "B": [1, True]}}, '{"A":"p","B":[1,true]}'),
        ({"Fn::Length": {"Ref": "Unknown"}}, {"Fn::Length": {"Ref": "Unknown"}}),
        ({"Fn::ToJsonString": {"Ref": "R"}}, {"Fn::ToJsonString": {"Ref": "R"}}),
        (
            {"Fn::FindInMap": ["M", {"Ref": "R"}, "k", {"DefaultValue": "d"}]},
            {"Fn::FindInMap": ["M", {"Ref": "R"}, "k", {"DefaultValue": "d"}]},
        ),
        ({"Fn::GetAtt": [{"Ref": "P"}, "Arn"]}, {"Fn::GetAtt": ["p", "Arn"]}),
    ],
)
def test_the_language_extensions_are_worked_out_as_far_as_values_decide_them(
    node: Any, value: Any
) -> None:
    template = parse_template("Mappings: {M: {a: {k: v}}}\nResources: {}\n", "t")

    assert Evaluator(template, {"P": "p"}).resolve(node) == value
