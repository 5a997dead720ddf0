"""The rest of the command: comments that leave out rules, settings of a project, exit codes, hooks for pre-commit."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from agentconv.cli import COMMANDS, main
from agentconv.cli.exit_codes import Exit
from agentconv.cli.linting import settings as lint_settings
from agentconv.cli.run import build_parser
from agentconv.core.diagnostics import Span
from agentconv.core.source import SourceText, encode
from agentconv.formats import registry
from agentconv.lint import catalogue, checking, fixing
from agentconv.lint.subject import Settings, Subject
from agentconv.testing import rules

CHECKOUT = Path(__file__).parents[2]
COLON = "name: a\ndescription: Use for reviews: always\n"
RULE = catalogue.rules()["AC101"]


def codes(text, format_id="claude-code", path=".claude/agents/a.md", settings=None):
    """Return the codes that are found in a file."""
    subject = Subject(SourceText(path, encode(text)), format_id, (format_id,), settings or Settings())
    (checked,) = checking.check([subject], [RULE])
    return [finding.rule.code for finding in checked.findings]


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("# agentconv: ignore", False),
        ("#agentconv:ignore", False),
        ("# agentconv: ignore[AC101]", False),
        ("# agentconv: ignore[ac101]", False),
        ("# agentconv: ignore[unquoted-colon]", False),
        ("# agentconv: ignore[AC999, unquoted-colon]", False),
        ("# agentconv: ignore[AC999]", True),
        ("# agentconv: ignore[]", True),
        ("# agentconv: ignore[AC10]", True),
        ("# agentconv ignore", True),
    ],
)
def test_suppression_comment(comment, found):
    """A comment in the header leaves out the rules that it names, by code or name, or all of them."""
    assert codes(f"---\n{comment}\n{COLON}---\n\nHi\n") == (["AC101"] if found else [])


def test_suppression_counts_in_the_header_only():
    """What stands in a prompt leaves out nothing: it may be what the agent is about."""
    assert codes(f"---\n{COLON}---\n\nWrite # agentconv: ignore\n") == ["AC101"]


def test_suppressed_findings_are_not_mended():
    """A fix of a rule that the file leaves out is not made."""
    subject = Subject(
        SourceText(".claude/agents/a.md", encode(f"---\n# agentconv: ignore\n{COLON}---\n\nHi\n")), "claude-code", ("claude-code",)
    )
    fixed = fixing.fix(subject, lambda one: next(checking.check([one], [RULE])).findings)

    assert fixed.data == subject.source.data


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("*.md", "x/.claude/agents/a.md", True),
        ("a.md", "x/.claude/agents/a.md", True),
        ("b.md", "x/.claude/agents/a.md", False),
        (".claude/agents", "x/.claude/agents/a.md", True),
        ("./.claude/agents/", "x/.claude/agents/a.md", True),
        (".claude/agents/legacy/*", "x/.claude/agents/a.md", False),
        (".claude/*/a.md", "x/.claude/agents/a.md", True),
        (".claude", "other/.claude/agents/a.md", False),
    ],
)
def test_per_file_ignores(pattern, path, ignored):
    """A pattern is of a path below the file's folder, of a folder, or of a file's name."""
    settings = lint_settings.read({"per-file-ignores": {pattern: ["AC1"]}}, Span("x/pyproject.toml"))

    assert ("ac101" in settings.ignored(path)) == ignored


@pytest.mark.parametrize(
    ("strict", "severity", "code"),
    [
        ([], "warning", Exit.FINDINGS),
        (["--strict"], "warning", Exit.FINDINGS),
        (["--strict=off"], "warning", Exit.OK),
        (["--strict=notes"], "warning", Exit.FINDINGS),
        ([], "note", Exit.OK),
        (["--strict"], "note", Exit.OK),
        (["--strict=notes"], "note", Exit.FINDINGS),
        (["--strict=off"], "error", Exit.FINDINGS),
    ],
)
def test_strict(tmp_path, capsys, strict, severity, code):
    """Errors always count, warnings unless that is off, notes where they are asked for."""
    rule = catalogue.rules()[{"error": "AC310", "warning": "AC304", "note": "AC309"}[severity]]
    folder = tmp_path / ".claude" / "agents"
    folder.mkdir(parents=True)
    (folder / "reviewer.md").write_bytes(encode(rule.bad))

    assert main(["lint", str(tmp_path), "--isolated", "--select", rule.code, *strict]) == code


@pytest.mark.parametrize(
    ("words", "code"),
    [([], Exit.FINDINGS), (["--strict=off"], Exit.OK), (["--config", "agentconv.toml"], Exit.OK), (["--exit-zero"], Exit.OK)],
)
def test_no_project_passes_over_what_protects(tmp_path, monkeypatch, words, code):
    """A project says of its style what counts; a secret counts unless a person says so."""
    monkeypatch.chdir(tmp_path)
    rule = catalogue.rules()["AC810"]
    folder = tmp_path / ".claude" / "agents"
    folder.mkdir(parents=True)
    (folder / "reviewer.md").write_bytes(encode(rule.bad))
    (tmp_path / "agentconv.toml").write_text('strict = "off"\n')

    assert main(["lint", ".", "--select", rule.code, *words]) == code


PROTECTING = [rule for rule in catalogue.rules().values() if rule.protects]
TABLES = {
    "select": 'select = ["AC2"]',
    "ignore": f"ignore = {[rule.code for rule in PROTECTING]}",
    "names": f"ignore = {[rule.name for rule in PROTECTING]}",
    "beginnings": 'ignore = ["AC"]',
    "per file": 'per-file-ignores = {"*" = ["AC"]}',
    "nothing": "select = []",
}


def test_what_protects():
    """Rules about hidden characters, secrets, injection and widening protect, and are those that stop a deployment, too."""
    assert {rule.protects for rule in PROTECTING} == {"hidden characters", "secrets", "injection", "widening"}
    assert {rule.code for rule in catalogue.security_rules()} < {rule.code for rule in PROTECTING}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_project_leaves_out_no_rule_that_protects(tmp_path, capsys, monkeypatch, table):
    """Neither a project's own table nor a comment does; a file that a person names with --config does, and so does the command line."""
    monkeypatch.chdir(tmp_path)
    of_agents = {rule.code for rule in PROTECTING if not rule.kind}
    for rule in [one for one in PROTECTING if not one.kind]:
        text = rule.bad.replace("---\n", "---\n# agentconv: ignore\n", 1)
        row = registry.FORMATS[rule.example]
        (tmp_path / row.folders[0]).mkdir(parents=True, exist_ok=True)
        (tmp_path / row.folders[0] / f"{rule.code}{row.suffixes[0]}").write_bytes(encode(text))
    (tmp_path / "pyproject.toml").write_text(f"[tool.agentconv.lint]\nfor = 'all'\n{table}\n")

    def found(*words):
        main(["lint", ".", "--output-format", "github", *words])
        done = capsys.readouterr()
        return set(re.findall(r"title=(AC\d+)", done.out)), done.err

    own, said = found()
    assert own >= of_agents
    assert said.startswith("pyproject.toml:1:1: note: a project's own configuration leaves out no rule that protects: AC")
    assert said.count("\n") == 2
    trusted, said = found("--config", "pyproject.toml")
    assert (trusted & {rule.code for rule in PROTECTING}, said) == (set(), "")
    ignored, said = found("--ignore", ",".join(rule.code for rule in PROTECTING))
    assert not ignored & {rule.code for rule in PROTECTING}
    assert found("--select", "AC810")[0] == {"AC810"}


