"""What is deployed is what a person accepted: computed from bytes, whatever a lock says, and no file goes on a lock's word alone."""

import hashlib
import io
import re
import sys
from functools import partial

import pytest
import tomli
import tomli_w

import pack_files
from agentconv.cli import main

HOOK = "{PostToolUse: [{matcher: Write, hooks: [{type: command, command: ./format.sh}]}]}"
GUARD = "{PreToolUse: [{matcher: Bash, hooks: [{type: command, command: ./guard.sh}]}]}"
SERVER = "[{files: {command: npx, args: [files]}}]"


def agent(name, prompt="Help with one thing, and do it well.", **header):
    lines = "".join(f"{key}: {value}\n" for key, value in {"name": name, "description": f"Does {name}", **header}.items())
    return f"---\n{lines}---\n\n{prompt}\n"


READS = {"rev.md": agent("rev", tools="Read")}
RUNS = {"rev.md": agent("rev", tools="Read, Bash", hooks=HOOK, mcpServers=SERVER)}


@pytest.fixture
def lock(project):
    """A function that changes the lock's document."""

    def change(edit):
        file = project / "agentconv.lock"
        document = tomli.loads(file.read_text())
        edit(document)
        file.write_text(tomli_w.dumps(document))

    return change


@pytest.fixture
def wheel(project):
    """A function that makes a wheel of a pack, in the project."""

    def wheel(sources, version="1.0.0", name="backend-agents"):
        package = name.replace("-", "_")
        files = pack_files.packed({path: text.encode() for path, text in sources.items()}, name, version)
        return pack_files.wheel(project, pack_files.distribution(files, name, version, package), name, version)

    return wheel


class Terminal(io.StringIO):
    """What a person at a terminal types."""

    def isatty(self):
        return True


@pytest.fixture
def person(monkeypatch):
    """A function that runs a command line on a terminal at which a person answers; it returns the exit code and what was said."""

    def person(answer, *words):
        said = Terminal()
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        monkeypatch.setattr(sys, "stderr", said)
        return main([str(word) for word in words]), said.getvalue()

    return person


def test_first_install_needs_consent(project, give, run, asked, tree):
    """Without a terminal nothing is deployed until what agents ask for is accepted, in the words that the output has."""
    give(RUNS)
    before = tree()
    words = ("install", "backend-agents", "--to", "claude-code,codex")
    done = run(*words, code=1)

    for row in ("run         running commands", "mcp:files   MCP server files (npx files)", "hooks       hook PostToolUse: ./format.sh"):
        assert [*row.split()[:-1], f"{row.split()[-1]}:"] in [line.split()[:-1] for line in done.out.splitlines()]
    assert "--accept, or --accept=run,hooks,mcp:files\n" in done.err
    assert "--accept=read,write,run,hooks,mcp:files\n" in run(*words, "--accept=read,write,run", code=1).err
    assert tree() == before
    report = asked(*words, code=1).report
    assert (report["results"][0]["refused"], report["diagnostics"][0]["code"]) == (True, "blocked")
    assert run("status").out == "Nothing is deployed in this project.\n"
    run(*words, "--accept=shell,hooks,mcp")
    assert (project / ".claude/agents/rev.md").read_text() == RUNS["rev.md"]
    run("install", "backend-agents")


def test_what_only_reads_needs_none(project, give, run):
    """A pack whose agents only read is deployed as it is."""
    give(READS)
    run("install", "backend-agents", "--to", "claude-code,opencode,roo")

    assert "accepted: reading only\n" in run("status").out


