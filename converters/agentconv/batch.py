"""Agent files by the million, for who holds them in tables: rows in, rows out, and no disk.

A row depends on nothing but its bytes, its path, its format, the targets, the options and the version, so that any engine may cut a
table as it likes. A row that cannot be dealt with is a row with an `error`. All that goes in and comes out can be pickled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from threading import TIMEOUT_MAX
from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv import __version__
from agentconv.conversion import converting, given_words, model_choices
from agentconv.core import credentials, given, losses, time_limit
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import InputError
from agentconv.core.format import State
from agentconv.core.library_words import in_library, public
from agentconv.core.restraints import RESTRAINING
from agentconv.core.source import SourceText
from agentconv.core.versions import FORMAT_VERSION
from agentconv.formats import registry
from agentconv.formats.canonical import documents
from agentconv.lint import catalogue, library
from agentconv.sources import discovery, inputs, loading, sniffing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agentconv.conversion.converted import Converted
    from agentconv.core.diagnostics import Diagnostic, Loss
    from agentconv.core.ir import Agent
    from agentconv.core.shapes import Shapes
    from agentconv.disk.output import OutputFile
    from agentconv.sources.loaded import Loaded

Row: TypeAlias = "dict[str, Any]"
"""A plain map from columns to values."""
_FILE = ("path", "sha256", "format")
COLUMNS = (
    *_FILE,
    *("number", "state", "name", "description", "ir", "diagnostics"),
    *("target", "output_path", "output", "refused", "losses", "error", "agentconv", "ir_version"),
)
"""The columns of what `convert_rows` gives."""
LINT_COLUMNS = (
    *_FILE,
    *("code", "name", "severity", "message", "line", "column", "end_line", "end_column"),
    *("help", "clients", "agent", "fix", "safe", "error", "agentconv"),
)
"""The columns of what `lint_rows` gives."""
DIAGNOSTIC = ("code", "severity", "message", "hint", "agent", "client", "line", "column", "end_line", "end_column")
"""What a diagnostic holds."""
LOSS = ("code", "severity", "kind", "field", "detail", "hint", "agent")
"""What a loss holds."""


@dataclass(frozen=True, slots=True)
class Options:
    """What may be chosen."""

    allow_widening: bool = False
    """Also write agents that could do more than their author allowed."""
    map_models: str = "off"
    """`tier` to write the target's model of the same tier for one that it does not serve."""
    models: Mapping[str, object] = field(default_factory=dict)
    """Tiers by model, and by target a table of what to write."""
    seconds: float = 10.0
    """How long one row may take: what the processor spends on it, and outside of the main thread what the clock says."""


DEFAULTS = Options()


@public
def convert_rows(
    rows: Iterable[Mapping[str, Any]],
    targets: str | Sequence[str] = (),
    format: str | None = None,  # noqa: A002 - the word that users know
    options: Options = DEFAULTS,
) -> Iterator[Row]:
    """Read agents, and convert them.

    Args:
        rows: Maps with `path` and `bytes`, and perhaps `format`; what else is in them stays behind.
        targets: Formats to write, as ids or one text: `"codex,opencode"`. Without any, agents are read alone.
        format: Format id of what is read; told from path and bytes by default.
        options: What else may be chosen.

    Returns:
        For each agent a row, and with targets one for each of them; for a file without an agent one row. A file that goes along with
        agents has a row without a number. The columns are `COLUMNS`.

    Raises:
        InputError: There is no such format or choice, or one row is given where rows are. Raised by the call itself; nothing is raised
            for a row.
    """
    _check(rows)
    _check_options(options)
    work = _Conversion(_words(targets), format, options)
    return _all(rows, work.of, COLUMNS, options)


@public
def lint_rows(
    rows: Iterable[Mapping[str, Any]],
    for_: str | Sequence[str] = (),
    format: str | None = None,  # noqa: A002 - the word that users know
    *,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    options: Options = DEFAULTS,
) -> Iterator[Row]:
    """Find what breaks agents.

    Args:
        rows: As `convert_rows` takes them.
        for_: Further clients to ask, as ids or one text.
        format: Format id of what is looked at; told from path and bytes by default.
        select: Only these rules: codes, beginnings of codes, or names.
        ignore: Not these rules.
        options: What else may be chosen.

    Returns:
        For each finding a row, and for a file without any one row that has no `code`. The columns are `LINT_COLUMNS`.

    Raises:
        InputError: There is no such format, client or rule, or one row is given where rows are. Raised by the call itself.
    """
    _check(rows)
    _check_options(options)
    look = library.Look(for_, select, ignore)
    return _all(rows, _Linting(look, format).of, LINT_COLUMNS, options)


def _check(rows: object) -> None:
    """Refuse what is no rows, though it can be gone through.

    Raises:
        InputError: It is one row, or a text.
    """
    if isinstance(rows, (Mapping, str, bytes)) or not isinstance(rows, Iterable):
        raise registry.usage(f"rows are a list, or anything else that yields maps, not {type(rows).__name__}", "put one row into a list")


