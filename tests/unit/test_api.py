"""The library: read, convert, save, in three lines."""

import copy
import json
import pickle
import re
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import frontmatter
import pytest

import agentconv
from agentconv import batch, cli, testing
from agentconv.core import losses
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.core.kinds import KINDS
from agentconv.disk.output import OutputFile
from agentconv.formats import registry
from agentconv.sources import loading

TEXT = "---\nname: helper\ndescription: Helps\ntools: Read\n---\n\nHelp.\n"


@pytest.fixture
def project(tmp_path):
    """A project with three agents, two of one name."""
    folder = tmp_path / "project" / ".claude" / "agents"
    folder.mkdir(parents=True)
    for stem, name in (("a", "helper"), ("b", "other"), ("c", "helper")):
        (folder / f"{stem}.md").write_text(TEXT.replace("helper", name))
    return tmp_path / "project"


def test_three_lines(project, tmp_path):
    """Reading, converting and saving a project takes three lines, and nothing is written before the last."""
    agents = agentconv.read(project)
    result = agentconv.write(agents, "codex")
    before = list(tmp_path.glob("out/**/*"))
    saved = result.save(tmp_path / "out")

    assert [agent.id for agent in agents.agents] == ["helper", "other", "helper~2"]
    assert before == []
    assert [path.relative_to(tmp_path / "out").as_posix() for path in saved] == [
        ".codex/agents/helper.toml",
        ".codex/agents/other.toml",
        ".codex/agents/helper-2.toml",
    ]


def test_same_format(project, tmp_path):
    """A project that is written back in its own format has the same bytes in the same places."""
    agentconv.write(agentconv.read(project), "claude-code").save(tmp_path / "copy")
    copies = {path.name: path.read_bytes() for path in (tmp_path / "copy/.claude/agents").iterdir()}

    assert copies == {path.name: path.read_bytes() for path in (project / ".claude/agents").iterdir()}


@pytest.mark.parametrize("text", [TEXT, TEXT.encode(), frontmatter.loads(TEXT)], ids=["str", "bytes", "Post"])
def test_reads(text):
    """Text, bytes and a `frontmatter.Post` of one file give one agent."""
    (agent,) = agentconv.reads(text, "claude-code").agents

    assert (agent.name, agent.description, agent.prompt.text) == ("helper", "Helps", "Help.")


def test_reads_keeps_undecodable_bytes():
    """Bytes that are not UTF-8 come back as they were."""
    data = TEXT.encode().replace(b"Help.", b"caf\xe9")
    result = agentconv.write(agentconv.reads(data, "claude"), "claude-code")

    assert result.files[0].data == data


@pytest.mark.parametrize(
    ("data", "why", "hint"),
    [
        ("---\nname: a\n---\n".encode("utf-16"), "the file is UTF-16", "save it as UTF-8"),
        (b"", "the file is empty", "write the agent into it, or delete it"),
        (bytes(range(256)), "the file is no text", "keep it where no assistant looks for agents"),
    ],
)
def test_a_file_that_is_named_and_holds_no_agent_is_told(data, why, hint, tmp_path):
    """It is an error, as on the command line, and where it lies among agents a note."""
    place = tmp_path / ".claude/agents/a.md"
    place.parent.mkdir(parents=True)
    place.write_bytes(data)
    functions = (agentconv.read, agentconv.inspect)
    named, among = ([function(path).diagnostics for function in functions] for path in (place, tmp_path))

    assert [(one.severity, one.message, one.hint) for (one,) in named] == [("error", f"no agent for Claude Code: {why}", hint)] * 2
    assert [[(one.severity, one.message) for one in found] for found in among] == [[("note", f"no agent for Claude Code: {why}")]] * 2