@pytest.mark.parametrize("rule", [one for one in PROTECTING if one.kind], ids=lambda one: one.code)
def test_a_project_leaves_out_no_rule_about_what_restrains_it(rule, tmp_path, capsys, monkeypatch):
    """What a project's own rules and hooks do not hold is told, whatever its settings leave out."""
    monkeypatch.chdir(tmp_path)
    rules.write(rule, tmp_path, rule.bad)
    (tmp_path / "pyproject.toml").write_text("[tool.agentconv.lint]\nignore = ['AC']\n")
    main(["lint", ".", "--for", ",".join((rule.example, *rule.clients)), "--output-format", "github"])

    assert f"title={rule.code}" in capsys.readouterr().out


HOOKS = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text("utf-8"))


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks(hook, tmp_path, monkeypatch, capsys):
    """A hook has what pre-commit asks for, and its command finds, or mends, what it is there for."""
    monkeypatch.chdir(tmp_path)
    path = Path(".claude/agents/a.md")
    path.parent.mkdir(parents=True)
    path.write_text(f"---\n{COLON}---\n\nHi\n", "utf-8")
    program, command, *words = shlex.split(hook["entry"])
    words += ["-t", "codex"] if command == "convert" else []
    words += [] if hook.get("pass_filenames") is False else [path.as_posix()]
    if command == "sync":
        subprocess.run(["git", "init", "-q"], check=True)
        Path("agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\n', "utf-8")
        subprocess.run(["git", "add", "."], check=True)
    build_parser(command).check_flags(words)

    assert {"id", "name", "entry", "language", "files"} <= {*hook}
    assert (program, hook["language"]) == ("agentconv", "python")
    assert command in COMMANDS
    assert re.search(hook["files"], path.as_posix())
    assert bool(re.search(hook["files"], "docs/agents/a.md")) == (hook.get("pass_filenames") is False and command != "convert")
    assert main([command, *words]) == (Exit.OK if "--fix" in words else Exit.FINDINGS)
    assert ('"' in path.read_text("utf-8")) == ("--fix" in words)


def test_hooks_see_every_client():
    """The files of every client are those that the hooks are run on, where their path alone says whose they are."""
    from agentconv.formats import registry

    for row in (registry.FORMATS[client] for client in registry.CLIENTS):
        folders = [f"sub/{folder}" for folder in row.folders if not row.index]
        folders += [f"{root}{folder}" for folder in row.folders if row.index for root in ("", "plugins/kit/")]
        places = [*row.files, *([f"sub/{row.index}"] if row.index else []), *(f"{folder}/a{row.suffixes[0]}" for folder in folders)]

        assert [place for place in places if not re.search(HOOKS[0]["files"], place)] == []


@pytest.fixture
def converted(tmp_path, monkeypatch, capsys):
    """Make a project whose one agent was converted for a client that would stop over the original."""
    folder = tmp_path / ".claude" / "agents"
    folder.mkdir(parents=True)
    (folder / "reader.md").write_text("---\nname: reader\ndescription: Reads.\ntools: Read, Grep\n---\n\nRead.\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".opencode" / "agents").mkdir(parents=True)
    before = main(["lint", "."]), capsys.readouterr().out
    assert main(["convert", ".", "-t", "opencode,roo", "-o", ".", "-q"]) == 0
    return before


@pytest.mark.parametrize("sources", [["."], [".claude/agents/reader.md"], [".opencode/agents/reader.md"]])
def test_a_client_with_a_file_of_its_own_for_an_agent_is_not_asked_about_another_one(converted, sources, capsys):
    code, told = converted
    assert (code, "OpenCode" in told) == (Exit.FINDINGS, True)

    assert (main(["lint", *sources]), capsys.readouterr().out) == (Exit.OK, "")
    assert main(["lint", ".claude", "--for", "opencode"]) == Exit.OK
    assert main(["lint", ".claude/agents/reader.md", "--for", "opencode"]) == Exit.FINDINGS


READ_BY_ANOTHER = {
    ".claude/agents/reader.md": "---\nname: reader\ndescription: Reads.\ntools: Read, Grep\n---\n\nRead.\n",
    "agentconv.toml": 'source = "claude-code"\ntargets = ["cursor", "opencode"]\n',
}


@pytest.mark.parametrize("source", [".", ".claude", ".claude/agents", ".claude/agents/reader.md", ".opencode"])
def test_a_client_that_reads_the_file_of_another_one_is_asked_about_that_alone(source, tmp_path, monkeypatch, capsys):
    """What it may do there is what `sync` says of it, in the same words; the copy that was made for a third one is not its business."""
    for path, text in READ_BY_ANOTHER.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    main(["sync"])
    synced = " ".join(capsys.readouterr().out.split())
    main(["lint", source, "--output-format", "concise"])
    told = [line.split(": ") for line in capsys.readouterr().out.splitlines() if "AC305" in line]

    assert (tmp_path / ".opencode/agents/reader.md").is_file()
    assert [place.split(":")[0] for place, *_ in told] == ([".claude/agents/reader.md"] if source != ".opencode" else [])
    assert all(may in synced for *_, may in told)


OWN = {
    ".claude/agents/a.md": "---\nname: a\ndescription: Reads\ntools: Read\n---\nRead.\n",
    ".opencode/agents/b.md": "---\ndescription: Writes\nmode: subagent\n---\nWrite.\n",
}


@pytest.mark.parametrize(
    ("words", "settings", "code", "told"),
    [
        ((), "", Exit.FINDINGS, True),
        (("--for", "own"), "", Exit.OK, False),
        ((), '[lint]\nfor = "own"\n', Exit.OK, False),
        (("--for", "own,opencode"), "", Exit.FINDINGS, False),
    ],
)
def test_each_file_for_its_own_assistant_alone(tmp_path, monkeypatch, capsys, *, words, settings, code, told):
    """What others would make of a file is said to be that, and `own` leaves it out, on the command line and in the settings."""
    for path, text in {**OWN, "agentconv.toml": settings}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)

    assert main(["lint", *words]) == code
    assert ("about assistants whose files these are not; --for own leaves that out" in capsys.readouterr().err) == told


def test_a_project_without_agents_is_looked_at(tmp_path, monkeypatch, capsys):
    """Skills, commands, servers and hooks are looked at where there are no agents, for the assistants whose they are."""
    skill = tmp_path / ".claude/skills/a/SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("---\nname: a\ndescription: Reads\ndisallowedTool: [Bash]\n---\nRead.\n")
    monkeypatch.chdir(tmp_path)

    assert main(["lint", "--output-format", "concise"]) == Exit.FINDINGS
    assert "AC564" in capsys.readouterr().out


LIMITED = 'name = "reviewer"\ndescription = "Reviews"\ndeveloper_instructions = "You review."\nsandbox_mode = "read-only"\n'


@pytest.mark.parametrize(
    ("accept", "code"),
    [("[]", Exit.FINDINGS), ('["not-enforced:codex"]', Exit.OK), ('["not-enforced"]', Exit.OK), ('["asks-dropped"]', Exit.FINDINGS)],
)
def test_a_limit_that_a_project_knows_is_not_held_is_no_finding(tmp_path, monkeypatch, capsys, accept, code):
    """What `accept` says is known of all agents is told of none of them; else the finding says how that is said."""
    (tmp_path / ".codex/agents").mkdir(parents=True)
    (tmp_path / ".codex/agents/reviewer.toml").write_text(LIMITED)
    (tmp_path / "agentconv.toml").write_text(f"accept = {accept}\n")
    monkeypatch.chdir(tmp_path)

    assert main(["lint"]) == code
    assert ('accept = ["not-enforced:codex"] in agentconv.toml' in " ".join(capsys.readouterr().out.split())) == (code is not Exit.OK)


def test_what_cannot_be_accepted_is_told(tmp_path, monkeypatch, capsys):
    """As `sync` tells it, at the word: nobody is to believe that it counts."""
    (tmp_path / ".codex/agents").mkdir(parents=True)
    (tmp_path / ".codex/agents/reviewer.toml").write_text(LIMITED)
    (tmp_path / "agentconv.toml").write_text('source = "codex"\naccept = ["not-enforced", "widened"]\n')
    monkeypatch.chdir(tmp_path)

    assert main(["lint"]) == Exit.USAGE
    assert "agentconv.toml:2:27: error: `widened` cannot be accepted" in capsys.readouterr().err


def test_what_holds_for_a_run_is_no_matter_of_a_folder_in_it(tmp_path, monkeypatch, capsys):
    """Settings that hold for a run are told where they stand in a folder below the project, and count where it is linted by itself."""
    for path, text in {"sub/.codex/agents/reviewer.toml": LIMITED, ".codex/agents/reviewer.toml": LIMITED}.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "sub/agentconv.toml").write_text('strict = "off"\n')
    monkeypatch.chdir(tmp_path)
    codes = main(["lint", ".", "sub"]), main(["lint", "sub"])
    said = capsys.readouterr().err

    assert codes == (Exit.FINDINGS, Exit.OK)
    assert said.count("sub/agentconv.toml:1:1: note: `strict` of this folder does not count") == 1
    assert "lint sub by itself" in said


