"""What hovering says of a line is so, in whichever format it stands and whoever else gets it."""

import pytest

import agentconv
from agentconv.core.source import SourceText
from agentconv.editors import hover
from agentconv.editors.document import Document
from agentconv.editors.looked import Looked
from agentconv.formats import registry
from agentconv.lint.subject import Subject

FIRST, LAST = "You read what changed.", "Look at each file, and say what is wrong."
AGENT = f"---\nname: reviewer\ndescription: Reads what changed\ntools: Read, Grep\nmodel: sonnet\ncolor: red\n---\n\n{FIRST}\n\n{LAST}\n"
TARGETS = ("claude-code", "codex", "opencode", "roo", "kiro")


def told(source, client, target):
    """Yield each line with what hovering over it says, and what the other client gets."""
    looked = Looked(subject=Subject(source, client, (client,)), targets=(target,))
    document = Document("", f"/project/{source.path}", source.text, looked=looked)
    files = [done.file.data.decode() for done in looked.converted(target) if done.file]
    for number, line in enumerate(source.text.split("\n")):
        yield line.strip(), hover.of(document, document.positions.line(number)[0]) or "", "\n".join(files)


@pytest.mark.parametrize("client", registry.CLIENTS)
def test_hovering_never_says_that_nothing_becomes_of_what_is_written(client):
    """A prompt is shown line by line as the other client reads it, wherever either has it; so is the value of a key."""
    (file, *_) = agentconv.write(agentconv.reads(AGENT, path=".claude/agents/reviewer.md"), client).files or (None,)
    sources = {"claude-code": SourceText(".claude/agents/reviewer.md", AGENT.encode())}
    pairs = [("claude-code", client)]
    if file is not None:
        sources[client] = SourceText(file.path, file.data)
        pairs += [(client, target) for target in TARGETS if target != client]
    for own, target in pairs if client != "claude-code" else ():
        for line, shown, written in told(sources[own], own, target):
            prompt = next((one for one in (FIRST, LAST) if line.startswith(one)), None)
            value = line.partition(": ")[2].strip("\"',")
            if prompt and written:
                assert f"\n{prompt}\n" in shown
            if "nothing of it" in shown and registry.FORMATS[own].folders:
                assert not value or value not in written
