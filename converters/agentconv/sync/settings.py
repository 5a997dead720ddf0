"""What a project says of its own agents: which assistant's are the source, and which others are kept in step with them.

It stands in `agentconv.toml`, or in `[tool.agentconv]` of pyproject.toml; `schemas/config.schema.json` describes it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from agentconv import __version__
from agentconv.conversion.choices import EVERYTHING, MAP_MODELS
from agentconv.core import paths
from agentconv.core.dataclass import dataclass, field, fields, replace
from agentconv.core.diagnostics import Diagnostic, InputError, Severity
from agentconv.core.model_choices import NO_CHOICES, ModelChoices
from agentconv.formats import registry
from agentconv.install import places
from agentconv.sources import settings_file, sniffing
from agentconv.sync import absent_formats
from agentconv.sync.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.conversion.along import With
    from agentconv.core.diagnostics import Span
    from agentconv.sync.overrides import Override

__all__ = ["ACCEPTABLE", "BY_KEY", "CARRIED", "Settings", "TargetSettings", "find_root", "read"]

CARRIED = ("prompt", "description")
"""What `carry-back` may name: texts alone. What decides what an agent may do is never carried without being asked for."""
ACCEPTABLE = ("not-enforced", "asks-dropped", "sandbox-dropped", "pattern-dropped", "set-restrictions-stay")
"""Losses that a project may accept. What would widen an agent, and what is refused, is in no project's hands."""
BY_KEY = {"widened-less": "keep-wider"}
"""Losses that a key of an agent accepts in the configuration, where it names what they are of: they are not accepted of all at once."""
HERE = "."
_NEEDED = ("source", "targets")
_WIDER = "keep-wider"
_MORE = "allow-widening"


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """What is said of one target."""

    format: str
    committed: bool = True
    """Whether version control has its files."""
    own: bool = False
    """Whether files are written for it though it reads the source's folder itself."""
    override: Override | None = None
    """What holds for all of its agents, unless more is said of one of them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project wants to be kept in step, and how."""

    root: Path
    file: Path
    """The file that says what the source is."""
    own_file: str
    """The file of the project that says it, or would: where a person is to write, whichever file this run was told to take instead."""
    source: str
    """A file or folder below the root, as a POSIX path; `.` where an assistant is named: then all of its places are read."""
    source_format: str
    targets: tuple[str, ...]
    formats: Mapping[str, TargetSettings]
    """Of every target."""
    agents: Mapping[str, Mapping[str, Override]] = field(default_factory=dict)
    """By the name of an agent in the source, then by target."""
    skipped: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By the name of an agent, the targets that do not get it."""
    exclude: tuple[str, ...] = ()
    """Patterns of paths of the source that are left out."""
    carry_back: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    along: With | None = None
    """Which parts are kept in step, one way; None where nothing is said of them."""
    """Losses that are known, `CODE` or `CODE:FORMAT`."""
    models: ModelChoices = NO_CHOICES
    required_version: str | None = None
    widening: tuple[str, ...] = ()
    """What a file that a person names insists on, whatever the source closes, as `conversion.insisting` has it."""
    sha256: str = ""
    """Of all that decides what is written, whichever way it is spelled."""
    places: Mapping[str, Span] = field(default_factory=dict, compare=False)
    """By the name of an agent, where something is said of it."""
    unused: tuple[Diagnostic, ...] = field(default=(), compare=False)
    """What is said of assistants that are no targets, of which nothing comes."""

    @property
    def is_anywhere(self) -> bool:
        """Whether an assistant is named as the source, all of whose places are read."""
        return self.source == HERE

    @property
    def place(self) -> str:
        """The source, for people."""
        return registry.FORMATS[self.source_format].place if self.source == HERE else self.source

    def override(self, name: str, target: str) -> Override | None:
        """Return what holds for one agent in one target: what is said of it comes before what is said of all."""
        general = self.formats[target].override
        own = self.agents.get(name, {}).get(target)
        return own.above(general) if own else general

    def excludes(self, path: str) -> bool:
        """Whether a file of the source is left out, by its path below the root."""
        return any(paths.matches(path, pattern) for pattern in self.exclude)


def find_root(start: Path) -> Path | None:
    """Return the nearest folder, from `start` upwards, that says what is kept in step; none above version control's top, or the home."""
    home = os.path.expanduser("~")
    start = Path(os.path.abspath(start))
    for folder in (start, *start.parents):
        if _is_root(folder):
            return folder
        if (folder / ".git").exists() or os.fspath(folder) == home:
            return None
    return None