def test_a_comment_that_leaves_out_what_protects_is_told_what_does(tmp_path, capsys):
    """A finding that a comment cannot leave out says so, and what can; one without such a comment does not."""
    rule = catalogue.rules()["AC810"]
    (tmp_path / ".claude/agents").mkdir(parents=True)
    for name, text in (("one", rule.bad), ("two", rule.bad.replace("---\n", "---\n# agentconv: ignore[AC810]\n", 1))):
        (tmp_path / f".claude/agents/{name}.md").write_bytes(encode(text))
    main(["lint", str(tmp_path), "--select", "AC810", "--isolated"])

    assert " ".join(capsys.readouterr().out.split()).count("no comment leaves out a rule that protects: --ignore AC810 does") == 1


def test_a_project_that_says_whom_to_ask_says_it_of_each_agent_once(tmp_path, monkeypatch, capsys):
    """A file that is named, as a hook names those of a commit, is for assistants without one of their own; a person may ask."""
    header = "---\nname: one\ndescription: Reads\n"
    for path, text in {
        ".claude/agents/one.md": f"{header}tools: Read, Bash\n---\n\nRead.\n",
        ".opencode/agents/one.md": "---\ndescription: Reads\nmode: subagent\n---\n\nRead.\n",
        "agentconv.toml": '[lint]\nfor = ["claude-code", "opencode"]\nselect = ["AC1"]\n',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    codes = [main(["lint", *words]) for words in ((), (".claude/agents/one.md",), (".opencode/agents/one.md",))]
    asked = main(["lint", ".claude/agents/one.md", "--for", "opencode"])

    assert codes == [Exit.OK] * 3
    assert asked == Exit.FINDINGS
    assert "AC198" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "github", "gitlab", "sarif", "junit", "json"])