@pytest.mark.parametrize(
    ("client", "word", "what"),
    [
        ("codex", "run", "running commands in Codex, as its session may, whatever the file says"),
        ("openhands", "mcp", "tools of every MCP server that is open in OpenHands, whatever the file says"),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_no_client_holds_an_agent_to_is_asked_once_for_all(give, run, client, word, what):
    """Where an assistant does not hold agents to their files, a set of readers asks for what they may do there, in one line."""
    give(READS | {"other.md": agent("other", tools="Read")})
    done = run("install", "backend-agents", "--to", f"claude-code,{client}", code=1)

    assert f"{what}: other, rev" in " ".join(done.out.split())
    run("install", "backend-agents", "--to", f"claude-code,{client}", f"--accept={word}")
    assert "other, rev" in run("status").out
    run("install", "backend-agents", "--to", f"claude-code,{client}")
    run("install")
    give({"rev.md": agent("rev", tools="Read, Grep"), "other.md": agent("other", tools="Read")}, "2.0.0")
    run("install", "backend-agents")


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("Yes\n", 0), ("\n", 1), ("n\n", 1), ("", 1), ("please\n", 1)])
def test_a_terminal_is_asked(project, give, person, answer, code):
    """On a terminal a person is shown what agents ask for, and nothing but a yes deploys it."""
    give(RUNS)
    found, said = person(answer, "install", "backend-agents", "--to", "claude-code")

    assert found == code
    assert "running commands" in said
    assert "[y/N] " in said
    assert (project / ".claude/agents/rev.md").is_file() == (code == 0)


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.usefixtures("project")
def test_what_is_refused_is_told_before_it_is_asked(give, person, run, terminal):
    """Whoever is to accept a pack sees first what does not come whatever he accepts, all by name with -v; and so who has no terminal."""
    names = [f"guarded-{number}" for number in range(5)]
    give(RUNS | {f"{name}.md": agent(name, tools="Bash", hooks=GUARD) for name in names})
    words = ("install", "backend-agents", "--to", "opencode", "--color", "never")
    short, long = (person("n\n", *words, *more)[1] if terminal else run(*words, *more, code=1).err for more in ((), ("-v",)))
    before = short.partition("[y/N]")[0]

    assert "refusal[widening] 5 agents: " in before
    assert "guarded-0, guarded-1, guarded-2 and 2 more (-v): " in before
    assert all(f"] {name}, " in long.partition("[y/N]")[0] for name in names)


@pytest.mark.usefixtures("project")
def test_what_a_deployment_costs_is_told_once_and_before_it_is_asked(give, person):
    """What an assistant does not hold, or takes nothing of, may be why somebody says no; what changes nothing about that comes after."""
    text = "---\nname: works\ndescription: Works\ntools: Read, Bash\nmaxTurns: 5\ncolor: red\n---\n\nWork.\n"
    give({"works.md": text})
    code, said = person("y\n", "install", "backend-agents", "--to", "claude-code,codex,cursor", "--color", "never")
    before, _, after = said.partition("[y/N]")
    costs = ("field-dropped", "not-enforced", "degraded-elsewhere")

    assert code == 0
    assert [before.count(f"[{one}]") for one in costs] == [1, 1, 1]
    assert [after.count(f"[{one}]") for one in costs] == [0, 0, 0]
    assert "note[looks-dropped]" in after


def test_what_is_not_held_of_agents_that_wait_is_told_before_it_is_asked(give, person):
    """An agent that comes with the answer alone is among those that an assistant does not hold in another one's file."""
    text = "---\nname: {}\ndescription: Works\ntools: {}\n---\n\nWork.\n"
    give({"free.md": text.format("free", "Read"), "waits.md": text.format("waits", "Read, Write")})
    said = person("n\n", "install", "backend-agents", "--to", "claude-code,cursor", "-v")[1].partition("[y/N]")[0]

    assert said.count("widened-elsewhere") == 2


def test_a_terminal_is_asked_about_an_update(project, give, person):
    """So it is for an update that asks for more."""
    give(READS)
    person("", "install", "backend-agents", "--to", "claude-code")
    give(RUNS, "2.0.0")

    assert person("\n", "install", "backend-agents")[0] == 1
    assert (project / ".claude/agents/rev.md").read_text() == READS["rev.md"]
    assert person("y\n", "install", "backend-agents")[0] == 0
    assert (project / ".claude/agents/rev.md").read_text() == RUNS["rev.md"]


