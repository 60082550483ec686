"""What undoes an edit of $LATEST is a command, whatever was edited."""

from __future__ import annotations

import pytest

from pipeline.deployed.differences import Difference
from pipeline.drift.configuration import FIELDS, VARIABLE
from tests.pipeline.drifting import CODE, CODE_HEX, MENDING


def _remedy(field: str, value: str | None) -> str:
    return MENDING.latest("api", Difference(field, value, "edited"), CODE)


@pytest.mark.parametrize("field", [*FIELDS, "CodeSha256", VARIABLE + "TABLE_NAME"])
def test_every_field_has_a_command(field: str) -> None:
    assert _remedy(field, "before").startswith("aws lambda update-function-")


@pytest.mark.parametrize(
    ("layers", "option"), [("arn:a:1, arn:b:2", "arn:a:1 arn:b:2"), ("", "[]")]
)
def test_layers_are_put_back_in_their_order(layers: str, option: str) -> None:
    assert _remedy("Layers", layers).endswith(f"--layers {option}")


def test_an_architecture_comes_with_the_released_code() -> None:
    remedy = _remedy("Architectures", "arm64")

    assert remedy.endswith(f"--s3-key artifacts/{CODE_HEX}.zip --architectures arm64")


def test_no_value_of_a_variable_stands_in_the_command() -> None:
    assert "rosebud" not in _remedy(VARIABLE + "PASSWORD", "rosebud")


def test_a_value_is_quoted_for_the_shell() -> None:
    assert _remedy("Handler", "a b").endswith("--handler 'a b'")
