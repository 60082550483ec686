"""An environment's promotion records: listed at once, read when they are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import overload

from codegen.errors import BatonError
from pipeline.adapters.store import ArtifactStore
from pipeline.records.chain import check_link, check_versions, key_of, parse
from pipeline.records.record import PREFIX, Record
from pipeline.release.manifest import digest

AT_ONCE = 8  # requests; boto3 keeps ten connections
FIRST, MOST = 2, 64  # records of a chunk: most questions are answered by the newest ones
TRIES = 100  # of numbers that others take while a record is stored


class History(Sequence[Record]):
    """The records of an environment, oldest first.

    The newest are read first, in chunks that grow, and none twice; of two neighbours that are read,
    the later one's `previous` must be the digest of the earlier.

    Raises
    ------
    BatonError
        When a record is read: it cannot be, or was changed after it was written.
    """

    def __init__(self, store: ArtifactStore, length: int) -> None:
        self._store = store
        self._length = length
        self._read: dict[int, tuple[Record, bytes]] = {}  # by number

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        if isinstance(index, slice):
            chosen = range(1, self._length + 1)[index]
            self._load(chosen)
            return [self._read[number][0] for number in chosen]
        return self._record(range(1, self._length + 1)[index])

    def __iter__(self) -> Iterator[Record]:
        return iter(self[:])

    def __reversed__(self) -> Iterator[Record]:
        return (self._record(number) for number in range(self._length, 0, -1))

    def _record(self, number: int) -> Record:
        if number not in self._read:
            chunk = min(MOST, max(FIRST, len(self._read)))
            self._load(range(max(1, number - chunk + 1), number + 1))
        return self._read[number][0]

    def _load(self, numbers: Iterable[int]) -> None:
        missing = [number for number in numbers if number not in self._read]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            contents = pool.map(lambda number: self._store.read(key_of(number)), missing)
            for number, content in zip(missing, contents, strict=True):
                record = parse(self._store.environment, number, content)
                self._read[number] = record, content or b""
        for number in sorted({each + after for each in missing for after in (0, 1)}):
            self._check(number)

    def _check(self, number: int) -> None:
        if number in self._read and number - 1 in self._read:
            before, content = self._read[number - 1]
            check_link(self._store.environment, before, content, self._read[number][0])


def read_history(store: ArtifactStore) -> Sequence[Record]:
    """The records of an environment, oldest first; none where it has no bucket yet.

    They are listed now, and read when they are looked at.

    Raises
    ------
    BatonError
        They cannot be listed; or one of them was overwritten or deleted.
    """
    return History(store, check_versions(store.environment, store.versions(PREFIX)))


def append(store: ArtifactStore, record: Record) -> Record:
    """Store a record under the next free number, with the digest of the one before.

    Parameters
    ----------
    record:
        Its number is the first to be tried: somebody else may have taken it meanwhile. `previous`
        is set here.

    Returns
    -------
    Record
        The record as it was stored.

    Raises
    ------
    BatonError
        The record before is gone, or none could be stored.
    """
    number, before = record.number, b""
    if number > 1:
        before = _content_before(store, number)
    for _ in range(TRIES):
        previous = digest(before) if before else ""
        linked = record.model_copy(update={"number": number, "previous": previous})
        content = linked.to_bytes()
        if store.create(linked.key, content):
            return linked
        taken = store.read(linked.key)
        if taken == content:  # this very record: the answer was lost, and boto3 asked again
            return linked
        if taken is not None:  # None while the other's request is still under way
            number, before = number + 1, taken
    raise BatonError(
        f"no number was free for the record of {record.environment}, up to {number}",
        "look for other promotions at work on it, then run the same command again",
    )


def _content_before(store: ArtifactStore, number: int) -> bytes:
    content = store.read(key_of(number - 1))
    if content is None:
        raise BatonError(
            f"s3://{store.bucket}/{key_of(number - 1)} is gone, and the next record has to name it",
            "look at the object's versions",
        )
    return content
