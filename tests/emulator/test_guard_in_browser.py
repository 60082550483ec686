"""What a page of another site can do to an emulator, in a real browser: nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from codegen.settings import Environment

from .browser import Browser, program, site
from .conftest import PATCHED, STOCK, Engine, serve, unique, zipped
from .raw_requests import send

pytestmark = pytest.mark.engine

# Credentials in the query: a page may send such a request without asking first.
SIGNED = (
    "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&X-Amz-SignedHeaders=host"
    "&X-Amz-Date=20260101T000000Z&X-Amz-Credential={account}/20260101/us-east-1/{service}/aws4_request"
)


@dataclass(frozen=True)
class Attack:
    """What a page tries, as JavaScript, and how it is seen that it worked."""

    script: Callable[[Engine], str]
    worked: Callable[[Engine, object], bool]


def _signed(engine: Engine, path: str, service: str) -> str:
    account = engine.environment.account_id
    return engine.endpoint + path + SIGNED.format(account=account, service=service)


def _read(engine: Engine) -> str:
    address = _signed(engine, "/2015-03-31/functions/", "lambda")
    return f'return (await fetch("{address}")).text();'


def _make(engine: Engine) -> str:
    function = {
        "FunctionName": "evil",
        "Runtime": "python3.11",
        "Handler": "index.handler",
        "Role": engine.role,
        "Code": {"ZipFile": base64.b64encode(zipped("")).decode()},
    }
    address, body = _signed(engine, "/2015-03-31/functions", "lambda"), json.dumps(function)
    sent = {"method": "POST", "mode": "no-cors", "body": body}
    return f'await fetch("{address}", {json.dumps(sent)}); return null;'


def _reset(engine: Engine) -> str:
    # a navigation, as a link or a form is
    return f"""
        const form = document.createElement("form");
        Object.assign(form, {{method: "POST", target: "shown"}});
        form.action = "{engine.endpoint}/_ministack/reset";
        const frame = document.createElement("iframe");
        frame.name = "shown";
        document.body.append(frame, form);
        const shown = new Promise(done => {{ frame.onload = done; }});
        form.submit();
        await shown;
        return null;"""


ATTACKS = {
    "reads": Attack(_read, lambda _, seen: "Functions" in str(seen)),
    "makes a function": Attack(
        _make, lambda engine, _: bool(engine.client("lambda").list_functions()["Functions"])
    ),
    "empties": Attack(_reset, lambda engine, _: not engine.client("s3").list_buckets()["Buckets"]),
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    return Browser(program(), tmp_path_factory.mktemp("browser"))


@pytest.fixture
def pair(
    environments: tuple[Environment, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    """MiniStack as it is published, and ours; of their own, for a page may empty them."""
    with ExitStack() as stack:
        stock, patched = (
            stack.enter_context(serve(each, tmp_path_factory.mktemp("engine"), environments[0], 3))
            for each in (STOCK, PATCHED)
        )
        yield stock, patched


@pytest.mark.parametrize("what", ATTACKS)
def test_a_page_of_another_site_can_do_nothing(
    pair: tuple[Engine, Engine], browser: Browser, what: str
) -> None:
    # Given a bucket in each, and a page that knows all that is not secret
    attack, worked = ATTACKS[what], []
    for engine in pair:
        engine.client("s3").create_bucket(Bucket=unique("bucket"))
        with site(attack.script(engine)) as evil:
            # When somebody visits it
            seen = evil.visited_by(browser)
        worked.append(attack.worked(engine, seen))

    # Then it works with MiniStack as it is published, and with ours not
    assert worked == [True, False]


def test_a_name_that_is_bound_to_this_machine_later_reads_nothing(
    pair: tuple[Engine, Engine], browser: Browser
) -> None:
    # Given a name that its owner's DNS server answers with this machine's address by now
    shown = []
    for engine in pair:
        port = engine.endpoint.rpartition(":")[2]
        # When a page of that name asks for what is public
        shown.append(browser.page(f"http://rebound.example:{port}/_ministack/health"))
    # Then
    assert ["services" in page for page in shown] == [True, False]
    assert "rebound.example" in shown[1]


def test_a_person_may_look_in_a_browser(pair: tuple[Engine, Engine], browser: Browser) -> None:
    # Given the address of what is public / When somebody types it / Then it is shown
    address = f"{pair[1].endpoint}/_ministack/health"
    assert "services" in browser.page(address)
    assert send(pair[1], "GET", "/_ministack/health").status == 200