def test_what_was_accepted_is_locked_and_told(project, give, run, asked):
    """The lock holds what was accepted, of which version and bytes; `status` shows it."""
    give(RUNS)
    run("install", "backend-agents", "--to", "claude-code", "--accept")
    (pack,) = tomli.loads((project / "agentconv.lock").read_text())["packs"]
    manifest = (project / ".venv/lib/python3.11/site-packages/backend_agents/agentpack.json").read_bytes()

    assert pack["accepted"] == {
        "version": "1.0.0",
        "sha256": hashlib.sha256(manifest).hexdigest(),
        "grants": {"rev": ["run", "hooks", "mcp:files"]},
    }
    assert asked("status").report["results"][0]["accepted"] == pack["accepted"]
    assert re.search(r"accepted:\n +run +rev\n +hooks +rev\n +mcp:files +rev\n", run("status").out)


def test_the_same_hooks_are_no_new_grant(project, give, run):
    """An update with the same hooks, servers and tools, in any assistant, asks for nothing."""
    for hooks, targets in ((HOOK, "claude-code,codex,roo,opencode,qwen-code"), (GUARD, "claude-code")):
        sources = {"rev.md": RUNS["rev.md"].replace(HOOK, hooks)}
        give(sources)
        run("install", "backend-agents", "--to", targets, "--accept")
        give({"rev.md": sources["rev.md"].replace("Help", "Help well")}, "1.1.0")
        run("install", "backend-agents")
        assert "Help well" in (project / ".claude/agents/rev.md").read_text()
        run("uninstall", "backend-agents")

    assert not (project / ".claude").exists()


def test_a_lock_that_lies_about_what_was_accepted_gains_nothing(project, give, run, lock):
    """Whatever the lock says of grants, versions and checksums, an update asks for what the files on the disk do not have."""

    def lie(document, version):
        (pack,) = document["packs"]
        files = {"version": "2.0.0", "sha256": hashlib.sha256(manifest).hexdigest()}
        pack["accepted"] = {**files, "grants": {"rev": ["run", "unattended", "hooks", "mcp"]}}
        pack["agents"][0]["grants"] = {"tools": {"mode": "inherit"}}
        pack.update(version=version, manifest_sha256=files["sha256"])
        document["entries"][0]["deployed_sha256"] = hashlib.sha256((project / ".claude/agents/rev.md").read_bytes()).hexdigest()

    give(READS)
    run("install", "backend-agents", "--to", "claude-code")
    give(RUNS, "2.0.0")
    manifest = (project / ".venv/lib/python3.11/site-packages/backend_agents/agentpack.json").read_bytes()
    for version in ("1.0.0", "2.0.0"):
        lock(partial(lie, version=version))
        done = run("install", "backend-agents", code=1)

        assert "running commands" in done.err
        assert (project / ".claude/agents/rev.md").read_text() == READS["rev.md"]


def test_a_lock_that_calls_another_file_the_packs_gains_nothing(project, give, run, lock):
    """A file that may do more, which the lock calls an entry of the pack, is not what the pack's own file is held against."""

    def lie(document):
        wide = {"path": ".claude/agents/mine.md", "deployed_sha256": hashlib.sha256(mine.read_bytes()).hexdigest()}
        document["entries"] = [{**document["entries"][0], **wide}]

    give(READS)
    run("install", "backend-agents", "--to", "claude-code")
    mine = project / ".claude/agents/mine.md"
    mine.write_text(agent("mine", tools="Read, Bash"))
    lock(lie)
    give(RUNS, "2.0.0")
    run("install", "backend-agents", code=1)

    assert (project / ".claude/agents/rev.md").read_text() == READS["rev.md"]
    assert mine.is_file()


