"""Agents whose texts are nothing but text to each client: what one of them becomes, all become that differ in their texts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.projecting import once

if TYPE_CHECKING:
    from collections.abc import Hashable

    from agentconv.core.format import ReadResult
    from agentconv.core.ir import Agent

_NAME = expression(r"[a-z][a-z0-9-]{0,39}")
_LANGUAGE = expression(r"\$\{|\{[{%#\w]|@[\w./~-]")
"""What means more than it says to some client: placeholders, templates, names of files."""
_MOST = 1024
"""Characters of a description that no client finds too long."""
_LENGTHS = range(40, 200_000)
"""Characters of a prompt that is long enough for each client, and whose file is so short that each client reads it."""
_SEEN = bytes({*range(0x20, 0x7F)}) + b"\n\t"
"""What of ASCII can be seen, and line feeds and tabs."""
_FOUND: dict[Hashable, Hashable] = {}
"""What was found of agents that are known to be alike."""
_SHAPES = 1000
"""Those that are remembered; beyond, they are forgotten, and found again."""


def shape_of(format_id: str, read: ReadResult) -> Hashable:
    """Return all that a verdict on the one agent of a file can depend on; None where it may depend on its texts, too.

    No client refuses a plain text, and none reads more than text in one: so what becomes of an agent whose texts are plain is what
    becomes of each other one that differs in them alone.
    """
    agents = read.as_meant.set.agents
    if len(agents) != 1 or not _is_plain(agents[0]):
        return None
    return format_id, read.as_meant.states, but_for_texts(read.as_meant, 0)


def but_for_texts(read: ReadResult, number: int) -> Hashable:
    """Return what is equal for two agents that a client reads, where they differ in nothing but their texts."""
    agent = read.set.agents[number]
    if read.like is None:
        return once.exact(agent)
    like = read.like, agent.prompt and agent.prompt.syntax
    if like not in _FOUND:
        if len(_FOUND) >= _SHAPES:
            _FOUND.clear()
        _FOUND[like] = once.exact(agent)
    return _FOUND[like]


def _is_printed(text: str) -> bool:
    """Whether a text holds nothing but what can be printed, line feeds and tabs."""
    if text.isascii():
        return not text.encode().translate(None, _SEEN)
    return text.replace("\n", "").replace("\t", "").isprintable()


def _is_plain(agent: Agent) -> bool:
    """Whether no client would find anything in the texts of an agent but text."""
    name, description, prompt = agent.name, agent.description, agent.prompt and agent.prompt.text
    if not (name and description and prompt) or agent.display_name is not None:
        return False
    if not _NAME.fullmatch(name) or len(description) > _MOST or description.isspace() or len(prompt) not in _LENGTHS:
        return False
    return _is_text(description) and _is_text(prompt)


def _is_text(text: str) -> bool:
    if type(text) is not str or "---" in text or not _is_printed(text):
        return False
    return not (("{" in text or "@" in text) and _LANGUAGE.search(text))
