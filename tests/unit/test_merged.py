"""What several files of OpenCode or Kilo say of one agent is put together as these clients do: key by key, and maps deeply."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconv.cli import main
from agentconv.core import fields
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import discovery, loading

FILE = "---\ndescription: Reviews\nmode: subagent\n---\n\nReview it.\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return what makes a project of files, by their paths."""
    monkeypatch.chdir(tmp_path)

    def make(files):
        for path, said in files.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(said if isinstance(said, str) else json.dumps({"agent": {"rev": said}}))

    return make


def loaded(*sources, client="opencode"):
    """Return the agents of a client in files with the paths of these files, and what is told."""
    found = discovery.discover(list(sources or ["."]))
    pieces = [piece for piece in loading.Loader(found.files) if piece.format == client]
    agents = [(piece.path, agent) for piece in pieces for agent in piece.agents]
    return agents, [one.message for piece in pieces for one in piece.diagnostics]


def rules(agent):
    """Return an agent's rules as words."""
    return [f"{rule.native} {'' if rule.pattern is None else rule.pattern}:{rule.effect}" for rule in agent.permissions.rules]


def test_a_denial_at_the_root_is_gone_where_a_later_file_opens_it(project):
    """One agent comes of three files: each key is that of the last one that has it, in its own place of the map."""
    project(
        {
            "opencode.json": {"temperature": 0.1, "prompt": "Old.", "permission": {"bash": "deny", "edit": "deny"}},
            ".opencode/opencode.json": {"permission": {"bash": {"git *": "allow"}}},
            ".opencode/agents/rev.md": FILE.replace("mode:", "permission:\n  bash:\n    git push*: deny\nmode:"),
        }
    )
    ((path, agent),), told = loaded()

    assert path == ".opencode/agents/rev.md"
    assert rules(agent) == ["bash git *:allow", "bash git push*:deny", "edit :deny"]
    assert (agent.temperature, agent.prompt.text, agent.description) == (0.1, "Review it.", "Reviews")
    assert any("is also in `opencode.json`, `.opencode/opencode.json`" in one for one in told)


def test_a_denial_in_a_later_file_holds(project, capsys):
    """What the root opens, and a later file denies, is denied: no assistant gets it."""
    project(
        {
            "opencode.json": {"mode": "subagent", "permission": {"bash": "allow", "edit": "allow"}},
            ".opencode/opencode.json": {"permission": {"*": "deny", "read": "allow"}},
            ".opencode/agents/rev.md": FILE,
        }
    )
    ((_, agent),), _ = loaded()
    code = main(["convert", ".", "-t", "claude-code", "-o", "out"])
    written = [path.relative_to("out").as_posix() for path in Path("out").rglob("*.md")]

    assert rules(agent) == ["bash :allow", "edit :allow", "* :deny", "read :allow"]
    assert (code, written) == (0, [".claude/agents/rev.md"])
    assert "tools: Read\n" in Path("out/.claude/agents/rev.md").read_text()
    assert "rev-2" not in capsys.readouterr().err


def test_modes_of_configurations_go_over_all(project):
    """The map `mode` of a configuration goes over the agents of all files, and makes a mode of one."""
    project({"opencode.json": json.dumps({"mode": {"rev": {"permission": {"edit": "deny"}}}})})
    project({".opencode/agents/rev.md": FILE.replace("mode: subagent", "permission:\n  edit: allow\n  bash: ask")})
    ((_, agent),), _ = loaded()

    assert rules(agent) == ["edit :deny", "bash :ask"]
    assert agent.invocation.by == "user"


def test_of_the_files_of_one_folder_the_last_counts(project):
    """Markdown files of one name in one folder are not merged with each other, but those of agents and of modes are."""
    project({".opencode/agent/rev.md": FILE.replace("mode:", "color: info\nmode:"), ".opencode/agents/rev.md": FILE})
    project({".opencode/modes/rev.md": "---\nsteps: 4\n---\n\nMode.\n"})
    agents, _ = loaded()
    *_, (path, agent) = agents

    assert (path, agent.color, agent.limits.max_turns, agent.description) == (".opencode/modes/rev.md", None, 4, "Reviews")


