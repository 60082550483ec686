"""What undoes an edit of $LATEST is a command, whatever was edited."""

from __future__ import annotations

import pytest

from pipeline.deployed.differences import Difference
from pipeline.inspect.drift.configuration import FIELDS, VARIABLE
from tests.pipeline.drifting import AWS, CODE, CODE_HEX, MENDING


def _remedy(field: str, value: str | None) -> str:
    (command,) = MENDING.latest("api", "live", Difference(field, value, "edited"), CODE).commands
    return command


@pytest.mark.parametrize("field", [*FIELDS, "CodeSha256", VARIABLE + "TABLE_NAME"])
def test_every_field_has_a_command(field: str) -> None:
    assert _remedy(field, "before").startswith(f"{AWS}lambda update-function-")


@pytest.mark.parametrize("field", [*FIELDS, "CodeSha256", VARIABLE + "TABLE_NAME"])
def test_without_an_alias_no_command_asks_for_one(field: str) -> None:
    # Given a function that publishes no versions
    remedy = MENDING.latest("api", None, Difference(field, "before", "edited"), CODE)

    # When it was edited, Then there is a command, or a note where none has the value
    assert bool(remedy.commands) != bool(remedy.note)
    assert "--qualifier" not in "".join(remedy.commands)
    assert "before" not in remedy.note


def test_code_that_is_no_artifact_is_put_right_by_hand() -> None:
    remedy = MENDING.latest("api", "live", Difference("CodeSha256", "before", "edited"), None)

    assert not remedy.commands
    assert remedy.note.startswith("set CodeSha256 of api")


@pytest.mark.parametrize(
    ("layers", "option"), [("arn:a:1, arn:b:2", "arn:a:1 arn:b:2"), ("", "'[]'")]
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


def test_a_command_within_a_command_reaches_the_same_environment() -> None:
    # Given an edit that is undone with what the version has
    command = _remedy("LoggingConfig.LogGroup", "before")

    # When the command is looked at, Then both calls name profile and region
    assert command.count(AWS) == command.count("aws ") == 2