@pytest.mark.parametrize("where", [".claude/agents/a.md", "a.md"])
@pytest.mark.parametrize("data", ["---\nname: a\n---\n".encode("utf-16"), b"", bytes(range(256))], ids=["utf-16", "empty", "bytes"])
def test_linting_a_file_without_an_agent_says_what_the_command_says(data, where, tmp_path, monkeypatch, capsys):
    """A rule tells of it where its client would look for an agent; anywhere else a note does, if no rule has found anything."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / where
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    linted, _ = agentconv.lint(where), cli.main(["lint", where, "--for", "own", "--output-format", "json"])
    told = json.loads(capsys.readouterr().out)

    assert [(one.code, one.severity) for one in linted] == [(one["code"], one["severity"]) for one in told["findings"]]
    assert [(one.code, one.severity) for one in linted.diagnostics] == [(one["code"], one["severity"]) for one in told["diagnostics"]]
    assert len(linted) + len(linted.diagnostics) >= 1
    assert all(one.severity == "note" for one in linted.diagnostics)
    assert (agentconv.fix(where).left, agentconv.fix(where).diagnostics) == (linted, linted.diagnostics)


def test_diagnostics_are_values(tmp_path):
    """What reading finds is in the set, with its place."""
    (tmp_path / "bad.md").write_text("---\ndescription: d\nmodel: x\n---\nhi\n")
    (diagnostic,) = agentconv.read(tmp_path / "bad.md").diagnostics

    assert (diagnostic.severity, str(diagnostic.span)) == (agentconv.Severity.WARNING, "bad.md:2:1")


def test_losses_are_values():
    """What a conversion costs is in the result, typed."""
    result = agentconv.write(agentconv.reads(TEXT.replace("tools: Read", "model: sonnet"), "claude-code"), "codex")
    dropped = [loss for loss in result.losses if loss.field == "model"]

    assert [(loss.code, loss.kind, loss.agent, loss.target) for loss in dropped] == [("model-dropped", "dropped", "helper", "codex")]


def test_save_keeps_what_is_there(tmp_path):
    """A file with other bytes is kept and not among those returned; `force` replaces it and keeps a copy."""
    result = agentconv.write(agentconv.reads(TEXT, "claude-code"), "codex")
    (path,) = result.save(tmp_path)
    again = result.save(tmp_path)
    path.write_text("mine")
    kept = result.save(tmp_path)
    forced = result.save(tmp_path, force=True)

    assert (again, kept, forced) == ([path], [], [path])
    assert path.with_name("helper.toml.agentconv-backup").read_text() == "mine"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: agentconv.read("nowhere"), "there is no file or folder `nowhere`"),
        (lambda: agentconv.read("no\0where"), "there is no file or folder"),
        (lambda: agentconv.read(".", format="clade"), "there is no format `clade`"),
        (lambda: agentconv.reads(TEXT, "cursr"), "there is no format `cursr`"),
        (lambda: next(agentconv.iter_agents("nowhere")), "there is no file or folder `nowhere`"),
        (lambda: agentconv.write(agentconv.AgentSet(), "codx"), "there is no format `codx`"),
        (lambda: agentconv.write(agentconv.AgentSet(), "codex", on_duplicate="maybe"), "on_duplicate is one of"),
        (lambda: agentconv.write(agentconv.AgentSet(), "codex", allow_widening="no"), "allow_widening is True or False, not a str"),
    ],
)
def test_errors(call, words):
    """What a caller can mend is an InputError that carries a diagnostic."""
    with pytest.raises(agentconv.InputError, match=words) as raised:
        call()

    assert raised.value.diagnostic.severity is agentconv.Severity.ERROR


def test_duplicates_can_be_an_error(project):
    """`on_duplicate="error"` names the agent."""
    with pytest.raises(agentconv.InputError, match="two agents are called `helper`"):
        agentconv.write(agentconv.read(project), "codex", on_duplicate="error")


def test_iter_agents_holds_one_file(project, monkeypatch):
    """`iter_agents` reads a file when its agent is asked for, and lets go of it before the next."""
    alive = []
    real = loading.load_source

    def counted(format_id, source, **options):
        alive.append(source.path)
        yield from real(format_id, source, **options)

    monkeypatch.setattr(loading, "load_source", counted)
    agents = agentconv.iter_agents(project)
    seen = [(agent.id, len(alive)) for agent in agents]

    assert seen == [("helper", 1), ("other", 2), ("helper~2", 3)]


def test_iter_agents_tells_what_reading_found(tmp_path):
    """Each file that gave no agent, or not as it is written, is told as `read` tells it, once its turn has come."""
    place = tmp_path / ".claude/agents"
    place.mkdir(parents=True)
    for name, text in {"a": GREETER, "b": FAULTY, "c": "no agent\n"}.items():
        (place / f"{name}.md").write_text(text)
    agents = agentconv.iter_agents(tmp_path)
    first, before = next(agents).name, agents.diagnostics
    rest = [agent.name for agent in agents]

    assert (first, before, rest) == ("greeter", (), ["a"])
    assert [one.code for one in agents.diagnostics] == ["fallback", "invalid-value", "no-agent"]
    assert agents.diagnostics == agentconv.read(tmp_path).diagnostics


def test_iter_agents_memory(tmp_path):
    """Many large files need no more memory than one."""
    import tracemalloc

    for number in range(40):
        (tmp_path / f"{number}.md").write_text(TEXT + "x" * 500_000)
    tracemalloc.start()
    count = sum(1 for _ in agentconv.iter_agents(tmp_path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 40
    assert peak < 8_000_000


def test_public_names():
    """Every public name exists, `dir` shows them, and the package says that it is typed."""
    assert all(getattr(agentconv, name) is not None for name in agentconv.__all__)
    assert dir(agentconv) == agentconv.__all__
    assert files("agentconv").joinpath("py.typed").is_file()

    with pytest.raises(AttributeError):
        _ = agentconv.convrt


@pytest.mark.parametrize("name", [None, "notes", "notes.txt"])
@pytest.mark.parametrize("client", registry.CLIENTS)
def test_what_was_read_without_a_file_is_written_where_its_client_looks(client, name, tmp_path):
    """Text that came without a file's name, or with one that its client does not read, comes back as a file that the client loads."""
    prompt = TEXT.replace("Help.", "Help with all that is asked of you.").replace("tools: Read\n", "")
    made = agentconv.write(agentconv.reads(prompt, "claude-code"), client)
    text = next(file.data for file in made.files if not registry.FORMATS[client].is_index(file.path))
    read = agentconv.reads(text, client) if name is None else agentconv.reads(text, client, path=name)
    result = agentconv.write(read, client)
    result.save(tmp_path)
    ((agent,), (again,)) = read.agents, agentconv.read(tmp_path, format=client).agents

    assert (again.description, again.prompt, result.diagnostics) == (agent.description, agent.prompt, ())
    assert text in [file.data for file in result.files]


