"""What other tools say of the checkout: `sam validate --lint`, and the engine's `validate`.

Each takes seconds, and says the same of the same files: that something is right is kept.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from codegen.errors import BatonError
from codegen.files import read_if_there
from codegen.place import Place
from codegen.problems import Kind, Problem, unique
from codegen.sam.document import read_document
from codegen.sam.template import SamTemplate
from codegen.terraform.engine import Engine, engine_of
from codegen.terraform.variables import module_variables
from pipeline.adapters import module_validate, template_lint
from pipeline.adapters.answers import Answers
from pipeline.checkout import Checkout
from pipeline.release.manifest import TEMPLATE, digest
from pipeline.release.packaging import in_one_piece, source_tree
from pipeline.target import Target, merged

KEPT = 200  # answers
LIKELY_REGION = "us-east-1"
# No check needs an account, and none may reach one.
_NO_ACCOUNT = {
    "AWS_PROFILE": None,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


Say = Callable[[str], None]


def require_valid(target: Target, say: Say) -> None:
    """Refuse a checkout whose template or modules their own tools refuse.

    Parameters
    ----------
    say:
        Told of what is looked at: it takes seconds.

    Raises
    ------
    BatonError
        Has every finding.
    """
    if problems := tool_problems(target, say):
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise BatonError(f"no release was made:\n{listed}", "./baton check --full")


def tool_problems(target: Target, say: Say) -> list[Problem]:
    """Everything that the tools find; a tool that is missing is a problem too."""
    work = _Validation(target)
    with tempfile.TemporaryDirectory(prefix="baton-") as scratch:
        templates = list(work.templates(Path(scratch)))
        modules = work.modules()
        parts = [*_counted(templates, "template"), *_counted(modules, "module")]
        if parts:
            say(f"validating {' and '.join(parts)}")
        validate = partial(work.validate, modules, Path(scratch) / "modules")
        return unique(_side_by_side([*templates, validate]))


Job = Callable[[], Sequence[Problem]]


def _counted(things: Sized, noun: str) -> list[str]:
    count = len(things)
    return [f"{count} {noun}" if count == 1 else f"{count} {noun}s"] if count else []


def _side_by_side(jobs: Sequence[Job]) -> list[Problem]:
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return [problem for problems in pool.map(_attempt, jobs) for problem in problems]


def _attempt(job: Job) -> Sequence[Problem]:
    try:
        return job()
    except BatonError as error:
        return [Problem(Kind.UNREADABLE, error.where, error.message, remedy=error.remedy)]


@dataclass(frozen=True)
class _Validation:
    target: Target

    @property
    def _checkout(self) -> Checkout:
        return self.target.checkout

    @property
    def _answers(self) -> Answers:
        return Answers(self._checkout.home / "validated", KEPT)

    def templates(self, scratch: Path) -> Iterable[Job]:
        """A job for each of the application's templates that is not known to be right."""
        path, region = self._checkout.sam_app / TEMPLATE, self._region()
        try:
            branches = list(source_tree(path, self._checkout.root).all)
            texts = [in_one_piece(branch.path, self._checkout.root) for branch in branches]
        except BatonError:  # what `check` and `build` say of it is better
            return
        seen = set()
        for number, (branch, text) in enumerate(zip(branches, texts, strict=True)):
            key = self._key("sam", [text, region])
            if branch.path in seen or self._is_right(key):
                continue
            seen.add(branch.path)
            file = scratch / f"{number}.yaml"
            file.write_text(text, "utf-8")
            yield partial(self._lint, branch.template, text, file, region, key)

    def modules(self) -> dict[str, str | None]:
        """Each module that is not known to be right, with the digest of what is read for it."""
        modules = self._checkout.root / "modules"
        if not (names := module_validate.module_names(modules)) or self._engine is None:
            return {}
        lock = self._checkout.root / self._engine.lock
        keys = {name: self._module_key(modules, name, self._engine, lock) for name in names}
        return {name: key for name, key in keys.items() if not self._is_right(key)}

    def validate(self, keys: Mapping[str, str | None], scratch: Path) -> list[Problem]:
        """What the engine says of modules."""
        root, engine = self._checkout.root, self._engine
        if engine is None or not keys:
            return []
        module_validate.copy_modules(root / "modules", scratch, root / engine.lock)
        if len(keys) > 1 and self._are_valid(list(keys), engine, scratch):
            for key in keys.values():
                self._keep(key)
            return []
        jobs = [partial(self._validate, scratch, name, engine, key) for name, key in keys.items()]
        return _side_by_side(jobs)

    def _are_valid(self, names: Sequence[str], engine: Engine, scratch: Path) -> bool:
        try:
            variables = module_variables(self._checkout.root, names)
        except BatonError:  # asked one by one, the engine says what is wrong
            return False
        required = {
            name: [each for each, declared in variables.get(name, {}).items() if declared.required]
            for name in names
        }
        log = self._log("modules")
        return module_validate.are_valid(scratch, required, engine, self._environment(), log)

    @property
    def _engine(self) -> Engine | None:
        try:
            return engine_of(self._checkout.root)
        except (BatonError, OSError):  # what `check` says of it is better
            return None

    def _lint(
        self, template: SamTemplate, text: str, file: Path, region: str, key: str | None
    ) -> list[Problem]:
        log = self._log(f"sam-{file.stem}")
        found = template_lint.lint(file, self._environment(), region, log)
        if not found:
            self._keep(key)
        lines = read_document(text, file.name)[1]
        return [
            Problem(
                Kind.TEMPLATE_INVALID,
                Place(self._shown(template.file), _source_line(template, lines, each.line)),
                f"sam validate: {each.what.replace(str(file), template.file)}",
            )
            for each in found
        ]

    def _validate(self, modules: Path, name: str, engine: Engine, key: str | None) -> list[Problem]:
        log = self._log(name)
        found = module_validate.validate(modules, name, engine, self._environment(), log)
        if not found:
            self._keep(key)
        return [
            Problem(
                Kind.MODULE_INVALID,
                Place(f"modules/{each.file}", each.line),
                f"{engine.command} validate: {each.what}",
            )
            for each in found
        ]

    def _module_key(self, modules: Path, name: str, engine: Engine, lock: Path) -> str | None:
        files = module_validate.files_of(modules, name)
        root = modules.resolve()
        parts = [f"{os.path.relpath(file, root)} {digest(file.read_bytes())}" for file in files]
        return self._key(engine.name.lower(), [name, digest(read_if_there(lock) or b""), *parts])

    def _key(self, tool: str, read: Sequence[str]) -> str | None:
        """The digest of a tool and all that it reads; None where set-up did not install it."""
        installed = read_if_there(self._checkout.tools / "stamps" / tool)
        if installed is None:
            return None
        return digest("\n".join([tool, digest(installed), *read]).encode())

    def _is_right(self, key: str | None) -> bool:
        return key is not None and self._answers.get(key) is not None

    def _keep(self, key: str | None) -> None:
        if key is not None:
            self._answers.put(key, "")

    def _environment(self) -> dict[str, str]:
        return merged(self.target.child(), _NO_ACCOUNT)

    def _region(self) -> str:
        try:
            return self._checkout.environments()[0].region
        except BatonError:
            return LIKELY_REGION

    def _log(self, name: str) -> Path:
        return self._checkout.home / "logs" / "validate" / f"{name}.log"

    def _shown(self, file: str) -> str:
        return file.removeprefix(f"{self._checkout.root}/")


def _source_line(
    template: SamTemplate, written: dict[tuple[int | str, ...], int], line: int
) -> int:
    """The line of the source that a line of the template in one piece was made of."""
    above = [path for path, at in written.items() if at <= line]
    path = max(above, key=lambda each: (written[each], len(each)), default=())
    while len(path) > 2 and path not in template.lines:
        path = path[:-1]
    if path in template.lines:
        return template.lines[path]
    return template.line(str(path[0]), str(path[-1])) if len(path) == 2 else 1
