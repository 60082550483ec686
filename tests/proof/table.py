"""Rows and proofs held against each other, and written down as docs/proof.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from tests.proof.levels import Level
from tests.proof.proofs import Proof
from tests.proof.rows import Group, Row, Stack

T = TypeVar("T")

_HEAD = f"""\
# What is proven, and how

<!-- Written by `make docs` from docs/stack.yaml and the tests. Do not edit. -->

Every row of the stack, and the tests that prove it. How near to AWS a proof is follows from where
its test stands:

- **{Level.END_TO_END.value}**: whole commands against emulators that enforce IAM, one account for
  each environment;
- **{Level.EXPANDED.value}**: what CloudFormation or a provider would be asked for, read;
- **{Level.SIMULATED.value}**: a service's behaviour, played by the patched emulator or by moto;
- **{Level.UNIT.value}**: the code alone, or an adapter against moto or an emulator's DynamoDB.

What only AWS can show is said with its row. A row without a test fails the build unless it is
planned, and so does a planned row that has one. The overview counts the tests at each level; a row
is proven by all of them together.
"""


def problems(stack: Stack, proofs: Sequence[Proof]) -> list[str]:
    """What is wrong between rows and proofs, each as a sentence; none when all is well."""
    rows = {row.id: row for row in stack.rows}
    proven = {row for proof in proofs for row in proof.rows}
    return [
        *(f"row {each}: listed twice" for each in _twice(row.id for row in stack.rows)),
        *_false_claims(rows, proofs),
        *(
            f"row {row.id} ({row.part}): no test proves it, and it is not planned"
            for row in rows.values()
            if row.planned is None and row.id not in proven
        ),
        *(
            f"row {row.id} ({row.part}): planned, but {_names(row.id, proofs)} proves it"
            for row in rows.values()
            if row.planned is not None and row.id in proven
        ),
    ]


def render(stack: Stack, proofs: Sequence[Proof]) -> str:
    """The document: an overview, then every row with its tests."""
    levels = " | ".join(level.value for level in Level)
    lines = [_HEAD, f"| row | part | {levels} | |", f"|---|---|{'---:|' * len(Level)}---|"]
    for row in stack.rows:
        counts = Counter(proof.level for proof in _of(row.id, proofs))
        cells = " | ".join(str(counts[level] or "") for level in Level)
        lines.append(f"| {row.id} | {row.part} | {cells} | {_standing(row, counts.total())} |")
    for group in stack.groups:
        lines += _group(group, proofs)
    return "\n".join(lines) + "\n"


def _group(group: Group, proofs: Sequence[Proof]) -> Iterator[str]:
    yield f"\n## {group.title}"
    for row in group.rows:
        yield f"\n**{row.id} · {row.part}.** {row.what}\n"
        by_file: defaultdict[tuple[Level, str], list[str]] = defaultdict(list)
        for proof in _of(row.id, proofs):
            by_file[proof.level, proof.file].append(f"`{proof.test}`")
        for (level, file), tests in by_file.items():
            yield f"- {level.value}: [{file}](../{file}): {', '.join(tests)}"
        for said, text in {
            "planned": row.planned,
            "to come": row.to_come,
            "only on AWS": row.only_on_aws,
        }.items():
            if text:
                yield f"- *{said}*: {text}"


def _standing(row: Row, tests: int) -> str:
    if row.planned:
        return f"planned: {row.planned}"
    notes = {"not proven": not tests, "part to come": row.to_come, "part on AWS": row.only_on_aws}
    return ", ".join(note for note, holds in notes.items() if holds)


def _of(row: str, proofs: Sequence[Proof]) -> list[Proof]:
    order = list(Level)
    mine = (proof for proof in proofs if row in proof.rows)
    return sorted(mine, key=lambda proof: (order.index(proof.level), proof.file))


def _false_claims(rows: dict[str, Row], proofs: Sequence[Proof]) -> Iterator[str]:
    for proof in proofs:
        where = f"{proof.file}: {proof.test}"
        yield from (f"{where}: there is no row {each}" for each in proof.rows if each not in rows)
        yield from (f"{where}: names {each} twice" for each in _twice(proof.rows))
    for file, test in _twice((proof.file, proof.test) for proof in proofs):
        yield f"{file}: {test}: there are two tests of this name"


def _names(row: str, proofs: Sequence[Proof]) -> str:
    return ", ".join(f"{proof.file}: {proof.test}" for proof in _of(row, proofs))


def _twice(values: Iterable[T]) -> list[T]:
    return [value for value, count in Counter(values).items() if count > 1]
