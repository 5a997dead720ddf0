"""`-q` says nothing of what went well, and never ends with 1 without a word."""

import pytest

OTHER = "---\nname: good\ndescription: Another one\n---\n\nDo.\n"
NAMELESS = "---\ndescription: Has no name\ntools: Read\n---\n\nDo.\n"
MUTE = "---\nname: mute\ntools: Read\n---\n\nDo.\n"
CONVERT = ("convert", "src", "-t", "codex", "-o", "out", "-q")
PACK = ("pack", "src", "--name", "some-agents", "--version", "1.0.0", "--license", "MIT", "-q")
KEPT = "a file of this version with other content is there, and is kept; nothing was written"
WAY_OUT = "--diff shows what differs; --force replaces it and keeps a copy"


def _edited(source, run):
    run(*CONVERT, code=0)
    (source / "good.md").write_text(OTHER)


def _nameless(source, run):
    (source / "nameless.md").write_text(NAMELESS)


def _mute(source, run):
    (source / "mute.md").write_text(MUTE)


def _warned(source, run):
    (source / "warned.md").write_text("---\nname: warned\ndescription: Reads.\ntools: Read, Raed\n---\n\nRead.\n")


def _packed(source, run):
    run(*PACK, code=0)
    (source / "good.md").write_text(OTHER)


def _edited_bundle(source, run):
    run("to-json", "src", "-o", "agents.json", "-q", code=0)
    (source / "good.md").write_text(OTHER)


def _bundled(source, run):
    _edited(source, run)
    run("to-json", "src", "-o", "edited.json", "-q", code=0)


WAYS = {
    "a bundle is kept": (_edited_bundle, ("to-json", "src", "-o", "agents.json", "-q"), f"1 agent: 1 file kept: agents.json; {WAY_OUT}\n"),
    "kept, from a bundle": (
        _bundled,
        ("from-json", "edited.json", *CONVERT[2:]),
        f"1 agent: 1 file kept: out/.codex/agents/good.toml; {WAY_OUT}\n",
    ),
    "kept": (_edited, CONVERT, f"1 agent: 1 file kept: out/.codex/agents/good.toml; {WAY_OUT}\n"),
    "would change": (_edited, (*CONVERT, "--check"), "change    out/.codex/agents/good.toml\n"),
    "not loaded": (
        _nameless,
        CONVERT,
        "2 agents: 2 files written in out/.codex/agents, 1 agent not loaded by the source client (nameless)\n",
    ),
    "refused": (
        _mute,
        CONVERT,
        "2 agents: 1 file written: out/.codex/agents/good.toml, 1 agent refused (mute), 1 agent not loaded by the source client (mute)\n",
    ),
    "would refuse": (
        _mute,
        (*CONVERT, "--dry-run"),
        (
            "create    out/.codex/agents/good.toml\n"
            "2 agents: 1 file to create: out/.codex/agents/good.toml, 1 agent refused (mute), 1 agent not loaded by the source client "
            "(mute)\n"
        ),
    ),
    "strict": (
        lambda *_: None,
        (*CONVERT, "--strict"),
        "1 agent: 1 file written: out/.codex/agents/good.toml; --strict counts tools-approximated, not-enforced\n",
    ),
    "report": (
        _mute,
        ("report", "src", "-t", "codex", "-o", "report.html", "-q"),
        "2 agents, in 1 assistant: written to report.html; refused in Codex: mute\n",
    ),
    "lint": (_warned, ("lint", "src", "-q"), "2 files looked at: 1 warning; -q shows errors alone\n"),
    **{
        f"lint, {form} in a file": (
            _warned,
            ("lint", "src", "--output-format", form, "--output-file", "found", "-q"),
            "2 files looked at: 1 warning; each is in found\n",
        )
        for form in ("gitlab", "junit", "sarif", "json", "github")
    },
    "pack, strictly": (
        lambda *_: None,
        (*PACK[:-3], "--strict", "-q"),
        (
            "dist/some_agents-1.0.0-py3-none-any.whl\ndist/some_agents-1.0.0.tar.gz\n"
            "some-agents 1.0.0: --strict counts what is told without -q\n"
        ),
    ),
    "pack": (
        _packed,
        PACK,
        (
            f"dist/some_agents-1.0.0-py3-none-any.whl: warning: {KEPT}\n"
            "  hint: give the pack another --version; --force replaces the file and keeps a copy\n"
        ),
    ),
}


@pytest.mark.parametrize(("prepare", "words", "said"), WAYS.values(), ids=WAYS)
def test_one_line(prepare, words, said, run, source):
    """What ends with 1 says why, and what can be done about what is kept, in a line beside what was asked for."""
    prepare(source, run)
    done = run(*words, code=1)

    assert done.out + done.err == said


@pytest.mark.parametrize("form", ["gitlab", "junit", "sarif"])
def test_a_report_for_programs_is_told(form, source, run):
    """Where the report goes into a file of its job, the log has each finding in a line, and then how much there is, and where."""
    _warned(source, run)
    found, summary = run("lint", "src", "--output-format", form, code=1).err.splitlines()
    assert found.startswith("src/.claude/agents/warned.md:4:14: warning[AC301]")
    assert summary == "2 files looked at: 1 warning; each is in the report, on standard output"
    (source.parents[1] / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\n')
    done = run("sync", "--project", "src", "--check", "--output-format", form, code=1).err
    assert "2 files would be written." in done
    assert done.endswith(" Each is in the report, on standard output.\n")


@pytest.mark.parametrize("words", [CONVERT, ("lint", "src", "-q"), (*CONVERT[:-1], "--dry-run", "-q")], ids=["convert", "lint", "dry-run"])
def test_no_word(words, run, source):
    """What goes well is silent, but for what was asked for."""
    done = run(*words, code=0)

    assert done.err == ""
    assert done.out == ("create    out/.codex/agents/good.toml\n" if "--dry-run" in words else "")
