"""What goes along with agents: what is chosen, what the law sees, and where it is written."""

import itertools
import json
import os
from dataclasses import replace
from types import SimpleNamespace

import pytest

import agentconv
from agentconv.cli import main
from agentconv.conversion import along, defined_servers, part_law, server_names
from agentconv.conversion.carried_parts import CarriedParts
from agentconv.conversion.options import Options
from agentconv.core import losses
from agentconv.core.diagnostics import Code, InputError, in_words
from agentconv.core.format import State
from agentconv.core.ir import Hook, McpServer, Origin, ToolGrant
from agentconv.core.kinds import KINDS
from agentconv.core.part_format import PartSource, PartsRead, Place
from agentconv.core.parts import Body, Command, FolderFile, Server, SetHook, Skill
from agentconv.core.source import SourceText
from agentconv.disk.saving import OutputFolder
from agentconv.parts import registry
from agentconv.sources.parts_on_disk import LoadedPart

TARGETS = ("claude-code", "claude-plugin", "copilot", "gemini-cli", "qwen-code", "opencode", "kilo", "roo", "cursor", "cline", "droid")
AGENT = "---\nname: helper\ndescription: Helps\ntools: Read, mcp__db__query\nskills: [check, absent]\n---\n\nHelp.\n"
SKILL = "---\nname: {name}\ndescription: Checks\n---\nCheck it.\n"
SERVERS = {"mcpServers": {"db": {"command": "db-mcp"}, "web": {"type": "http", "url": "https://web.example/mcp"}}}


@pytest.fixture
def project(tmp_path):
    """A project with an agent that names one of two skills, one of two servers, and a skill that is not there."""
    folder = tmp_path / "project"
    for path, text in {
        ".claude/agents/helper.md": AGENT,
        ".claude/skills/check/SKILL.md": SKILL.format(name="check"),
        ".claude/skills/check/run.sh": "#!/bin/sh\n",
        ".claude/skills/other/SKILL.md": SKILL.format(name="other"),
        ".mcp.json": json.dumps(SERVERS),
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / ".claude/skills/check/run.sh").chmod(0o755)
    return folder


def paths(result):
    """Return where the files of a result go, those of agents left out."""
    return [file.path for file in result.files if "/agents/" not in file.path]


def test_a_project_without_agents_has_parts_too(tmp_path):
    """What is read of a folder without agents is what its one assistant has there, or the one that is named."""
    for folder in (".roo", ".cline"):
        (tmp_path / folder / "skills/check").mkdir(parents=True)
        (tmp_path / folder / "skills/check/SKILL.md").write_text(SKILL.format(name="check"))
        assert [one.name for one in agentconv.read(tmp_path, format=folder.strip(".")).skills] == ["check"]
        if folder == ".roo":
            assert [one.name for one in agentconv.read(tmp_path).skills] == ["check"]

    with pytest.raises(agentconv.InputError, match="parts of several assistants: roo, cline"):
        agentconv.read(tmp_path)


def test_a_set_has_the_parts_of_its_project(project):
    """What is read of a project has its skills and servers, and the files that they are in."""
    found = agentconv.read(project)

    assert [one.id for one in found.skills] == ["check", "other"]
    assert [one.name for one in found.servers] == ["db", "web"]
    assert {".mcp.json", ".claude/skills/check/SKILL.md"} < {source.path for source in found.sources}


def test_what_the_fields_name_goes_along(project):
    """By default the skills and servers go along that agents name in their fields, and what is not there is said once."""
    result = agentconv.write(agentconv.read(project), "codex")

    assert paths(result) == [".codex/skills/check/SKILL.md", ".codex/skills/check/run.sh", ".codex/config.toml"]
    assert b"web" not in result.files[-1].data
    assert [told.message for told in result.diagnostics] == ["agents name what is not among these files: skill `absent`"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("none", []),
        ("all", ["check/SKILL.md", "check/run.sh", "other/SKILL.md", "config.toml"]),
        ("skills", ["check/SKILL.md", "check/run.sh", "other/SKILL.md"]),
        ("skill/other,needed", ["check/SKILL.md", "check/run.sh", "other/SKILL.md", "config.toml"]),
        ("servers/web", ["config.toml"]),
    ],
)
def test_the_user_says_what_goes_along(project, words, expected):
    """`--with` takes everything, nothing, kinds, and parts by name."""
    result = agentconv.write(agentconv.read(project), "codex", with_=words)

    assert [path.removeprefix(".codex/").removeprefix("skills/") for path in paths(result)] == expected


@pytest.mark.parametrize("words", ["needed", "none", "all", "servers"])
def test_what_is_named_and_not_there_is_one_note(project, words):
    """Whatever goes along, what agents name that is nowhere is told in one note, and what is there and stays in none."""
    (project / ".claude/agents/other.md").write_text(AGENT.replace("helper", "other").replace("absent", "gone").replace("db", "far"))
    told = agentconv.write(agentconv.read(project), "codex", with_=words).diagnostics

    assert [one.message for one in told] == [
        "agents name what is not among these files: skills `absent`, `gone`; MCP server `far`",
    ]


