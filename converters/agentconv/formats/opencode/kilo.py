"""Kilo CLI 7.7.9, a relative of OpenCode: markdown agents in `.kilo/agents` and `.kilocode/agents`.

https://kilo.ai/docs/customize/custom-subagents

What differs from OpenCode: a bad file is passed over, and `kilo config check` says so; null stands for nothing said; the
repair of a header puts values in double quotes; and in a prompt `{file:path}` becomes the file, while `{env:NAME}` makes the
client drop an agent of a project. Neither can be escaped, but in a line that starts with `//` both are plain text.
Modes of an older version, in `.kilocodemodes`, are read as what the client makes of them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Detail
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec, State
from agentconv.families import keys, markdown
from agentconv.families.javascript import SPACE
from agentconv.families.keys import simple
from agentconv.formats.opencode import agent_keys
from agentconv.formats.opencode.dialect import Client, Repair, is_configuration
from agentconv.formats.opencode.permission_maps import Permissions
from agentconv.projecting import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.includes import Include
    from agentconv.core.ir import AgentSet
    from agentconv.core.source import SourceText
    from agentconv.formats.opencode.config_file import Configuration
    from agentconv.formats.opencode.kilo_modes import Modes
    from agentconv.formats.opencode.merging import Merging

ID = "kilo"
_REFERENCE = expression(r"(?<!\$)\{(file|env):[^}]+\}")


class References:
    """What Kilo fills in in a prompt."""

    def live(self, text: str, kind: str) -> str | None:
        """Return the first reference of a kind that is not in a line of comment."""
        if f"{{{kind}:" not in text:
            return None
        for match in _REFERENCE.finditer(text):
            line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
            if match[1] == kind and not line.lstrip(SPACE).startswith("//"):
                return match[0]
        return None

    def syntax_of(self, text: str) -> str:
        """Return whether a prompt is a template."""
        return ID if self.live(text, "file") else "literal"

    def complaint(self, text: str) -> str | None:
        """Say why Kilo drops an agent with this prompt."""
        found = self.live(text, "env")
        return f"a prompt in a project must not have `{found}`" if found else None

    def remarks(self, _spec: FormatSpec, _text: str, _source: SourceText, _start: int) -> Iterator[Diagnostic]:
        """Say nothing: a file that is not there leaves nothing, and is no matter of the text."""
        return iter(())


PERMISSIONS = Permissions(ID, agent_keys.WHOLE, nullable=True)
KEYS = {**agent_keys.table(PERMISSIONS), "displayName": simple("display_name", keys.text("displayName"))}
SWITCHES = agent_keys.SWITCHES
REFERENCES = References()


def _essence(source: SourceText) -> SourceText:
    return _configuration().essence(source) if is_configuration(source.path) else source


SPEC = FormatSpec(
    id=ID,
    client="Kilo",
    holds=frozenset({"prompt.text", "prompt.mode", "prompt.syntax", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=agent_keys.legal_name,
    reserved=frozenset(
        {"code", "ask", "debug", "orchestrator", "plan", "build", "general", "explore", "scout", "compaction", "title", "summary"}
    ),
    duplicates="the last one that it reads",
    essence=_essence,
)


def _in_quotes(key: str, value: str) -> tuple[str, ...]:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return (f'{key}: "{escaped}"',)


CLIENT = Client(SPEC, Repair(_in_quotes), PERMISSIONS, (".kilo", ".kilocode"), KEYS, REFERENCES)
AGENTS, MODES = CLIENT.dialect(), CLIENT.dialect(mode=True)


@cache
def _configuration() -> Configuration:
    """Return what reads a configuration, which most projects have no agents in."""
    from agentconv.formats.opencode.config_file import Configuration

    return Configuration(CLIENT, State.NOT_LOADED, trusted=False, values_alone=True)


def _includes(source: SourceText) -> list[Include]:
    """Return where a configuration names files whose text the client fills in."""
    return _configuration().includes(source) if is_configuration(source.path) else []


INCLUDES = _includes


def merging() -> Merging:
    """Return how what several files say of an agent is put together."""
    from agentconv.formats.opencode import configurations
    from agentconv.formats.opencode.merging import Merging

    return Merging(KEYS, configurations.KILO, (".kilocode", ".kilo"))


_OLD_MODES = ".kilocodemodes"


@cache
def _old_modes() -> Modes:
    """Return what reads the file of modes that an older version had."""
    from agentconv.formats.opencode.kilo_modes import Modes

    return Modes(SPEC, PERMISSIONS, _OLD_MODES)


def _dialect(path: str) -> markdown.Dialect:
    return MODES if CLIENT.is_mode(path) else AGENTS


def read(source: SourceText) -> ReadResult:
    """Read a file as Kilo does."""
    if is_configuration(source.path):
        return _configuration().read(source)
    if source.path.endswith(_OLD_MODES):
        return _old_modes().read(source)
    return markdown.read(_dialect(source.path), source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a file that Kilo loads."""
    if is_configuration(original.path):
        return _configuration().write(agents, original)
    if original.path.endswith(_OLD_MODES):
        return _old_modes().write(agents, original)
    return markdown.write(_dialect(original.path), agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a Kilo file can hold."""
    if is_configuration(projection.path):
        _configuration().project(projection)
        return
    if projection.path.endswith(_OLD_MODES):
        _old_modes().project(projection)
        return
    texts.refused_unread(projection)
    text = (projection.get("prompt.text") or "").strip(SPACE)
    template = projection.get("prompt.syntax") == ID and REFERENCES.syntax_of(text) == ID
    found = REFERENCES.live(text, "env") or (None if template else REFERENCES.live(text, "file"))
    if found:
        projection.refuse("refused-text", "prompt.text", Detail("Kilo would fill in `{}`", (found[:40],)))
    agent_keys.project_body(projection, ID if template else "literal")
    agent_keys.project(projection, PERMISSIONS, AGENTS)
