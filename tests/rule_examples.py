"""The examples of rules about parts, where they belong in a project."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.source import SourceText, encode
from agentconv.lint import part_files
from agentconv.parts.registry import part_format
from agentconv.sources.parts_on_disk import PartsOnDisk

if TYPE_CHECKING:
    from agentconv.lint.rule import Rule
    from agentconv.lint.subject import Subject

PROJECTS = TemporaryDirectory()
"""Where they lie, each in a project of its own."""


def subject(rule: Rule, text: str) -> Subject:
    """Return a text as a file of a client that has parts of a kind in it, in a project with what its example needs."""
    project = PartsOnDisk(Path(mkdtemp(dir=PROJECTS.name)))
    path = write(rule, project.folder, text)
    clients = tuple(dict.fromkeys((rule.example, *rule.clients)))
    found = next(one for one in part_files.subjects(project, clients) if Path(one.path) == path and one.part.kind == rule.kind)
    return replace(found, source=SourceText(path.relative_to(project.folder).as_posix(), found.source.data))


def write(rule: Rule, root: Path, text: str) -> Path:
    """Write an example of a rule about parts where it belongs in a project, and return its place."""
    place = part_format(rule.example, rule.kind).project[0]
    pattern = place.pattern.replace("**/", "").replace("*/", "reviewer/").replace("*", "reviewer")
    files = {**dict(rule.beside), rule.path or place.holds(pattern): text}
    for name, written in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(encode(written))
    return root / name
