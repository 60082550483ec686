"""What a template includes is put in its place; what cannot be is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codegen.errors import BatonError
from codegen.sam.includes import Includes


def include(location: Any) -> dict[str, Any]:
    return {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": location}}}


def inline(node: Any, folder: Path, root: Path | None = None) -> Any:
    return Includes(folder, root or folder).inline(node, "t#")


def test_an_include_is_replaced_wherever_it_stands(tmp_path: Path) -> None:
    # Given includes in a mapping and in a list
    (tmp_path / "body.yaml").write_text("paths: {Ref: Paths}\nname: !Sub '${A}'\nday: 2026-01-31\n")
    template = {"Resources": {"Api": {"Body": include("body.yaml")}}, "All": [include("body.yaml")]}
    # When they are put in / Then the file's content is there, read as a template is
    body = {"paths": {"Ref": "Paths"}, "name": {"Fn::Sub": "${A}"}, "day": "2026-01-31"}
    expected = {"Resources": {"Api": {"Body": body}}, "All": [body]}
    assert inline(template, tmp_path) == expected


def test_what_is_beside_an_include_stays(tmp_path: Path) -> None:
    # Given resources, some of which a file has
    (tmp_path / "more.json").write_text('{"Queue": {"Type": "AWS::SQS::Queue"}}')
    topic = {"Type": "AWS::SNS::Topic"}
    # When the file is put in / Then all of them are there
    both = inline({"Topic": topic, **include("more.json")}, tmp_path)
    assert both == {"Queue": {"Type": "AWS::SQS::Queue"}, "Topic": topic}


def test_a_key_that_is_in_the_file_and_beside_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("Queue: {Type: AWS::SQS::Queue}")

    with pytest.raises(BatonError, match=r"t# includes more\.yaml, which has Queue"):
        inline({"Queue": {}, **include("more.yaml")}, tmp_path)


@pytest.mark.parametrize("location", ["s3://bucket/key", {"Fn::Sub": "s3://${B}/key"}, None])
def test_what_is_not_included_from_here_stays(tmp_path: Path, location: Any) -> None:
    # Given an include of an object in S3 / When includes are put in / Then it is unchanged
    assert inline({"A": include(location)}, tmp_path) == {"A": include(location)}


def test_a_file_of_the_project_is_included_from_outside_the_folder(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "shared.yaml").write_text("a: 1")

    assert inline(include("../shared.yaml"), tmp_path / "app", tmp_path) == {"a": 1}


def test_what_is_no_include_stays_as_it_is(tmp_path: Path) -> None:
    # Given a template with another transform / When includes are put in / Then it is unchanged
    template = {"A": {"Fn::Transform": {"Name": "Other"}}, "B": [1, {"Ref": "C"}], "D": None}
    assert inline(template, tmp_path) == template


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("missing.yaml", r"t#/Api/Body includes missing\.yaml, which cannot be read"),
        ("../outside.yaml", r"t#/Api/Body includes \.\./outside\.yaml, which is outside"),
        ("list.yaml", r"t#/Api/Body includes list\.yaml, which holds no mapping"),
        ("twice.yaml", r"t#/Api/Body includes .*twice\.yaml:2: key 'a' is there twice"),
        ("twice.json", r"t#/Api/Body includes .*twice\.json: key 'a' is there twice"),
        ("binary.yaml", r"includes binary\.yaml, which cannot be read"),
        ("link.yaml", r"includes link\.yaml, which is outside"),
        ("nested.yaml", r"includes nested\.yaml, which includes another file"),
    ],
)
def test_what_cannot_be_included_is_named_with_its_place(
    tmp_path: Path, location: Any, says: str
) -> None:
    # Given an include of something else than a mapping in a file beside the template
    folder = tmp_path / "app"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text("a: 1")
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (folder / "list.yaml").write_text("- a")
    (folder / "twice.yaml").write_text("a: 1\na: 2")
    (folder / "twice.json").write_text('{"a": 1, "a": 2}')
    (folder / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    (folder / "nested.yaml").write_text(json.dumps({"b": [include("list.yaml")]}))
    # When it is put in / Then the place and the file are named
    with pytest.raises(BatonError, match=says):
        inline({"Api": {"Body": include(location)}}, folder)
