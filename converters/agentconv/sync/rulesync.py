"""The agents of a project that rulesync writes for other assistants, read once, so that they move on.

Its file `.rulesync/subagents/NAME.md` has a header of `name`, `description`, `targets`, and by assistant what rulesync puts into the
header that it writes for it: so that is what an agent becomes here, too, in the assistant that is the source from now on.
https://github.com/dyoshikawa/rulesync, src/features/subagents
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from agentconv import api
from agentconv.core import schema_files
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.source import SourceText, encode
from agentconv.disk.files import Blocked, Disk
from agentconv.sources.settings_file import SettingsFile
from agentconv.sync import overrides
from agentconv.sync.tables import Table
from agentconv.yaml import emitter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent, Json
    from agentconv.disk.output import OutputFile

NAME = "rulesync"
FOLDER = ".rulesync/subagents"
SOURCE = "claude-code"
"""The assistant whose files have the same header, and so what its agents become."""
_FORMATS = {
    "claudecode": "claude-code",
    "codexcli": "codex",
    "copilot": "copilot",
    "geminicli": "gemini-cli",
    "qwencode": "qwen-code",
    "opencode": "opencode",
    "kilo": "kilo",
    "roo": "roo",
    "cursor": "cursor",
    "cline": "cline",
    "factorydroid": "droid",
}
"""What rulesync calls assistants that there is a format for."""
_EVERY = "*"
_EXTRAS = "extras"


@dataclass(frozen=True, slots=True)
class Moved:
    """What one of its files becomes."""

    path: str
    """Below the project's root."""
    name: str = ""
    files: tuple[OutputFile, ...] = ()
    """What is to be written; nothing where it cannot be."""
    only: frozenset[str] | None = None
    """The assistants that it is for; None for all."""
    said: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    """By assistant, what is said of it alone, as the settings say it."""
    left: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By assistant, the keys that neither the source nor the settings have a place for."""
    losses: tuple[Loss, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def files(root: Path) -> list[str]:
    """Return its files in a project, below the root."""
    folder = root / FOLDER
    return [f"{FOLDER}/{path.name}" for path in sorted(folder.glob("*.md"))] if folder.is_dir() else []


def read(root: Path) -> Iterator[Moved]:
    """Yield what each of its files becomes."""
    disk = Disk(root)
    for path in files(root):
        data = disk.read(path)
        if data is None or isinstance(data, Blocked):
            reason = data.reason if isinstance(data, Blocked) else "it is gone"
            remark = Diagnostic(Code.UNREADABLE, Severity.ERROR, f"cannot be read: {reason}", Span(path))
            yield Moved(path, diagnostics=(remark,))
            continue
        agents = api.reads(data, SOURCE, path=path)
        moved = _moved(path, agents.agents[0]) if agents.agents else Moved(path, diagnostics=agents.diagnostics)
        if not (moved.files or moved.losses or moved.diagnostics):
            remark = Diagnostic(Code.NO_AGENT, Severity.WARNING, "no agent comes of it: it has no name, or no description", Span(path))
            moved = replace(moved, diagnostics=(remark,))
        yield moved


def _moved(path: str, agent: Agent) -> Moved:
    said = agent.extras.get(SOURCE, {})
    sections = {known: value for word, known in _FORMATS.items() if isinstance(value := said.get(word), dict)}
    text = _text(agent, sections.pop(SOURCE, {}))
    result = api.write(api.reads(encode(text), SOURCE, path=PurePosixPath(path).name), SOURCE)
    name = agent.name or PurePosixPath(path).stem
    taken = {target: _as_settings(target, section) for target, section in sections.items()}
    values = {target: kept for target, (kept, _) in taken.items() if kept}
    left = {target: keys for target, (_, keys) in taken.items() if keys}
    return Moved(path, name, result.files, _only(said.get("targets")), values, left, result.losses, result.diagnostics)


def _as_settings(target: str, section: Mapping[str, Json]) -> tuple[dict[str, Any], list[str]]:
    """Return what a section says of an assistant as the settings say it, and the keys that they have no place for."""
    found: dict[str, Any] = {}
    left = []
    for key, value in section.items():
        one = _as_setting(target, key, value)
        if one is None:
            left.append(key)
        elif one[0] == _EXTRAS:
            found.setdefault(_EXTRAS, {})[key] = value
        else:
            found[one[0]] = value
    return found, left


def _as_setting(target: str, key: str, value: Json) -> tuple[str, Json] | None:
    """Return a key of an assistant's header as the settings say it; None where they do not take it."""
    row = schema_files.load(target)["properties"].get(key, {})
    name = _EXTRAS if row.get("x-field") == _EXTRAS else overrides.key_of(row.get("x-field"))
    if name is None:
        return None
    setting: Json = {key: value} if name == _EXTRAS else value
    file = SettingsFile(Path(FOLDER), SourceText(FOLDER, b""), {}, ())
    try:
        overrides.read(Table(file, (), {name: setting}), target)
    except InputError:
        return None
    return name, setting


def _text(agent: Agent, own: Json) -> str:
    """Return the text of the file that rulesync writes for the source."""
    keys = own if isinstance(own, dict) else {}
    named = {key: value for key, value in (("name", agent.name), ("description", agent.description)) if value is not None}
    prompt = agent.prompt.text.strip() if agent.prompt else ""
    return f"---\n{emitter.mapping({**named, **keys})}---\n\n{prompt}\n"


def _only(value: Json) -> frozenset[str] | None:
    if not isinstance(value, list) or _EVERY in value:
        return None
    return frozenset(_FORMATS[word] for word in value if isinstance(word, str) and word in _FORMATS)