@pytest.mark.parametrize("path", ["../../evil.md", "/evil.md", "a/../../evil.md", "..\\..\\evil.md", ".", "..", "", "a/./b.md"])
def test_reads_keeps_paths_below(path, tmp_path):
    """A path that somebody else chose cannot lead out of the folder that the result is saved in."""
    out = tmp_path / "a" / "b" / "c"
    saved = agentconv.write(agentconv.reads(TEXT, "claude-code", path=path), "claude-code").save(out)

    assert [found for found in tmp_path.rglob("*") if found.is_file()] == saved
    assert all(found.resolve().is_relative_to(out / ".claude/agents") for found in saved)


@pytest.mark.parametrize("path", ["../evil.md", "/evil.md", "a/../../evil.md", ".", "a/.", "..", ""])
def test_save_refuses_paths_that_lead_out(path, tmp_path):
    """Files of a result that somebody put together are saved below the folder, or not at all."""
    result = agentconv.Result((OutputFile(path, b"x"),), (), (), ())

    with pytest.raises(agentconv.InputError, match="no file below the output folder"):
        result.save(tmp_path / "out")


def test_reads_half_a_character():
    """Half a character in a text is what bytes that are not UTF-8 are."""
    (agent,) = agentconv.reads(TEXT.replace("Help.", "a\ud800b"), "claude-code").agents

    assert agent.prompt.text.strip("ab") == "\ufffd" * 3


def test_iter_agents_says_at_once():
    """A path that names nothing is an error of the call, not of the first agent asked for."""
    with pytest.raises(agentconv.InputError, match="no file or folder `nothing`"):
        agentconv.iter_agents("nothing")


def test_read_a_file_called_dash(tmp_path, monkeypatch):
    """The library reads no standard input: `-` is a file like any other."""
    (tmp_path / "-").write_text(TEXT)
    monkeypatch.chdir(tmp_path)

    assert [agent.name for agent in agentconv.iter_agents("-", format="claude-code")] == ["helper"]


def test_errors_travel():
    """An error says where and what, and survives being copied and sent to another process."""
    span = agentconv.Span("a.md", 2, 3)
    error = agentconv.InputError(agentconv.Diagnostic(Code.SYNTAX, agentconv.Severity.ERROR, "no header", span))

    assert str(error) == "a.md:2:3: no header"
    assert pickle.loads(pickle.dumps(error)).diagnostic == copy.copy(error).diagnostic == error.diagnostic  # noqa: S301 - our own


def test_results_travel(project):
    """What the library gives can be copied and sent to another process."""
    agents = agentconv.read(project)
    result = agentconv.write(agents, "codex")

    assert pickle.loads(pickle.dumps((agents, result))) == copy.deepcopy((agents, result)) == (agents, result)  # noqa: S301 - our own


GREETER = "---\nname: greeter\ndescription: Says hello.\n---\n\nSay hello.\n"