def _is_root(folder: Path) -> bool:
    if (folder / settings_file.FILE).is_file():
        return True
    path = folder / settings_file.PYTHON
    try:
        return path.is_file() and any(key in _NEEDED for key in settings_file.read(path).values)
    except InputError:
        return True  # it says something to us; what is wrong with it is told when it is read


def read(root: Path, instead: Mapping[str, bytes] = MappingProxyType({}), named: Path | None = None) -> Settings | None:
    """Read what a project says; None where it says nothing of what is kept in step.

    Args:
        root: The project's root.
        instead: By name what is to be in a file of its settings, where that is not there yet.
        named: A file that a person names, which counts instead of the project's own.

    Raises:
        InputError: It cannot be meant, or two versions of it were merged and are in conflict.
    """
    shown = Path(os.path.relpath(root))
    files = settings_file.of_folder(shown, instead) if named is None else [settings_file.read(named)]
    settings_file.check(files, __version__)
    said = {key: Table(file, (), file.values) for file in files for key in file.values}
    if not _is_said(said):
        return None
    place, source_format = _source(said, root)
    unused: list[Diagnostic] = []
    targets = _targets(said["targets"], source_format, root, unused)
    sync = said["sync"].table("sync") if "sync" in said else None
    agents = _agents(sync, targets, unused) if sync else {}
    meaning: dict[str, Any] = {
        "source": place,
        "source_format": source_format,
        "targets": targets,
        "formats": _formats(sync, targets, source_format, unused),
        "agents": {name: found for name, table in agents.items() if (found := _of_agent(table, targets))},
        "skipped": {name: left for name, table in agents.items() if (left := _skipped(table, targets))},
        "exclude": _exclude(said["exclude"]) if "exclude" in said else (),
        "models": _models(said),
    }
    return Settings(
        root=Path(os.path.abspath(root)),
        file=(file := Path(os.path.abspath(said["source"].file.path))),
        own_file=file.name if named is None else settings_file.own(root),
        carry_back=_carry_back(said["carry-back"]) if "carry-back" in said else (),
        accept=_accept(said["accept"], (source_format, *targets), unused) if "accept" in said else (),
        along=_along(said["with"]) if "with" in said else None,
        widening=_widening(said[_MORE], is_named=named is not None) if _MORE in said else (),
        required_version=said[settings_file.VERSION].text(settings_file.VERSION) if settings_file.VERSION in said else None,
        sha256=_sha256(meaning),
        places={name: table.place() for name, table in agents.items()},
        unused=tuple(unused),
        **meaning,
    )


def _is_said(said: Mapping[str, Table]) -> bool:
    """Whether what is kept in step is said, which takes both a source and targets.

    Raises:
        InputError: One of them is not said.
    """
    _check_order(said)
    first = next((key for key in _NEEDED if key in said), None)
    for key in _NEEDED:
        if first is not None and key not in said:
            hint = 'for example: source = "claude-code" and targets = ["codex", "opencode"]'
            raise said[first].wrong(f"`{first}` is said, and `{key}` is not", hint, first)
    return first is not None


def _check_order(said: Mapping[str, Table]) -> None:
    """Complain about a setting that stands below [models], of which it is then: any word may be the name of a model there.

    Raises:
        InputError: There is one.
    """
    from agentconv.core.known_models import TIERS

    models = said["models"].values["models"] if "models" in said else None
    for key, value in models.items() if isinstance(models, dict) else ():
        if key in settings_file.KEYS and not isinstance(value, dict) and value not in TIERS:
            table = said["models"]
            shown = table.file.shown("models")
            line = f'`map-models = "{value}"`' if value in MAP_MODELS else f"`{key}`"
            hint = f"what stands below {shown} is part of it; {line} goes {table.above}"
            raise table.wrong(f"`{key}` is taken for the name of a model, since it stands in {shown}", hint, "models", key)


