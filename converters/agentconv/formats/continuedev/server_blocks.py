"""A server of Continue in a YAML file of its own (`.continue/mcpServers/*.yaml`): a block with a name, a version, and one server.

https://docs.continue.dev/customize/deep-dives/mcp

`parseBlock` of its package config-yaml 1.42.0 (asked) takes nothing of a file with two servers, or with one wrong value. What is a whole
program is one, whatever else it says. `${{ secrets.X }}` is a secret of the user's account, which no other client has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.server_variables import Variables
from agentconv.families import yaml_records
from agentconv.families.frontmatter import apply
from agentconv.families.record_file import Roster, as_written
from agentconv.families.value_checks import is_text_map, is_texts
from agentconv.formats.continuedev.continuedev import ID
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed
from agentconv.yaml import nodes
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.ir import Json, McpServer
    from agentconv.core.source import SourceText
    from agentconv.families.record_file import Edit, Named

_WORDS = "continue-block"
_TYPED = Typed(_WORDS, {"stdio": "stdio", "streamable-http": "http", "sse": "sse"}, effect=Effect.DROPS_ALL)
_OF_PROGRAMS, _OF_ADDRESSES = ("command", "args", "env", "cwd"), ("url", "apiKey", "requestOptions")
_SENT = "requestOptions"


class Block(yaml_records.YamlFile):
    """A file with a block as it was read."""

    def __init__(self, source: SourceText) -> None:
        super().__init__(source, Roster("/mcpServers", by_name=False), (), YAML_2, as_written(source))
        for record in self.records:
            name = record.value.get("name") if isinstance(record.value, dict) else None
            record.name = name if isinstance(name, str) else None
        if self.problem is None and self.root is not None:
            self.problem = self._wrong()

    def _wrong(self) -> tuple[Complaint, int] | None:
        """Say what keeps the client from taking the file as a block."""
        value = nodes.value(self.root, None, YAML_2) if self.root is not None else None
        if not isinstance(value, dict) or "mcpServers" not in value:
            return None
        for key in ("name", "version"):
            if not isinstance(value.get(key), str):
                return Complaint(f"its `{key}` is no text", key, Effect.DROPS_ALL), 0
        if len(self.records) != 1:
            return Complaint("a block has one server", effect=Effect.DROPS_ALL), 0
        if self.records[0].name is None:
            return Complaint("the `name` of its server is no text", "name", Effect.DROPS_ALL), self.records[0].place[0]
        return None

    def rewritten(self, changed: Mapping[int, Mapping[str, Json | None]], added: Sequence[Named], removed: Collection[int]) -> str:  # noqa: ARG002 - one server is all that it holds
        """Return the file with keys of its server set (None removes one), or without it, and nothing else changed."""
        if self.problem or self.root is None:
            return self.source.text
        edits: list[Edit] = [edit for index, keys in changed.items() for edit in self._changed(index, keys)]
        return apply(self.source.text, [*edits, *(self.arrange(removed, {}) or ())] if removed else edits)

    def _changed(self, index: int, keys: Mapping[str, Json | None]) -> list[Edit]:
        edits = self.patch(index, keys)
        if edits is not None:
            return edits
        value = self.records[index].value
        whole = {**(value if isinstance(value, dict) else {}), **keys}
        return self.replace(index, {key: one for key, one in whole.items() if one is not None}) or []


def _passed_over(config: dict[str, Json]) -> tuple[str, ...]:
    """Return the keys of the other kind, whatever they say: a whole program is one."""
    kind, args = config.get("type"), config.get("args", [])
    whole = isinstance(config.get("command"), str) and kind in (None, "stdio") and is_texts(args)
    if whole and is_text_map(config.get("env", {})) and isinstance(config.get("cwd", ""), str):
        return _OF_ADDRESSES
    return _OF_PROGRAMS if isinstance(config.get("url"), str) and kind in (None, "sse", "streamable-http") else ()


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    given = {key: value for key, value in config.items() if key != "name"}
    kind, sent = given.get("type"), given.get(_SENT)
    if isinstance(sent, dict) and is_text_map(sent.get("headers")):
        given["headers"] = sent["headers"]
        given[_SENT] = {key: value for key, value in sent.items() if key != "headers"}
        given = {key: value for key, value in given.items() if key != _SENT or value}
    if ("command" in given and kind in (None, "stdio")) or ("url" in given and kind != "stdio"):
        return _TYPED.read(name, given)
    needed = "`command`" if kind == "stdio" else "`url`" if kind else "`command` and no `url`"
    return Complaint(f"it has no {needed}", effect=Effect.DROPS_ALL)


def _write(server: McpServer) -> dict[str, Json]:
    found = _TYPED.write(server)
    sent = {key: value for key, value in found.items() if key == "headers"}
    return {"name": server.name, **{key: value for key, value in found.items() if key not in sent}, **({_SENT: sent} if sent else {})}


_SPOKEN = Variables("secrets", ("command", "args", "env", "cwd", "url", "headers"))
FORMAT = ServerFormat(Client(ID, "Continue", _read, _write, words=_WORDS, passed_over=_passed_over, spoken=_SPOKEN), Block)
