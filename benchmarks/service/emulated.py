"""The service on the emulator: what it answers under load, and how far its counters lag behind.

The reference is the emulator's own: the table asked directly, by as many clients.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from benchmarks import place
from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure
from tests.e2e.world import World

ENVIRONMENT = "dev"
CLIENTS = (1, 8, 32)
SECONDS = 8.0
TEAM = "benchmark"
POSTS = 10
POLL_S = 0.01
# its own limits would be what is measured
UNTHROTTLED = "\napi:\n  throttle_rate: 10000\n  throttle_burst: 5000\n"

Request = Callable[[], None]


def figures() -> list[Figure]:
    """One environment of its own: reads by 1, 8 and 32 clients, and writes until they count."""
    with place.fresh() as world:
        _deploy(world)
        ticket = _post(world)
        reads = [_read_figure(world, ticket, clients) for clients in CLIENTS]
        return [*reads, _counted(world)]


def _deploy(world: World) -> None:
    with (world.root / "live" / ENVIRONMENT / "env.yaml").open("a") as file:
        file.write(UNTHROTTLED)
    place.start(world, ENVIRONMENT)
    shell = place.variables(world, ENVIRONMENT)
    apply = ["terragrunt", "run", "--all", "apply"]
    measure(apply, world.root / "live" / ENVIRONMENT, shell)
    world.data("build")
    world.data("promote", ENVIRONMENT)


def _read_figure(world: World, ticket: str, clients: int) -> Figure:
    ours = _under_load(lambda: _reader(world, ticket), clients)
    bare = _under_load(lambda: _table_reader(world, ticket), clients)
    rate, p99 = len(ours) / SECONDS, _percentile(ours, 99)
    name = f"GET of a ticket, {clients} clients: {rate:.0f} requests/s, p99 {p99 * 1e3:.0f} ms; p50"
    return Figure(
        name,
        Measured(statistics.median(ours), None),
        "the emulator's GetItem, as many clients; p50",
        Measured(statistics.median(bare), None),
    )


def _under_load(make: Callable[[], Request], clients: int) -> list[float]:
    """The seconds of each request that clients make one after the other for a while."""
    requests = [make() for _ in range(clients)]
    ends = time.monotonic() + SECONDS

    def client(request: Request) -> list[float]:
        taken = []
        while (started := time.monotonic()) < ends:
            request()
            taken.append(time.monotonic() - started)
        return taken

    with ThreadPoolExecutor(clients) as pool:
        return [seconds for each in pool.map(client, requests) for seconds in each]


def _reader(world: World, ticket: str) -> Request:
    address = urlsplit(world.address(ENVIRONMENT))
    connection = http.client.HTTPConnection(address.netloc, timeout=60)
    headers = _key(world)

    def request() -> None:
        connection.request("GET", f"{address.path}/tickets/{ticket}", headers=headers)
        response = connection.getresponse()
        response.read()
        if response.status != http.client.OK:
            raise RuntimeError(f"GET of a ticket answered {response.status}")

    return request


def _table_reader(world: World, ticket: str) -> Request:
    client = world.client(ENVIRONMENT, "dynamodb")
    key = {"pk": {"S": f"TICKET#{ticket}"}, "sk": {"S": "META"}}

    def request() -> None:
        client.get_item(TableName=f"desk-{ENVIRONMENT}-table", Key=key)

    return request


def _counted(world: World) -> Figure:
    """From a POST until the team's counter has it, the median of some; beside the POST alone."""
    lags, posts = [], []
    for number in range(1, POSTS + 1):
        started = time.monotonic()
        _post(world)
        posts.append(time.monotonic() - started)
        while _open_tickets(world) <= number:  # one was there before
            time.sleep(POLL_S)
        lags.append(time.monotonic() - started)
    return Figure(
        "from a POST to its counter",
        Measured(statistics.median(lags), None),
        "the POST alone",
        Measured(statistics.median(posts), None),
    )


def _post(world: World) -> str:
    due_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"title": "Benchmark", "team": TEAM, "due_at": due_at}
    return str(_call(world, "POST", "/tickets", body)["id"])


def _open_tickets(world: World) -> int:
    return int(_call(world, "GET", f"/teams/{TEAM}/stats")["open"]["normal"])


def _call(world: World, method: str, path: str, body: Any = None) -> Any:
    status, answer = world.call(ENVIRONMENT, method, path, body)
    if status >= http.client.BAD_REQUEST:
        raise RuntimeError(f"{method} {path} answered {status}: {json.dumps(answer)}")
    return answer


def _key(world: World) -> dict[str, str]:
    gateway = world.client(ENVIRONMENT, "apigateway")
    key_id = world.outputs(ENVIRONMENT)["ApiKeyId"]
    return {"x-api-key": gateway.get_api_key(apiKey=key_id, includeValue=True)["value"]}


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