@pytest.mark.parametrize("verb", ["the same again", "update", "uninstall"])
def test_no_file_goes_on_the_word_of_a_lock(project, give, run, lock, verb):
    """A file of the user's that the lock calls the pack's stays, edited or not: the pack's bytes are not converted to it."""

    def lie(document):
        one = document["entries"][0]
        document["entries"].append({**one, "path": ".claude/agents/mine.md", "agent": "mine", "deployed_sha256": sha256(mine)})
        one["deployed_sha256"] = sha256(edited)

    def sha256(file):
        return hashlib.sha256(file.read_bytes()).hexdigest()

    give(READS)
    run("install", "backend-agents", "--to", "claude-code")
    mine, edited = project / ".claude/agents/mine.md", project / ".claude/agents/rev.md"
    mine.write_text(agent("mine"))
    if verb != "update":
        edited.write_text(agent("rev", "Do what I say.", tools="Read"))
    lock(lie)
    texts = [mine.read_text(), edited.read_text()]
    if verb == "update":
        give({"rev.md": agent("rev", "Help anew.", tools="Read")}, "2.0.0")
        done = run("install", "backend-agents", code=1)
        assert "nothing but the lock says that it was the pack's; --accept=leaving takes it away" in done.err
        assert mine.read_text() == texts[0]
        run("install", "backend-agents", "--accept=leaving")
        assert not mine.exists()
        return
    done = run("uninstall" if verb == "uninstall" else "install", "backend-agents", code=1)

    assert [mine.read_text(), edited.read_text()] == texts
    assert "nothing but the lock says" in done.err


def test_other_bytes_of_a_version(project, give, run):
    """A version whose files are others than those deployed is refused, although it asks for nothing, until it is accepted."""
    give(READS)
    run("install", "backend-agents", "--to", "claude-code")
    give({"rev.md": agent("rev", "Do something else.", tools="Read")})
    done = run("install", "backend-agents", code=1)

    assert "has other files than what was deployed as 1.0.0" in done.err
    assert (project / ".claude/agents/rev.md").read_text() == READS["rev.md"]
    assert "has other files" in run("install", "--accept", code=1).err
    assert "has other files" in run("install", "backend-agents", "--accept=run", code=1).err
    run("install", "backend-agents", "--accept")
    assert "Do something else." in (project / ".claude/agents/rev.md").read_text()


@pytest.mark.parametrize("origin", ["pip", "wheel"])
def test_the_lock_is_restored(project, give, wheel, run, origin):
    """`install` without a name puts there what the lock says, unasked where these very bytes were accepted; with the name it asks."""
    named = "backend-agents" if origin == "pip" else wheel(RUNS)
    give(RUNS) if origin == "pip" else None
    run("install", named, "--to", "claude-code,codex,roo", "--accept", code=0)
    files = [project / path for path in (".claude/agents/rev.md", ".codex/agents/rev.toml", ".roomodes", "agentconv.lock")]
    before = [file.read_bytes() for file in files]
    for file in files[:3]:
        file.unlink()
    assert "run it again with --accept" in run("install", named, code=1).err
    run("install")

    assert [file.read_bytes() for file in files] == before


def test_restoring_takes_no_other_bytes(project, give, run, lock):
    """What is restored is what the lock says: no other version, no other files, nothing that was not accepted."""
    assert "no agentconv.lock says what to install" in run("install", code=2).err
    give(RUNS)
    run("install", "backend-agents", "--to", "claude-code", "--accept")
    assert "none is named" in run("install", "--to", "codex", code=2).err
    lock(lambda document: document["packs"][0]["accepted"]["grants"]["rev"].remove("hooks"))
    (project / ".claude/agents/rev.md").unlink()
    assert "--accept" in run("install", code=1).err

    give(READS, "1.1.0")
    assert "the lock has backend-agents 1.0.0, and 1.1.0 is here" in run("install", "--accept", code=1).err
    give(READS)
    assert "has other files" in run("install", "--accept", code=1).err
    assert not (project / ".claude/agents/rev.md").exists()
    for path in (project / ".venv/lib/python3.11/site-packages").glob("*.dist-info/*"):
        path.unlink()
    assert "pip install backend-agents==1.0.0" in run("install", code=2).err