def test_what_protects_is_looked_for_in_the_projects_inside(form, tmp_path, monkeypatch, capsys):
    """A secret one project down makes the check of the whole red, in every form; what else is so there is the matter of that project."""
    token = f"ghp_{'1b3D5f7H9j' * 4}"[:40]
    for place, text in {".": "You review.", "sub": f"Use {token} to push.", "sub/deeper": f"Use {token} to push."}.items():
        agents = tmp_path / place / ".claude/agents"
        agents.mkdir(parents=True)
        (agents / "reviewer.md").write_text(f"---\nname: reviewer\ndescription: Reviews a change\nunknown: 1\n---\n{text}\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".claude/agents/reviewer.md").write_text("---\nname: reviewer\ndescription: Reviews a change\n---\nYou review.\n")

    assert main(["lint", ".", "--output-format", form]) == Exit.FINDINGS
    told = capsys.readouterr().out
    assert "AC810" in told
    assert "sub/.claude/agents/reviewer.md" in told
    assert "unknown" not in told.replace("unknown-", "")
    assert main(["lint", ".", "--output-format", form, "--exclude", "sub"]) == Exit.OK
    assert "AC810" not in capsys.readouterr().out
    assert main(["lint", ".", "--output-format", form, "--ignore", "AC810"]) == Exit.OK


def test_settings_of_a_project_inside_that_cannot_be_meant_are_told(tmp_path, monkeypatch, capsys):
    """The run says which file it is; what was asked about is looked at all the same."""
    for place in (".", "sub"):
        (tmp_path / place / ".claude/agents").mkdir(parents=True)
        (tmp_path / place / ".claude/agents/a.md").write_text("---\nname: a\ndescription: Reviews a change\n---\nYou review.\n")
    (tmp_path / "sub/agentconv.toml").write_text("[lint]\nselect = 1\n")
    monkeypatch.chdir(tmp_path)

    assert main(["lint", "."]) == Exit.FINDINGS
    assert "sub/agentconv.toml" in capsys.readouterr().err


@pytest.mark.parametrize("words", [(), ("--output-format", "json"), ("--ignore", "AC110")])
def test_a_file_that_somebody_names_is_passed_over_by_nobody_in_silence(words, tmp_path, monkeypatch, capsys):
    """Where nobody looks for an agent, no rule says that there is none: a note does, of a file that was named, and of no README."""
    monkeypatch.chdir(tmp_path)
    for name in ("empty.md", "README.md", "notes.md"):
        (tmp_path / name).write_text("" if name == "empty.md" else "Text.\n")
    code = main(["lint", "empty.md", "README.md", "notes.md", *words])
    said = capsys.readouterr()

    assert code == 0
    assert (said.out + said.err).count("no agent for Claude Code") == 2
    assert "README.md: note" not in said.err


def test_a_file_without_an_agent_is_red_where_notes_are(tmp_path, monkeypatch, capsys):
    """It is an annotation, too, and `-q` does not hide what the run is red for."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.md").write_text("")
    codes = [main(["lint", "empty.md", "--output-format", "github", *words]) for words in ((), ("--strict=notes",))]
    annotated = capsys.readouterr().out.splitlines()
    quiet = main(["lint", "empty.md", "--strict=notes", "-q"])

    assert (codes, quiet) == ([0, 1], 1)
    assert [line.partition("::no agent for")[0] for line in annotated] == ["::notice file=empty.md,line=1,col=1,title=agentconv"] * 2
    assert "empty.md: note: no agent for Claude Code" in capsys.readouterr().err
