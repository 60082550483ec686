"""What a release can hold of what a template names: the files, and how they are named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from codegen.contract.resources import bucket_problems
from codegen.place import Place
from codegen.problems import Kind, Problem
from codegen.reading import is_inside
from codegen.sam.artifacts import Artifact
from codegen.sam.loops import EXTENSIONS, LOOP, transforms
from codegen.sam.methods import build_method, method_problem
from codegen.sam.packaged import LAYER, RAW_LAYER, Content
from codegen.sam.references import unknown_references
from codegen.sam.tree import Branch

SERVERLESS_TRANSFORM = "AWS::Serverless-2016-10-31"


def code_problems(tree: Branch, root: Path) -> Iterator[Problem]:
    """Everything for which no release can be made of a template and those that it nests.

    Parameters
    ----------
    root:
        The project: what is outside of it cannot be packed.
    """
    template = tree.template
    yield from bucket_problems(template)
    for branch in tree.all:
        yield from _form_problems(branch)
        yield from _file_problems(branch, root)
        if branch is not tree:  # the root's references are checked with its parameters
            for line, name in unknown_references(branch.template):
                what = f"{name} is neither a parameter nor a resource of the template"
                yield Problem(Kind.REFERENCE_UNKNOWN, Place(branch.template.file, line), what)


def _form_problems(branch: Branch) -> Iterator[Problem]:
    """What the template says that no release can hold, whatever files there are."""
    template = branch.template
    for path, why in template.loop_problems:
        where = Place(template.file, template.line(str(path[0]), str(path[-1])))
        remedy = "write the list in the template, or a parameter's default: all environments' value"
        yield Problem(Kind.TEMPLATE_UNSUPPORTED, where, why, remedy=remedy if LOOP in why else "")
    order = [
        name for name in transforms(template.document) if name in (EXTENSIONS, SERVERLESS_TRANSFORM)
    ]
    if order == [SERVERLESS_TRANSFORM, EXTENSIONS]:
        where = Place(template.file, template.line("Transform", ""))
        what = f"the transform {EXTENSIONS} is after {SERVERLESS_TRANSFORM}"
        yield Problem(Kind.TEMPLATE_UNSUPPORTED, where, what, remedy="put it first")
    for refusal in branch.refusals:
        where = Place(template.file, template.line("Resources", refusal.resource))
        what = f"{refusal.resource}: {refusal.why}"
        yield Problem(Kind.TEMPLATE_UNSUPPORTED, where, what, remedy=refusal.remedy)


def _file_problems(branch: Branch, root: Path) -> Iterator[Problem]:
    for artifact, error in branch.unreadable:
        what = f"{artifact.resource}: {error.message}"
        yield Problem(Kind.CODE_MISSING, _place(branch, artifact), what, remedy=error.remedy)
    for artifact in branch.artifacts:
        if why := _missing(branch, artifact, root):
            what = f"{artifact.resource} names {artifact.location}, {why}"
            yield Problem(Kind.CODE_MISSING, _place(branch, artifact), what)
        elif (path := branch.path.parent / artifact.location).is_file():
            continue  # packed as it is
        elif artifact.type in (LAYER, RAW_LAYER) and _only_requirements(artifact, path):
            what = f"{artifact.resource} has no BuildMethod: its packages would not be installed"
            remedy = "Metadata: {BuildMethod: python3.13}"
            yield Problem(Kind.TEMPLATE_UNSUPPORTED, _place(branch, artifact), what, remedy=remedy)
        elif why := method_problem(artifact):
            remedy = "Metadata: {BuildMethod: …} says how, {SkipBuild: true} that it is built"
            what = f"{artifact.resource}: {why}"
            yield Problem(Kind.TEMPLATE_UNSUPPORTED, _place(branch, artifact), what, remedy=remedy)


def _missing(branch: Branch, artifact: Artifact, root: Path) -> str:
    """Why a file or folder cannot be packed; nothing if it can."""
    path = branch.path.parent / artifact.location
    if not is_inside(path, root):
        return "which is outside the project"
    if artifact.packaged.content is Content.TEMPLATE:
        return ""  # read already
    if path.is_file() or path.is_dir():
        return ""
    return "which is not a file or folder" if path.exists() else "which is not there"


def _only_requirements(artifact: Artifact, folder: Path) -> bool:
    """Whether a layer that SAM does not build has nothing but the names of packages."""
    if build_method(artifact) is not None:
        return False
    names = {path.name for path in folder.iterdir()}
    return "requirements.txt" in names and names <= {"requirements.txt", "requirements.in"}


def _place(branch: Branch, artifact: Artifact) -> Place:
    return Place(branch.template.file, branch.template.line("Resources", artifact.resource))