def _source(said: Mapping[str, Table], root: Path) -> tuple[str, str]:
    """Return where the source is, and in which format."""
    table = said["source"]
    if isinstance(table.values["source"], list):
        hint = "several sources are not kept in step yet: name the one that the others follow"
        raise table.wrong("`source` is one assistant, or one path", hint, "source")
    word = table.text("source")
    told = _source_format(said["source-format"]) if "source-format" in said else None
    if registry.is_known(word) or ("/" not in word and "." not in word and not os.path.lexists(root / word)):
        named = absent_formats.resolved(table, word, "source")
        if told not in (None, named):
            raise said["source-format"].wrong(f"the source is {named}, and `source-format` says {told}", "take it out", "source-format")
        return place_of(named), named
    if not paths.stays_below(word):
        raise table.wrong(f"`source` is a path below this file's folder, and `{word}` leads out of it", None, "source")
    place = PurePosixPath(word.replace("\\", "/"))
    found = told or _format_at(root, place)
    if found is None:
        hint = f'say it beside it: source-format = "claude-code"; {registry.LISTED}'
        raise table.wrong(f"the format of `{word}` cannot be told from its path", hint, "source")
    return place.as_posix(), found


def place_of(source: str) -> str:
    """Return where an assistant that is named as the source has its agents."""
    row = registry.FORMATS[source]
    return row.files[0] if row.bundle else HERE


def _source_format(table: Table) -> str:
    return absent_formats.resolved(table, table.text("source-format"), "source-format")


def _format_at(root: Path, place: PurePosixPath) -> str | None:
    """Tell a format from a client's location, or from the name of a file; from what is in it only where nothing else tells."""
    path = root / place
    return sniffing.home(path) or sniffing.by_place(place, os.fspath(root)) or (sniffing.of_file(path) if path.is_file() else None)


def _targets(table: Table, source: str, root: Path, absent: list[Diagnostic]) -> tuple[str, ...]:
    """Return the assistants that are kept in step, each once; none where nothing is any more, and what was written is to go.

    Args:
        table: What says them.
        source: What is no target.
        root: Where a lock may say which distribution brings one that is not here.
        absent: Takes what is to be told of those: what was written for them stays, and the others go on.
    """
    what = "assistants"
    known = places.targets()
    found = []
    for number, word in enumerate(table.texts("targets", what)):
        if absent_formats.is_absent(word, root):
            absent.append(absent_formats.left_out(table, word, number))
            continue
        target = absent_formats.resolved(table, word, "targets", number)
        if target == source:
            hint = "take it out: what is the source is not written"
            raise table.wrong(f"{registry.FORMATS[target].title} is the source", hint, "targets", number)
        if target not in known:
            hint = f"name assistants with a folder of their own for agents: {', '.join(name for name in known if name != source)}"
            raise table.wrong(f"nothing is kept in step in {registry.FORMATS[target].title}", hint, "targets", number)
        found.append(target)
    return tuple(dict.fromkeys(found))


def _target(table: Table, word: str, targets: tuple[str, ...], others: tuple[str, ...]) -> str:
    """Return the assistant that the key of a table names."""
    if not registry.is_known(word):
        known = f"what may be said here: {', '.join([*others, *targets])}"
        hint = settings_file.belonging(table.file, word) or registry.did_you_mean(word, [*targets, *others], known)
        raise table.wrong(f"there is no format `{word}`", hint, word)
    return registry.resolve(word)