def test_an_agent_is_told_of_in_the_last_file_that_is_named(project):
    """Who names one of the files has all that its client takes for the agent, there."""
    project({"opencode.json": {"permission": {"bash": "allow"}}, ".opencode/agents/rev.md": FILE.replace("mode:", "disable: true\nmode:")})
    ((path, agent),), _ = loaded("opencode.json")

    assert path == "opencode.json"
    assert (rules(agent), agent.invocation.disabled, agent.prompt.text) == (["bash :allow"], True, "Review it.")


def test_kilo_reads_its_older_folder_first(project):
    """`.kilo` goes over `.kilocode`, and both over what stands at the root."""
    project({"kilo.json": {"temperature": 0.3, "permission": {"edit": "deny"}}})
    project({".kilo/kilo.json": {"permission": {"edit": "ask"}}, ".kilocode/agents/rev.md": FILE})
    ((path, agent),), _ = loaded(client="kilo")

    assert path == ".kilo/kilo.json"
    assert (rules(agent), agent.temperature, agent.prompt.text) == (["edit :ask"], 0.3, "Review it.")


def test_a_note_says_what_goes_together(project, capsys):
    """Lint says in a note, and in no error, out of which files an agent comes; inspect judges it once."""
    project({"opencode.json": {"permission": {"bash": "deny"}}, ".opencode/agents/rev.md": FILE})
    code = main(["lint"])
    linted = capsys.readouterr().out
    main(["inspect", "--for", "opencode"])
    inspected = " ".join(capsys.readouterr().out.split())

    assert code == 0
    assert "note[AC205] duplicate-name `rev` is also in `opencode.json`" in linted
    assert "all but shell" in inspected
    assert "opencode.json (rev)" not in inspected


def merge(below, above):
    """Merge values as remeda's `mergeDeep` does."""
    if isinstance(below, dict) and isinstance(above, dict):
        return {**below, **{key: merge(below[key], value) if key in below else value for key, value in above.items()}}
    return above


def normal(entry):
    """Return an entry as the client's schema turns it before it is merged: one action is a map, and deprecated keys are gone."""
    said = dict(entry)
    permission = said.pop("permission", {})
    permission = {"*": permission} if isinstance(permission, str) else permission
    tools = {"edit" if tool == "write" else tool: "allow" if on else "deny" for tool, on in said.pop("tools", {}).items()}
    both = {**tools, **permission}
    if "maxSteps" in said:
        said.setdefault("steps", said.pop("maxSteps"))
        said.pop("maxSteps", None)
    return {**said, **({"permission": both} if both else {})}


ACTION = st.sampled_from(["allow", "ask", "deny"])
PERMISSION = st.dictionaries(
    st.sampled_from(["bash", "edit", "read", "*"]),
    ACTION | st.dictionaries(st.sampled_from(["*", "git *", "rm *"]), ACTION, min_size=1, max_size=3),
    min_size=1,
    max_size=3,
)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "description": st.sampled_from(["One", "Two"]),
        "prompt": st.sampled_from(["Do it.", "Do that."]),
        "mode": st.sampled_from(["subagent", "primary", "all"]),
        "temperature": st.sampled_from([0.1, 0.9]),
        "steps": st.sampled_from([3, 9]),
        "disable": st.booleans(),
        "permission": PERMISSION | ACTION,
        "tools": st.dictionaries(st.sampled_from(["write", "bash", "webfetch"]), st.booleans(), min_size=1),
        "foo": st.dictionaries(st.sampled_from("abc"), st.integers(0, 3) | st.dictionaries(st.sampled_from("de"), st.just(1))),
    },
)


@pytest.mark.parametrize("client", ["opencode", "kilo"])
@settings(max_examples=150, deadline=None)
@given(entries=st.lists(ENTRY, min_size=2, max_size=4))
def test_the_merge_is_that_of_the_client(client, entries):
    """Merged after they are read, files say what one file says in which they were merged before."""
    from agentconv.core.format import Fragment

    module = registry.load(client)
    merging = module.merging()
    paths = merging.configurations[: len(entries)]
    whole = {}
    fragments = []
    for path, entry in zip(paths, entries, strict=True):
        whole = merge(whole, normal(entry))
        result = module.read(SourceText(path, json.dumps({"agent": {"rev": entry}}).encode()))
        fragments.append(Fragment(path, result.set.agents[0], result, 0))
    agent, _ = merging.merged(fragments)
    (wanted,) = module.read(SourceText(paths[-1], json.dumps({"agent": {"rev": whole}}).encode())).set.agents

    assert fields.same(wanted, agent), (wanted, agent)
    assert wanted.permissions.rules == agent.permissions.rules
