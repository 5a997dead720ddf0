"""Bundles as both canonical formats read them: checked against their schema, with errors about the user's file."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.format import ReadResult, State
from agentconv.core.kinds import KINDS
from agentconv.core.suggestions import nearest
from agentconv.core.verdict import verdict
from agentconv.core.versions import FORMAT_VERSION
from agentconv.formats.canonical import documents, granted, special_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from agentconv.core.diagnostics import Span

MAX_NESTING = 200
_URN = "urn:agentconv:bundle:"
_VERSIONS = tuple(map(str, range(1, FORMAT_VERSION + 1)))
"""Those that are read; the last one is written."""
_SCHEMAS = ("bundle", "agent", "skill", "command", "server", "hook", "permission", "instruction")
_JARGON = {"object": "map", "array": "list", "string": "text", "integer": "whole number", "null": "nothing"}


def read(document: Any, place: Callable[[Sequence[str | int]], Span]) -> ReadResult:
    """Read a parsed bundle; `place` turns a path of keys and indices into where it stands."""
    problem = _version_problem(document, place)
    if problem:
        return ReadResult(diagnostics=(problem,))
    if _is_deep(document):
        message = f"nested deeper than {MAX_NESTING} levels"
        return ReadResult(diagnostics=(Diagnostic(Code.LIMIT, Severity.ERROR, message, place([])),))
    unknown = list(_unknown_keys(document, place))
    problems = [*unknown, *_schema_problems(document, place)] or list(_logic_problems(document, place))
    if problems:
        return ReadResult(diagnostics=tuple(problems))
    agents, changed = documents.from_document(document)
    diagnostics = [
        Diagnostic(
            Code.SOURCE_MISMATCH,
            Severity.WARNING,
            f"the stored text of `{path}` is not what its sha256 says; the agent's fields win",
            place(["sources", index, "sha256"]),
            "expected when a prompt was edited; otherwise make the bundle anew with `agentconv to-json`",
            option='expected when a prompt was edited; otherwise make the bundle anew: agentconv.write(agents, "json")',
        )
        for index, path in enumerate(source.path for source in agents.sources)
        if path in changed
    ]
    return ReadResult(agents, (State.LOADS,) * len(agents.agents), tuple(diagnostics))


def _is_deep(document: Any) -> bool:
    """Whether a document nests so deep that writing it would recurse without bound."""
    level: list[Any] = [document]
    for _ in range(MAX_NESTING):
        level = [
            item
            for value in level
            for item in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
            if isinstance(item, (dict, list))
        ]
        if not level:
            return False
    return True


def _version_problem(document: Any, place: Callable[[Sequence[str | int]], Span]) -> Diagnostic | None:
    urn = document.get("$schema") if isinstance(document, dict) else None
    if not isinstance(urn, str) or not urn.startswith(_URN):
        return Diagnostic(
            Code.SCHEMA,
            Severity.ERROR,
            f"not a bundle: `$schema` is not `{_URN}{FORMAT_VERSION}`",
            place([]),
            "bundles are made with `agentconv to-json`; say what else this is with -f FORMAT",
            option='bundles are made with agentconv.write(agents, "json"); say what else this is with `format`',
        )
    version = urn.removeprefix(_URN)
    if version in _VERSIONS:
        return None
    newer = version.isdecimal() and int(version) > FORMAT_VERSION
    return Diagnostic(
        Code.NEWER_FORMAT if newer else Code.SCHEMA,
        Severity.ERROR,
        f"a bundle of version {version}; this agentconv reads versions {_VERSIONS[0]} to {_VERSIONS[-1]}",
        place(["$schema"]),
        "install a newer one: pip install --upgrade agentconv-toolkit" if newer else None,
    )


def _unknown_keys(document: Any, place: Callable[[Sequence[str | int]], Span]) -> Iterable[Diagnostic]:
    """Yield keys that mean nothing; a list that only a newer reader knows is kept, unless it is a known one misspelt."""
    for key, value in document.items():
        if key in _known():
            continue
        close = nearest(key, _known())
        if close or not isinstance(value, list) or document["$schema"] == f"{_URN}1":
            hint = f"did you mean `{close}`?" if close else "what only one client knows goes to `extras`"
            yield Diagnostic(Code.SCHEMA, Severity.ERROR, f"the document: there is no key `{key}` here", place([]), hint)


def _known() -> list[str]:
    return list(schema_files.load("bundle")["properties"])


def _schema_problems(document: Any, place: Callable[[Sequence[str | int]], Span]) -> Iterable[Diagnostic]:
    schema = schema_files.load("bundle")
    beside = {one["$id"]: one for one in map(schema_files.load, _SCHEMAS)}
    known = {key: value for key, value in document.items() if key in _known()}
    if verdict(known, schema, beside=beside):
        return
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match, relevance
    from referencing import Registry, Resource

    resources = [(one["$id"], Resource.from_contents(one)) for one in (schema, *beside.values())]
    validator = Draft202012Validator(schema, registry=Registry().with_resources(resources))
    errors = sorted(validator.iter_errors(known), key=relevance)
    for error in errors[:20]:
        cause = best_match([error]) or error
        path = list(cause.absolute_path)
        yield Diagnostic(Code.SCHEMA, Severity.ERROR, f"{_pointer(path)}: {_words(cause)}", place(path), _hint(cause))


def _pointer(path: Sequence[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".") or "the document"


def _words(error: Any) -> str:
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = [key for key in error.instance if key not in known]
        return f"there is no key `{extra[0]}` here"
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return f"the key `{missing[0]}` is missing"
    if error.validator == "type":
        wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        return f"wants {' or '.join(_JARGON.get(word, str(word)) for word in wanted)}"
    if error.validator == "enum":
        return "wants one of " + ", ".join(f"`{word}`" for word in error.validator_value)
    if error.validator == "pattern":
        return "is not of the form that is wanted here"
    return str(error.message)[:120]


def _hint(error: Any) -> str | None:
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        extra = next(key for key in error.instance if key not in known)
        close = nearest(extra, known)
        return f"did you mean `{close}`?" if close else "what only one client knows goes to `extras`"
    description = error.schema.get("description") if isinstance(error.schema, dict) else None
    return str(description) if description else "the schema `bundle` says what may stand there"


def _logic_problems(document: Any, place: Callable[[Sequence[str | int]], Span]) -> Iterable[Diagnostic]:
    """Yield what a schema cannot say: paths that lead out, ids that are not unique, references to nothing."""

    def bad(path: list[str | int], message: str, hint: str | None = None) -> Diagnostic:
        return Diagnostic(Code.SCHEMA, Severity.ERROR, f"{_pointer(path)}: {message}", place(path), hint)

    for kind in KINDS:
        yield from _repeated_ids(document, kind, bad)
    for kind in ("skills", "hooks"):
        for index, part in enumerate(document.get(kind, ())):
            for number, file in enumerate(part.get("files", ())):
                if not is_safe(file["path"]):
                    yield bad([kind, index, "files", number, "path"], "a path that leads out of the folder", _PATHS)
    ids = {agent["id"] for agent in document.get("agents", ())}
    yield from _repeated_ids(document, "agents", bad)
    for at, message in special_values.mistakes(document):
        yield bad(at, message)
    for at, message, hint in granted.mistakes(document):
        yield bad(at, message, hint)
    paths: set[str] = set()
    for index, source in enumerate(document.get("sources", ())):
        path = source["path"]
        if not is_safe(path):
            yield bad(["sources", index, "path"], "a path that leads out of the folder", _PATHS)
        if path in paths:
            yield bad(["sources", index, "path"], f"the path `{path}` is taken")
        paths.add(path)
        for part, piece in enumerate(source.get("text", ())):
            if isinstance(piece, dict) and piece["prompt"] not in ids:
                hint = "delete the source of an agent that you delete"
                yield bad(["sources", index, "text", part], f"there is no agent `{piece['prompt']}`", hint)


def _repeated_ids(document: Any, kind: str, bad: Callable[..., Diagnostic]) -> Iterable[Diagnostic]:
    """Yield ids that two of a kind have."""
    ids: set[str] = set()
    for index, one in enumerate(document.get(kind, ())):
        if one.get("id") in ids:
            yield bad([kind, index, "id"], f"the id `{one['id']}` is taken", "ids are unique in a bundle")
        ids |= {one["id"]} if one.get("id") else set()


_PATHS = "paths are relative: names with `/` between them, none of them `.` or `..`, and no `\\\\`, `:` or NUL"


def is_safe(path: str) -> bool:
    """Whether a stored path stays below the folder that it is written to, on every system."""
    pure = PurePosixPath(path)
    return (
        path == str(pure) and path != "." and not (pure.is_absolute() or ".." in pure.parts or "\\" in path or ":" in path or "\0" in path)
    )
