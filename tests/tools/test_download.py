"""A download is installed only when it is what the repository's digest says."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tools import digests, download
from tools.download import DownloadError, Source

PROGRAM = b"#!/bin/sh\nexit 0\n"
SYSTEM = "linux_amd64"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


def _zip(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def _tar(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of releases that this machine serves, in place of where the tools come from."""
    folder = tmp_path / "published"
    folder.mkdir()
    handler = partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        sources = {
            tool: Source(here, source.file, source.sums, source.program)
            for tool, source in download.SOURCES.items()
        }
        monkeypatch.setattr(download, "SOURCES", sources)
        monkeypatch.setattr(digests, "SOURCES", sources)
        yield folder
        server.shutdown()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A digests.toml of the test's own."""
    file = tmp_path / "digests.toml"
    file.write_text("# kept\n")
    monkeypatch.setattr(download, "DIGESTS", file)
    monkeypatch.setattr(digests, "DIGESTS", file)
    return file


def _keep(file: Path, tool: str, version: str, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    with file.open("a") as text:
        text.write(f'\n[{tool}."{version}"]\n{SYSTEM} = "{digest}"\n')


RELEASES = {
    "terraform": ("terraform_1.2.3_linux_amd64.zip", _zip("terraform", PROGRAM)),
}
TOOLS = pytest.mark.parametrize("tool", RELEASES)


@TOOLS
def test_what_its_digest_says_is_installed(
    tool: str, published: Path, kept: Path, tmp_path: Path
) -> None:
    # Given
    name, content = RELEASES[tool]
    (published / name).write_bytes(content)
    _keep(kept, tool, "1.2.3", content)

    # When
    download.install(tool, "1.2.3", SYSTEM, tmp_path / "bin" / tool)

    # Then the program alone is there, and can be run
    assert (tmp_path / "bin" / tool).read_bytes() == PROGRAM
    assert (tmp_path / "bin" / tool).stat().st_mode & 0o111
    assert [file.name for file in (tmp_path / "bin").iterdir()] == [tool]


@TOOLS
def test_a_tampered_download_is_refused(
    tool: str, published: Path, kept: Path, tmp_path: Path
) -> None:
    # Given a release that is not the one locked, and beside it a list that says it is right
    name, content = RELEASES[tool]
    (published / name).write_bytes(content + b"#")
    digest = hashlib.sha256(content + b"#").hexdigest()
    sums = download.SOURCES[tool].sums.format(version="1.2.3")
    (published / sums).write_text(f"{digest}  {name}\n")
    _keep(kept, tool, "1.2.3", content)

    # When / Then
    with pytest.raises(DownloadError, match=rf"{name} has SHA-256 {digest}, but tools/digests"):
        download.install(tool, "1.2.3", SYSTEM, tmp_path / "bin" / tool)
    assert not (tmp_path / "bin").exists()


@TOOLS
@pytest.mark.parametrize(
    ("version", "system"),
    [("1.2.4", SYSTEM), ("1.2.3", "darwin_arm64")],
    ids=["another version", "another platform"],
)
def test_what_has_no_digest_is_not_even_asked_for(
    tool: str,
    version: str,
    system: str,
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given
    _keep(kept, tool, "1.2.3", RELEASES[tool][1])
    monkeypatch.setattr(download, "read", lambda address: pytest.fail(f"asked for {address}"))

    # When / Then it says where the digest comes from
    with pytest.raises(
        DownloadError, match=rf"no SHA-256 of {tool} {version} for {system}"
    ) as told:
        download.install(tool, version, system, tmp_path / "bin" / tool)
    assert "`python3 -m tools.digests` takes it from https://" in str(told.value)


def test_an_address_that_does_not_answer_is_named(published: Path, kept: Path) -> None:
    _keep(kept, "terraform", "1.2.3", b"")

    with pytest.raises(DownloadError, match=r"terraform_1\.2\.3_linux_amd64\.zip: File not found"):
        download.install("terraform", "1.2.3", SYSTEM, Path("/nowhere"))


def test_lock_takes_the_pinned_versions_digests_from_its_list(
    published: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given digests of a version that is not pinned any more, and the list of the one that is
    _keep(kept, "terraform", "1.2.2", PROGRAM)
    monkeypatch.setattr(digests, "versions", lambda: {"terraform": "1.2.3"})
    source = download.SOURCES["terraform"]
    names = [source.file.format(version="1.2.3", system=each) for each in digests.SYSTEMS]
    lines = [f"{number:064x}  {name}\n" for number, name in enumerate(names)]
    (published / source.sums.format(version="1.2.3")).write_text("".join(lines))

    # When
    digests.lock()

    # Then those of the pinned version are kept, and no others
    assert download.digest_of("terraform", "1.2.3", "linux_arm64") == f"{3:064x}"
    assert kept.read_text().startswith("# kept\n\n[terraform")
    assert "1.2.2" not in kept.read_text()


def test_what_cannot_be_read_leaves_what_is_kept(
    published: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _keep(kept, "terraform", "1.2.3", PROGRAM)
    before = download.digest_of("terraform", "1.2.3", SYSTEM)
    monkeypatch.setattr(digests, "versions", lambda: {"terraform": "1.2.3"})
    monkeypatch.setattr(digests, "read", _unreachable)

    with contextlib.suppress(DownloadError):
        digests.lock()
    assert download.digest_of("terraform", "1.2.3", SYSTEM) == before


def test_a_list_without_one_of_the_platforms_is_refused(published: Path) -> None:
    name = "terraform_1.2.3_SHA256SUMS"
    (published / name).write_text(f"{0:064x}  terraform_1.2.3_linux_amd64.zip\n")

    with pytest.raises(DownloadError, match=r"its list has no terraform_1\.2\.3_darwin_amd64\.zip"):
        digests.published("terraform", "1.2.3")


def test_digests_as_make_lock_writes_them_are_those_in_the_repository(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Given the file as it is, and no network
    text = download.DIGESTS.read_text()
    copy = tmp_path / "digests.toml"
    copy.write_text(text)
    monkeypatch.setattr(digests, "DIGESTS", copy)
    monkeypatch.setattr(download, "read", _unreachable)
    monkeypatch.setattr(digests, "read", _unreachable)

    # When / Then all of it is known already
    digests.lock()
    assert copy.read_text() == text


def _unreachable(address: str) -> bytes:
    raise DownloadError(f"{address}: no route to host")