def test_a_set_is_a_sequence_that_finds_by_name():
    """A set has a length and an order, finds an agent by id before name, and is true when anything is in it."""
    one = agentconv.reads(GREETER, "claude-code").agents[0]
    agents = agentconv.AgentSet((one, replace(one, id="greeter~2", description="Says it again.")))
    skill = agentconv.Skill(id="s", name="s")

    assert (len(agents), list(agents), agents[0], agents[-1:]) == (2, [*agents.agents], agents.agents[0], agents.agents[1:])
    assert (agents["greeter"], agents["greeter~2"]) == agents.agents
    assert ("greeter" in agents, one in agents, "poet" in agents, 3 in agents) == (True, True, False, False)
    assert [bool(agentconv.AgentSet(**{kind: (skill,)})) for kind in KINDS] == [True] * len(KINDS)
    assert (bool(agentconv.AgentSet()), bool(agentconv.AgentSet(further={"hooks": (1,)}))) == (False, True)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda _: agentconv.read("~/nowhere"), "os.path.expanduser"),
        (lambda _: agentconv.read(GREETER), "agentconv.reads(text, format)"),
        (lambda agents: agentconv.lint(agents[0]), "agentconv.AgentSet((agent,))"),
        (lambda agents: agentconv.write(agents, "codex").save(None), 'the current folder is "."'),
        (lambda agents: agentconv.write(agents, "codex,opencode"), "call it once for each"),
    ],
)
def test_what_a_caller_gives_in_vain_is_told_with_what_to_do(wrong, hint):
    """Each hint is about what was meant."""
    with pytest.raises(agentconv.InputError) as caught:
        wrong(agentconv.reads(GREETER, "claude-code", path="greeter.md"))

    assert hint in caught.value.diagnostic.hint


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda agents: agentconv.write(agents, ["codex"]), "a format is named by a word, not a list"),
        (lambda agents: agentconv.write(agents, None), "a format is named by a word, not None"),
        (lambda agents: agentconv.write(agents.agents, "codex"), "what is written is a set of agents, not a tuple"),
        (lambda agents: agentconv.write(agents[0], "codex"), "what is written is a set of agents, not an Agent"),
        (lambda _: agentconv.write("agents", "codex"), "what is written is a set of agents, not a str"),
        (lambda agents: agents["greetr"], "there is no agent `greetr`"),
        (lambda _: agentconv.AgentSet()["a"], "there is no agent `a`"),
        (lambda _: agentconv.convert("x", "claude-code", "codex"), "the file does not start with a line `---`"),
        (lambda _: agentconv.convert("x", "claude", "coedx"), "there is no format `coedx`"),
        (lambda _: agentconv.convert("", "json", "codex"), ""),
        (lambda _: agentconv.reads(None, "claude-code"), "what is read is text, bytes or a frontmatter.Post, not None"),
        (lambda _: agentconv.reads(Path("a.md"), "claude-code"), "what is read is text, bytes or a frontmatter.Post, not a "),
        (lambda _: agentconv.read(None), "a path is text or a pathlib.Path, not None"),
        (lambda _: agentconv.lint(None), "a path is text or a pathlib.Path, not None"),
        (lambda _: agentconv.read(GREETER), "a path is expected, and this is a text of several lines"),
        (lambda agents: agentconv.write(agents, "codex,opencode"), "there is no format `codex,opencode`"),
        (lambda agents: agentconv.lint(agents, select=["AC999"]), "there is no rule `AC999`"),
        (lambda agents: agentconv.lint(agents, for_="json"), "no client reads canonical JSON"),
        (lambda agents: agentconv.inspect(agents, for_=["codx"]), "there is no format `codx`"),
        (lambda agents: agentconv.lint(replace(agents, sources=())), "the set holds no files to look at"),
        (lambda _: agentconv.read(b"nowhere"), "there is no file or folder `nowhere`"),
        (lambda _: agentconv.reads(GREETER, "claude-code", path=3), "a path is text or a pathlib.Path, not an int"),
        (lambda agents: agentconv.inspect(agents, for_=[None]), "for_ is a text, or a list of texts, not None"),
        (lambda agents: agentconv.inspect(agents, for_=3), "for_ is a text, or a list of texts, not an int"),
        (lambda agents: agentconv.lint(agents, select=["AC101", 3]), "select is a text, or a list of texts, not an int"),
        (lambda agents: agentconv.lint(agents, ignore=3), "ignore is a text, or a list of texts, not an int"),
        (lambda agents: agentconv.write(agents, "codex", with_=["skills"]), "with_ is a text, not a list"),
        (lambda agents: agentconv.write(agents, "codex", models={3: "large"}), "models are a table"),
        (lambda agents: agentconv.write(agents, "codex").save(None), "a path is text or a pathlib.Path, not None"),
        (lambda agents: agentconv.write(agents, "codex").save(""), "a folder has a name, and this is an empty text"),
        (lambda agents: agentconv.write(agents, "codex").save("~/x"), "there is no folder `~` for `~/x`"),
        (lambda agents: agentconv.write(agents, "codex").save("out", force="no"), "force is True or False, not a str"),
        (lambda agents: agentconv.write(agents, "codex").save("out", force=None), "force is True or False, not None"),
        (lambda agents: agentconv.fix(agents).save(""), "a folder has a name, and this is an empty text"),
        (lambda agents: agentconv.fix(agents).save("~/x"), "there is no folder `~` for `~/x`"),
        (lambda agents: agentconv.inspect(agents, for_=""), "for_ names no client"),
        (lambda agents: agentconv.inspect(agents, for_=[]), "for_ names no client"),
        (lambda agents: agentconv.lint(agents, select=[]), "select names no rule"),
        (lambda agents: agentconv.lint(agents, select=""), "select has an empty value"),
        (lambda agents: agentconv.fix(agents, ignore=["AC101,"]), "ignore has an empty value"),
        (lambda agents: agentconv.write(agents, "codex").save("a\0b"), "no folder can be called 'a\\x00b'"),
        (lambda agents: agentconv.write(agents, "codex").save("a\ud800b"), "no folder can be called 'a\\ud800b'"),
        (lambda _: list(batch.convert_rows([], "codex", ["claude-code"])), "a format is named by a word, not a list"),
        (lambda _: list(batch.convert_rows([], "codex", "")), "there is no format ``"),
        (lambda _: list(batch.lint_rows([], format=3)), "a format is named by a word, not an int"),
        (lambda _: list(batch.convert_rows([], options=batch.Options(models=3))), "models are a table"),
        (lambda _: list(batch.convert_rows([], options=batch.Options(seconds=10**30))), "no clock holds so many seconds"),
        (lambda _: testing.cases("claude-code", fixtures=3), "a path is text or a pathlib.Path, not an int"),
    ],
)
def test_what_a_caller_can_mend_is_an_input_error(wrong, said):
    """Every mistake of a caller is an `InputError` that says what is wanted."""
    with pytest.raises(agentconv.InputError) as raised:
        wrong(agentconv.reads(GREETER, "claude-code"))

    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda _: agentconv.reads(GREETER, "zzz"), "agentconv.formats() lists them"),
        (lambda _: agentconv.reads(GREETER, "zed"), "json holds everything for a program of your own; agentconv.formats() lists them"),
        (lambda agents: agentconv.lint(agents, select=["zzz"]), "agentconv.rules() has them all"),
        (lambda agents: agentconv.lint(agents, for_="json"), "name clients, or all; json, toml are for programs"),
        (
            lambda agents: agentconv.write(replace(agents, agents=agents.agents * 2), "codex", on_duplicate="error"),
            '`on_duplicate="suffix"`',
        ),
        (lambda agents: agentconv.write(agents, "codex", with_="zzz"), "needed, all, none, a kind"),
        (lambda _: agentconv.convert("[]", "json", "codex"), 'agentconv.write(agents, "json")'),
        (lambda _: agentconv.read(Path(__file__)), "say it with `format`"),
    ],
)
def test_what_a_program_is_told_has_no_flags(call, hint):
    """Who calls the library is told what the library has, where who runs the program is told of its commands and options."""
    with pytest.raises(agentconv.InputError) as raised:
        call(agentconv.reads(GREETER, "claude-code"))

    assert hint in raised.value.diagnostic.hint
    assert not re.search("(^| )--?[a-z]|agentconv [a-z]", f"{raised.value} {raised.value.diagnostic.hint}")


