"""The bill of materials that lies beside a release: what it is made of, as CycloneDX.

It is derived from the release's content alone, which its id vouches for, so it is made again on
every machine that the release comes to, and never has to be believed.
"""

from __future__ import annotations

import email.parser
import io
import re
import tarfile
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from codegen.terraform.engine import SETTING
from pipeline.release.manifest import ARTIFACTS, SOURCE, Release

# Makes the serial number of a release's bill, the same on every machine (RFC 9562, version 5).
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:baton:release")
METADATA = re.compile(r"(python/)?[^/]+\.dist-info/METADATA")  # of a layer, of a function
# the engine's lock; one a module in releases of older versions
LOCK = r"modules/(?:{}|[^/]+/\.terraform)\.lock\.hcl"
PROVIDER = re.compile(r'^provider "([^"]+)" \{\n\s*version\s*=\s*"([^"]+)"', re.MULTILINE)


def bill_of_materials(release: Release, content: Mapping[str, bytes]) -> bytes:
    """The bill of a release: its files, the Python packages in them, Terraform's providers.

    Parameters
    ----------
    release:
        The manifest.
    content:
        File name → bytes, of every file that the manifest names.

    Returns
    -------
    bytes
        A CycloneDX 1.6 document; the same bytes for the same release. It carries no time, because
        the release has none: provenance.json says when and by whom it was built.
    """
    files = {name: _file(name, sha256) for name, sha256 in release.files.items()}
    bom = Bom(
        serial_number=uuid.uuid5(NAMESPACE, release.id),
        components=files.values(),
        metadata=BomMetaData(component=_subject(release)),
    )
    bom.metadata.timestamp = None  # type: ignore[assignment]  # optional in CycloneDX
    for name, component in files.items():
        parts = list(_parts(name, content[name]))
        bom.components.update(parts)
        bom.register_dependency(component, parts)
    if bom.metadata.component is not None:
        bom.register_dependency(bom.metadata.component, files.values())
    return JsonV1Dot6(bom).output_as_string(indent=1).encode() + b"\n"


def _subject(release: Release) -> Component:
    return Component(
        name="release",
        version=release.id,
        type=ComponentType.APPLICATION,
        bom_ref=f"release:{release.id}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=release.id)],
        properties=[
            Property(name="baton:target", value=release.target),
            Property(name="baton:runtime", value=release.runtime),
            Property(name="baton:architecture", value=release.architecture),
        ],
    )


def _file(name: str, sha256: str) -> Component:
    return Component(
        name=name,
        type=ComponentType.FILE,
        bom_ref=name,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
    )


def _parts(name: str, content: bytes) -> Iterator[Component]:
    """What is in a file of the release: packages in an artifact, providers in the source."""
    if name.startswith(ARTIFACTS) and zipfile.is_zipfile(io.BytesIO(content)):
        yield from _packages(content)
    elif name == SOURCE and tarfile.is_tarfile(io.BytesIO(content)):
        yield from _providers(_lock_files(content))


def _packages(archive: bytes) -> Iterator[Component]:
    """The Python packages in an artifact, as their own metadata names them."""
    # core metadata is laid out as e-mail is
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        for name in sorted(filter(METADATA.fullmatch, packed.namelist())):
            said = email.parser.HeaderParser().parsestr(
                packed.read(name).decode("utf-8", "replace")
            )
            if said["Name"] and said["Version"]:  # a folder may only look like a package
                yield _package(said)


def _package(said: Message) -> Component:
    name, version = re.sub(r"[-_.]+", "-", said["Name"]).lower(), said["Version"]
    purl = PackageURL("pypi", name=name, version=version)
    expression, text = said["License-Expression"], said["License"]
    licence: LicenseExpression | DisjunctiveLicense | None = None
    if expression:
        licence = LicenseExpression(expression)
    elif text and "\n" not in text:  # some packages put the whole text there
        licence = DisjunctiveLicense(name=text)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=str(purl),
        purl=purl,
        licenses=[licence] if licence else [],
    )


def _lock_files(source: bytes) -> Iterator[str]:
    with tarfile.open(fileobj=io.BytesIO(source)) as archive:
        names = re.compile(LOCK.format(_engine(archive)))
        for entry in archive:
            if names.fullmatch(entry.name) and (file := archive.extractfile(entry)):
                yield file.read().decode()


def _engine(archive: tarfile.TarFile) -> str:
    """The engine that the source chooses; older releases choose none, they ran on Terraform."""
    file = archive.extractfile("terragrunt.hcl") if "terragrunt.hcl" in archive.getnames() else None
    found = SETTING.search(file.read().decode()) if file else None
    return re.escape(found[1]) if found else "terraform"


def _providers(locks: Iterable[str]) -> Iterator[Component]:
    """Terraform's providers, once each, as the lock files name them."""
    found = {pair for lock in locks for pair in PROVIDER.findall(lock)}
    for source, version in sorted(found):
        group, _, name = source.rpartition("/")
        yield Component(
            group=group,
            name=name,
            version=version,
            type=ComponentType.APPLICATION,
            bom_ref=f"{source}@{version}",
            description="Terraform provider",
        )
