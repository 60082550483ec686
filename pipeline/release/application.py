"""The application's part of a release: its code, packed, and its templates, which name it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from codegen.contract.code import code_problems
from codegen.errors import BatonError
from codegen.problems import Problem
from codegen.project import VERIFICATION, VERIFY
from codegen.sam.fixed import fixed_values
from codegen.sam.packaged import Form
from codegen.sam.template import load_template
from codegen.sam.tree import Branch, load_tree
from codegen.sides import PARAMETERS, TEMPLATES, load_jinja
from codegen.strict_yaml import Key
from pipeline.checkout import Checkout
from pipeline.release import layers
from pipeline.release.archive import zip_files
from pipeline.release.manifest import NESTED, TEMPLATE, artifact, digest
from pipeline.release.packaging import package
from pipeline.release.pieces import How, Piece, pieces
from pipeline.release.sam_build import SamBuilds
from pipeline.release.sources import Sources
from pipeline.target import Target

# What no code is built from: Terraform's side, and what is about the project.
NO_CODE = (
    *("live", "units", "modules", "policies", "terragrunt.hcl", ".github", "docs"),
    *(VERIFY, VERIFICATION),
)

Judge = Callable[[Branch, Sequence[tuple[Piece, bytes]]], None]


def application(
    checkout: Checkout,
    target: Target,
    sources: Sources,
    say: Callable[[str], None],
    *,
    may_build: bool = True,
    judge: Judge | None = None,
) -> dict[str, bytes]:
    """The packaged template and everything that it names, by name in the release.

    Parameters
    ----------
    say:
        Told of each part as it is packed.
    may_build:
        Whether SAM may be started; otherwise NotBuiltError is raised.
    judge:
        Raises a BatonError where what is packed must not be released.

    Raises
    ------
    BatonError
        The template has what no release can hold, or code cannot be packed or built.
    """
    tree = load_application(checkout, target)
    builds = SamBuilds(sources, target, NO_CODE, may_build)
    packed = _packed(list(pieces(tree, sources, target)), target, builds)
    if judge is not None:
        judge(tree, packed)
    work = _Templates(say)
    for piece, data in packed:
        work.add(piece, data)
    text = work.packaged(tree)
    return {**work.content, TEMPLATE: text.encode()}


def load_application(checkout: Checkout, target: Target) -> Branch:
    """The application's templates, once it is known that a release can hold what they name.

    Raises
    ------
    BatonError
        It cannot; has every problem.
    """
    path = checkout.sam_app / TEMPLATE
    template = load_template(path, str(path.relative_to(checkout.root)), checkout.root)
    has_mapping = (checkout.root / TEMPLATES / PARAMETERS).exists()
    parameters = load_jinja(checkout.root, PARAMETERS) if has_mapping else None
    platform = {
        "target": target.name,
        "runtime": target.platform.runtime,
        "architecture": target.platform.architecture,
    }
    tree = load_tree(path, template, checkout.root, fixed_values(template, parameters, platform))
    if problems := list(code_problems(tree, checkout.root)):
        raise BatonError(_all(problems), "./baton check")
    return tree


def _all(problems: Iterable[Problem]) -> str:
    return "no release was made:\n" + "\n".join(f"  {problem}" for problem in problems)


def _packed(found: list[Piece], target: Target, builds: SamBuilds) -> list[tuple[Piece, bytes]]:
    """Each piece with its object: what SAM builds at once, the rest beside it."""
    by_sam = [piece for piece in found if piece.how is How.SAM]
    with ThreadPoolExecutor() as pool:
        others = {
            index: pool.submit(_pack, piece, target)
            for index, piece in enumerate(found)
            if piece.how is not How.SAM
        }
        built = iter(builds.build(by_sam))
        return [
            (piece, others[index].result() if index in others else next(built))
            for index, piece in enumerate(found)
        ]


def _pack(piece: Piece, target: Target) -> bytes:
    what = str(piece.path)
    if piece.how is How.AS_IT_IS:
        return next(iter(piece.files.values())).read_bytes()
    if piece.how is How.ZIP:
        return zip_files(piece.files, what)
    prefix = "python/" if piece.is_layer else ""
    if piece.how is How.UV:
        return layers.build(piece.files, piece.platform, target, prefix, what)
    copied = layers.copied(piece.files)
    return zip_files({prefix + name: path for name, path in copied.items()}, what)


class _Templates:
    """Packages templates from the innermost out, and collects what they name."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.content: dict[str, bytes] = {}
        self._objects: dict[tuple[Path, str, Key], str] = {}
        self._texts: dict[tuple[Path, str, Key], str] = {}
        self._say = say

    def add(self, piece: Piece, data: bytes) -> None:
        """Take the object of one piece."""
        name = (piece.branch.path, piece.artifact.resource, piece.artifact.path)
        if piece.artifact.packaged.form is Form.TEXT:
            self._texts[name] = data.decode("utf-8")
            return
        self._add(name, piece.artifact.location, _suffix(piece), data)

    def _add(self, name: tuple[Path, str, Key], location: str, suffix: str, data: bytes) -> None:
        key = artifact(digest(data), suffix)
        if key not in self.content:
            self._say(f"{location} {len(data) / 1024:,.0f} KiB {digest(data)[:12]}")
        self._objects[name] = key
        self.content[key] = data

    def packaged(self, branch: Branch) -> str:
        """The text of a template, once those that it nests are packed."""
        for (resource, path), inner in branch.nested.items():
            location = inner.template.file
            text = self.packaged(inner).encode()
            self._add((branch.path, resource, path), location, NESTED, text)
        return package(branch, self._objects, self._texts)


def _suffix(piece: Piece) -> str:
    """What an object's key ends in: what it is, for people who look into the bucket."""
    if piece.how is not How.AS_IT_IS:
        return ".zip"
    suffix = piece.path.suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() else ""
