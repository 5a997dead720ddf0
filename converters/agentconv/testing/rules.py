"""What a rule is held to: its bad example is found, its good one is not, and a safe fix makes the good one of the bad."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.source import SourceText, encode
from agentconv.formats import registry
from agentconv.lint import checking, fixing, part_files
from agentconv.lint.rule import FIXES, SET
from agentconv.lint.subject import Subject
from agentconv.parts.registry import part_format
from agentconv.sources.parts_on_disk import PartsOnDisk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from agentconv.lint.rule import Finding, Rule

_LONGEST = 160
"""Characters of a message, which is one line of a terminal or of a list."""


def subject(rule: Rule, text: str, folder: Path, asked: tuple[str, ...] = ()) -> Subject:
    """Return a text as a file that a rule looks at: by its name alone, or in a project below a folder, where the rule is about parts."""
    if rule.kind:
        return _of_parts(rule, text, folder)
    row = registry.FORMATS[rule.example]
    path = f"{row.folders[0]}/reviewer{row.suffixes[0]}" if row.folders else row.files[0]
    clients = tuple(dict.fromkeys((rule.example, *rule.clients, *asked)))
    _put(folder, dict(rule.beside))
    return Subject(SourceText(path, encode(text)), rule.example, clients, location=str(folder / path) if rule.beside else "")


def write(rule: Rule, root: Path, text: str) -> Path:
    """Write an example of a rule about parts where it belongs in a project, and return its place."""
    parts = part_format(rule.example, rule.kind)
    if parts is None:
        raise AssertionError(f"{rule.code}: {rule.example} has no {rule.kind}")
    place = parts.project[0]
    pattern = place.pattern.replace("**/", "").replace("*/", "reviewer/").replace("*", "reviewer")
    name = rule.path or place.holds(pattern)
    _put(root, {**dict(rule.beside), name: text})
    return root / name


def _put(root: Path, files: Mapping[str, str]) -> None:
    for name, written in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(encode(written))


def _of_parts(rule: Rule, text: str, folder: Path) -> Subject:
    project = PartsOnDisk(folder)
    path = write(rule, project.folder, text)
    clients = tuple(dict.fromkeys((rule.example, *rule.clients)))
    of_clients = part_files.subjects(project, clients)
    found = next(one for one in of_clients if Path(one.path) == path and one.part is not None and one.part.kind == rule.kind)
    return replace(found, source=SourceText(path.relative_to(project.folder).as_posix(), found.source.data))


def found(rule: Rule, looked_at: Subject) -> list[Finding]:
    """Return what a rule finds in a file; a rule about a set has its bad example beside it.

    Raises:
        AssertionError: It breaks.
    """
    several = [looked_at]
    if rule.about == SET:
        twin = SourceText(looked_at.path.replace("reviewer", "twin/reviewer"), encode(rule.bad))
        several.append(Subject(twin, looked_at.format, looked_at.asked))
    checked, *_ = checking.check(several, [rule])
    if checked.failures:
        raise AssertionError("\n".join(failure.message for failure in checked.failures))
    return [finding for finding in checked.findings if finding.rule.code == rule.code]


def the_bad_example_is_found(rule: Rule, folder: Path) -> Iterator[str]:
    """A rule finds its bad example, at a place in the file, in words that fit into a line and name whom it is about."""
    findings = found(rule, subject(rule, rule.bad, folder))
    if not findings:
        yield f"{rule.code} finds nothing in its bad example"
    for finding in findings:
        names = [*(registry.FORMATS[client].title for client in registry.CLIENTS), *([finding.agent] if finding.agent else [])]
        if not 0 <= finding.start <= finding.end <= len(rule.bad):
            yield f"it is at {finding.start} to {finding.end}, which is no place in the file"
        if not _is_line(finding.message):
            yield f"its message is no line of {_LONGEST} characters at most: {finding.message!r}"
        if not finding.help:
            yield "it does not say what to do next"
        if not _names_one(finding.message, names):
            yield f"its message names neither an assistant nor the agent: {finding.message!r}"


def _is_line(text: str) -> bool:
    return len(text) <= _LONGEST and "\n" not in text


def _names_one(text: str, names: Iterable[str]) -> bool:
    return any(name in text for name in names)


def the_good_example_is_not(rule: Rule, folder: Path) -> Iterator[str]:
    """A rule finds nothing in its good example."""
    yield from (f"{rule.code} finds in its good example: {finding.message}" for finding in found(rule, subject(rule, rule.good, folder)))


def a_fix_makes_the_good_of_the_bad(rule: Rule, folder: Path) -> Iterator[str]:
    """The fixes of a rule make exactly its good example of its bad one, and a safe one is proven."""
    looked_at = subject(rule, rule.bad, folder)
    findings = tuple(found(rule, looked_at))
    has_safe = any(finding.fix and finding.fix.safe for finding in findings)
    if rule.fix == "safe" and not has_safe:
        yield f"{rule.code} says that it has a safe fix, and has none for its bad example"
    if not has_safe and rule.fix != "unsafe":
        return
    fixed = fixing.fix(looked_at, lambda again: found(rule, again), unsafe=rule.fix == "unsafe")
    if fixed.unproven:
        yield f"its fix is not proven to change nothing else: {fixed.unproven}"
    if fixing.promised(looked_at, findings, lambda again: found(rule, again)) != findings:
        yield "it offers a fix that is not proven"
    if fixed.data != encode(rule.good):
        yield f"its fix makes another file than its good example: {fixed.data.decode()!r}"


def it_is_documented(rule: Rule, folder: Path) -> Iterator[str]:  # noqa: ARG001 - called as the others are
    """A rule says what it flags, why, since when that is known and from where."""
    said = {
        "its name is words in lower case with hyphens": re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name),
        "its first line says what it flags, in a sentence": rule.summary.endswith(".") and "\n" not in rule.summary,
        "the rest of its docstring says why that matters, in more than 20 characters": len(rule.why) > 20,
        "`source` says where the facts are from": rule.source,
        "`verified` is a date, such as 2026-11-29": re.fullmatch(r"20\d\d-\d\d-\d\d", rule.verified),
        "`fix` is safe, unsafe, sometimes, or not given": rule.fix in (None, *FIXES),
    }
    yield from (f"{rule.code}: not so: {what}" for what, holds in said.items() if not holds)


CHECKS: dict[str, Callable[[Rule, Path], Iterator[str]]] = {
    check.__name__.replace("_", " "): check
    for check in (the_bad_example_is_found, the_good_example_is_not, a_fix_makes_the_good_of_the_bad, it_is_documented)
}


def in_a_folder(check: Callable[[Rule, Path], Iterator[str]], rule: Rule) -> Iterator[str]:
    """Check a rule with a folder of its own, for those whose examples are files of a project."""
    with TemporaryDirectory() as folder:
        yield from check(rule, Path(folder))
