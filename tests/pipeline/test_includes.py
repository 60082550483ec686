"""What a template includes is put in its place; what cannot be is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from codegen.errors import BatonError
from pipeline.includes import inline_includes


def include(location: Any) -> dict[str, Any]:
    return {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": location}}}


def test_an_include_is_replaced_wherever_it_stands(tmp_path: Path) -> None:
    # Given includes in a mapping and in a list
    (tmp_path / "body.yaml").write_text("paths: {Ref: Paths}\nname: !Sub '${A}'\n")
    template = {"Resources": {"Api": {"Body": include("body.yaml")}}, "All": [include("body.yaml")]}
    # When they are put in / Then the file's content is there, read as the template was
    body = {"paths": {"Ref": "Paths"}, "name": {"Fn::Sub": "${A}"}}
    expected = {"Resources": {"Api": {"Body": body}}, "All": [body]}
    assert inline_includes(template, tmp_path, yaml_parse, "t#") == expected


def test_what_is_no_include_stays_as_it_is(tmp_path: Path) -> None:
    # Given a template with another transform / When includes are put in / Then it is unchanged
    template = {"A": {"Fn::Transform": {"Name": "Other"}}, "B": [1, {"Ref": "C"}], "D": None}
    before = repr(template)
    assert repr(inline_includes(template, tmp_path, yaml_parse, "t#")) == before


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("missing.yaml", r"t#/Api/Body includes missing\.yaml, which cannot be read"),
        ("../outside.yaml", r"t#/Api/Body includes \.\./outside\.yaml, which is outside"),
        ("list.yaml", r"t#/Api/Body includes list\.yaml, which holds no mapping"),
        ("twice.yaml", r"t#/Api/Body includes .*twice\.yaml:2: key 'a' is there twice"),
        ("binary.yaml", r"includes binary\.yaml, which cannot be read"),
        ("link.yaml", r"includes link\.yaml, which is outside"),
        ({"Ref": "Bucket"}, r"includes \{'Ref': 'Bucket'\}, which is no file's name"),
        (None, "includes None, which is no file's name"),
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
    (folder / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    # When it is put in / Then the place and the file are named
    with pytest.raises(BatonError, match=says):
        inline_includes({"Api": {"Body": include(location)}}, folder, yaml_parse, "t#")


def test_an_include_without_parameters_is_named(tmp_path: Path) -> None:
    # Given an include that says not what / When it is put in / Then that is said
    with pytest.raises(BatonError, match="t#/A includes None"):
        inline_includes(
            {"A": {"Fn::Transform": {"Name": "AWS::Include"}}}, tmp_path, yaml_parse, "t#"
        )
