"""Lint in a project that is kept in step: nobody is sent to mend what the next run of sync writes, or what is not wanted."""

import json

import pytest

from agentconv.cli import main
from agentconv.formats import registry
from agentconv.install import places

READS = (
    "---\nname: {}\ndescription: Reads a change and says what is wrong with it.\ntools: Read, Grep, WebFetch, WebSearch\n---\n\nRead it.\n"
)
COPILOT = "\n[sync.copilot]\nown = true\n"


@pytest.fixture
def kept(tmp_path, monkeypatch, capsys):
    """Return a project whose two agents are in step in three assistants."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".claude/agents").mkdir(parents=True)
    for name in ("one", "two"):
        (tmp_path / f".claude/agents/{name}.md").write_text(READS.format(name))
    (tmp_path / "agentconv.toml").write_text(
        f'source = "claude-code"\ntargets = ["codex", "copilot", "opencode"]\naccept = ["not-enforced"]\n{COPILOT}'
    )
    main(["sync", "-q"])
    assert found(capsys) == ([], [])
    return tmp_path


def found(capsys, *more):
    """Return what lint finds, and what it says beside."""
    capsys.readouterr()
    main(["lint", "--output-format", "json", "--select", "AC1,AC2,AC3,AC4", *more])
    document = json.loads(capsys.readouterr().out)
    return [(one["path"], one["code"]) for one in document["findings"]], [one["message"] for one in document["diagnostics"]]


def rename(root):
    """Give an agent another name, and its file too."""
    (root / ".claude/agents/one.md").unlink()
    (root / ".claude/agents/three.md").write_text(READS.format("three"))


def edit(root):
    """Change what the source says of an agent."""
    (root / ".claude/agents/one.md").write_text(READS.format("one").replace("WebFetch, ", "Bash, WebFetch, "))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda root: (root / ".claude/agents/one.md").unlink(), "`.claude/agents/one.md` is gone, and 3 files of it left"),
        (rename, "`.claude/agents/one.md` is gone, and 3 files of it left"),
        (edit, "`.claude/agents/one.md` was changed"),
    ],
)
def test_what_is_out_of_step_is_told_once(kept, capsys, change, told):
    """Files that sync wrote are no strangers, and the source is not held to assistants that get files of their own."""
    change(kept)

    assert found(capsys) == ([], [f"out of step with the source: {told}"])
    main(["lint", "--select", "AC1"])
    assert "hint: run `agentconv sync`, and commit what it changes: it writes and deletes, or says what is to be mended" in " ".join(
        capsys.readouterr().err.split()
    )


def test_what_is_not_wanted_is_not_missing(kept, capsys):
    """An assistant that is not to have an agent is not asked about it: neither one that does not look there, nor one that does."""
    settings = kept / "agentconv.toml"
    settings.write_text(f"{settings.read_text()}\n[sync.agents.one]\nskip = true\n")
    main(["sync", "-q"])

    assert not (kept / ".opencode/agents/one.md").exists()
    assert found(capsys) == ([], [])


def test_assistant_that_is_named_is_asked_all_the_same(kept, capsys):
    """Whoever names it wants to know what it would make of the files as they are."""
    (kept / ".claude/agents/three.md").write_text(READS.format("three"))

    assert found(capsys) == ([], [])
    assert found(capsys, "--for", "opencode") == ([(".claude/agents/three.md", "AC198")], [])


WAY_TO_COME = "run `agentconv sync`: it writes a narrower file of its own for Cursor"
WAY_OF_REFUSED = (
    "allow that, if it may, or have a narrower file written, which no file holds to all of that (using the network): in agentconv.toml, "
    '`keep-wider = ["network"]` goes below [sync.agents.four.cursor]'
)


GUARDED = """---
name: five
description: Runs checks
hooks:
  PreToolUse:
    - matcher: Bash
      hooks:
        - {type: command, command: "exit 2"}
---