@pytest.mark.parametrize(
    ("tools", "servers", "with_", "hint"),
    [
        ("Read", "", None, "`allow_widening=True` writes it all the same, and that is the narrower of the two"),
        (
            "Bash",
            '{"mcpServers": {"gh": {"command": "gh"}}}',
            "all",
            "`allow_widening=True` writes it all the same; every agent there can use it then",
        ),
    ],
)
def test_a_refusal_names_what_the_library_has(tools, servers, with_, hint, tmp_path):
    """A hint that is made for one agent is in the library's words, too."""
    place = tmp_path / ".claude/agents/a.md"
    place.parent.mkdir(parents=True)
    place.write_text(f"---\nname: a\ndescription: Reads.\ntools: {tools}\n---\nRead.\n")
    if servers:
        (tmp_path / ".mcp.json").write_text(servers)
    agents = agentconv.read(tmp_path)
    told = [loss for loss in agentconv.write(agents, "cursor", with_=with_).losses if loss.severity == "refusal"]

    assert hint in (told[0].hint or "")
    assert not [loss.hint for loss in told if "--" in (loss.hint or "")]


def test_a_loss_whose_hint_is_of_the_command_line_has_another_for_the_library():
    """A hint of the catalogue that names an option or a command of the program says what a program does instead, or nothing."""
    named = [code for code in losses.codes() if re.search("(^|[ `])--[a-z]|agentconv [a-z]", losses.rule(code).hint or "")]

    assert [code for code in named if losses.rule(code).option is None] == []
    assert len(named) > 5


@pytest.mark.parametrize("format_id", ["claude-code", "codex", "roo", "json"])
@pytest.mark.parametrize("end", [".md", ".toml", ".json", ".yaml"])
def test_a_path_that_is_given_for_a_text_is_told_as_one(format_id, end):
    """Who passes the name of a file where its text is wanted is told so, by `reads` in the set and by `convert` as an error."""
    path = f"agents/helper{end}"
    found = agentconv.reads(path, format_id)
    with pytest.raises(agentconv.InputError) as raised:
        agentconv.convert(path, format_id, "cursor")

    hints = [one.hint for one in found.diagnostics if one.hint and "agentconv.read " in one.hint]
    assert bool(hints) is path.endswith(registry.FORMATS[format_id].ends)
    assert raised.value.diagnostic == found.diagnostics[0]


def test_a_text_without_a_files_name_is_not_told_that_its_file_has_another():
    """What came as text has no file whose name could differ from the agent's."""
    assert list(agentconv.lint(agentconv.reads(GREETER, "claude-code"), select=["AC203"])) == []


@pytest.mark.parametrize("target", ["codex", "claude-code", "json"])
def test_agents_that_are_left_out_of_a_set_are_left_out_without_a_word(project, target):
    """Who writes some of the agents that were read gets these alone, and is not told of the files of the others."""
    agents = agentconv.read(project)
    result = agentconv.write(replace(agents, agents=(agents["other"],)), target)
    read = agentconv.reads(result.files[0].data, target)

    assert ([agent.name for agent in read], len(result.files), result.diagnostics) == (["other"], 1, ())