def test_a_file_of_servers_that_every_agent_has_is_told(project, tmp_path, capsys):
    """Where no file of an agent chooses among them."""
    for target in ("cursor", "codex"):
        main(["convert", str(project), "-f", "claude-code", "-t", target, "--with", "servers", "-o", str(tmp_path / target)])
    told = [line for line in capsys.readouterr().err.split("\n") if "every agent of" in line]

    assert [line.partition(": ")[0].endswith("cursor/.cursor/mcp.json") for line in told] == [True]


def test_what_only_refused_agents_name_stays(project):
    """A server that a refused agent alone names goes along only with everything, and what another one needs goes along all the same."""
    result = agentconv.write(agentconv.read(project), "cursor")

    assert result.refused
    assert paths(result) == []
    assert any("that no file of Cursor can hold" in told.message and "`db`" in told.message for told in result.diagnostics)

    (project / ".claude/agents/free.md").write_text("---\nname: free\ndescription: Does\nskills: [check]\n---\n\nDo.\n")
    left = paths(agentconv.write(agentconv.read(project), "cursor"))

    assert ".cursor/mcp.json" not in left
    assert any("check" in path for path in left)
    assert ".cursor/mcp.json" in paths(agentconv.write(agentconv.read(project), "cursor", with_="all"))


def test_an_agent_does_not_name_a_skill_that_is_none_in_the_target(project):
    """Where a skill becomes a command, or is refused, the agents that name it name what is left, and that is told."""
    for name, beside in (("deploy", ()), ("publish", ("key.txt",))):
        folder = project / f".claude/skills/{name}"
        folder.mkdir()
        (folder / "SKILL.md").write_text(SKILL.format(name=name).replace("---\nC", "disable-model-invocation: true\n---\nC"))
        for file in beside:
            (folder / file).write_text("beside\n")
    agent = project / ".claude/agents/helper.md"
    agent.write_text(AGENT.replace("mcp__db__query", "Skill").replace("absent", "deploy, publish"))
    result = agentconv.write(agentconv.read(project), "cline")
    written = next(file.data for file in result.files if b"Helps" in file.data)
    told = [(loss.agent, str(loss.detail)) for loss in result.losses if loss.code == "part-not-there"]

    assert b"check" in written
    assert b"deploy" not in written
    assert b"publish" not in written
    assert told == [("helper", "deploy, publish")]


def test_an_older_copy_that_the_model_may_call_is_told():
    """Where a skill becomes a command, or is refused, a skill of its name that the target finds, and that is looser, is a warning."""
    closed = SKILL.format(name="check").replace("---\nC", "disable-model-invocation: true\n---\nC").encode()
    module = registry.part_format("claude-code", "skills")
    path = ".claude/skills/check/SKILL.md"
    told = {}
    for beside in ((), (FolderFile("run.sh", b"exit\n"),)):
        part = replace(module.read(PartSource(SourceText(path, closed), module.project[0], beside)).parts[0], id="check")
        for target, copy in (("opencode", ".agents/skills/check/SKILL.md"), ("gemini-cli", ".gemini/skills/check/SKILL.md")):
            there = {copy: SKILL.format(name="check").encode()}
            carried = CarriedParts(target, Options(read=there.get), {})
            carried.judge([LoadedPart("skills", part, State.LOADS, "claude-code")])
            found = [str(loss.detail) for one in carried.convert({}) for loss in one.losses if loss.code == "part-loose-copy"]
            told[target, len(beside)] = (found, [f"`{copy}`: invoked_by"])

    assert [pair for pair in told.values() if pair[0] != pair[1]] == []


def test_a_bundle_of_parts_alone(tmp_path, capsys):
    """A bundle needs no agent; a folder with a blank comes back from it with and without its files' text, a large file not."""
    skills = tmp_path / "project/.claude/skills"
    for name, text in {"my skill": "", "large": "x" * 1_100_000}.items():
        (skills / name).mkdir(parents=True)
        (skills / name / "SKILL.md").write_text(f"---\ndescription: d\n---\nDo.\n{text}")
    said = []
    for words in ((), ("--no-sources",)):
        bundle, back = str(tmp_path / f"all{len(words)}.json"), tmp_path / f"back{len(words)}"
        assert main(["to-json", str(tmp_path / "project"), "-f", "claude-code", "--with", "all", "-o", bundle, *words]) == 0
        said.append(capsys.readouterr().err)
        assert main(["from-json", bundle, "-t", "claude-code", "-o", str(back)]) == 0
        assert [path.relative_to(back).as_posix() for path in back.rglob("*.md")] == [".claude/skills/my skill/SKILL.md"]

    assert all("make it smaller; nothing of it was read" in text for text in said)
    assert not any("recovered" in text for text in said)


