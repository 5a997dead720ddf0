"""What becomes of a set in each assistant, side by side, is what conversions and inspections say, at the lines that it comes from."""

import json
import re

import pytest

from agentconv.cli import main
from agentconv.conversion import along, converting
from agentconv.core.source import SourceText
from agentconv.lint import inspection, side_by_side
from agentconv.sources import discovery, loading
from agentconv.sources import parts as beside

REVIEWER = "---\nname: reviewer\ndescription: Reviews\ntools: Read, Bash\nmodel: haiku\ncolor: red\n---\nRead the change.\n"
WRITER = "---\nname: writer\ndescription: Writes\n---\nWrite it.\n"
DEPLOY = '---\nname: deploy\ndescription: Deploys\nargument-hint: "[env]"\n---\n\nDeploy $ARGUMENTS.\n'
SERVERS = {"mcpServers": {"web": {"type": "http", "url": "https://a.example/mcp"}, "old": {"type": "sse", "url": "https://a.example/sse"}}}
FILES = {
    ".claude/agents/reviewer.md": REVIEWER,
    ".claude/agents/writer.md": WRITER,
    ".claude/skills/deploy/SKILL.md": DEPLOY,
    ".mcp.json": json.dumps(SERVERS, indent=2),
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of Claude Code with agents, a skill and servers."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compared(*targets, client="claude-code"):
    """Return what becomes of a client's set in the current folder, its entries by name."""
    found = discovery.discover(["."], client)
    loader = loading.Loader(found.files)
    parts = beside.beside(found, ["."], [client])
    whole = side_by_side.compare(loader, targets, converting.Options(along=along.chosen(["all"])), parts)
    return whole, {entry.id: entry for entry in whole.entries}


def lines(outcome):
    """Return the line of each loss that has one, by its code."""
    return {placed.loss.code: placed.span.line for placed in outcome.losses if placed.span}


def test_a_loss_is_at_the_line_of_its_field(project):
    """A loss of an agent stands at the key of its field; one of what no line says stands at none."""
    _, entries = compared("codex")
    outcome = entries["reviewer"].outcomes["codex"]

    assert lines(outcome) == {"tools-unlisted": 4, "model-dropped": 5, "looks-dropped": 6}
    assert {"prompt-mode", "not-enforced"} <= {placed.loss.code for placed in outcome.losses if placed.span is None}


def test_a_loss_of_a_part_is_at_its_line(project):
    """A loss of a skill stands at its key or its text, one of a server at the key of its entry."""
    _, entries = compared("codex")
    entry = next(number for number, line in enumerate(FILES[".mcp.json"].split("\n"), 1) if '"old"' in line)

    assert lines(entries["deploy"].outcomes["codex"]) == {"skill-looks-dropped": 4, "placeholder-argument": 7}
    assert lines(entries["old"].outcomes["codex"]) == {"server-transport": entry}


def test_what_it_may_do_is_what_the_client_reads(project):
    """What an agent may do in an assistant is what an inspection of the file says that was written for it."""
    whole, entries = compared("opencode")
    outcome = entries["reviewer"].outcomes["opencode"]
    piece = next(iter(loading.load_source("opencode", SourceText(outcome.path, whole.files["opencode", outcome.path]))))
    expected = inspection.inspect(piece, ["opencode"]).readings[0]

    assert outcome.reading.levels == expected.levels
    assert outcome.reading.tools == expected.tools
    assert dict(entries["reviewer"].reading.levels)["network"] == "no"


def test_each_agent_of_a_file_of_several_has_its_lines(project):
    """In a file that holds several agents, written or read, each has the lines from its own entry to the next one."""
    whole, entries = compared("roo")
    (project / ".roomodes").write_bytes(whole.files["roo", ".roomodes"])
    read = compared("codex", client="roo")[1]
    text = whole.files["roo", ".roomodes"].decode().split("\n")
    first, second = (entries[name].outcomes["roo"].lines for name in ("reviewer", "writer"))

    assert "reviewer" in "\n".join(text[first[0] - 1 : first[1]])
    assert "writer" in text[second[0] - 1]
    assert second[0] == first[1] + 1
    assert (read["reviewer"].lines, read["writer"].lines) == (first, second)


def test_a_refusal_is_told_and_nothing_is_written(project):
    """What an assistant cannot hold is refused there, without a file; the others are as they are."""
    _, entries = compared("codex", "opencode")
    outcomes = entries["old"].outcomes

    assert (outcomes["codex"].refused, outcomes["codex"].path) == (True, None)
    assert (outcomes["opencode"].refused, outcomes["opencode"].path) == (False, "opencode.json")


def test_what_is_lost_of_the_whole_set_is_no_agents(project):
    """A prohibition of the whole set that a target does not hold is told of the set, and of each agent that it refuses."""
    (project / ".claude/settings.json").write_text('{"permissions": {"deny": ["Read(./.env)"]}}')
    whole, entries = compared("codex")

    assert {loss.code for loss in whole.of_set["codex"]} == {"set-restraint-unheld"}
    assert entries["reviewer"].outcomes["codex"].refused
    assert entries["permissions"].outcomes["codex"].path is None


SETTINGS = """
source = "claude-code"
targets = ["codex", "cursor", "copilot"]

[sync.cursor]
own = true

[sync.agents.asker.cursor]
keep-wider = ["network"]
"""
ASKER = "---\nname: asker\ndescription: Asks\ntools: Read, Grep\n---\nAsk.\n"


def test_a_page_says_of_what_is_kept_in_step_what_an_inspection_says(project, capsys):
    """What `sync` has written is refused nowhere, and what it lets agents do is what `inspect --effects` says, mark by mark."""
    (project / ".claude/agents/asker.md").write_text(ASKER)
    (project / "agentconv.toml").write_text(SETTINGS)
    assert main(["sync", "-q"]) == 0
    assert main(["report", "-t", "codex,cursor,copilot", "-o", "page.html", "-q"]) == 0
    data = json.loads(re.search(r'id="data">(.*?)</script>', (project / "page.html").read_text(), re.DOTALL)[1])
    (agents,) = [section for section in data["sections"] if section["kind"] == "agents"]
    capsys.readouterr()
    main(["inspect", "--effects", "--for", "codex,cursor,copilot", "--output-format", "json"])
    said = {}
    for file in json.loads(capsys.readouterr().out)["results"]:
        for one in file["readings"]:
            if one.get("may") and (file["format"] == one["client"] or (one["read_here"] and one["client"] == "copilot")):
                said[one["name"], one["client"]] = [f"{word}{'!' if about in one['more'] else ''}" for about, word in one["may"].items()]
    words = {"unheld": "not held"}
    shown = {
        (entry["name"], client["id"]): [
            f"{words.get(level, level)}{'!' if number in outcome.get('more', ()) else ''}"
            for number, level in enumerate(outcome["effects"])
        ]
        for entry in agents["entries"]
        for client, outcome in zip(data["clients"], entry["outcomes"], strict=True)
    }

    assert shown == said
    assert shown["asker", "cursor"] == ["no", "no", "asks!", "no"]
    assert shown["asker", "codex"] == ["not held"] * 4


LEFT_OUT = """
source = "claude-code"
targets = ["codex", "cursor", "copilot"]

[sync.cursor]
own = true

[sync.agents.asker]
codex = { skip = true }
cursor = { skip = true }
"""


@pytest.mark.parametrize("own", [False, True])
def test_what_is_left_out_is_shown_as_it_is_read_in_place(project, own):
    """An agent that a target leaves out is one there by the source's own file, where it reads that, has no other, and that counts."""
    (project / ".claude/agents/asker.md").write_text(ASKER)
    (project / "agentconv.toml").write_text(LEFT_OUT)
    if own:
        (project / ".cursor/agents").mkdir(parents=True)
        (project / ".cursor/agents/asker.md").write_text(ASKER)
    main(["report", "-f", "claude", "-t", "codex,cursor", "-o", "page.html", "-q"])
    data = json.loads(re.search(r'id="data">(.*?)</script>', (project / "page.html").read_text(), re.DOTALL)[1])
    (entry,) = [one for section in data["sections"] for one in section["entries"] if one["name"] == "asker"]
    codex, cursor = entry["outcomes"]

    assert codex is None
    assert (cursor is None) is own
    assert own or (cursor["state"], cursor["in_place"], cursor["more"]) == ("warning", True, [0, 1, 2, 3])


def test_a_part_that_is_read_in_place_is_no_part_that_is_missing(project):
    """A server and a hook of which nothing is written are there, where the target's client finds the source's own files."""
    hook = {"matcher": "Bash", "hooks": [{"type": "command", "command": "true"}]}
    (project / ".claude/settings.json").write_text(json.dumps({"hooks": {"PreToolUse": [hook]}}))
    found = discovery.discover(["."], "claude-code")
    parts = beside.beside(found, ["."], ["claude-code"])
    whole = side_by_side.compare(loading.Loader(found.files), ["copilot", "codex"], converting.Options(along=along.chosen(["none"])), parts)
    shown = {
        entry.id: [(one.path, one.in_place) if one else None for one in map(entry.outcomes.get, whole.targets)] for entry in whole.entries
    }

    assert shown["web"] == [(".mcp.json", True), None]
    assert shown["before-tool/Bash"] == [(".claude/settings.json", True), None]
