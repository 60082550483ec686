"""A template that cannot be expanded is named, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.errors import BatonError
from pipeline.expanded import expand_template


def test_a_file_that_is_no_template_is_named(tmp_path: Path) -> None:
    # Given a file that is no template / When it is expanded / Then it is named
    file = tmp_path / "other.yaml"
    file.write_text("a: 1")
    with pytest.raises(BatonError, match=r"other\.yaml is no template"):
        expand_template(file, {})


def test_what_sam_refuses_is_passed_on(tmp_path: Path) -> None:
    # Given a template that SAM refuses / When it is expanded / Then its reason is passed on
    file = tmp_path / "template.yaml"
    file.write_text("Resources: {A: {Type: AWS::Serverless::Function, Properties: {CodeUri: a/}}}")
    with pytest.raises(BatonError, match=r"SAM refuses .*\[A\]"):
        expand_template(file, {})