def test_an_agent_that_is_new_in_an_update_asks(project, give, run):
    """An agent that comes with an update asks for all that it may do; one that only reads comes unasked."""
    give(READS)
    run("install", "backend-agents", "--to", "claude-code")
    give({**READS, "fix.md": agent("fix", tools="Read, Edit"), "see.md": agent("see", tools="Grep")}, "1.1.0")
    done = run("install", "backend-agents", code=1)

    assert "`fix` is not there yet, and stays away: writing files" in done.err
    assert {path.name for path in (project / ".claude/agents").iterdir()} == {"rev.md", "see.md"}
    run("install", "backend-agents", "--accept=write")
    assert (project / ".claude/agents/fix.md").is_file()


def test_words_that_accept_nothing(give, run):
    """A word that accepts nothing is a mistake, and says what was meant."""
    give(RUNS)

    run("install", "backend-agents", "--to", "codex", "--accept=Shell, HOOKS,mcp", "-n")
    run("install", "backend-agents", "--to", "codex", "--accept=all", "-n")
    assert "did you mean `run`" in run("install", "backend-agents", "--to", "codex", "--accept=runn", code=2).err
    assert "has an empty value" in run("install", "backend-agents", "--to", "codex", "--accept=", code=2).err


def test_a_path_that_leads_out_is_not_deployed(project, give, run):
    """An agent whose client would look at the user's own files is not deployed, whatever is accepted; the others are."""
    role = 'name = "spy"\ndescription = "d"\ndeveloper_instructions = "x"\nsandbox_mode = "read-only"\nweb_search = "disabled"\n'
    give({"spy.toml": f'{role}model_instructions_file = "~/.ssh/id_rsa"\n', **READS})
    done = run("install", "backend-agents", "--to", "codex", "--accept", code=1)

    assert "spy.toml: error: not deployed: `model_instructions_file` leads out of the project: `~/.ssh/id_rsa`" in done.err.replace(
        ":1:1", ""
    )
    assert {path.name for path in (project / ".codex/agents").iterdir()} == {"rev.toml"}


def test_the_bytes_that_were_deployed_tell(project, wheel, run, lock):
    """Where the wheel that was deployed is still here, what left the pack goes unasked, and what is not of it stays, at an update too."""

    def lie(document):
        sums = {path: hashlib.sha256((project / path).read_bytes()).hexdigest() for path in (mine, edited)}
        document["entries"] += [{**document["entries"][0], "path": mine, "agent": "mine"}]
        document["entries"] = [{**one, "deployed_sha256": sums.get(one["path"], one["deployed_sha256"])} for one in document["entries"]]

    mine, edited = ".claude/agents/mine.md", ".claude/agents/rev.md"
    run("install", wheel({**READS, "gone.md": agent("gone", tools="Read")}), "--to", "claude-code,roo")
    (project / mine).write_text(agent("mine"))
    (project / edited).write_text(agent("rev", "Do what I say.", tools="Read"))
    lock(lie)
    texts = [(project / path).read_text() for path in (mine, edited)]
    run("install", wheel({"rev.md": agent("rev", "Help anew.", tools="Read")}, "2.0.0"), code=1)

    assert [(project / path).read_text() for path in (mine, edited)] == texts
    assert not (project / ".claude/agents/gone.md").exists()
    assert "gone" not in (project / ".roomodes").read_text()