def _check_options(options: object) -> None:
    """Refuse choices that cannot be meant.

    Raises:
        InputError: They are no `Options`, or one is of another type.
    """
    if not isinstance(options, Options):
        raise registry.usage(f"options are agentconv.batch.Options, not {given.kind_of(options)}", "as in: Options(map_models='tier')")
    given.flag("allow_widening", options.allow_widening)
    seconds = options.seconds
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise registry.usage(f"seconds is a number, not {given.kind_of(seconds)}")
    if not 0 < seconds < float("inf"):
        raise registry.usage(f"seconds is a number above 0, not {seconds:g}")
    if seconds > TIMEOUT_MAX:
        raise registry.usage(f"no clock holds so many seconds; the most are {TIMEOUT_MAX:.0f}")


def _words(targets: str | Sequence[str]) -> list[str]:
    """Return the ids of the formats that a caller names.

    Raises:
        InputError: There is no such format, or it is named by no word.
    """
    words = targets.split(",") if isinstance(targets, str) else targets
    if not isinstance(words, (list, tuple, set, frozenset)):
        raise registry.usage(f"targets is a text, or a list of texts, not {given.kind_of(targets)}", 'as in: "codex,opencode"')
    odd = next((word for word in words if not isinstance(word, str)), None)
    if odd is not None:
        raise registry.usage(f"a format is named by a word, not {given.kind_of(odd)}")
    return list(dict.fromkeys(registry.resolve(word.strip()) for word in words if word.strip()))


@dataclass(frozen=True, slots=True)
class _File:
    """One row that was given."""

    path: str
    data: bytes
    format: str | None

    @property
    def source(self) -> SourceText:
        return SourceText(discovery.below(self.path.lstrip("/\\")) or "agent", self.data)


def _all(
    rows: Iterable[Mapping[str, Any]], work: Callable[[_File, Row], Iterator[Row]], columns: Sequence[str], options: Options
) -> Iterator[Row]:
    """Yield what comes of each row; a row with an error where that takes too long or breaks."""
    empty = dict.fromkeys(columns) | {"agentconv": __version__}
    for row in rows:
        head = dict(empty)
        try:
            found = time_limit.within(options.seconds, partial(_of_row, row, head, work))
        except time_limit.OverTime:
            found = [head | {"error": f"it takes longer than {options.seconds:g} seconds"}]
        except InputError as error:
            hint = in_library(error.diagnostic).hint
            found = [head | {"error": _told(f"{error} ({hint})" if hint else str(error))}]
        except (Exception, SystemExit) as error:  # noqa: BLE001 - one row must not lose the others
            found = [head | {"error": _told(f"{type(error).__name__}: {error}")}]
        yield from found


def _of_row(row: Mapping[str, Any], head: Row, work: Callable[[_File, Row], Iterator[Row]]) -> list[Row]:
    """Return what comes of a row; what is known of its file by then is in the head."""
    if not isinstance(row, Mapping):
        raise registry.usage(f"a row is a map with `path` and `bytes`, not {type(row).__name__}")
    path, data, format_id = row.get("path"), row.get("bytes"), row.get("format")
    head["path"] = _storable(path) if isinstance(path, str) else None
    if not isinstance(path, str):
        raise registry.usage(f"`path` is text, not {type(path).__name__}")
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise registry.usage(f"`bytes` holds bytes, not {type(data).__name__}")
    head["sha256"] = hashlib.sha256(data).hexdigest()
    if len(data) > inputs.MAX_AGENT_BYTES:
        raise registry.usage(f"the file has {len(data):,} bytes; agentconv reads agents of up to {inputs.MAX_AGENT_BYTES:,}")
    if not (format_id is None or isinstance(format_id, str)):
        raise registry.usage(f"`format` is text, not {type(format_id).__name__}")
    return list(work(_File(path, bytes(data), registry.resolve(format_id) if format_id else None), head))


def _format(file: _File, head: Row, given: str | None) -> str:
    """Return the format of a file: what its row says, or the caller, or else its path and bytes.

    Raises:
        InputError: Nothing does.
    """
    found = file.format or given or sniffing.by_bytes(file.path, file.data)
    if found is None:
        raise registry.usage("nothing tells its format", "name it in `format`")
    head["format"] = found
    return found


class _Conversion:
    """Converts one file after the other; what it remembers of earlier ones makes it faster, and nothing else."""

    def __init__(self, targets: Sequence[str], format_id: str | None, options: Options) -> None:
        self.targets = targets
        self.format = given_words.one_format(format_id) if format_id is not None else None
        self.options = converting.Options(
            allow_widening=options.allow_widening,
            models=model_choices.choose(options.map_models, options.models),
            unrestrained=RESTRAINING if options.allow_widening else (),
        )
        self.shapes: dict[str, Shapes] = {target: {} for target in targets}

    def of(self, file: _File, head: Row) -> Iterator[Row]:
        """Yield the rows of a file."""
        format_id = _format(file, head, self.format)
        head["ir_version"] = FORMAT_VERSION
        pieces = list(loading.with_ids(loading.load_source(format_id, file.source)))
        told = [one for piece in pieces for one in piece.diagnostics]
        rows = {agent.id: row for agent, row in _agents(pieces, told, head)}
        if not rows:
            causes = [*told, *(piece.absence for piece in pieces if piece.absence)]
            error = _bug(told)
            state = None if error else str(State.NO_AGENT)  # nobody knows what a reader that failed would have found
            yield head | {"state": state, "diagnostics": [*map(_diagnostic, causes)], "error": error}
            return
        if not self.targets:
            yield from rows.values()
        for target in self.targets:
            done = list(converting.convert(pieces, target, self.options, shapes=self.shapes[target]))
            yield from _converted(target, done, rows, head, told)


