"""Whether a release has all that the checkout's environments are made of."""

from __future__ import annotations

from pathlib import Path

from codegen.errors import SettingsError
from codegen.place import Place
from codegen.shown import command
from pipeline.adapters import git

_READ = ("terragrunt.hcl", "live", "units", "modules", "codegen/templates")
_LEFT_BEHIND = {".terragrunt-cache", ".terraform", "__pycache__", ".DS_Store"}


def require_packed(root: Path) -> None:
    """Refuse what Terragrunt and Baton read here, and git ignores: a release would not have it.

    Raises
    ------
    SettingsError
        Names each file. Outside a repository nothing is ignored.
    """
    if not (root / ".git").exists():
        return
    found = [
        _problem(root, name)
        for name in git.ignored(root, _READ)
        if not _LEFT_BEHIND.intersection(Path(name).parts)
    ]
    if len(found) == 1:
        raise found[0]
    if found:
        listed = "\n".join(f"  - {problem}" for problem in found)
        raise SettingsError(f"git ignores {len(found)} files:\n{listed}", found[0].remedy, found)


def _problem(root: Path, name: str) -> SettingsError:
    return SettingsError(
        f"{root / name}: git ignores this file, so no release would have it",
        f"see which rule does: {command('git', 'check-ignore', '-v', name)}; or move the file",
    ).at(Place(str(root / name), 1))
