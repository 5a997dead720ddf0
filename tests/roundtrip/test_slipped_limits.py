"""A limit with a slip in its line is a limit: what is read of the file may do no more than what the sound one says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentconv.core import effects, key_fields, limits, widening
from agentconv.core.diagnostics import Effect
from agentconv.core.source import SourceText, encode
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.core.format import ReadResult
    from agentconv.core.ir import Agent

_FIXTURES = Path(__file__).parents[2] / "fixtures"
_ENTRY = re.compile(r'^"?(?P<key>[A-Za-z_][\w-]*)"?[ \t]*[:=][ \t]*(?P<value>[^\r\n]*)', re.MULTILINE)
_SLIPS: dict[str, Callable[[str, str], str]] = {
    "no blank": lambda key, value: f"{key}:{value}",
    "no colon": lambda key, value: f"{key} {value}",
    "equals sign": lambda key, value: f"{key}= {value}",
    "tight equals sign": lambda key, value: f"{key}={value}",
    "semicolon": lambda key, value: f"{key}; {value}",
    "full-width colon": lambda key, value: f"{key}\uff1a{value}",
    "two colons": lambda key, value: f"{key}:: {value}",
    "blank before the colon": lambda key, value: f"{key} :{value}",
    "arrow": lambda key, value: f"{key} -> {value}",
    "dash": lambda key, value: f"- {key}: {value}",
    "bold": lambda key, value: f"**{key}:** {value}",
    "further in": lambda key, value: f"  {key}: {value}",
    "further in, no blank": lambda key, value: f"  {key}:{value}",
    "tab": lambda key, value: f"\t{key}: {value}",
    "odd blank": lambda key, value: f"\u00a0{key}: {value}",
    "capitals": lambda key, value: f"{key.upper()}:{value}",
    "swapped letters": lambda key, value: f"{key[:-2]}{key[-1]}{key[-2]}:{value}",
}
_PART_OF_A_TEXT = {("claude-code", "block-folded.md"), ("goose-recipe", "reviewer.yaml")}
"""Files in which a line that is further in belongs to what stands above: to a text that goes on, to a map."""


def _sound(format_id: str) -> Iterator[tuple[SourceText, Agent]]:
    """Yield the files of one agent that a client loads."""
    for path in sorted((_FIXTURES / format_id / "valid").glob("*")):
        if path.is_file() and not path.name.endswith(".expected.json"):
            source = SourceText(path.name, path.read_bytes())
            found = registry.load(format_id).read(source).as_meant
            if source.decodable and len(found.set.agents) == 1 and not found.states[0].dropped:
                yield source, found.set.agents[0]


def _slipped(format_id: str, source: SourceText) -> Iterator[tuple[str, str, SourceText]]:
    """Yield a file with each slip in each of its limits, with the key and what the slip is."""
    fields = key_fields.of(format_id)
    for line in _ENTRY.finditer(source.text):
        key = line["key"]
        if not fields.get(key, "").startswith(("tools.", "permissions.", "hooks")):
            continue
        for slip, spelled in _SLIPS.items():
            inside = (slip == "tab" or "further" in slip) and (format_id, source.path) in _PART_OF_A_TEXT
            if not inside:
                text = source.text[: line.start()] + spelled(key, line["value"]) + source.text[line.end() :]
                yield key, slip, SourceText(source.path, encode(text))


def _is_told(format_id: str, found: ReadResult, agent: Agent) -> bool:
    """Whether it is said that the client does not hold the agent to a limit: by the reader, or of a key, in each conversion."""
    if any(one.effect is Effect.GRANTS_ALL for one in (*found.diagnostics, *found.as_meant.diagnostics)):
        return True
    own = agent.extras.get(format_id, {})
    return any(limits.ignored(format_id, own)) or any(limits.is_guard(format_id, key) for key in own)


@pytest.mark.parametrize("format_id", registry.CLIENTS)
def test_slip_frees_nobody(format_id: str) -> None:
    """An agent whose limit has a slip in its line may do no more than without it, or it is told; and no text has the limit in it."""
    wrong = []
    for source, author in _sound(format_id):
        ceiling = effects.effects(author)
        for key, slip, slipped in _slipped(format_id, source):
            found = registry.load(format_id).read(slipped)
            for agent in found.as_meant.set.agents:
                freer = widening.widenings(ceiling, effects.effects(agent)) and not _is_told(format_id, found, agent)
                said = f"{agent.model} {agent.description}"
                if freer or (key in said and key not in f"{author.model} {author.description}"):
                    wrong.append((source.path, key, slip))

    assert not wrong


@pytest.mark.parametrize(
    "text",
    [
        "description: Reviews what\n  tools do to files",
        "description: |\n  Reviews.\n  tools: none of these",
        "description: >-\n  Reviews\n  tools Read, Grep",
        "description: Reviews\nskills:\n- tools",
        "hooks:\n  PreToolUse:\n  - matcher: Bash\n    hooks:\n    - type: command\n      command: ./check",
    ],
)
def test_text_is_no_limit(text: str) -> None:
    """What belongs to a text, or stands below another key, is as the client reads it, and nothing is told of it."""
    source = SourceText("rev.md", encode(f"---\nname: rev\n{text}\nmodel: opus\n---\n\nYou review.\n"))
    found = registry.load("claude-code").read(source)

    assert found.meant is None
    assert not [one for one in found.diagnostics if one.effect is Effect.GRANTS_ALL]
