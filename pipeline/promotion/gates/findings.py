"""Each finding of checkov once, at the line that a person wrote.

checkov looks at a resource up to twice: in the module's source and in the unit's plan, whose file
nobody wrote. The application's template it sees expanded, as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codegen.errors import BatonError
from codegen.sam.template import SamTemplate, load_template
from codegen.terraform import hcl
from codegen.terraform.hcl import HclError
from pipeline.adapters.checkov import Finding
from pipeline.promotion.gates.exceptions import INDEX, bare

PLANS, EXPANDED = "plans", "template.json"  # as the gate lays them out for checkov


@dataclass(frozen=True)
class Written:
    """What people wrote of a release.

    Parameters
    ----------
    root:
        The unpacked release: has modules/.
    template:
        The packaged template, and what it is called.
    source:
        The checkout's own template, where it still has the same resource; else None.
    """

    root: Path
    template: SamTemplate
    source: SamTemplate | None

    def located(self, finding: Finding) -> Finding:
        """The finding at its line in a module or template; as it is where that is not found."""
        folder, _, name = finding.file.partition("/")
        if folder == PLANS:
            return self._planned(finding, name.removesuffix(".json"))
        if finding.file == EXPANDED:
            return self._expanded(finding)
        return finding

    def _planned(self, finding: Finding, unit: str) -> Finding:
        *modules, kind, name = INDEX.sub("", finding.resource).split(".")
        folder = self.root / "modules" / unit
        for called in modules[1::2]:  # module.user_pool.aws_…: where that module's source leads
            folder = self._called(folder, called)
        for file in sorted(folder.glob("*.tf")):
            shown = file.relative_to(self.root).as_posix()
            try:
                source = hcl.read(file, shown)
            except HclError:
                continue
            for item in source.items():
                if item.is_block and item.labels == (kind, name):
                    return replace(finding, file=shown, line=item.line)
        return replace(finding, file=folder.relative_to(self.root).as_posix(), line=1)

    def _called(self, folder: Path, name: str) -> Path:
        for file in sorted(folder.glob("*.tf")):
            for block in (source := hcl.read(file, file.name)).blocks("module"):
                if block.label == name and (found := source.attribute(block, "source")):
                    inside = (folder / found[0].strip('"')).resolve()
                    if inside.is_relative_to(self.root.resolve()):
                        return self.root / inside.relative_to(self.root.resolve())
        return folder

    def _expanded(self, finding: Finding) -> Finding:
        """SAM's own resources are at the line of the resource that they are made for."""
        name = finding.resource.rpartition(".")[2]
        for template in filter(None, (self.source, self.template)):
            owners = [each for each in template.resources if name.startswith(each)]
            owner = max(owners, key=len, default=None)
            if owner is not None and (template is self.template or self._is_same(owner)):
                line = template.lines.get(("Resources", owner), 1)
                return replace(finding, file=template.file, line=line)
        return replace(finding, file=self.template.file, line=1)

    def _is_same(self, name: str) -> bool:
        """Whether the checkout has the resource as the release has it, code aside."""
        ours = self.source.resources.get(name) if self.source else None
        return _without_code(ours) == _without_code(self.template.resources.get(name))


def _without_code(resource: Mapping[str, Any] | None) -> dict[str, Any]:
    properties = dict((resource or {}).get("Properties") or {})
    for key in ("CodeUri", "ContentUri", "DefinitionBody"):  # packed, or put in by an include
        properties.pop(key, None)
    return {**(resource or {}), "Properties": properties}


def written(root: Path, template: Path, source: Path) -> Written:
    """Read what the findings are located in.

    Parameters
    ----------
    root, template:
        The unpacked release, and its packaged template.
    source:
        The checkout's template, which a person can open and change.
    """
    packaged = load_template(template, "template.yaml of the release")
    try:
        own = load_template(source, f"{source.parent.name}/{source.name}")
    except BatonError:  # the checkout may be of another age than the release
        own = None
    return Written(root, packaged, own)


def each_once(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each check of each resource, by its place: a resource may have instances."""
    found = {
        (each.check, each.file, each.line, bare(each.resource)): replace(
            each, resource=bare(each.resource)
        )
        for each in findings
    }
    return sorted(found.values(), key=lambda each: (each.file, each.line, each.check))