def test_help_says_how_a_package_is_called():
    """`help()` of a package that is a function shows its parameters, and so do editors, as they are where it is defined."""
    from inspect import signature

    from agentconv.formats.registry import formats
    from agentconv.lint.library import lint

    for package, function in ((agentconv.lint, lint), (agentconv.formats, formats)):
        parameters = signature(function).parameters

        assert signature(package) == signature(function)
        assert f"agentconv.{function.__name__}({next(iter(parameters), '')}" in package.__doc__
        assert all(name in package.__doc__ for name in parameters)


def test_everything_public_is_there_and_the_packages_stay_packages():
    """Each public name is importable; `lint` and `formats` are called, and hold their modules."""
    import agentconv.formats.registry
    import agentconv.lint.rule

    found = {name: getattr(agentconv, name) for name in agentconv.__all__}
    homes = agentconv.core.ir, agentconv.core.parts, agentconv.core.meant
    ir = {name for home in homes for name, value in vars(home).items() if isinstance(value, type) and value.__module__ == home.__name__}
    ir = {name for name in ir if not name.startswith("_")}

    assert None not in found.values()
    assert ir <= set(found)
    assert agentconv.formats()[0].id == next(iter(agentconv.formats.registry.FORMATS))
    assert [finding.code for finding in agentconv.lint(agentconv.reads(GREETER, "claude-code", path="a.md"))] == ["AC203"]


