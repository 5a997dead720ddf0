"""The laws of carrying edits back: what they promise for edits of each kind, in each target, of whatever the fixtures' agents are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from agent_files import FOLDERS
from agentconv.conversion import compare, shared_files
from agentconv.core import fields
from agentconv.core.format import State
from agentconv.core.ir import AgentSet, Model
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.install import places
from agentconv.sync import carrying, digests, settings, sources, syncing, texts
from agentconv.sync.planning import Choices
from agentconv.sync.selecting import Selection
from synced_projects import OWN, SOURCE, TARGETS, Project, agent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agentconv.core.ir import Agent
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.planning import Outcome

ALL = (*TARGETS, *OWN)
CLAUDE = registry.load("claude-code")


def _lines(agent: Agent) -> list[str]:
    return (fields.get(agent, "prompt.text") or "").splitlines()


KINDS: dict[str, tuple[str, Callable[[Agent], object]]] = {
    "a line more": ("prompt.text", lambda agent: "\n".join([*_lines(agent), "Typed here."])),
    "another line": ("prompt.text", lambda agent: "\n".join(["Typed here.", *_lines(agent)[1:]])),
    "a line less": ("prompt.text", lambda agent: "\n".join(_lines(agent)[1:] or ["Typed here."])),
    "another description": ("description", lambda agent: f"{fields.get(agent, 'description') or 'Does'} typed here"),
    "a model": ("model", lambda _: Model("id", "openai/gpt-5.1")),
    "a color": ("color", lambda _: "#ff0000"),
    "a limit": ("limits.max_turns", lambda _: 4),
    "a temperature": ("temperature", lambda _: 0.4),
    "an effort": ("effort", lambda _: "low"),
}
"""Edits, each of a field: texts, and a value of each kind that has a place in the source, in the configuration, or in neither."""
EMPTIED = "no text"


@dataclass
class Trial:
    """Edits of agents in one target, and what came of them."""

    project: Project
    target: str
    before: dict[str, bytes] = field(default_factory=dict)
    edits: dict[tuple[str, str], tuple[str, str, Agent]] = field(default_factory=dict)
    """By place: the source's file, the field, and the agent as it was edited."""
    refused: set[tuple[str, sources.Key]] = field(default_factory=set)
    """Agents that a target cannot hold, before anything was edited."""
    outcome: Any = None

    @property
    def carried(self) -> list[carrying.Edit]:
        """What went into the source."""
        return [one for one in self.outcome.carried if not one.overrides]

    @cached_property
    def after(self) -> Outcome:
        """What a run would do now that the edits were carried."""
        return _run(self.project, carry=False, dry_run=True)[1]

    def source(self, path: str) -> Agent:
        """Return the agent of a source as it is now."""
        return _source(self.project.tree()[path], path)


def _source(data: bytes, path: str) -> Agent:
    return CLAUDE.read(SourceText(path, texts.to_lf(data))).as_meant.set.agents[0]


def _run(project: Project, *, carry: bool, dry_run: bool) -> tuple[syncing.Run, Outcome]:
    chosen = settings.read(project.root)
    assert chosen is not None
    run = syncing.Run(chosen, places.project(chosen.root), Choices(), Selection() if carry else None)
    return run, run.outcome(dry_run=dry_run, look_closely=True)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """All fixtures of Claude Code that load, in step with every target."""
    project = Project(tmp_path_factory.mktemp("laws") / "project", ALL)
    for path in sorted(FOLDERS["claude-code"].glob("valid/*.md")):
        if CLAUDE.read(SourceText(path.name, path.read_bytes())).states == (State.LOADS,):
            project.write(f"{SOURCE}/{path.name}", path.read_bytes())
    project.sync()
    assert len({one.agent for one in project.lock().synced}) > 15
    return project


