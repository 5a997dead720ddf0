"""A header of which all but the texts was read before says what it says to who never saw its like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from agent_files import FOLDERS, read, suffix
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Span
from agentconv.core.format import State
from agentconv.core.source import SourceText
from agentconv.families import known_headers, markdown
from agentconv.formats import registry
from agentconv.formats.claude.code import DIALECT
from agentconv.projecting import once
from template_format import CLIENTS, registered
from together import together

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from pathlib import Path

    from agentconv.core.format import ReadResult
    from agentconv.core.ir import Json

PLAIN = ("Another one", "é")
WORDS = (
    '"in quotes: all of it"', "'it''s'", "kebab/case", "\u00a0x", "\\n", "$name",
    "12", "99999999999999999999", "null", "true", "2024-01-01", "''", '" "', "a: b", "x #y", "[a]", "- a", "*a", "|", "> x",
)  # fmt: skip
"""Each file is given two of them, in turn."""
LINE = re.compile(r"(?m)^(name|description): .*$")


@registered()
def _files() -> list[object]:
    files = [
        (format_id, path)
        for format_id in CLIENTS
        if suffix(format_id).endswith((".md", ".mdc"))
        for kind in ("valid", "invalid")
        for path in sorted((FOLDERS[format_id] / kind).glob(f"*{suffix(format_id)}"))
    ]
    words = [WORDS[place : place + 2] for place in range(0, len(WORDS), 2)]
    return [
        pytest.param(format_id, path, words[number % len(words)], id=f"{format_id}-{path.parent.name}-{path.stem}")
        for number, (format_id, path) in enumerate(files)
    ]


def _with(text: str, word: str) -> str:
    return LINE.sub(lambda match: f"{match[1]}: {word}", text)


def _places(result: ReadResult) -> list[object]:
    keys = ("name", "description", "tools", "")
    return [result.place(number, key) for number, _ in enumerate(result.set.agents) for key in keys] if result.place else []


def _found(format_id: str, path: str, texts: list[str]) -> list[tuple[ReadResult, list[object]]]:
    results = [read(format_id, SourceText(path, text.encode())) for text in texts]
    return [(result, _places(result)) for result in results]


def _alike(format_id: str, path: str, texts: list[str]) -> dict[object, set[Hashable]]:
    """Return what the agents are but for their texts, by what their readers know them to share."""
    found: dict[object, set[Hashable]] = {}
    for result, _ in _found(format_id, path, texts):
        if result.like is not None:
            (agent,) = result.set.agents
            found.setdefault((result.like, agent.prompt and agent.prompt.syntax), set()).add(once.exact(agent))
    return found


@together(_files())
def test_what_is_known_of_a_header_depends_on_no_text(format_id: str, path: Path, words: tuple[str, ...]) -> None:
    """Whatever the texts are, a file is read as it is without what is known."""
    text = path.read_bytes().decode("utf-8", "replace")
    place = "/".join(path.parts[-suffix(format_id).count("/") - 1 :])
    texts = [_with(text, PLAIN[0]), _with(text, PLAIN[1]), text, *(_with(text, word) for word in words)]

    actual = _found(format_id, place, texts)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(known_headers, "known", lambda *_given: None)

        assert _found(format_id, place, texts) == actual
    assert all(len(several) == 1 for several in _alike(format_id, place, texts).values())


def test_a_set_is_read_by_what_is_known() -> None:
    """Of files that differ in their texts, the third is known: were it not, nothing here would be tested."""
    DIALECT.known.clear()
    for number in range(4):
        data = f"---\nname: agent-{number}\ndescription: Number {number}\ntools: Read, Grep\n---\n\nPrompt {number}.\n".encode()
        (agent,) = read("claude-code", SourceText(f"{number}.md", data)).set.agents
        assert (agent.name, agent.description) == (f"agent-{number}", f"Number {number}")

    assert [type(found) for found in DIALECT.known.values()] == [known_headers.Rest]


def test_what_is_said_of_a_header_is_known() -> None:
    """Of files that a client drops for the same key, the third is known as well, and the key is named in its own line."""
    client = registry.load("gemini-cli")
    client.DIALECT.known.clear()
    for number in range(3):
        text = f"---\nname: agent-{number}\ndescription: Number {number}\ntemperature: warm\n---\n\nPrompt {number}.\n"
        result = client.read(SourceText(f"{number}.md", text.encode()))
        (said,) = result.diagnostics

        assert (result.states, said.key, said.agent) == ((State.NOT_LOADED,), "temperature", f"agent-{number}")
        assert said.span == Span(f"{number}.md", 4, 14, 4, 18)

    assert [found.state for found in client.DIALECT.known.values()] == [State.NOT_LOADED]


def test_what_refuses_a_header_as_a_whole_is_asked_for_each_file() -> None:
    """A client may look at anything in a header, its texts too."""

    def refuses(header: Mapping[str, Json]) -> Complaint | None:
        return Complaint("it is called so", "name") if header["name"] == "wrong" else None

    dialect = replace(DIALECT, refuses=refuses)
    files = [f"---\nname: {name}\ndescription: Does it\n---\n\nPrompt.\n" for name in ("a", "b", "wrong", "c")]
    states = [state for text in files for state in markdown.read(dialect, SourceText("a.md", text.encode())).states]

    assert states == [State.LOADS, State.LOADS, State.NOT_LOADED, State.LOADS]
    assert len(dialect.known) == 1


@pytest.mark.parametrize("client", ["claude-code", "cursor"])
def test_agents_that_differ_in_their_texts_are_known_to_be_alike(client: str) -> None:
    """Of a header that was read before, and of one that is no more than lines; what else differs tells agents apart."""
    headers = [f"name: a-{number}\ndescription: Number {number}\n{rest}" for rest in ("", "model: opus\n") for number in range(3)]
    several = [SourceText("a.md", f"---\n{header}---\n\nPrompt.\n".encode()) for header in headers]
    found = [read(client, source).like for source in several + several]

    assert found[6:9] == [found[6]] * 3
    assert found[9:] == [found[9]] * 3
    assert len({None, found[6], found[9]}) == 3