def test_linting_a_folder_finds_what_the_command_finds(tmp_path, monkeypatch, capsys):
    """The function and the command say the same of a project without settings."""
    shutil.copytree(Path(__file__).parents[2] / "fixtures/examples", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    cli.main(["lint", "--for", "cursor,codex", "--output-format", "json"])
    told = json.loads(capsys.readouterr().out)["findings"]

    assert [(one["code"], one["path"], one["line"]) for one in told] == [
        (one.code, one.span.path, one.span.line) for one in agentconv.lint(".", for_="cursor,codex")
    ]


def test_a_diagnostic_and_a_loss_are_one_line_as_texts():
    """Who prints one sees where, how bad and what, and not all that it holds."""
    agents = agentconv.reads("---\nname: a\ndescription: b\ncolor: 12\n---\nc\n", "claude-code", path="a.md")
    loss = agentconv.write(agents, "codex").losses[0]
    told = Diagnostic(Code.SYNTAX, Severity.ERROR, "wrong", Span("a.md", 4, 2))

    assert str(told) == "a.md:4: error: wrong"
    assert str(loss) == f"{loss.severity}: a: {loss.field}: {loss.message}"
    assert str(replace(loss, span=Span("a.md", 4, 2))).startswith(f"a.md:4: {loss.severity}: a: ")


def test_a_loss_says_what_it_is():
    """Its message is a sentence with the target's name, which needs no catalogue beside it."""
    agents = agentconv.reads("---\nname: a\ndescription: b\nmodel: opus\n---\nc\n", "claude-code")
    (loss,) = (one for one in agentconv.write(agents, "codex").losses if one.field == "model")

    assert loss.message == "Codex does not serve this model; the agent inherits: `opus`"


def test_a_finding_is_told_as_others_are_and_is_one_line_as_a_text():
    """What shows a diagnostic and a loss shows what a rule has found, too; why a client makes of an agent what it does is its words."""
    agents = agentconv.reads(GREETER.replace("---\n", "---\ncolour: red\n", 1), "claude-code", path="a.md")
    (found,) = agentconv.lint(agents, select=["AC401"])
    reasons = [one for file in agentconv.inspect(agents) for reading in file.readings for one in reading.reasons]

    assert isinstance(found, agentconv.Told)
    assert str(found) == f"{found.span}: {found.severity}: AC401 {found.name}: {found.message}"
    assert found.hint
    assert {str(one) for one in reasons} == {one.words for one in reasons} != set()


WIDER = "allow that, if it may, or have a narrower file written, which no file holds to all of that (using the network)"


@pytest.mark.parametrize(
    ("header", "code", "hint"),
    [
        ("tools: read_fil\n", "AC301", None),
        ("tools: xyzzy\n", "AC301", "name a tool that Claude Code has"),
        ("color: red\n", "AC305", 'let `agentconv.write(agents, "qwen-code")` write a file that keeps it within that'),
        ("tools: Read\n", "AC305", f'{WIDER}: `agentconv.write(agents, "cursor", allow_widening=True)`'),
        ("tools: Read\n", "AC198", 'give `tools` a value that Kilo takes, or let `agentconv.write(agents, "kilo")` write a file for it'),
        ("color: red\n", "AC404", 'leave it out, or let `agentconv.write(agents, "gemini-cli")` write a file for that client'),
        ("timeout_mins: 3\n", "AC402", "delete it, or let `agentconv.write` say it in this client's own words"),
        ("model: sonnet\n", "AC410", 'leave the model out, or let `agentconv.write(..., map_models="tier")` write that client\'s own'),
    ],
)
def test_hints_of_findings_name_options(header, code, hint):
    """Who calls the library types no commands."""
    agents = agentconv.reads(GREETER.replace("---\n", f"---\n{header}", 1), "claude-code", path="greeter.md")
    hints = {found.hint for found in agentconv.lint(agents, for_="all", select=[code])}

    assert hints
    assert not any("agentconv " in one or "--" in one for one in hints)
    assert hint is None or hint in hints


def test_a_code_is_explained():
    """Each rule, loss and diagnostic is there as data, a distribution's with them; a word that none is called is told with a near one."""
    rules = agentconv.rules()

    assert [agentconv.explain(rule.code) for rule in rules] == [agentconv.explain(rule.name or "") for rule in rules] == [*rules]
    assert all(agentconv.explain(code).page for code in losses.codes())
    assert agentconv.explain("widening").hint == agentconv.explain("WIDENING").hint == "`allow_widening=True` writes it all the same"
    taken = {*losses.codes(), *(rule.name for rule in rules)}
    meant = [agentconv.explain(code.upper()) for code in Code if code not in taken]
    assert [(one.code, one.severity) for one in meant] == [(code, None) for code in Code if code not in taken]
    assert agentconv.explain("fallback").summary == "The client loads this only through its own repair of invalid YAML."
    with pytest.raises(agentconv.InputError, match="no rule, loss or diagnostic `widenin`") as raised:
        agentconv.explain("widenin")
    assert raised.value.diagnostic.hint == "did you mean `widening`?"
    with pytest.raises(agentconv.InputError, match="named by a word, not an int"):
        agentconv.explain(3)


def test_clients_are_told_from_other_formats():
    """What a program asks about are the formats that say that a client reads them, and one that none reads is named with its like."""
    agents = agentconv.reads(GREETER, "claude-code")
    clients = [one.id for one in agentconv.formats() if one.is_client]

    assert [reading.client for file in agentconv.inspect(agents, for_=clients) for reading in file.readings] == clients
    with pytest.raises(agentconv.InputError) as raised:
        agentconv.inspect(agents, for_=[one.id for one in agentconv.formats()])
    assert raised.value.diagnostic.hint == "name clients, or all; json, toml are for programs"


def test_every_client_is_asked_where_none_is_named():
    """None is as good as `all`, for whoever passes on what they were given."""
    agents = agentconv.reads(GREETER, "claude-code")

    assert agentconv.inspect(agents, for_=None) == agentconv.inspect(agents)


def test_hints_of_losses_name_options():
    """Who calls the library has no flags."""
    agents = agentconv.reads(GREETER.replace("---\n", "---\nmodel: opus\ntools: Read\n", 1), "claude-code")
    hints = {loss.code: loss.hint for target in ("gemini-cli", "letta") for loss in agentconv.write(agents, target).losses}

    assert hints["model-dropped"] == '`map_models="tier"` writes the target\'s own of the same tier'
    assert hints["widening"] == "`allow_widening=True` writes it all the same"


FAULTY = "---\nname: a\ndescription: Reads: all of it\ncolor: Blue\n---\nx\n"
MENDED = '---\nname: a\ndescription: "Reads: all of it"\ncolor: blue\n---\nx\n'


def test_what_is_found_can_be_mended(tmp_path):
    """The safe fixes of what `lint` finds are made, the rest is left, and the files are written where they were read."""
    place = tmp_path / ".claude/agents/a.md"
    place.parent.mkdir(parents=True)
    left = "audience: backend\n---\nx\n"
    place.write_text(FAULTY.replace("---\nx\n", left))
    mended = agentconv.fix(tmp_path)
    saved = mended.save()

    assert [(file.path, file.data.decode()) for file in mended.files] == [(".claude/agents/a.md", MENDED.replace("---\nx\n", left))]
    assert [finding.code for finding in mended.left] == [finding.code for finding in agentconv.lint(tmp_path)] == ["AC403"]
    assert (mended.mended, saved, place.read_text()) == (2, [place], mended.files[0].data.decode())
    assert agentconv.fix(tmp_path).files == ()


def test_a_file_that_changed_since_is_not_mended_away(tmp_path):
    """What is written takes the place of what was read, and of nothing else; a set is written below the folder that is named."""
    place = tmp_path / "a.md"
    mended = agentconv.fix(agentconv.reads(FAULTY, "claude-code", path="a.md"))
    with pytest.raises(agentconv.InputError, match="a set does not say where its files lie"):
        mended.save()
    with pytest.raises(agentconv.InputError, match=r"there is no `a\.md` in `.*`: what is mended are files that are there"):
        mended.save(tmp_path)
    place.write_text("mine")
    kept = mended.save(tmp_path), place.read_text()
    place.write_text(FAULTY)

    with pytest.raises(agentconv.InputError, match=r"there is no `a\.md` in `elsewhere`"):
        agentconv.fix(tmp_path).save("elsewhere")

    assert kept == ([], "mine")
    assert (mended.save(tmp_path), place.read_text()) == ([place], MENDED)


def test_a_fix_that_may_change_more_is_asked_for():
    """An unsafe fix is made where that is asked for alone."""
    agents = agentconv.reads(FAULTY.replace("color: Blue", "max_turns: 5"), "claude-code", path="a.md")
    plain, unsafe = agentconv.fix(agents, select=["AC401"]), agentconv.fix(agents, select=["AC401"], unsafe=True)

    assert (plain.files, plain.mended) == ((), 0)
    assert (b"maxTurns: 5" in unsafe.files[0].data, unsafe.mended, len(unsafe.left)) == (True, 1, 0)


def test_a_file_is_asked_about_in_its_own_client():
    """`own` is each file's own client, for `inspect` beside those that are named, and for `lint` as if none were."""
    agents = agentconv.reads(GREETER, "qwen-code", path="greeter.md")
    asked = [
        [reading.client for file in agentconv.inspect(agents, for_=words) for reading in file.readings] for words in ("own", "own,kilo")
    ]

    assert asked == [["qwen-code"], ["qwen-code", "kilo"]]
    assert agentconv.lint(agents, for_="own") == agentconv.lint(agents)


def test_schemas_are_what_the_command_prints(capsys):
    """A program gets the schema that `agentconv schema` prints, by each name of its format, and may change what it got."""
    cli.main(["schema", "bundle", "--self-contained"])
    printed = json.loads(capsys.readouterr().out)
    agentconv.schema("claude")["title"] = "mine"

    assert agentconv.schema("bundle", self_contained=True) == printed
    assert agentconv.schema("Claude Code") == agentconv.schema("claude-code") == agentconv.schema("claude")
    assert all(agentconv.schema(name)["$id"] for name in agentconv.schemas())


@pytest.mark.parametrize(("name", "hint"), [("bundel", "did you mean `bundle`?"), (3, "agentconv.schemas()"), ("zzz", "schemas: agent, ")])
def test_a_schema_that_is_not_there_is_told_with_what_is(name, hint):
    """The hint has the nearest name, or all."""
    with pytest.raises(agentconv.InputError) as raised:
        agentconv.schema(name)

    assert hint in raised.value.diagnostic.hint


CONFIGURATION = """\
{
  "theme": "mine",
  "agent": {
    "a": {"prompt": "p", "description": "caf\u00c3\u00a9", "mode": "subagent", "bogus": 1}
  }
}
"""


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
@pytest.mark.parametrize(("path", "client"), [("opencode.json", "opencode"), ("kilo.jsonc", "kilo")])
def test_a_set_of_a_file_that_is_mainly_the_users_is_of_all_of_it(path, client, mark, tmp_path):
    """Its places are those of the file, nothing of it is lost when it is mended or written back, and only a bundle has the agents alone."""
    data = mark + CONFIGURATION.encode()
    (tmp_path / path).write_bytes(data)
    agents = agentconv.reads(data, client, path=path)
    found = [(one.code, one.span.line) for one in agentconv.lint(agents)]
    mended = agentconv.fix(agentconv.read(tmp_path / path))

    assert found == [(one.code, one.span.line) for one in agentconv.lint(tmp_path / path)]
    assert ("AC607", 4) in found
    assert agentconv.write(agents, client).files[0].data == data
    assert all(b"mine" not in agentconv.write(agents, form).files[0].data for form in ("json", "toml"))
    assert [place.name for place in mended.save(tmp_path)] == [path]
    assert (tmp_path / path).read_bytes() == data.replace("caf\u00c3\u00a9".encode(), "caf\u00e9".encode()).removeprefix(mark)


@pytest.mark.parametrize(
    ("path", "text", "client"),
    [
        (".codex/agents/a.toml", "", "codex"),
        ("a.toml", 'name = "a"\n', "codex"),
        ("opencode.json", "{}", "opencode"),
        ("x/.roomodes", "customModes: []", "roo"),
        ("a.md", "---\nname: a\n---\n", "claude-code"),
        ("a.json", '{"$schema": "urn:agentconv:bundle:2"}', "json"),
    ],
)
def test_the_format_of_bytes_is_told_by_their_name_and_themselves(path, text, client):
    """Whoever got a file from somewhere need not know what it is: it is told as it is of one on the disk."""
    assert agentconv.reads(text, path=path) == agentconv.reads(text, client, path=path)


def test_bytes_whose_format_nothing_tells_are_told_with_their_place():
    """It is what a caller can mend, by naming one of the two."""
    with pytest.raises(agentconv.InputError, match="nothing tells the format of `upload`") as raised:
        agentconv.reads(b"hello", path="upload")

    assert (raised.value.diagnostic.span.path, raised.value.diagnostic.code) == ("upload", Code.USAGE)
    assert "path=" in raised.value.diagnostic.hint


def test_whoever_looks_at_a_path_is_told_what_is_not_followed(tmp_path):
    """A link that leads out of a project is told by all that look at it, as `read` tells it."""
    folder = tmp_path / "project" / ".claude/agents"
    folder.mkdir(parents=True)
    (folder / "a.md").write_text("---\nname: a\ndescription: Reads\n---\n\nRead.\n")
    (tmp_path / "b.md").write_text("")
    (folder / "b.md").symlink_to(tmp_path / "b.md")
    told = agentconv.read(tmp_path / "project").diagnostics

    assert [one.code for one in told] == [Code.UNREADABLE]
    assert all(look(tmp_path / "project").diagnostics == told for look in (agentconv.lint, agentconv.fix, agentconv.inspect))