@pytest.fixture
def copied(synced: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of it, to be edited."""
    project = synced.copy(f"copy-{tmp_path.name}")
    monkeypatch.setenv("XDG_STATE_HOME", project.environment["XDG_STATE_HOME"])
    return project


def _edited(project: Project, target: str, kinds: list[str]) -> Trial:
    """Edit each agent in a target, one of the kinds each, and carry the edits back."""
    trial = Trial(project, target, project.tree())
    _, outcome = _run(project, carry=False, dry_run=True)
    trial.refused = _refused(outcome)
    files: dict[str, dict[str, Agent]] = {}
    mine = [one for one in outcome.candidates if one.target == target and one.view is not None and one.there is not None]
    for number, one in enumerate(mine):
        path, change = {**KINDS, EMPTIED: ("prompt.text", lambda _: "")}[kinds[number % len(kinds)]]
        agent = fields.with_values(one.there, {path: change(one.there)})
        if path in registry.load(target).SPEC.holds and (after := _written(one, agent)) is not None:
            files.setdefault(one.path, {})[one.pointer] = after
            trial.edits[one.place] = (one.key[0], path, after)
    for path, agents in files.items():
        project.write(path, _file(target, path, project.tree()[path], agents))
    run, trial.outcome = _run(project, carry=True, dry_run=False)
    run.apply(trial.outcome)
    return trial


def _file(target: str, path: str, data: bytes, agents: dict[str, Agent]) -> bytes:
    module = registry.load(target)
    if "" in agents:
        return module.write(AgentSet((agents[""],)), SourceText(path, data)).data
    there = module.read(SourceText(path, data)).set.agents
    wanted = [replace(agents.get(shared_files.pointer(agent), agent), origin=agent.origin) for agent in there]
    return shared_files.rewrite(module, SourceText(path, data), wanted, {agent.name for agent in wanted}).data


def _written(one: Candidate, agent: Agent) -> Agent | None:
    """Return an agent as the target's client reads it; None where no person could write it so."""
    data = _file(one.target, one.path, one.file.data, {one.pointer: agent})
    found = {
        shared_files.pointer(each) if one.pointer else "": each
        for each in registry.load(one.target).read(SourceText(one.path, texts.to_lf(data))).set.agents
    }
    after = found.get(one.pointer)
    changed = after is not None and digests.of(after) != digests.of(one.there)
    return after if changed and after is not None and after.name == one.there.name else None


def put_get(trial: Trial) -> None:
    """What was carried, into the source or the configuration, is what the target gets and says; no other field of it is another one."""
    there = {one.place: one for one in trial.after.candidates if one.target == trial.target}
    for edit in trial.outcome.carried:
        one = there[edit.candidate.place]
        _, path, wanted = trial.edits[edit.candidate.place]
        assert fields.portable(digests.said(one.view.agent, path)) == fields.portable(digests.said(wanted, path))
        assert digests.of(one.view.agent) == digests.of(wanted)
        assert not one.settled.edited


def frame(trial: Trial) -> None:
    """A source differs in the field that was carried alone, and what else is in its file is there to the byte."""
    carried = {edit.candidate.key[0]: edit.path for edit in trial.carried}
    for path, data in trial.project.tree().items():
        if path.startswith(SOURCE):
            old, new = _source(trial.before[path], path), _source(data, path)
            differing = {one for one in fields.PATHS if fields.portable(fields.get(old, one)) != fields.portable(fields.get(new, one))}
            assert differing <= {carried.get(path)}, path
            if path not in carried:
                assert data == trial.before[path], path
            elif carried[path] == "prompt.text":
                assert data.startswith(trial.before[path].partition(b"\n---")[0]), path
                assert data.endswith(b"\n") == trial.before[path].endswith(b"\n"), path
            else:
                assert data.partition(b"\n---")[2] == trial.before[path].partition(b"\n---")[2], path


def home(trial: Trial) -> None:
    """No source says what its client does not have: a model of another client is in the configuration."""
    for path, data in trial.project.tree().items():
        assert not (path.startswith(SOURCE) and b"gpt-5.1" in data), path
    for edit in trial.carried:
        assert fields.get(trial.source(edit.candidate.key[0]), edit.path) is not None


def narrow(trial: Trial) -> None:
    """No agent may do more than before."""
    for edit in trial.carried:
        path = edit.candidate.key[0]
        assert list(compare.widenings(_source(trial.before[path], path), trial.source(path), "claude-code")) == []


def others(trial: Trial) -> None:
    """No target refuses an agent that it had."""
    assert _refused(trial.after) <= trial.refused


def _refused(outcome: Outcome) -> set[tuple[str, sources.Key]]:
    return {(one.target, key) for one in outcome.views for key in one.refused}


def total(trial: Trial) -> None:
    """Each edit is carried, is in the configuration, or is told with the reason: one of them, and no two."""
    done = [(edit.candidate.place, edit.path) for edit in trial.outcome.carried if edit.candidate.target == trial.target]
    rest = trial.outcome.carrying.edits if trial.outcome.carrying is not None else []
    told = [(edit.candidate.place, edit.path) for edit in rest if edit.candidate.target == trial.target and edit.reason]
    assert sorted([*done, *told]) == sorted((place, path) for place, (_, path, _) in trial.edits.items())


def get_put(project: Project, target: str) -> None:
    """What a target says already is carried into the source, and changes no byte of it."""
    run, outcome = _run(project, carry=False, dry_run=True)
    assert outcome.sources is not None
    done = carrying.Carrying(run.settings, outcome.sources, project.lock().synced)
    mine = [one for one in outcome.candidates if one.target == target and one.view is not None and one.settled is not None]
    for one in mine:
        one.settled = replace(one.settled, edited=("prompt.text", "description"))
    done.carry(mine)

    assert mine
    assert done.files == {}


LAWS = {law.__name__: law for law in (put_get, frame, home, narrow, others, total)}


@pytest.mark.parametrize("target", ALL)
def test_laws(copied, target):
    """All of them hold, and most edits of a prompt are carried."""
    get_put(copied, target)
    holds = registry.load(target).SPEC.holds
    trial = _edited(copied, target, [kind for kind, (path, _) in KINDS.items() if path in holds])
    assert len(trial.edits) > 8
    for law in LAWS.values():
        law(trial)

    assert len(trial.carried) > len(trial.edits) / 3


_CLOSED = agent("one", description="|\n  For one\n  table.")
ENDS = {
    "a first text": ("opencode", "a line more", ["prompt.text"], agent("one", [], tools="Read").rstrip() + "\n"),
    "a description that is closed": ("opencode", "another description", ["description"], _CLOSED),
    "a description that is closed, in a list of agents": ("roo", "another description", ["description"], _CLOSED),
}
"""Edits at the end of a text: the target, the kind, the fields that are carried, and the agent of the source."""


@pytest.mark.parametrize("end", ENDS)
def test_laws_where_a_text_ends(end, tmp_path, monkeypatch):
    """A first text is told as one edit, with what the client has without one, and goes as it came; line breaks that close a text stay."""
    target, kind, carried, text = ENDS[end]
    project = Project(tmp_path / "project", (target,))
    project.write(f"{SOURCE}/one.md", text)
    assert project.sync().code == 0
    monkeypatch.setenv("XDG_STATE_HOME", project.environment["XDG_STATE_HOME"])
    trial = _edited(project, target, [kind])
    for law in LAWS.values():
        law(trial)

    assert [edit.path for edit in trial.carried] == carried
    if carried == ["prompt.text"]:
        put_put(trial)


def put_put(trial: Trial) -> None:
    """An edit that is taken back, and carried as well, leaves the source as it was to the byte, unless another target cannot hold that."""
    assert trial.carried
    for edit in trial.carried:
        trial.project.write(edit.candidate.path, trial.before[edit.candidate.path])
    run, outcome = _run(trial.project, carry=True, dry_run=False)
    run.apply(outcome)
    rest = outcome.carrying.edits if outcome.carrying is not None else []
    stay = {edit.candidate.key for edit in rest if edit.reason and "could not hold it then" in edit.reason}
    assert len(stay) < len(trial.carried) / 2
    for edit in trial.carried:
        if edit.candidate.key not in stay:
            assert trial.project.tree()[edit.candidate.key[0]] == trial.before[edit.candidate.key[0]]


def test_put_put(copied):
    """It holds for texts, which are put in their place line by line."""
    put_put(_edited(copied, "opencode", ["a line more", "another line"]))


def _ended(old: bytes, new: bytes) -> tuple[object, str, object]:
    """A source in which something else becomes another thing, too."""
    whole = texts.ended_as
    return (
        carrying.texts,
        "ended_as",
        lambda data, present: whole(data.replace(old, new) if data.startswith(b"---\nname") else data, present),
    )


MUTANTS: dict[str, tuple[Callable[[Trial], None], str, list[tuple[object, str, object]]]] = {
    "what comes back is not compared": (
        put_get,
        "another line",
        [(carrying, "_is_as_meant", lambda *_: True), (carrying.Carrying, "_value", lambda *_: ("Another text.", None))],
    ),
    "a value that comes home as nothing": (total, "a color", [(carrying.Carrying, "_forward", lambda *_: None)]),
    "a byte of the header": (frame, "a line more", [_ended(b"---\nname: ", b"---\nname:  ")]),
    "a line end more": (put_put, "a line more", [(carrying.texts, "ended_as", lambda data, _: data + b"\n")]),
    "edits are not brought home": (
        home,
        "a model",
        [(carrying.Carrying, "_home", lambda _, __, agent: (agent, ())), (carrying.Carrying, "_forward", lambda *_: None)],
    ),
    "a value that is lost on the way home": (
        total,
        "a model",
        [(carrying, "_is_about", lambda *_: False), (carrying.Carrying, "_forward", lambda *_: None)],
    ),
    "a tool more": (narrow, "a line more", [_ended(b"tools: Read\n", b"tools: Read, Bash\n")]),
    "other targets are not asked": (others, EMPTIED, [(carrying.Carrying, "_forward", lambda *_: None)]),
    "a field is passed over": (total, "another description", [(carrying.Carrying, "carry", lambda *_: None)]),
}
"""By what is broken: the law that sees it, by which edit, and what is broken."""


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two agents in step with every target but the ones that cannot hold a list of tools."""
    project = Project(tmp_path_factory.mktemp("few") / "project", ("codex", "opencode", "copilot"))
    project.write(f"{SOURCE}/one.md", agent("one", ["One.", "Two.", "Three."], tools="Read"))
    project.write(f"{SOURCE}/two.md", agent("two", ["One.", "Two.", "Three."], description='"Quoted: and said"'))
    assert project.sync().code == 0
    return project


def _trial(few: Project, kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> Trial:
    project = few.copy(name)
    monkeypatch.setenv("XDG_STATE_HOME", project.environment["XDG_STATE_HOME"])
    return _edited(project, "codex" if kind == "a model" else "opencode", [kind])


@pytest.mark.parametrize(("number", "mutant"), list(enumerate(MUTANTS)), ids=list(MUTANTS))
def test_a_mutant_is_seen(few, number, mutant, monkeypatch):
    """Each law holds, and does not where what it rests on is broken."""
    law, kind, broken = MUTANTS[mutant]
    law(_trial(few, kind, f"whole-{number}", monkeypatch))
    for one in broken:
        monkeypatch.setattr(*one)
    with pytest.raises(AssertionError):
        law(_trial(few, kind, f"broken-{number}", monkeypatch))


def test_a_mutant_of_the_first_law_is_seen(few, monkeypatch):
    """Nothing is carried where nothing was edited, unless what is there is not compared with what the source says."""
    get_put(few, "copilot")
    monkeypatch.setattr(carrying.lines, "merged", lambda *_: "something else")
    monkeypatch.setattr(carrying.Carrying, "_value", lambda *_: ("something else", None))
    monkeypatch.setattr(carrying, "_is_as_meant", lambda *_: True)

    with pytest.raises(AssertionError):
        get_put(few, "copilot")