@pytest.mark.parametrize("words", ["", "none,all", "skils", "skills/", "skills/chek", "commands/none"])
def test_what_cannot_be_meant_is_an_error(project, words):
    """A kind or a part that is not there is the user's to mend."""
    with pytest.raises(InputError) as caught:
        agentconv.write(agentconv.read(project), "codex", with_=words)

    assert caught.value.diagnostic.hint


def test_the_same_format_keeps_every_byte(project, tmp_path):
    """A project that goes back into its own format has the same files, in the same places and with the same modes."""
    agentconv.write(agentconv.read(project), "claude-code", with_="all").save(tmp_path / "copy")
    copies = {
        path.relative_to(tmp_path / "copy"): (path.read_bytes(), path.stat().st_mode)
        for path in (tmp_path / "copy").rglob("*")
        if path.is_file()
    }

    assert copies == {path.relative_to(project): (path.read_bytes(), path.stat().st_mode) for path in project.rglob("*") if path.is_file()}


def test_a_command_whose_name_no_file_can_have_is_renamed_and_told():
    """Whatever a bundle calls a command, its own client or another gets it under a name that reads back, below the client's folder."""
    names = ("a b", "../../evil", "CON", "-x", "a:b", "n" * 300, "git/fix", "/abs", ".hid", "x.y", "a\nb", "...")
    wrong = []
    for name, client, target in itertools.product(names, ("claude-code", "opencode", "roo"), TARGETS):
        command = Command("it", name, body=Body(("Do it.",)), description="Does it", origin=Origin(client, "bundle.json"))
        verdict = part_law.PartLaw(target, "project", {}).judge(LoadedPart("commands", command, State.LOADS, client))
        renamed = verdict.part is not None and verdict.part.name != name
        told = "command-renamed" in [loss.code for loss in verdict.losses]
        if verdict.bug or verdict.part is None or renamed != told or ".." in verdict.path.split("/"):
            wrong.append((name, client, target, verdict.bug, verdict.path, verdict.losses))

    assert wrong == []


RESTRAINED = {
    "skills": (
        "claude-code",
        ".claude/skills/one/SKILL.md",
        """---
name: one
description: Does
disable-model-invocation: true
disallowed-tools: Bash
hooks: {PreToolUse: [{matcher: Bash, hooks: [{type: command, command: ./guard.sh}]}]}
---
Do.
""",
        {"invoked_by", "denied_tools", "hooks"},
    ),
    "commands": (
        "claude-code",
        ".claude/commands/one.md",
        "---\ndescription: Does\ndisallowed-tools: Bash\n---\nDo.\n",
        {"denied_tools"},
    ),
    "servers": (
        "codex",
        ".codex/config.toml",
        '[mcp_servers.one]\ncommand = "x"\nenabled = false\nenabled_tools = ["a"]\ndisabled_tools = ["b"]\n',
        {"definition.enabled", "definition.enabled_tools", "definition.disabled_tools"},
    ),
}
"""By kind a part whose author closed what such parts can close: its client, path, text, and what not all clients hold it to."""
RESTRAINING = ("skill-refused-restraint", "command-refused-restraint", "server-restraint", "server-limit", "server-disabled")


@pytest.mark.parametrize("kind", RESTRAINED)
def test_what_is_refused_for_what_it_would_open_can_be_insisted_on(kind):
    """With `--allow-widening` each target gets the part, with a warning for each field that it is not held to."""
    client, path, text, closing = RESTRAINED[kind]
    module = registry.part_format(client, kind)
    place = next(one for one in module.project if path.startswith(one.path))
    beside = (FolderFile("run.sh", b"#!/bin/sh\n"),) if kind == "skills" else ()
    part = replace(module.read(PartSource(SourceText(path, text.encode()), place, beside)).parts[0], id="one")
    wrong, refused = [], set()
    for target in (*TARGETS, "codex"):
        loaded, scope = LoadedPart(kind, part, State.LOADS, client), "user" if target == "cline" else "project"
        held = {loss.field for loss in part_law.PartLaw(target, scope, {}).judge(loaded).losses if loss.code in RESTRAINING}
        insisted = part_law.PartLaw(target, scope, {}, insists=lambda _: True).judge(loaded)
        widened = [loss.field for loss in insisted.losses if loss.code == "part-widened"]
        refused |= held
        if insisted.bug or insisted.part is None or not held <= set(widened) or bool(held) != bool(widened):
            wrong.append((target, insisted.bug, held, widened, [loss.code for loss in insisted.losses]))

    assert wrong == []
    assert refused == closing


@pytest.mark.parametrize("target", ["opencode", "codex"])
def test_a_name_that_was_made_legal_takes_no_others_place(project, target):
    """Of two commands that come to one name, that one has it which is called so; the other gets a number."""
    (project / ".claude/commands").mkdir()
    for name in ("fix it", "fix-it"):
        (project / f".claude/commands/{name}.md").write_text(f"---\ndescription: Fixes\n---\nAs {name}.\n")
    result = agentconv.write(agentconv.read(project), target, with_="commands")

    texts = {file.path.partition("fix-it")[2][:2]: file.data.splitlines()[-1] for file in result.files if "fix" in file.path}
    assert [*texts.values()] == [b"As fix it.", b"As fix-it."]
    assert texts["-2"] == b"As fix it."
    assert [(loss.agent, loss.detail) for loss in result.losses if loss.code == "part-name-duplicate"] == [
        ("fix it", "`fix-it` becomes `fix-it-2`")
    ]