def test_a_lock_alone_takes_nothing_away(project, run, tree):
    """A lock that calls a user's own file that of a pack which is not here lets no file go, until a person says so."""
    mine = project / ".claude/agents/mine.md"
    mine.parent.mkdir(parents=True)
    mine.write_text(agent("mine"))
    checksum = hashlib.sha256(mine.read_bytes()).hexdigest()
    known = {
        "name": "ghost",
        "version": "1.0",
        "origin": "wheel",
        "file": "ghost.whl",
        "manifest_sha256": checksum,
        "wheel_sha256": checksum,
    }
    known |= {"targets": {"claude-code": "all"}, "agents": [{"id": "mine", "name": "mine", "source_sha256": checksum}]}
    entry = {"path": ".claude/agents/mine.md", "target": "claude-code", "agent": "mine", "packs": ["ghost"]}
    entry |= {"source_sha256": checksum, "deployed_sha256": checksum}
    (project / "agentconv.lock").write_text(tomli_w.dumps({"version": 2, "folders": [], "packs": [known], "entries": [entry]}))
    before = tree()
    done = run("uninstall", "ghost", code=1)

    assert "nothing but the lock says that these files are its: `.claude/agents/mine.md`" in done.err
    assert tree() == before
    run("uninstall", "ghost", "--accept")
    assert not mine.exists()


@pytest.mark.parametrize("origin", ["pip", "wheel"])
def test_what_a_rollback_leaves_goes(project, give, wheel, run, asked, *, origin):
    """A file of a later version, which the one that is back does not give, is told and red, and goes where a person says so."""
    narrow, wide = ({"rev.md": agent("rev"), "doc.md": agent("doc", **tools)} for tools in ({"tools": "Read"}, {}))
    versions = {"1.0.0": narrow, "1.1.0": wide}

    def install(version, *words, code=0):
        given = give if origin == "pip" else wheel
        named = given(versions[version], version) or "backend-agents"
        return run("install", named, "--to", "cursor", *words, code=code)

    written = project / ".cursor/agents/doc.md"
    install("1.0.0", "--accept", code=1)
    assert not written.exists()
    install("1.1.0", "--accept", code=0)
    assert written.exists()
    for file in project.glob("*.whl"):
        file.unlink()
    assert "--accept=leaving takes it away" in install("1.0.0", code=1).err

    for _ in range(2):
        assert asked("status", code=1).states()[".cursor/agents/doc.md"] == "orphaned"
        assert "--accept=leaving` takes away what the pack no longer gives" in " ".join(run("status", code=1).out.split())
        install("1.0.0", code=1)
    done = run("uninstall", "backend-agents", code=1)
    assert "nothing but the lock says that these files are its: `.cursor/agents/" in done.err
    assert written.exists()
    run("uninstall", "backend-agents", "--accept=leaving")
    assert not written.exists()


def test_hints_name_no_flag_that_installing_lacks(give, run):
    """What a client cannot hold is refused without a word of the flag that only conversions have."""
    give(READS)
    done = run("install", "backend-agents", "--to", "cursor", code=1)
    assert "refusal[widening]" in done.err
    assert "--allow-widening" not in done.err


def test_problems_of_several_packs_are_told_apart(wheel, run):
    """Where only problems are told, those of two packs stand under the names of both, and of the assistants."""
    named = [wheel(READS, name=name) for name in ("house", "shop")]
    done = run("install", *named, "--to", "cursor", "-q", code=1)
    assert [line for line in done.err.splitlines() if line.endswith(":")] == ["house 1.0.0, for Cursor:", "shop 1.0.0, for Cursor:"]


def test_what_was_never_written_is_not_as_it_was(give, run):
    """An agent that is held is as in the version before only where that version was written."""
    give({"doc.md": agent("doc", tools="Read")})
    run("install", "backend-agents", "--to", "continue,cursor", code=1)
    give({"doc.md": agent("doc")}, "1.1.0")
    run("install", "backend-agents", code=1)
    told = run("status", code=1).out
    assert ".continue/agents/doc.md: as in 1.0.0" in told
    assert ".cursor/agents/doc.md: not deployed" in told
