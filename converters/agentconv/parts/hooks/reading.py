"""What a client makes of a file with hooks: each handler with its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import effects, hook_handlers, hook_matchers, schema_files, vocabulary
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Cause, Code, Diagnostic, Effect, Severity, Span
from agentconv.core.format import State
from agentconv.core.ir import Hook, Origin
from agentconv.core.part_format import PartsRead
from agentconv.core.parts import SetHook
from agentconv.parts.hooks import scripts
from agentconv.parts.hooks.files import TomlHooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartSource
    from agentconv.parts.hooks.files import Entry, JsonHooks

_NEEDED = {"command": ("command",), "prompt": ("prompt",), "agent": ("prompt",), "http": ("url",), "mcp_tool": ("server", "tool")}


def _anything(_event: str, _kind: str) -> str | None:
    return None


_UNGROUPED = "it has no `hooks`"
_INTO_GROUP = "put what it runs into a list below `hooks`"
_NONE, _STOPPED = "runs none of the hooks of this file", "does not start with this file"


@dataclass(frozen=True, slots=True)
class Client:
    """How one client takes and spells hooks."""

    format: str
    """Its format id."""
    title: str
    flat: bool = False
    """Whether each handler stands alone, with its matcher."""
    typed: bool = True
    """Whether it runs nothing that does not say of what kind it is."""
    head: Mapping[str, Json] = field(default_factory=dict)
    """What a new file says besides."""
    whole: frozenset[str] = frozenset()
    """The events of which one entry that it does not take costs all of its file."""
    astray: bool = False
    """Whether such an event outside of `hooks`, or in a map where one's list should be, costs all of the file, too."""
    plugin: bool = False
    """Whether what costs all of its file costs all of the plugin that the file is in."""
    by_event: bool = False
    """Whether one entry that it does not take costs those of its event in the file."""
    alone: frozenset[str] = frozenset()
    """The events of which a handler may stand alone, in no group, where not all do."""
    hollow: bool = False
    """Whether one that stands alone elsewhere is a group without handlers to it, which costs nothing else."""
    expressions: bool = False
    """Whether nothing runs for a matcher that is no expression of the client's language."""
    strict: bool = False
    """Whether one entry that it does not take costs all of its file, and so does an event that it has not got."""
    skips: frozenset[str] = frozenset()
    """The kinds of what is run that it knows, and passes over alone."""
    blank: bool = False
    """Whether it takes a handler whose command, or question, is an empty text."""
    stops: bool = False
    """Whether a file that does not parse keeps it from starting; where it is strict, one that it does not take does."""
    refuses: Callable[[str, str], str | None] = _anything
    """Says why it does not take a handler of a kind on an event: that costs all of its file."""
    trust: str | None = None
    """What its user has to do before it runs the hooks of a project."""
    distrusts: bool = False
    """Whether that is so of the user's own, too."""
    needed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NEEDED)
    """What each kind of what is run cannot do without."""
    fitted: Callable[[Json], Json] = lambda handler: handler
    """Makes a handler of another client's one that this takes, where only its time is not."""
    holds_none: str | None = None
    """Why none of another client's goes into its files."""

    @property
    def words(self) -> str:
        """The format that has its words."""
        return vocabulary.words_of(self.format)


def read(client: Client, file: JsonHooks | TomlHooks, source: PartSource) -> PartsRead[SetHook]:
    """Read all hooks of a file, and say which the client does not take."""
    wrong = [problem_of(client, entry) for entry in file.entries]
    all_gone = bool(file.problem or _void(client, file, source)) or any(
        both[0] and _costs_all(client, entry, *both) for entry, both in zip(file.entries, wrong, strict=True)
    )
    lost = {entry.event for entry, (problem, passed) in zip(file.entries, wrong, strict=True) if client.by_event and problem and not passed}
    names: dict[str, int] = {}
    parts, states = [], []
    for entry, (problem, _) in zip(file.entries, wrong, strict=True):
        if not _is_meant(client, entry):
            continue
        parts.append(_hook(client, entry, source, names, entry.pointer(file.top)))
        stopped = State.STOPS if client.stops and (file.problem or client.strict) else State.NOT_LOADED
        states.append(stopped if all_gone else State.NOT_LOADED if problem or entry.event in lost else State.LOADS)
    return PartsRead(tuple(parts), tuple(states), tuple(_told(client, file, source, wrong)))


def _is_meant(client: Client, entry: Entry) -> bool:
    """Whether an entry is a hook, or was to be one that holds something back: of that, its author meant something, however it stands."""
    return not entry.problem or vocabulary.portable_event(client.words, entry.event) in effects.GUARD_EVENTS


def _costs_all(client: Client, entry: Entry, problem: str | None, passed: bool) -> bool:
    if problem is None or passed:
        return False
    if client.astray and isinstance(entry.value, dict) and client.whole & entry.value.keys():
        return True  # a map of events where one's list should be
    return client.strict or entry.event in client.whole or client.refuses(entry.event, _kind(entry.value)) is not None


def _void(client: Client, file: JsonHooks | TomlHooks, source: PartSource) -> tuple[str, int] | None:
    """Say why a client takes nothing of a file, or of the plugin that it is in, where no entry is at fault, and where that stands."""
    return None if source.place.at or not client.astray or isinstance(file, TomlHooks) else file.void(client.whole, alone=client.plugin)


def _kind(value: Json) -> str:
    """Return the kind of what is run; nothing, where it says none."""
    kind = value.get("type", "command") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""