def test_what_one_mode_has_goes_along_told_and_never_in_place_of_what_all_have(tmp_path):
    """Of two skills of a name, the general one is written; one that a single mode has alone is, too, and its mode is told."""
    (tmp_path / ".roomodes").write_text("customModes: [{slug: deep, name: Deep, roleDefinition: You dig., groups: [read]}]\n")
    for path in ("skills/check", "skills-ask/check", "skills-ask/only"):
        (tmp_path / ".roo" / path).mkdir(parents=True)
        (tmp_path / ".roo" / path / "SKILL.md").write_text(SKILL.format(name=path.rpartition("/")[2]) + f"It is of {path}.\n")
    result = agentconv.write(agentconv.read(tmp_path), "claude-code", with_="skills")

    assert [file.data.split()[-1] for file in result.files if "/skills/" in file.path] == [b"skills/check.", b"skills-ask/only."]
    assert [(loss.code, loss.agent) for loss in result.losses if loss.code.startswith("part-")] == [
        ("part-name-taken", "check~2"),
        ("part-mode-dropped", "only"),
    ]


@pytest.mark.parametrize("format_id", ["json", "toml"])
def test_bundles_keep_every_byte(project, tmp_path, format_id):
    """Parts that go through a bundle come back as the files that they were."""
    (bundle,) = agentconv.write(agentconv.read(project), format_id, with_="all").files
    agentconv.write(agentconv.reads(bundle.data, format_id), "claude-code", with_="all").save(tmp_path / "copy")

    for path in (".mcp.json", ".claude/skills/check/SKILL.md", ".claude/skills/check/run.sh"):
        assert (tmp_path / "copy" / path).read_bytes() == (project / path).read_bytes()


@pytest.mark.parametrize(("words", "there"), [("servers/db", False), ("servers", True)])
def test_bundles_have_no_file_with_more_than_goes_along(project, words, there):
    """A file with servers is among the sources when all of them go along, and never when it has a credential."""
    (bundle,) = agentconv.write(agentconv.read(project), "json", with_=words).files
    assert ("web.example" in bundle.data.decode(), ".mcp.json" in {one["path"] for one in json.loads(bundle.data)["sources"]}) == (
        there,
    ) * 2

    token = "ghp_" + "9aXk3LmQ7RtVw2YzB5CdEfGhJ8KnP4sUv1Wx"
    (project / ".mcp.json").write_text(json.dumps({**SERVERS, "other": token}))
    (bundle,) = agentconv.write(agentconv.read(project), "json", with_=words).files

    assert token not in bundle.data.decode()


def test_an_edited_part_changes_its_own_bytes_only(project):
    """Of a part that was changed in a bundle, no other byte changes."""
    found = agentconv.read(project)
    edited = replace(found, skills=(replace(found.skills[0], description="Other"), *found.skills[1:]))
    files = {file.path: file.data for file in agentconv.write(edited, "claude-code", with_="skills").files}

    assert files[".claude/skills/check/SKILL.md"].decode() == SKILL.format(name="check").replace("Checks", "Other")


def test_a_shared_file_takes_parts_among_its_own(project, tmp_path):
    """A configuration that is there takes servers in, and keeps every byte of what else is in it; it is said which stay as they are."""
    config = tmp_path / "out/.codex/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('# mine\nmodel = "x"\n\n[mcp_servers.web]\nurl = "https://mine.example"\n')
    result = agentconv.write(agentconv.read(project), "codex", with_="servers")
    result.save(tmp_path / "out")
    first = config.read_text()
    result.save(tmp_path / "out", force=True)

    assert first == '# mine\nmodel = "x"\n\n[mcp_servers.web]\nurl = "https://mine.example"\n\n[mcp_servers.db]\ncommand = "db-mcp"\n'
    assert config.read_text() == first.replace("https://mine.example", "https://web.example/mcp")


@pytest.mark.parametrize(
    ("path", "present", "place"),
    [
        (".codex/config.toml", "a = 1\nbroken = \n", (2, 10)),
        (".codex/config.toml", "mcp_servers = []\n", (1, 1)),
        ("opencode.json", '{\n "a": 1', (1, 1)),
        ("opencode.json", '{"mcp": []}', (1, 9)),
        ("opencode.json", '{"mcp": null}', (1, 1)),
        ("opencode.json", "// mine\n", (1, 1)),
    ],
)
def test_a_shared_file_that_can_take_nothing_stays(project, tmp_path, path, present, place):
    """What is broken in the user's file, or is something else than servers, stays with its line told, and the agents are written."""
    config = tmp_path / "out" / path
    config.parent.mkdir(parents=True)
    config.write_text(present)
    files = agentconv.write(agentconv.read(project), "codex" if "codex" in path else "opencode", with_="servers").files
    saved = [OutputFolder(tmp_path / "out").save(file, force=True) for file in files]
    (told,) = [one.diagnostic for one in saved if one.problem]

    assert (told.span.line, told.span.column) == place
    assert config.read_text() == present
    assert [one.fate for one in saved if "/agents/" in str(one.path)] == ["created"]


