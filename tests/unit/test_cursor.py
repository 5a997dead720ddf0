"""What Cursor makes of a header that is no YAML, and how it is patched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_files import agent_of, convert_agent, read, state_of, written
from agentconv.core import effects
from agentconv.core.diagnostics import Code, Complaint
from agentconv.core.format import State, Whole
from agentconv.core.ir import Agent, AgentSet, Permissions, Prompt, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.families import frontmatter
from agentconv.families.line_header import patch
from agentconv.formats import registry
from agentconv.formats.cursor import line_header


def source(text: str, path: str = "agent.md") -> SourceText:
    """Make a file."""
    return SourceText(path, text.encode())


def header(text: str) -> dict[str, object]:
    """Return a header's values; none when there is no header."""
    found = line_header.find(source(text))
    return {} if isinstance(found, Complaint) else dict(found.values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("---\nA: b: c\n---\nx", {"a": "b: c"}),
        ("---\n  a :  'b' # c \n---\nx", {"a": "'b' # c"}),
        ("---\na: |\n  b\n  c: d\n---\nx", {"a": "|", "c": "d"}),
        ("---\na: 1\nA: 2\n---\nx", {"a": "2"}),
        ("---\n# a: b\n: c\nd\n---\nx", {}),
        ("---\n\n \n\na: b\n---\nx", {"a": "b"}),
        ("text\n\n---\na: b\n---\nx", {"a": "b"}),
        ("text\r---\na: b\n---\nx", {"a": "b"}),
        ("text ---\na: b\n---\nx", {}),
        ("---\na: b\n----x", {"a": "b"}),
        ("---\na: b\n ---\nx\n---\ny", {"a": "b"}),
        ("---a\nb: c\n---\nd: e\n---\nx", {"d": "e"}),
        ("---\n---\nx", {}),
        ("---\n---\na: b\n---\nx", {"a": "b"}),
        ("---\n\n---\nx", {}),
        ("\ufeff\ufeff---\na: b\n---\nx", {"a": "b"}),
        ("\ufeff\ufeff\ufeff---\na: b\n---\nx", {}),
        ("---\n$a: b\n---\nx", {"$$a": "b"}),
    ],
)
def test_header(text: str, values: dict[str, object]) -> None:
    """A header is what the client's expression finds, line by line."""
    assert values == header(text)


def test_many_fences_are_read_in_linear_time() -> None:
    """Fences that never close, and blank lines behind one, are each looked at once."""
    assert header("\r---\n" * 50_000) == {}
    assert header("---" + "\n" * 100_000) == {}


@pytest.mark.parametrize(("path", "name"), [("a_b c.md", "a-b-c"), ("x/y.mdc", "y"), ("a.b.markdown", "a.b"), ("A__B.md", "A-B")])
def test_a_file_names_its_agent(path: str, name: str) -> None:
    """Without a name, an agent has its file's, with dashes for blanks and underscores."""
    assert name == agent_of("cursor", source("---\na: b\n---\nx", path)).name


def test_crlf() -> None:
    """CRLF becomes LF as soon as it ends every twentieth line; before, it stays in the prompt."""
    mostly_lf = "---\na: b\n---\n" + "x\n" * 30 + "y\r\nz"

    assert agent_of("cursor", source("---\r\na: b\r\n---\r\nx\r\ny")).prompt == Prompt("x\ny")
    assert "\r\n" in agent_of("cursor", source(mostly_lf)).prompt.text  # type: ignore[union-attr]
    again = written("cursor", agent_of("cursor", source("---\na: b\n---\n" + "x\n" * 30 + "y\r\nz")))
    assert agent_of("cursor", again).prompt == agent_of("cursor", source(mostly_lf)).prompt


def test_what_is_no_text_is_not_loaded() -> None:
    """A NUL, or many control characters, in the first 4,096 bytes make a file binary to the client."""
    text = "---\nname: a\ndescription: b\n---\nx"

    assert State.NOT_LOADED is state_of("cursor", text + "\0")
    assert State.NOT_LOADED is state_of("cursor", text + "\x01" * 3)
    assert State.LOADS is state_of("cursor", text + "\x01")
    assert State.LOADS is state_of("cursor", text + " " * 5000 + "\0")


