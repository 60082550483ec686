"""The folder of templates, one a kind (templates/README.md): read, laid out, and looked at."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from codegen.contract.code import code_problems
from codegen.contract.parameters import declaration_problems
from codegen.problems import Problem
from codegen.sam.fixed import fixed_values
from codegen.sam.template import SamTemplate, load_template
from codegen.sam.tree import load_tree
from pipeline.checkout import Checkout
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import TEMPLATE
from pipeline.target import Target
from tests.pipeline.repository import repository, write

FOLDER = Path(__file__).parent / "templates"
CASES = sorted(file.stem for file in FOLDER.glob("*.yaml"))
ROOT = Path(__file__).parents[2]
HASH = re.compile(r"[0-9a-f]{10}$")


class Case(BaseModel):
    """One template, and what must become of it."""

    model_config = ConfigDict(extra="forbid")

    about: str
    template: str
    files: dict[str, str | dict[str, Any]] = {}
    needs: list[str] = []
    target: str = "aws"
    check: list[str] = []
    says: list[str] = []
    objects: dict[str, list[str] | str] = {}
    refuses: str = ""
    makes: list[str] | None = None

    def lay_out(self, folder: Path) -> Checkout:
        """Make a checkout of it."""
        root = folder / "project"
        plain = {
            f"sam-app/{name}": text for name, text in self.files.items() if isinstance(text, str)
        }
        write(root, {**plain, "sam-app/template.yaml": self.template, "live/project.yaml": ""})
        for name, special in self.files.items():
            if isinstance(special, dict):
                (path := root / "sam-app" / name).parent.mkdir(parents=True, exist_ok=True)
                if "link" in special:
                    path.symlink_to(special["link"])
                else:
                    path.write_bytes(archive(special["zip"]))
        return Tools(repository(root, {".gitignore": "*.log\n"}), folder / "home")


class Tools(Checkout):
    """A checkout that has this project's tools."""

    @property
    def tools(self) -> Path:
        return ROOT / ".tools"


def read(name: str) -> Case:
    """Read a case."""
    return Case.model_validate(yaml.safe_load((FOLDER / f"{name}.yaml").read_text()))


def archive(files: dict[str, str]) -> bytes:
    """A zip of texts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, text in files.items():
            packed.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def checked(checkout: Checkout, target: Target) -> list[Problem]:
    """What `baton check` finds in the template and the code."""
    path = checkout.sam_app / TEMPLATE
    template = load_template(path, f"sam-app/{TEMPLATE}", checkout.root)
    values = fixed_values(template, None, platform(target))
    tree = load_tree(path, template, checkout.root, values)
    return [*declaration_problems(template), *code_problems(tree, checkout.root)]


def platform(target: Target) -> dict[str, str]:
    """What a release is built for."""
    chosen = target.platform
    return {
        "target": target.name,
        "runtime": chosen.runtime,
        "architecture": chosen.architecture,
    }


def packed(folder: ReleaseFolder, names: list[str]) -> dict[str, list[str] | str]:
    """What a release has for each `Resource.Property`; in a nested one, `Stack/Resource.…`."""
    found: dict[str, list[str] | str] = {}
    for name in names:
        *above, last = name.split("/")
        template = load_template(folder.path / TEMPLATE)
        for stack in above:
            template = load_template(folder.path / _key(template, f"{stack}.TemplateURL"))
        found[name] = _content(folder, _key(template, last))
    return found


def _key(template: SamTemplate, name: str) -> str:
    """The key that a resource's property names, in whatever form."""
    resource, *path = name.split(".")
    node = template.resources[resource]["Properties"]
    for step in path:
        node = node[step]
    if isinstance(node, str):
        return node  # a text that was put in
    text = node.get("Key") or node.get("S3Key") or node["Fn::Sub"]
    if isinstance(text, list):
        text = text[1]["Key"]
    assert "ArtifactBucket" in str(node)
    return str(text[text.index("artifacts/") :])


def _content(folder: ReleaseFolder, key: str) -> list[str] | str:
    if not key.startswith("artifacts/"):
        return key
    data = folder.read(key)
    assert data is not None
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed_code:
            return packed_code.namelist()
    return data.decode()


def generated(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The ids that SAM has added, a hash at the end written as <hash>."""
    return sorted(HASH.sub("<hash>", name) for name in after if name not in before)