def test_a_file_of_agents_takes_parts_in_one_go(tmp_path):
    """Where agents and servers go into one file, it is one output with both."""
    (tmp_path / "opencode.json").write_text(
        json.dumps({"agent": {"helper": {"description": "Helps", "prompt": "Help."}}, "mcp": {"db": {"type": "local", "command": ["db"]}}})
    )
    result = agentconv.write(agentconv.read(tmp_path), "opencode", with_="all")

    assert [file.path for file in result.files] == ["opencode.json"]
    assert {"agent", "mcp"} <= json.loads(result.files[0].data).keys()


class Careless:
    """A format of servers that does one thing wrong."""

    format, kind, project, user = "codex", "servers", (Place("servers.json"),), ()

    def __init__(self, **wrong):
        self.wrong = wrong
        self.real = registry.part_format("claude-code", "servers")

    def read(self, source):
        return self.wrong.get("read", self.real.read)(source)

    def to_project(self, projection):
        self.wrong.get("to_project", lambda _: None)(projection)

    def path(self, _part, _place):
        return "servers.json"

    def write(self, parts, path, original, without=()):
        parts = [self.wrong.get("write", lambda part: part)(part) for part in parts]
        return self.real.write(parts, path, original, without)


def _raise(_):
    raise ValueError("no")


def _quiet(projection):
    projection.translate(description="gone")


def _loud(projection):
    projection.declared.add("description")


def _trusting(projection):
    projection.change("trusted", True, "server-grant-dropped", "trusted")


def _trusted(_source):
    return PartsRead((Server("db", McpServer("db", "stdio", "run"), trusted=True),), (State.LOADS,))


def _renamed(part):
    return replace(part, definition=replace(part.definition, name="x"))