def _hook(client: Client, entry: Entry, source: PartSource, names: dict[str, int], pointer: str) -> SetHook:
    matcher: Any = entry.matcher if isinstance(entry.matcher, str) else None
    event = vocabulary.portable_event(client.words, entry.event)
    value = entry.value if isinstance(entry.value, dict) and not entry.problem else {}
    hook = Hook(entry.event, client.words, event, matcher, (value,), entry.options)
    files = scripts.of(hook_handlers.read(client.words, value), source.files)
    name = numbered(name_of(hook), names)
    return SetHook(name, name, hook, files, origin=Origin(client.format, source.text.path, pointer))


def name_of(hook: Hook) -> str:
    """Return what a hook is called: its event, and what it is about."""
    event = hook.event or hook.native_event
    return f"{event}/{hook.matcher}" if hook.matcher else event


def numbered(name: str, names: dict[str, int]) -> str:
    """Return a name that none of those that came before has, and remember it."""
    names[name] = number = names.get(name, 0) + 1
    return name if number == 1 else f"{name}~{number}"


def problem_of(client: Client, entry: Entry) -> tuple[str | None, bool]:
    """Say why a client does not run an entry, and whether it passes over that alone, whatever a wrong handler costs."""
    if entry.problem:
        return entry.problem, False
    if not vocabulary.knows_event(client.words, entry.event):
        return f"it has no event `{entry.event}`", not client.strict
    if entry.handler is None and not client.flat and entry.event not in client.alone:
        return _UNGROUPED, client.hollow
    if entry.matcher is not None and not isinstance(entry.matcher, str):
        return "`matcher` is a text", False
    if client.expressions and isinstance(entry.matcher, str) and not hook_matchers.is_expression(client.words, entry.matcher):
        return f"`{entry.matcher}` is no regular expression", not client.by_event
    if not isinstance(entry.value, dict):
        return "it is no map", False
    if _kind(entry.value) in client.skips:
        return f"it does not support a `{_kind(entry.value)}` yet", True
    return handler_problem(client, entry.event, entry.value), False


def handler_problem(client: Client, event: str, value: Mapping[str, Json]) -> str | None:
    """Say why a client does not run a handler."""
    schema = schema_files.part_schema(hook_handlers.KIND, client.format)
    for key, one in value.items():
        found = schema_files.complaint(schema, key, one)
        if found is not None and found.effect is not Effect.IGNORES:
            return f"`{key}`: {found.reason}"
    handler = hook_handlers.read(client.words, dict(value))
    if "type" not in value and client.typed:
        return "it has no `type`"
    given = {name: getattr(handler, name, handler.others.get(name)) for name in client.needed.get(handler.kind, ())}
    lacking = [name for name, one in given.items() if one is None or (one == "" and not client.blank)]
    return f"it has no `{lacking[0]}`" if lacking else client.refuses(event, handler.kind)


def switched_off(client: Client, part: SetHook, source: PartSource, key: str) -> Diagnostic:
    """Say that a hook never runs, since its own file says so."""
    message = f"{client.title} does not run this hook: `{key}` in {source.text.path} switches it off"
    hint = f"take it out of `{key}`, or the hook out of the file"
    return Diagnostic(Code.NOT_LOADED, Severity.WARNING, message, Span(source.text.path), hint, part.name, client.format)


def _told(client: Client, file: JsonHooks | TomlHooks, source: PartSource, wrong: list[tuple[str | None, bool]]) -> Iterator[Diagnostic]:
    void = _void(client, file, source)
    starts = not (client.stops and client.strict)
    several = "loads nothing of this plugin" if client.plugin else _NONE if starts else _STOPPED
    guard = Cause.GUARD if client.plugin else None
    if void:
        reason, at = void
        told = _diagnostic(client, f"{client.title} {several}: {reason}", None, source.text.span(at))
        yield replace(told, effect=Effect.DROPS_ALL, reason=reason, cause=guard)
    elif file.problem:
        reason, at = file.problem
        does = _STOPPED if client.stops else _NONE
        told = _diagnostic(client, f"{client.title} {does}: {reason}", None, source.text.span(at))
        yield replace(told, effect=Effect.DROPS_ALL if file.entries else Effect.DROPS, reason=reason)  # what is no map costs itself alone
    names: dict[str, int] = {}
    for entry, (problem, passed) in zip(file.entries, wrong, strict=True):
        hook = Hook(entry.event, client.words, vocabulary.portable_event(client.words, entry.event), _text(entry.matcher))
        name = numbered(name_of(hook), names) if _is_meant(client, entry) else None
        if problem:
            whole = _costs_all(client, entry, problem, passed)
            does = several if whole else f"{'does not run the hook' if passed or not client.by_event else several} of `{entry.event}`"
            told = _diagnostic(client, f"{client.title} {does}: {problem}", None if whole else name, file.span(entry))
            told = replace(told, hint=_INTO_GROUP) if problem == _UNGROUPED else told
            effect = Effect.DROPS_ALL if whole else Effect.DROPS
            yield replace(told, names=(entry.event,), effect=effect, reason=problem, cause=guard if whole else None)


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _diagnostic(client: Client, message: str, name: str | None, span: Span) -> Diagnostic:
    hint = "mend it so that the client takes it"
    return replace(Diagnostic(Code.NOT_LOADED, Severity.WARNING, message, span, hint, name, client.format), effect=Effect.DROPS)
