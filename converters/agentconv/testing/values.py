"""Values and files that no schema gives as an example: a format keeps them all, and not its examples alone.

A check yields what does not hold; the sentence that its first line is says what must.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import fields, known_models, schema_files, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.format import Projection, State
from agentconv.core.ir import Model, Prompt
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.testing.files import agent_of, convert_agent, holds, make, minimal, read, unlike, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.core.ir import Agent

TEXTS = (
    "Ünïcode: 漢字 🙂, and 'both' \"quotes\"",
    "# not a comment: {braces}, [brackets] & *stars*",
    "a word " * 200 + "and the end",
    "two lines:\nthe second is one, too",
)
"""What a description may say anywhere."""
NAMES = ("Code-Reviewer-2", "b")
NUMBERS = (1, 2, 7, 60, 1234)
PROMPTS = ("Ünïcode — 漢字 🙂\n\n---\n\nand more", "# A heading\n\n" + "You read one line more.\n" * 200 + "\nThe end.")
MODELS = ("claude-opus-5-5", "gpt-6.1-sol", "gemini-3-pro", "a-model-that-nobody-makes")
_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "with CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "without a last line end": lambda data: data.rstrip(b"\n"),
    "with blank lines at its end": lambda data: data + b"\n\n",
    "with a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "with blanks at its lines' ends": lambda data: data.replace(b"\n", b"  \n"),
    "with a comment": lambda data: data.replace(b"\n", b"\n# a comment\n", 1),
}
"""What people's editors make of a file."""


def files_of_any_editor_keep_their_bytes(format_id: str) -> Iterator[str]:
    """Reading a file and writing it back gives the same bytes, whichever line ends, blanks and comments there are."""
    for about, change in _BYTES.items():
        source = make(format_id, minimal(format_id))
        source = SourceText(source.path, change(source.data))
        if registry.load(format_id).write(read(format_id, source).set, source).data != source.data:
            yield f"a file {about} does not come back"


def other_values_are_read_as_they_stand(format_id: str) -> Iterator[str]:
    """A text, a number or a list of tools that the client takes is the field's value: whole, and in its order."""
    for key, path, value, agent in _of_values(format_id):
        found: Any = fields.get(agent, path)
        if path == "model":
            continue  # what its words stand for is the client's own affair
        if path.startswith("tools."):
            found = [grant.native for grant in found or ()]
            if not found and agent.tools.mode != "inherit":
                continue  # where the client's words are no tools, but stand for several, they are in another field
        if found != value:
            yield f"`{key}`: {_short(value)} is read as {_short(found)}"


def other_values_are_written_as_they_are(format_id: str) -> Iterator[str]:
    """Such a value, and any prompt, is read again out of a file that is written from nothing."""
    agents: list[tuple[str, Agent]] = []
    for key, path, value, agent in _of_values(format_id):
        agents.append((about := f"`{key}`: {_short(value)}", agent))
        if path != "name" and _projected(format_id, agent) != agent:  # names have a legal form
            yield f"{about} is read, and `project` does not keep it at home: what writes it gives another value back"
    base = _smallest(format_id)
    if base.prompt is not None:
        agents += [(f"a prompt, {_short(text)}", replace(base, prompt=replace(base.prompt, text=text))) for text in PROMPTS]
    for about, agent in agents:
        if _projected(format_id, agent) == agent:
            unkept = unlike(agent, agent_of(format_id, written(format_id, agent)))
            yield from (f"{about} is written so that {name} reads as {_short(pair[1])}" for name, pair in unkept.items())


def models_are_those_that_it_serves(format_id: str) -> Iterator[str]:
    """Of an agent from elsewhere, a model that the client does not serve is not written."""
    if "model" not in registry.load(format_id).SPEC.holds:
        return
    base = _smallest(format_id)
    for value in MODELS:
        found = _projected(format_id, replace(base, model=Model("id", value), origin=None))
        model = found.model if found else None
        if model and model.value == value and not known_models.serves_model(format_id, model.kind, value):
            yield f"`{value}` is written, and no word of {format_id}.toml says that the client serves it: `models.model(projection)`"


def what_an_agent_lacks_is_no_bug(format_id: str) -> Iterator[str]:
    """An agent without a name, a description or a prompt is written with something in its place, or refused."""
    base = replace(_smallest(format_id), id="a", origin=None)
    for lacking in ({"name": None}, {"description": None}, {"prompt": None}, {"prompt": Prompt("")}):
        done = convert_agent(replace(base, **lacking), format_id)
        if done.failed or (done.file is None and not done.refused):
            yield f"without a {next(iter(lacking))}: {done.diagnostics[0].message if done.diagnostics else 'nothing is said'}"


def _smallest(format_id: str) -> Agent:
    """Return the agent of the smallest file; of a client that takes that for none, one with a description."""
    header = minimal(format_id)
    found = read(format_id, make(format_id, header)).set.agents
    return found[0] if found else agent_of(format_id, make(format_id, {**header, "description": TEXTS[0]}))


def _of_values(format_id: str) -> Iterator[tuple[str, str, Any, Agent]]:
    """Yield the values that a key takes, with the field and the agent that each makes."""
    for key, row in schema_files.load(format_id)["properties"].items():
        for value in _values(format_id, row):
            if holds(format_id, value) and schema_files.complaint(format_id, key, value) is None:
                result = read(format_id, make(format_id, {**minimal(format_id, key), key: value}))
                if len(result.set.agents) == 1 and result.states[0] is State.LOADS and not result.diagnostics:
                    yield key, row["x-field"], value, result.set.agents[0]


def _values(format_id: str, row: dict[str, Any]) -> Iterator[Any]:
    path, kind = row["x-field"], row.get("type")
    if path == "description" and kind == "string":
        yield from TEXTS
    elif path == "name" and kind == "string":
        yield from NAMES
    elif path == "model" and kind == "string":
        yield from MODELS
    elif path == "limits.max_turns" and kind == "integer":
        yield from NUMBERS
    elif path in ("tools.allow", "tools.deny") and kind == "array":
        words = [word for word, meaning in vocabulary.tables(format_id).get("tools", {}).items() if meaning][
            :3
        ]  # all of them may be as good as no list
        yield from (words, words[::-1], *([word] for word in words))


def _projected(format_id: str, agent: Agent) -> Agent | None:
    projection = Projection(agent, registry.load(format_id).SPEC)
    registry.load(format_id).project(projection)
    return None if projection.is_refused() else projection.result()


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _MOST else f"{shown[:_MOST]}..."


_MOST = 60
CHECKS: dict[str, Callable[[str], Iterator[str]]] = {
    check.__name__.replace("_", " "): check
    for check in (
        files_of_any_editor_keep_their_bytes,
        other_values_are_read_as_they_stand,
        other_values_are_written_as_they_are,
        models_are_those_that_it_serves,
        what_an_agent_lacks_is_no_bug,
    )
}