WRONG = {
    "a field changed and nothing said": ({"to_project": _quiet}, "changed without a declared loss"),
    "a loss that did not happen": ({"to_project": _loud}, "which did not change"),
    "another value written": ({"write": _renamed}, "reading the output back gives another definition.name"),
    "a grant that nobody gave": ({"to_project": _trusting, "read": _trusted}, "wider than its author wrote it: its tools would not ask"),
    "an exception": ({"to_project": _raise}, "ValueError: no"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_careless_format_writes_nothing(name, monkeypatch):
    """Whatever a format of parts does wrong is seen, and the part is not written."""
    wrong, message = WRONG[name]
    careless = Careless(**wrong)
    monkeypatch.setattr(registry, "part_format", lambda _format, _kind: careless)
    loaded = LoadedPart("servers", Server("db", McpServer("db", "stdio", "run")), State.LOADS, "claude-code")
    verdict = part_law.PartLaw("codex", "project", {}).judge(loaded)

    assert verdict.part is None
    assert verdict.bug is not None
    assert message in in_words(verdict.bug)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [("invoked_by", "user", "the model could call it"), ("denied_tools", (ToolGrant("Bash", "claude-code", "shell"),), "would be open")],
)
def test_a_restraint_is_never_lost(field, value, reason, monkeypatch):
    """A skill that its author reserved for the user, or from which tools are kept, is not written where that is gone, declared or not."""
    real = registry.part_format("claude-code", "skills")
    careless = SimpleNamespace(
        project=real.project,
        read=real.read,
        path=real.path,
        write=real.write,
        to_project=lambda projection: projection.change(field, None, "skill-key-dropped", field),
    )
    monkeypatch.setattr(registry, "part_format", lambda _format, _kind: careless)
    skill = Skill("go", "go", "Goes", Body(("Go.",)), **{field: value})
    verdict = part_law.PartLaw("claude-code", "project", {}).judge(LoadedPart("skills", skill, State.LOADS, "codex"))

    assert verdict.part is None
    assert reason in str(verdict.bug)


def test_two_parts_never_share_a_file(project):
    """Of two parts whose files would be one, the later gets a number, or is told; a case counts for nothing."""
    found = agentconv.read(project)
    twin = replace(found.skills[0], id="Check", name="Check", description="Another", origin=None)
    several = replace(found, skills=(*found.skills, twin))
    result = agentconv.write(several, "claude-code", with_="skills")
    refused = agentconv.write(several, "claude-code", with_="skills", on_duplicate="first")

    assert [loss.agent for loss in result.losses if loss.code == "part-name-duplicate"] == ["Check"]
    assert sum(file.path.casefold() == ".claude/skills/check-2/skill.md" for file in result.files) == 1
    assert [loss.agent for loss in refused.losses if loss.code == "part-name-taken"] == ["Check"]


PLUGINS = {
    ".claude-plugin/marketplace.json": json.dumps(
        {"name": "house", "owner": {"name": "us"}, "plugins": [{"name": name, "source": f"./plugins/{name}"} for name in "abc"]}
    ),
    "plugins/a/skills/check/SKILL.md": "---\nname: check\ndescription: Checks a\n---\nRun a.\n",
    "plugins/b/skills/check/SKILL.md": "---\nname: check\ndescription: Checks b\n---\nRun b.\n",
    "plugins/c/skills/check-2/SKILL.md": "---\nname: check-2\ndescription: Checks twice\n---\nRun c.\n",
    "plugins/c/skills/check/SKILL.md": "---\nname: check\ndescription: Checks a\n---\nRun a.\n",
    "plugins/a/commands/fix.md": "---\ndescription: Fixes a\n---\nFix a.\n",
    "plugins/b/commands/fix.md": "---\ndescription: Fixes b\n---\nFix b.\n",
    "plugins/a/agents/one.md": "---\nname: one\ndescription: One\nskills: check\n---\nOne.\n",
    "plugins/b/agents/two.md": "---\nname: two\ndescription: Two\nskills: check\n---\nTwo.\n",
    "plugins/c/agents/three.md": "---\nname: three\ndescription: Three\nskills: b:check\n---\nThree.\n",
}


def test_parts_of_one_name_in_several_plugins(tmp_path, monkeypatch, capsys):
    """Skills and commands get numbers that are free, agents name those of their own plugins, and what is the very same is there once.

    Where nothing says of which plugin an agent is, as in a set, the first is meant, and that is told.
    """
    for path, text in PLUGINS.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main(["convert", ".", "-t", "claude-code", "--with", "all", "-o", "out"]) == 0
    told = capsys.readouterr().err
    texts = {path.relative_to(tmp_path / "out").as_posix(): path.read_text() for path in (tmp_path / "out").rglob("*.md")}
    last = {path.removeprefix(".claude/"): text.split()[-1] for path, text in texts.items()}
    named = {path.partition("agents/")[2]: text.partition("skills:")[2].split("---")[0].split()[-1:] for path, text in texts.items()}

    assert {path: word for path, word in last.items() if not path.startswith("agents")} == {
        "skills/check/SKILL.md": "a.",
        "skills/check-2/SKILL.md": "c.",
        "skills/check-3/SKILL.md": "b.",
        "commands/fix.md": "a.",
        "commands/fix-2.md": "b.",
    }
    assert [named[f"{name}.md"] for name in ("one", "two", "three")] == [["check"], ["check-3"], ["check-3"]]
    assert "part-same" in told
    result = agentconv.write(agentconv.read("."), "claude-code", with_="all")
    assert [loss.agent for loss in result.losses if loss.code == "part-ambiguous"] == ["one", "two"]


def with_servers(folder):
    """Two plugins of one marketplace, each with a server `db` of its own, one that both have, and what speaks of them."""
    offered = [{"name": name, "source": f"./{name}"} for name in "ab"]
    files = {".claude-plugin/marketplace.json": json.dumps({"name": "house", "owner": {"name": "us"}, "plugins": offered})}
    for name in "ab":
        db = f"mcp__plugin_{name}_db__"
        header = f"name: {name}\ndescription: Asks\ntools: Read, {db}ask, mcp__plugin_b_db__list"
        guard = {"matcher": f"{db}drop|Bash", "hooks": [{"type": "command", "command": "echo no >&2; exit 2"}]}
        files |= {
            f"{name}/.claude-plugin/plugin.json": json.dumps({"name": name}),
            f"{name}/.mcp.json": json.dumps({"mcpServers": {"db": {"command": name}, "same": {"command": "same"}}}),
            f"{name}/agents/{name}.md": f"---\n{header}\n---\nAsk it.\n",
            f"{name}/commands/{name}.md": f"---\nallowed-tools: {db}ask\ndisallowed-tools: {db}drop\n---\nAsk it.\n",
            f"{name}/hooks/hooks.json": json.dumps({"hooks": {"PreToolUse": [guard]}}),
        }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_servers_of_one_name_in_several_plugins(tmp_path, monkeypatch, capsys):
    """All but the first get a number; agents, commands and guards of each plugin speak of their own, by what it is called in the target."""
    with_servers(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["convert", ".", "-t", "claude-code", "--with", "all", "-o", "out"]) == 0
    told, out = capsys.readouterr().err, tmp_path / "out"
    servers = json.loads((out / ".mcp.json").read_text())["mcpServers"]
    guards = json.loads((out / ".claude/settings.json").read_text())["hooks"]["PreToolUse"]

    assert servers == {"db": {"command": "a"}, "same": {"command": "same"}, "db-2": {"command": "b"}}
    assert "tools: Read, mcp__db__ask, mcp__db-2__list\n" in (out / ".claude/agents/a.md").read_text()
    assert "tools: Read, mcp__db-2__ask, mcp__db-2__list\n" in (out / ".claude/agents/b.md").read_text()
    assert "mcp__db-2__ask\ndisallowed-tools: mcp__db-2__drop\n" in (out / ".claude/commands/b.md").read_text()
    assert [one["matcher"] for one in guards] == ["mcp__db__drop|Bash", "mcp__db-2__drop|Bash"]
    assert "part-name-duplicate" in told
    assert "part-same" in told


def test_no_agent_gets_the_server_of_another_plugin(tmp_path, monkeypatch, capsys):
    """Where a server of a name that is taken does not go along, who spoke of it speaks of none."""
    with_servers(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["convert", ".", "-t", "claude-code", "--with", "servers", "--on-duplicate", "first", "-o", "out"]) == 1

    assert "part-name-taken" in capsys.readouterr().err
    assert "tools: Read, mcp__db-2__ask, mcp__db-2__list\n" in (tmp_path / "out/.claude/agents/b.md").read_text()


def test_what_a_project_says_of_servers_follows_into_a_plugin(tmp_path, monkeypatch):
    """In a plugin, its client calls a server by the plugin's name: a guard, and what a command closes, are about that."""
    guard = {"matcher": "mcp__db__drop", "hooks": [{"type": "command", "command": "exit 2"}]}
    for path, text in {
        ".claude/commands/ask.md": "---\ndisallowed-tools: mcp__db__drop\n---\nAsk it.\n",
        ".claude/settings.json": json.dumps({"hooks": {"PreToolUse": [guard]}}),
        ".mcp.json": json.dumps(SERVERS),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main(["convert", ".", "-t", "claude-plugin", "--with", "all", "-o", "out"]) == 0
    name = json.loads((tmp_path / "out/.claude-plugin/plugin.json").read_text())["name"]

    assert f"disallowed-tools: mcp__plugin_{name}_db__drop" in (tmp_path / "out/commands/ask.md").read_text()
    assert f'"mcp__plugin_{name}_db__drop"' in (tmp_path / "out/hooks/hooks.json").read_text()


@pytest.mark.parametrize(
    ("matcher", "followed"),
    [
        ("mcp__plugin_a_db__drop", "mcp__db__drop"),
        ("^mcp__plugin_a_db__(drop|alter)$", "^mcp__db__(drop|alter)$"),
        ("mcp__plugin_a_db__.*|Bash", "mcp__db__.*|Bash"),
        ("mcp__.*", "mcp__.*"),
        ("Bash", "Bash"),
        ("mcp__plugin_a_.*", None),
        ("xmcp__plugin_a_db__drop", "xmcp__plugin_a_db__drop"),
    ],
)
def test_matchers_follow_servers(matcher, followed):
    """A guard is about the same tools by their other names; where nobody can say which these are, it is none that holds."""
    hook = SetHook("", definition=Hook("PreToolUse", "claude-code", "before-tool", matcher, ({"type": "command", "command": "exit 2"},)))
    found = server_names.speaking(hook, {"plugin_a_db": "db"})

    assert (found and found.definition.matcher) == followed


def test_tools_follow_servers_by_what_clients_call_these_in_them():
    """What a tool's name cannot hold of a server's is `_` in it."""
    grants = tuple(ToolGrant(f"mcp__{name}__drop", "claude-code", "mcp", None, name, "drop") for name in ("plugin_a_my_db", "other"))
    found = server_names.speaking(Command("", denied_tools=grants), {"plugin_a_my.db": "my.db", "other": "other"})

    assert [(one.native, one.server) for one in found.denied_tools] == [("mcp__my_db__drop", "my_db"), ("mcp__other__drop", "other")]


@pytest.mark.parametrize(("there", "named"), [(("my_srv", "other"), "mcp__my_srv__ping"), (("my", "other"), "mcp__my__srv_ping")])
def test_the_server_of_a_tool_that_is_one_word(there, named, tmp_path):
    """Where a client spells a server and its tool in one word, the server is the one that is there, and it goes along."""
    header = 'description: Pings\nmode: subagent\npermission:\n  "*": deny\n  my_srv_ping: allow'
    (tmp_path / ".opencode/agents").mkdir(parents=True)
    (tmp_path / ".opencode/agents/ping.md").write_text(f"---\n{header}\n---\nPing it.\n")
    (tmp_path / "opencode.json").write_text(json.dumps({"mcp": {name: {"type": "local", "command": ["x"]} for name in there}}))
    files = {file.path: file.data.decode() for file in agentconv.write(agentconv.read(tmp_path), "claude-code", with_="needed").files}

    assert list(json.loads(files[".mcp.json"])["mcpServers"]) == [there[0]]
    assert f"tools: {named}\n" in files[".claude/agents/ping.md"]


def test_plugins_that_become_one_set_are_told(tmp_path, monkeypatch, capsys):
    """A bundle and a pack hold one set: it is called as the marketplace is, and which names are in several plugins is said."""
    for path, text in PLUGINS.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "plugins/b/.claude-plugin").mkdir()
    (tmp_path / "plugins/b/.claude-plugin/plugin.json").write_text('{"name": "b", "description": "Of b alone"}')
    monkeypatch.chdir(tmp_path)
    found = []
    for words in (["to-json", ".", "-o", "all.json"], ["pack", ".", "--name", "house", "--version", "1", "--dry-run"]):
        assert main([*words, "--with", "all"]) == 0
        found.append(capsys.readouterr().err)
    bundle = json.loads((tmp_path / "all.json").read_text())

    assert (bundle["name"], bundle.get("description")) == ("house", None)
    assert all("3 plugins (`plugins/a`, `plugins/b`, `plugins/c`) become one set" in told for told in found)
    assert all("in several of them: command `fix`, skill `check`" in told for told in found)
    main(["to-json", "plugins/a", "-o", "a.json"])
    assert "become one set" not in capsys.readouterr().err


def test_agents_follow_servers_that_are_renamed():
    """What agents call a server by is what it is called in the target, in their references and in their tools."""
    carried = CarriedParts("codex", Options(), {})
    loaded = LoadedPart("servers", Server("my db", McpServer("my db", "stdio", "run")), State.LOADS, "claude-code")
    carried.verdicts = [part_law.PartVerdict(loaded, Server("my db", McpServer("my-db", "stdio", "run")))]
    told = losses.loss("mcp-undefined", "a", "mcp_servers", "codex", losses.listed(["my db", "other"]))

    assert carried.names.renamed("servers") == {"my db": "my-db"}
    assert [(loss.code, loss.detail) for loss in defined_servers.settled([told], lambda: carried.written("servers"))] == [
        ("part-named-along", "my db"),
        ("mcp-undefined", "other"),
    ]


@pytest.mark.parametrize(("target", "severity"), [("codex", "warning"), ("opencode", "note")])
def test_a_server_for_one_agent_that_all_can_use_is_a_warning(target, severity):
    """Where the target holds no agent to a choice of servers; elsewhere nothing changes for anybody."""
    told = losses.loss("mcp-undefined", "a", "mcp_servers", target, losses.listed(["db"]))

    assert [loss.severity for loss in defined_servers.settled([told], lambda: ["db"])] == [severity]


def test_words_of_with():
    """`all` is all kinds, and what is named twice is meant once."""
    assert along.chosen(["all"]).kinds == set(KINDS)
    assert along.chosen(["skill/a", "skills/a"]).named == (("skills", "a"),)
    assert not along.chosen(["none"])


@pytest.mark.parametrize(
    ("said", "expected"),
    [([], ("needed", "hooks")), (["none"], ("hooks",)), (["skills", "commands/fix"], ("skills", "commands/fix", "hooks"))],
)
def test_what_is_to_be_taken_along_besides_takes_nothing_away(said, expected):
    """Words that name a kind take the place of what goes along by itself, so that a hint names that, too."""
    asked = along.chosen(said) if said else along.With(needed=True)

    assert asked.besides(["hooks"]) == expected


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_bundle_has_what_every_system_can_have(tmp_path):
    """A skill in a folder that not every system can have is in a bundle without its file; one with such a file beside it is told."""
    for folder, beside in (("a:b", "run.sh"), ("check", "x:y"), ("other", "run.sh")):
        (tmp_path / ".claude/skills" / folder).mkdir(parents=True)
        (tmp_path / ".claude/skills" / folder / "SKILL.md").write_text(SKILL.format(name=folder))
        (tmp_path / ".claude/skills" / folder / beside).write_text("x")
    found = agentconv.read(tmp_path, format="claude-code")
    (file,) = agentconv.write(found, "json").files

    assert [one.name for one in agentconv.reads(file.data, "json").skills] == ["a:b", "other"]
    assert [one.path for one in found.sources] == [".claude/skills/other/SKILL.md"]
    assert ["`x:y`" in one.message for one in found.diagnostics] == [True]


@pytest.mark.parametrize("target", [*TARGETS, "codex", "agent-plugin", "gemini-extension"])
def test_names_that_a_system_reserves_and_texts_like_programs_are_no_bug(target, tmp_path):
    """A skill called as a device of Windows is called otherwise, by its folder, too; a text that would be run as a program is refused."""
    files = {"skills/nul/SKILL.md": SKILL.format(name="nul"), "commands/run.md": "#!/bin/sh\necho\n"}
    for path, text in files.items():
        (tmp_path / ".claude" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / ".claude" / path).write_text(text)
    result = agentconv.write(agentconv.read(tmp_path, format="claude-code"), target, with_="all")
    programs = [file.path for file in result.files if file.data.startswith(b"#!") and file.path.startswith(".factory")]

    assert [one.message for one in result.diagnostics if one.code == Code.INTERNAL] == []
    assert (target == "claude-code") or not any("/nul/" in file.path for file in result.files)
    assert programs == []
    assert (target == "droid") is any(loss.code == "command-refused-program" for loss in result.losses)