def _agents(pieces: Iterable[Loaded], told: Sequence[Diagnostic], head: Row) -> Iterator[tuple[Agent, Row]]:
    """Yield each agent, and what is known of it before it is converted."""
    several = sum(len(piece.agents) for piece in pieces) > 1
    found = ((agent, state) for piece in pieces for agent, state in zip(piece.agents, piece.states, strict=True))
    for number, (agent, state) in enumerate(found):
        about = [one for one in told if not several or one.agent in (None, agent.name, agent.id)]
        yield (
            agent,
            head
            | {
                "number": number,
                "state": str(state),
                "name": _storable(agent.name),
                "description": _storable(agent.description),
                "ir": json.dumps(documents.plain(agent)),
                "diagnostics": [*map(_diagnostic, about)],
                "error": _bug(about),
            },
        )


def _converted(target: str, done: Sequence[Converted], rows: Mapping[str, Row], head: Row, known: Sequence[Diagnostic]) -> Iterator[Row]:
    """Yield a row for each agent on its way to a target, and one for each file beside them; what is known was told by reading."""
    files = {one.file.path: one.file for one in done if one.file is not None}
    of_all = [one for one in done if not one.agents]
    losses = [loss for one in of_all for loss in one.losses]
    told = [each for one in of_all for each in one.diagnostics if each not in known]
    used: set[str] = set()
    for one in done:
        path = one.file.path if one.file is not None else one.path
        for id_ in one.agents:
            row = rows[id_] | {"target": target, "refused": one.refused, "losses": [*map(_loss, (*one.losses, *losses))]}
            own = [*told, *one.diagnostics]
            yield row | _output(files.get(path or "")) | {"diagnostics": [*row["diagnostics"], *map(_diagnostic, own)], "error": _bug(own)}
            used.add(path or "")
    yield from (head | {"target": target} | _output(file) for path, file in files.items() if path not in used)


def _output(file: OutputFile | None) -> Row:
    return {"output_path": _storable(file.path), "output": file.data} if file is not None else {}


def _bug(told: Iterable[Diagnostic]) -> str | None:
    """Return what went wrong for a reason that is no mistake in the row."""
    return next((_told(one.message) for one in told if one.is_bug), None)


def _diagnostic(one: Diagnostic) -> Row:
    span, one = one.span, in_library(one)
    return {
        "code": str(one.code),
        "severity": str(one.severity),
        "message": _told(one.message),
        "hint": _told(one.hint),
        "agent": _storable(one.agent),
        "client": one.client,
        "line": span and span.line,
        "column": span and span.column,
        "end_line": span and span.end_line,
        "end_column": span and span.end_column,
    }


def _loss(one: Loss) -> Row:
    return {
        "code": one.code,
        "severity": str(one.severity),
        "kind": str(one.kind),
        "field": one.field,
        "detail": _told(one.detail),
        "hint": _told(losses.hint_in_library(one)),
        "agent": _storable(one.agent),
    }


@lru_cache(maxsize=4096)
def _told(text: str | None) -> str | None:
    """Return what may be shown of a text that tells something."""
    return None if text is None else _storable(credentials.masked(text))


def _storable(text: str | None) -> str | None:
    """Return a text that any table holds: half a character becomes the sign for one that is not known."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Linting:
    """Looks at one file after the other."""

    def __init__(self, look: library.Look, format_id: str | None) -> None:
        self.look = look
        self.format = given_words.one_format(format_id) if format_id is not None else None

    def of(self, file: _File, head: Row) -> Iterator[Row]:
        """Yield the rows of a file."""
        format_id = _format(file, head, self.format)
        linted = self.look.at(loading.with_ids(loading.load_source(format_id, file.source, results=True)))
        broken = {in_library(one.diagnostic) for one in catalogue.BROKEN}
        told = [one for one in linted.diagnostics if one not in broken]
        rows = [head | _finding(one) for one in linted]
        rows += [head | {"error": _told(one.message)} for one in told]
        yield from rows or [head]


def _finding(one: library.Finding) -> Row:
    span = one.span
    return {
        "code": one.code,
        "name": one.name,
        "severity": str(one.severity),
        "message": _told(one.message),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "help": _told(one.hint),
        "clients": list(one.clients),
        "agent": _storable(one.agent),
        "fix": _told(one.fix),
        "safe": one.safe,
    }