def _by_target(
    table: Table, targets: tuple[str, ...], others: tuple[str, ...], *, elsewhere: bool = False, unused: list[Diagnostic] | None = None
) -> dict[str, Table]:
    """Return the tables of a table that are a target's, by target.

    Args:
        table: The table.
        targets: The targets.
        others: Keys that are no target's.
        elsewhere: Whether one may be about an assistant that is not kept in step, and say of it that it may do more than the source.
        unused: Takes what is to be told of the others: an assistant may be a target again.
    """
    found: dict[str, Table] = {}
    for word, value in table.values.items():
        if word not in others and not absent_formats.is_broken(word):
            is_apart = elsewhere and isinstance(value, dict) and value.keys() == {_WIDER}
            target = _target(table, word, targets, others)
            if target not in targets and not (is_apart and target in places.targets()):
                (unused if unused is not None else []).append(_not_used(table, table.file.shown(*table.names, word), target, word))
                continue
            if target in found:
                raise table.wrong(f"{target} is said twice, here and as `{found[target].names[-1]}`", None, word)
            found[target] = table.table(word)
    return found


def _not_used(table: Table, what: str, target: str, *names: str | int) -> Diagnostic:
    """Say that nothing comes of what is said of an assistant that is no target."""
    told = table.wrong(
        f"`targets` does not name {target}, and nothing comes of {what}", f"take it out, or add {target} to `targets`", *names
    ).diagnostic
    return replace(told, severity=Severity.WARNING)


def _formats(sync: Table | None, targets: tuple[str, ...], source: str, unused: list[Diagnostic]) -> dict[str, TargetSettings]:
    if sync is None:
        return {target: TargetSettings(target) for target in targets}
    for word in sync.values:
        if registry.is_known(word) and registry.resolve(word) == source:
            raise sync.wrong(f"{registry.FORMATS[source].title} is the source, of which nothing is overridden", "change the agents", word)
    tables = _by_target(sync, targets, ("agents",), unused=unused)
    return {target: _of_target(tables[target], target) if target in tables else TargetSettings(target) for target in targets}


def _of_target(table: Table, target: str) -> TargetSettings:
    from agentconv.sync import overrides

    if "skip" in table.values:
        raise table.wrong("one agent is skipped, not all of a target's", f"take {target} out of `targets`", "skip")
    table.only((*settings_file.OF_ASSISTANT, *overrides.KEYS))
    committed, own = table.switch("committed", default=True), table.switch("own", default=False)
    return TargetSettings(target, committed, own, overrides.read(table, target))


def _agents(sync: Table, targets: tuple[str, ...], unused: list[Diagnostic]) -> dict[str, Table]:
    """Return the table of each agent, whose keys are known to be meant."""
    from agentconv.sync import overrides

    table = sync.table("agents")
    found = {name: table.table(name) for name in table.values}
    for name, one in found.items():
        for key in one.values:
            if key in (*settings_file.OF_ASSISTANT, *overrides.KEYS):
                header = one.file.shown(*one.names, *(targets or ("codex",))[:1])
                raise one.wrong(f"`{key}` is said of an agent in one assistant", f"put it below {header}", key)
        for below in _by_target(one, targets, ("skip",), elsewhere=True, unused=unused).values():
            below.only(("skip", *overrides.KEYS))
        one.switch("skip", default=False)
        found[name] = one
    return found


def _of_agent(table: Table, targets: tuple[str, ...]) -> dict[str, Override]:
    from agentconv.sync import overrides

    tables = _by_target(table, targets, ("skip",), elsewhere=True)
    read = {target: overrides.read(below, target) for target, below in tables.items()}
    return {target: override for target, override in read.items() if override is not None}


def _skipped(table: Table, targets: tuple[str, ...]) -> frozenset[str]:
    """Return the targets that do not get an agent: what is said of one of them comes before what is said of all."""
    general = table.switch("skip", default=False)
    tables = _by_target(table, targets, ("skip",), elsewhere=True)
    said = {target: below.switch("skip", default=general) for target, below in tables.items()}
    return frozenset(target for target in targets if said.get(target, general))


def _exclude(table: Table) -> tuple[str, ...]:
    patterns = table.texts("exclude", "patterns of paths")
    for number, pattern in enumerate(patterns):
        if pattern.startswith(("!", "/")):
            hint = "a pattern is of a whole path below this file's folder, of a folder in it, or of a file's name"
            raise table.wrong(f"no path is like `{pattern}`", hint, "exclude", number)
    return patterns


