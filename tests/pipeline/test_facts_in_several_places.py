"""What is written down in several places, because none of them may read another, is the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samtranslator.yaml_helper import yaml_parse

from codegen.settings.kinds import WEBHOOK
from desk.runtime.settings import ScheduledSettings, SettingsError, read
from desk.store import quarantine_item
from pipeline.commands.redrive import KEPT_DAYS
from tests.service.runtime.test_entry_points import ENVIRONMENT
from verification.callers import CLIENT_SUFFIX, POOL_SUFFIX

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = yaml_parse((ROOT / "sam-app/template.yaml").read_text())["Parameters"]


def test_pointers_objects_and_the_list_of_them_go_back_equally_far() -> None:
    # Given how long the bucket keeps what was parked
    rules = (ROOT / "modules/storage/data_lifecycle.tf").read_text()
    (rule,) = re.findall(r'id += "quarantine-expires"\n(.*?)\n  }\n', rules, flags=re.DOTALL)
    (days,) = re.findall(r"\bdays += (\d+)", rule)
    # When the table's pointers and redrive's list are held against it / Then they are the same
    assert quarantine_item.RETENTION.days == KEPT_DAYS == int(days)


def test_pool_and_client_have_the_names_that_the_smoke_test_looks_for() -> None:
    text = (ROOT / "modules/user_pool/main.tf").read_text()
    names = re.findall(r'^  name += "\$\{var.name_prefix\}(.*)"$', text, flags=re.MULTILINE)
    assert names == [POOL_SUFFIX, CLIENT_SUFFIX]


def settings_take(url: str) -> bool:
    return re.search(WEBHOOK, url) is not None


def template_takes(url: str) -> bool:
    return re.fullmatch(PARAMETERS["WebhookUrl"]["AllowedPattern"], url) is not None


def function_takes(url: str) -> bool:
    try:
        read(ScheduledSettings, ENVIRONMENT | {"WEBHOOK_URL": url})
    except SettingsError:
        return False
    return True


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com/",
        "https://hooks.example.com:8443/desk/a-b_c.~%20/",
        "https://xn--bcher-kva.de/desk",
    ],
)
def test_an_address_is_taken_by_settings_template_and_function(url: str) -> None:
    assert (settings_take(url), template_takes(url), function_takes(url)) == (True, True, True)


@pytest.mark.parametrize(
    "url",
    [
        *("http://hooks.example.com/desk", "hooks.example.com", "ftp://hooks.example.com"),
        *("https://", "https://hooks.example.com/a b", "HTTPS//hooks.example.com"),
    ],
)
def test_what_is_no_address_is_taken_by_none_of_them(url: str) -> None:
    assert (settings_take(url), template_takes(url), function_takes(url)) == (False, False, False)


@given(st.from_regex(WEBHOOK, fullmatch=True))
def test_what_the_settings_take_gets_as_far_as_the_function(url: str) -> None:
    assert (template_takes(url), function_takes(url)) == (True, True)
