"""What stops a pack from being built: what its own clients do not load as written, credentials, hidden characters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agentconv.core import credentials
from agentconv.core.dataclass import dataclass, fields, replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.formats.canonical import documents, part_documents
from agentconv.lint import checking, included
from agentconv.lint.rule import LEFT
from agentconv.lint.subject import Settings, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.ir import Agent, Json
    from agentconv.core.parts import FolderFile
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Finding, Rule
    from agentconv.pack.metadata import About
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts_on_disk import LoadedPart

SECRETS = frozenset({"AC810"})
"""Rules that stop a build although an assistant works with what they find."""
HIDDEN = frozenset({"AC801", "AC802", "AC805"})
NAMED = frozenset({"AC814"})
"""Rules about what may be a secret, which stop nothing and are told."""
ALLOWED = frozenset({"AC205"})
"""Rules about what a pack mends: agents of one name get names of their own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found."""

    stopping: tuple[Checked, ...]
    """Files with what stops the build."""
    told: tuple[Checked, ...] = ()
    """Files with what may be a secret."""

    @property
    def failed(self) -> bool:
        """Whether a rule broke: a bug of ours."""
        return any(told.code is Code.INTERNAL for one in self.stopping for told in one.failures)


def check(
    pieces: Iterable[Loaded],
    loose: Sequence[Agent],
    parts: Sequence[LoadedPart] = (),
    *,
    rules: Sequence[Rule],
    settings: Callable[[str], Settings] = lambda _path: Settings(),
) -> Verdict:
    """Look at what would go into a pack.

    Args:
        pieces: What was read, with what their readers gave.
        loose: Agents that no text holds; their canonical form is looked at.
        parts: The skills, commands and servers that go along; so is theirs, with their files.
        rules: Those that are asked for; some of them can stop a build.
        settings: What it says about one file, by the file's path.
    """
    pieces = tuple(pieces)
    named = [rule for rule in rules if rule.code in NAMED]
    rules = [rule for rule in rules if _stops(rule)]
    subjects = [_subject(piece, settings) for piece in pieces if piece.source is not None and piece.agents and _is_clients(piece)]
    names = frozenset(agent.name for subject in subjects for _, agent, _ in subject.agents() if agent.name)
    for subject in subjects:
        subject.others = names
    subjects += [subject for _, subject in included.subjects(subjects)]
    suspects = _suspects(subjects, [rule for rule in rules if rule.about != LEFT])
    texts = [rule for rule in rules if rule.code in SECRETS | HIDDEN]
    scripts = dict.fromkeys(script for piece in pieces for script in piece.scripts)
    beside = [*map(_canonical, loose), *map(_part, parts), *map(_script, scripts)]
    found = [*checking.check(suspects, rules), *checking.check(beside, texts)]
    kept = (checking.Checked(one.subject, tuple(filter(_is_grave, one.findings)), one.failures) for one in found)
    told = checking.check([*subjects, *map(_values, loose), *map(_part_values, parts)], named)
    return Verdict(tuple(one for one in kept if one.findings or one.failures), tuple(one for one in told if one.findings))


def credentials_in(about: About) -> Iterator[Diagnostic]:
    """Yield an error for each credential in what a pack says of itself, and a warning for what only its name makes one."""
    for place, source in _said(about):
        for one in credentials.secrets(source.text):
            called = f", what `{one.name}` is given," if one.name else ""
            message = f"{place}: `{one.masked}`{called} looks like {one.what}; all who have the pack have it"
            severity = Severity.ERROR if one.strong else Severity.WARNING
            span = source.span(one.start) if source.path else None
            yield Diagnostic(Code.CREDENTIAL, severity, message, span, "revoke it, and leave it out; --no-lint packs it as it is")


def _said(about: About) -> Iterator[tuple[str, SourceText]]:
    """Yield what is said where; the licence's text has a file."""
    for field in fields(about):
        value = getattr(about, field.name)
        if field.name == "license_file":
            yield from [("the licence", SourceText(*value))] if value else ()
            continue
        for one in (value,) if isinstance(value, str) else value or ():
            text = one if isinstance(one, str) else "=".join(one)
            yield f"`{field.name}` of the pack", SourceText("", text.encode("utf-8", "replace"))


def _suspects(subjects: Sequence[Subject], rules: Sequence[Rule]) -> list[Subject]:
    """Return the files that are to be looked at once more, with fixes: most have nothing that would stop a build."""
    hasty = [replace(subject, settings=replace(subject.settings, fixes=False)) for subject in subjects]
    for subject, quick in zip(subjects, hasty, strict=True):
        quick.take(subject.result)
    checked = checking.check(hasty, rules)
    return [
        subject
        for subject, one in zip(subjects, checked, strict=True)
        if one.failures or any(map(_is_grave, one.findings)) or _is_dropped(subject)
    ]


def _is_dropped(subject: Subject) -> bool:
    """Whether the file's own client takes something of it for an error."""
    result = subject.result
    return any(state.dropped for state in result.states) or any(
        remark.severity is Severity.ERROR or remark.code is Code.NOT_LOADED for remark in result.diagnostics
    )


def _stops(rule: Rule) -> bool:
    return rule.code not in ALLOWED and (rule.severity is Severity.ERROR or rule.code in SECRETS)


def _is_grave(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR or finding.rule.code in SECRETS


def _is_clients(piece: Loaded) -> bool:
    return piece.format in registry.CLIENTS


def _subject(piece: Loaded, settings: Callable[[str], Settings]) -> Subject:
    source = piece.source or SourceText(piece.path, b"")
    subject = Subject(source, piece.format, (piece.format,), settings(piece.path))
    subject.take(piece.result)
    return subject


def _canonical(agent: Agent) -> Subject:
    """Return an agent without a text as one that has its canonical form for a prompt: what is about texts finds all of it there."""
    return _as_prompt(agent.id, documents.plain(agent))


def _part(one: LoadedPart) -> Subject:
    """Return a part with all its files, and its own file as it is written, in that form."""
    document = part_documents.plain(one.part)
    own = {"text of its file": one.source.text.text} if one.source and one.source.place.pattern else {}
    return _as_prompt(one.path or f"{one.kind}/{one.part.name}", document | own)


def _script(file: FolderFile) -> Subject:
    """Return what a guard of an agent runs in that form."""
    return _as_prompt(file.path, {"text": "" if b"\0" in file.data else file.data.decode("utf-8", "replace")})


def _as_prompt(path: str, document: Mapping[str, Json]) -> Subject:
    text = f"---\nname: agent\ndescription: d\n---\n{json.dumps(document, ensure_ascii=False, indent=2)}\n"
    return Subject(SourceText(path, text.encode("utf-8", "replace")), "claude-code", ("claude-code",))


def _values(agent: Agent) -> Subject:
    """Return an agent without a text as one whose header holds, in comments, all that it says beside its texts."""
    return _in_comments(agent.id, documents.plain(replace(agent, prompt=None, description=None)))


def _part_values(one: LoadedPart) -> Subject:
    """Return a part in that form."""
    document = part_documents.plain(one.part)
    return _in_comments(
        one.path or one.part.id, {key: value for key, value in document.items() if key not in ("body", "files", "description")}
    )


def _in_comments(path: str, document: Mapping[str, Json]) -> Subject:
    comments = "".join(f"# {line}\n" for line in json.dumps(document, indent=2).splitlines())
    text = f"---\nname: agent\ndescription: d\n{comments}---\nd\n"
    return Subject(SourceText(path, text.encode()), "claude-code", ("claude-code",))
