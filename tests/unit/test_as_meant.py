"""A header that its client takes for a part of the prompt is converted as a person reads it; `read` says what the client makes of it."""

import pytest

from agentconv.conversion import converting
from agentconv.core.format import State
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import loading

FILES = {
    "opencode": ("x.md", "---\ndescription: Runs checks\ndescription: Runs more checks\npermission:\n  bash: ask\n---\nCheck.\n"),
    "kilo": ("x.md", "---\ndescription: Runs checks\npermission:\n  bash: ask\n  bash: deny\n---\nCheck.\n"),
    "droid": ("x.md", "\n---\nname: x\ndescription: Runs checks\ntools: [Read]\n---\nCheck.\n"),
    "claude-plugin": ("x.md", '---\nname: x\ndescription: "Runs" checks\ntools: Read\n---\nCheck.\n'),
}


@pytest.mark.parametrize("format_id", FILES)
def test_a_header_in_the_prompt_is_recovered(format_id):
    """What is converted has the header's description and the body alone, counts as not loaded, and keeps its bytes in its own format."""
    name, text = FILES[format_id]
    source = SourceText(f"{registry.FORMATS[format_id].folders[0]}/{name}", text.encode())
    read = registry.load(format_id).read(source)
    pieces = list(loading.with_ids(loading.load_source(format_id, source)))
    (agent,) = pieces[0].agents
    (kept,) = [done for done in converting.convert(pieces, format_id) if done.agents]
    told = [diagnostic for done in converting.convert(pieces, "claude-code") for diagnostic in done.diagnostics]

    assert read.states[0] is not State.NOT_LOADED
    assert read.set.agents[0].description is None
    assert (agent.description or "").startswith(("Runs", '"Runs"'))
    assert agent.prompt.text == "Check."
    assert pieces[0].states == (State.NOT_LOADED,)
    assert kept.not_loaded
    assert kept.file.data == source.data
    assert any("prompt" in one.message or "header" in one.message for one in told)


def test_a_prompt_without_a_header_stays_one():
    """A file that has no header for a person either is the prompt that its client makes of it."""
    source = SourceText(".opencode/agents/x.md", b"Check the code.\n\n---\n\nThen report.\n")
    (piece,) = loading.load_source("opencode", source)

    assert piece.states == (State.LOADS,)