def _carry_back(table: Table) -> tuple[str, ...]:
    words = table.texts("carry-back", "fields")
    for number, word in enumerate(words):
        if word not in CARRIED:
            hint = registry.did_you_mean(word, CARRIED, f"it may be {' and '.join(CARRIED)}; the rest takes `agentconv sync --carry-back`")
            raise table.wrong(f"`{word}` is not carried back by itself", hint, "carry-back", number)
    return tuple(dict.fromkeys(words))


def _widening(table: Table, *, is_named: bool) -> tuple[str, ...]:
    """Return what a file that a person names insists on."""
    if not is_named:
        hint = "say it on the command line: agentconv sync --allow-widening=NAME"
        raise table.wrong("a project cannot allow itself to widen what its agents may do", hint, _MORE)
    value = table.values[_MORE]
    return ((EVERYTHING,) if value else ()) if isinstance(value, bool) else table.texts(_MORE, "agents, or true, or false")


def _along(table: Table) -> With:
    """Return which parts are kept in step."""
    from agentconv.conversion import along

    words = table.texts("with", "what goes along, such as needed, all or skills")
    try:
        return along.chosen(words, "`with`")
    except InputError as error:
        raise table.at(error, "with") from None


def _accept(table: Table, clients: tuple[str, ...], unused: list[Diagnostic]) -> tuple[str, ...]:
    found = []
    for number, word in enumerate(table.texts("accept", "losses, such as not-enforced:codex")):
        code, colon, name = word.partition(":")
        try:
            check_accepted(word)
        except InputError as error:
            raise table.at(error, "accept", number) from None
        if colon and absent_formats.is_broken(name):
            continue
        if colon:
            target = absent_formats.resolved(table, name, "accept", number)
            if target not in clients:
                unused.append(_not_used(table, f'"{word}" in `accept`', target, "accept", number))
                continue
            code = f"{code}:{target}"
        found.append(code)
    return tuple(dict.fromkeys(found))


def check_accepted(word: str) -> None:
    """Complain about a word of `accept` that names no loss that can be.

    Raises:
        InputError: It does not.
    """
    code = word.partition(":")[0]
    if code in BY_KEY:
        hint = f"`{BY_KEY[code]}` in [sync.agents.NAME.FORMAT] does, agent by agent; on the command line, --accept {code} goes with it"
        raise registry.usage(f"`{code}` is not accepted of all agents at once", hint)
    if code not in ACCEPTABLE:
        hint = registry.did_you_mean(code, ACCEPTABLE, f"it may be {', '.join(ACCEPTABLE)}, each perhaps with an assistant")
        raise registry.usage(f"`{code}` cannot be accepted", hint)


def _models(said: Mapping[str, Table]) -> ModelChoices:
    """Return what becomes of models: `models` is `tier`, `off`, or a table, beside which `map-models` says one of these."""
    from agentconv.conversion import model_choices

    how, table = settings_file.models({key: said[key].values[key] for key in ("models", "map-models") if key in said})
    if how not in MAP_MODELS:
        key = "map-models" if "map-models" in said else "models"
        raise said[key].wrong(f"`{key}` wants one of {', '.join(MAP_MODELS)}", None, key)
    try:
        return model_choices.choose(how, table)
    except InputError as error:
        raise said["models"].at(error, "models", *getattr(error, "names", ())) from None


def _sha256(meaning: Mapping[str, Any]) -> str:
    """Return the digest of what decides what is written. Where settings stand, and who commits what, does not."""
    import hashlib

    formats: Mapping[str, TargetSettings] = meaning["formats"]
    document = {
        **meaning,
        "targets": sorted(meaning["targets"]),
        "formats": {name: [one.own, one.override] for name, one in formats.items()},
        "exclude": sorted(set(meaning["exclude"])),
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=_plain, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Return a value that JSON does not have in such as it has."""
    if isinstance(value, frozenset):
        return sorted(value)
    return {one.name: getattr(value, one.name) for one in fields(value) if one.name != "place"}