def test_such_text_is_not_written() -> None:
    """An agent whose file would be binary, or of a guessed encoding, is refused."""
    for prompt in ("a\0b", "\x01" * 50, "\x1b[0m é"):
        done = convert_agent(Agent(name="a", description="b", prompt=Prompt(prompt)), "cursor")

        assert [loss.code for loss in done.losses] == ["refused-text"]


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({"a": "9"}, "---\na: 9\n# note\nb: 2\nc: 3\n---\nx"),
        ({"a": None}, "---\n# note\nb: 2\nc: 3\n---\nx"),
        ({"c": None}, "---\na: 1\n# note\nb: 2\n---\nx"),
        ({"b": None, "c": None}, "---\na: 1\n# note\n---\nx"),
        ({"a": None, "b": None, "c": None}, "---\n# note\n---\nx"),
        ({"c": None, "d": "4"}, "---\na: 1\n# note\nb: 2\nd: 4\n---\nx"),
        ({"d": "two\nlines"}, "---\na: 1\n# note\nb: 2\nc: 3\nd: two lines\n---\nx"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_patch(changes: dict[str, str | None], after: str, newline: str) -> None:
    """A change of keys leaves every other byte, whatever ends the lines."""
    before = "---\na: 1\n# note\nb: 2\nc: 3\n---\nx".replace("\n", newline)
    found = line_header.find(source(before))
    assert not isinstance(found, Complaint)

    assert after.replace("\n", newline) == frontmatter.apply(before, patch(found, changes))


def test_the_word_that_counts_is_changed() -> None:
    """Where `background` stands beside `is_background`, it is the one that is changed."""
    original = source("---\nis_background: true\nbackground: false\n---\nx")
    agent = agent_of("cursor", original)

    assert agent.background is False
    assert b"is_background: true\nbackground: true\n" in written("cursor", replace(agent, background=True), original)


def test_a_name_is_written_where_the_file_does_not_say_it() -> None:
    """The name is a key only when it is not the file's."""
    agent = Agent(name="a-b", description="d", prompt=Prompt("x"))

    assert b"name" not in written("cursor", agent, SourceText("a_b.md", b""))
    assert b"name: a-b\n" in written("cursor", agent, SourceText("other.md", b""))


def test_readonly_takes_shell_and_writing_and_leaves_the_network() -> None:
    """A read-only agent may read and fetch, so one that may not fetch is refused."""
    grants = tuple(ToolGrant(word, "claude-code", capability) for word, capability in [("Read", "fs.read"), ("WebFetch", "web.fetch")])
    both = Agent(name="a", description="b", prompt=Prompt("x"), tools=Tools("list", grants))
    done = convert_agent(both, "cursor")
    assert done.file
    may = effects.effects(agent_of("cursor", done.file.data), format_id="cursor")

    assert tuple(may.may(effect) for effect in ("read", "network", "write", "run")) == (True, True, False, False)
    assert [loss.code for loss in convert_agent(replace(both, tools=Tools("list", grants[:1])), "cursor").losses][-1:] == ["widening"]


@pytest.mark.parametrize(
    ("header", "closed"),
    [
        ("tools: Read, WebFetch, mcp__jira__search, mcp__wiki", "mcp__jira__search, mcp__wiki"),
        ("tools: Read, WebFetch, Edit, mcp__jira", "mcp__jira"),
        ("permissionMode: plan", "all MCP servers"),
        ("tools: Read, WebFetch", ""),
        ("tools: Read, Bash, mcp__jira", ""),
    ],
)
def test_readonly_closes_mcp_tools_and_says_so(header: str, closed: str) -> None:
    """The client refuses every MCP tool to a read-only agent, the ones that it names, too."""
    (agent,) = read("claude-code", f"---\nname: a\ndescription: b\n{header}\n---\nx").set.agents
    done = convert_agent(agent, "cursor")
    told = [loss.detail for loss in done.losses if loss.code == "tools-narrowed" and "MCP" in loss.detail]

    assert [detail.startswith(closed) for detail in told] == ([True] if closed else [])


def test_only_true_is_read_only() -> None:
    """`readonly` counts as `true`, in any case, and as nothing else."""
    for value, mode in [("TRUE", "read-only"), ("false", None), ("yes", None), ("true # it is", None)]:
        result = read("cursor", f"---\nreadonly: {value}\n---\nx")

        assert Permissions(mode) == result.set.agents[0].permissions  # type: ignore[arg-type]


WIDE = "---\nname: prüfer\ndescription: Prüft.\nreadonly: true\n---\nSchau hin – genau.\r\nUnd dann?\n"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe" + WIDE.encode("utf-16-le"),
        b"\xfe\xff" + WIDE.encode("utf-16-be"),
        WIDE.encode("utf-16-le"),
        WIDE.encode("utf-16-be"),
        b"\xff\xfe\0\0" + WIDE.encode("utf-32-le"),
        WIDE.encode("utf-32-be"),
    ],
)
def test_wide_encodings_are_read(data: bytes) -> None:
    """UTF-16 and UTF-32 are told by their mark or their zeros, and CRLF stays in them (all tried on the client's loader)."""
    result = registry.load("cursor").read(SourceText("agent.md", data))
    (agent,) = result.set.agents

    assert (agent.name, agent.description, agent.permissions.mode) == ("prüfer", "Prüft.", "read-only")
    assert agent.prompt.text == "Schau hin – genau.\r\nUnd dann?"
    assert (result.states, [one.code for one in result.diagnostics]) == ((State.LOADS,), [Code.UNDECODABLE])


@pytest.mark.parametrize(("end", "prompt"), [(b"\0", "Do."), (b"\0\xd8", "Do.\n\ufffd")])
def test_wide_file_that_breaks_off_is_read(end: bytes, prompt: str) -> None:
    """Half a character at the end goes; half a pair is U+FFFD, as everywhere, since no IR holds it."""
    (agent,) = registry.load("cursor").read(SourceText("agent.md", "---\nname: a\n---\nDo.\n".encode("utf-16-le") + end)).set.agents

    assert agent.prompt.text == prompt


def test_wide_file_is_written_anew_when_it_changes() -> None:
    """Unchanged bytes stay; a change makes the file UTF-8, and that is said."""
    source_ = SourceText("agent.md", b"\xff\xfe" + WIDE.encode("utf-16-le"))
    module = registry.load("cursor")
    agents = module.read(source_).set
    changed = AgentSet((replace(agents.agents[0], description="Schaut."),))

    assert module.write(agents, source_).data == source_.data
    result = module.write(changed, source_)
    assert result.whole is Whole.HEADER
    assert b"description: Schaut." in result.data
    assert module.read(SourceText("agent.md", result.data)).set.agents[0].prompt == agents.agents[0].prompt