Run the checks.
"""


def test_way_where_a_file_of_its_own_would_hold_no_more_is_one_that_works(kept, capsys):
    """A guard that Cursor has no place for is none there by either file: `keep-wider` would not count, and is not named; what is, works."""
    settings = kept / "agentconv.toml"
    settings.write_text(settings.read_text().replace('"opencode"', '"opencode", "cursor"') + "\n[sync.cursor]\nown = true\n")
    (kept / ".claude/agents/five.md").write_text(GUARDED)
    before = [help_ for name, _, help_ in of_widening(capsys) if name == "five"]
    code = main(["sync", "-q", "--allow-widening=five"])
    capsys.readouterr()
    after = main(["lint", "--select", "AC305"])

    assert {("keep-wider" in one, "`agentconv sync --allow-widening=five`" in one) for one in before} == {(False, True)}
    assert (code, after) == (0, 0)


def test_widening_is_told_until_sync_wrote_a_file(kept, capsys):
    """Of a new agent that another assistant reads with more tools, the way is sync where that writes a file; else what to do about it."""
    settings = kept / "agentconv.toml"
    keeps = '\n[sync.cursor]\nown = true\n[sync.agents.four.cursor]\nkeep-wider = ["network"]\n'
    settings.write_text(settings.read_text().replace('"opencode"', '"opencode", "cursor"') + keeps)
    main(["sync", "-q", "--allow-widening"])
    (kept / ".claude/agents/three.md").write_text(READS.format("three"))
    (kept / ".claude/agents/four.md").write_text(READS.format("four").replace(", WebFetch, WebSearch", ""))
    told = [of_widening(capsys)]
    settings.write_text(settings.read_text().replace('keep-wider = ["network"]\n', ""))
    told += [of_widening(capsys)]
    main(["sync", "-q"])
    told += [of_widening(capsys)]
    refused = ("four", "error", WAY_OF_REFUSED)

    assert told == [
        [("four", "warning", WAY_TO_COME), ("three", "warning", WAY_TO_COME)],
        [refused, ("three", "warning", WAY_TO_COME)],
        [refused],
    ]


def test_what_is_kept_wider_is_so_under_a_new_name(kept, capsys):
    """The next run of sync writes the new name into the configuration: nobody is told to do that by hand."""
    settings = kept / "agentconv.toml"
    keeps = '\n[sync.cursor]\nown = true\n[sync.agents.four.cursor]\nkeep-wider = ["network"]\n'
    settings.write_text(settings.read_text().replace('"opencode"', '"opencode", "cursor"') + keeps)
    four = READS.format("four").replace(", WebFetch, WebSearch", "")
    (kept / ".claude/agents/four.md").write_text(four)
    main(["sync", "-q", "--allow-widening"])
    (kept / ".claude/agents/four.md").rename(kept / ".claude/agents/five.md")
    (kept / ".claude/agents/five.md").write_text(four.replace("name: four", "name: five"))
    before = settings.read_text()

    assert of_widening(capsys) == [("five", "warning", WAY_TO_COME)]
    assert settings.read_text() == before


def of_widening(capsys):
    """Return of which agents lint says that they may do more, how bad that is, and what to do."""
    capsys.readouterr()
    assert main(["lint", "--output-format", "json", "--select", "AC305"]) == 1
    return [(one["agent"], one["severity"], one["help"]) for one in json.loads(capsys.readouterr().out)["findings"]]


HARD_NAMES = [
    "Docs Writer",
    "PR-Reviewer",
    "code_review",
    "9lives",
    "true",
    "1.5",
    "2024-01-01",
    "it's",
    'say "hi"',
    "fix: it",
    "#tag",
    "default",
]
HEADERS = [
    "tools: Read, Grep, Glob, Bash, Edit, Write, WebFetch, WebSearch",
    "model: opus",
    "color: blue",
    "maxTurns: 5",
    "tools: Read, Edit, WebFetch, WebSearch, mcp__github__list",
    "permissionMode: plan",
    "disallowedTools: Bash",
]


def test_what_sync_writes_of_a_clean_source_is_clean(tmp_path, monkeypatch, capsys):
    """Whatever its agents are called and say: no error and no warning is in a file that sync wrote, in any assistant."""
    monkeypatch.chdir(tmp_path)
    targets = [target for target in places.targets() if target != "claude-code"]
    own = "".join(f"[sync.{target}]\nown = true\n" for target in targets)
    (tmp_path / "agentconv.toml").write_text(f'source = "claude-code"\ntargets = {json.dumps(targets)}\naccept = ["not-enforced"]\n{own}')
    (tmp_path / ".claude/agents").mkdir(parents=True)
    agents = [*((name, HEADERS[0]) for name in HARD_NAMES), *((f"header-{number}", one) for number, one in enumerate(HEADERS))]
    for number, (name, header) in enumerate(agents):
        text = (
            f"---\nname: {json.dumps(name)}\ndescription: Reviews what was changed.\n{header}\n---\n\nReview it, and say what is wrong.\n"
        )
        (tmp_path / f".claude/agents/{number}.md").write_text(text)
    main(["sync", "-q"])
    capsys.readouterr()
    main(["lint", "--output-format", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    written = {target for target in targets if any((tmp_path / folder).is_dir() for folder in registry.FORMATS[target].folders)}

    assert len(written) > 8
    assert [one for one in findings if one["severity"] != "note" and not one["path"].startswith(".claude/")] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('---\nname: a\ndescription: "Reads\ntools: Read\n---\n\nRead.\n', "AC103"),
        ("---\nname: a\ndescription: Reads\ntools: Read\n\nRead.\n", "AC105"),
    ],
)
def test_broken_file_is_one_error(tmp_path, monkeypatch, capsys, text, code):
    """What others make of it counts where that error is left out: they may read what its own assistant does not."""
    monkeypatch.chdir(tmp_path)
    for folder in (".claude", ".cursor", ".opencode", ".github"):
        (tmp_path / folder / "agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text(text)

    assert [one for _, one in found(capsys)[0]] == [code]
    assert "AC305" in [one for _, one in found(capsys, "--ignore", code)[0]]


@pytest.mark.parametrize(
    ("header", "code"),
    [("description: [Reads", "AC102"), ("description: Reads: a change", "AC101"), ("description: Reads.\ndescription: Reads it.", "AC107")],
)
def test_what_is_wrong_with_a_header_is_told_before_the_next_run(kept, capsys, header, code):
    """That an assistant drops the file, which gets one of its own, is no reason to say nothing of what its own one repairs."""
    (kept / ".claude/agents/new.md").write_text(f"---\nname: new\n{header}\n---\n\nRead it.\n")

    assert (".claude/agents/new.md", code) in found(capsys)[0]
