"""Any order of installing, updating, removing and editing: nothing of a user's is lost, nothing of ours is left, the lock is the disk."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agentconv.core.source import SourceText
from agentconv.disk.files import Disk
from agentconv.formats.roo import roo
from agentconv.install import lock, planning
from agentconv.install.several_files import present_checksum
from deployments import Project

PACKS = {"p": ({"one": "v1", "two": "v1"}, {"one": "v2", "three": "v2"}), "q": ({"one": "v1", "four": "v1"}, {"one": "q2"})}
ALONE = [f".claude/agents/{name}.md" for name in ("one", "two", "three")]
BESIDE = [f"{path}{suffix}" for path in (*ALONE, ".roomodes") for suffix in (".agentconv-new", ".agentconv-backup")]
SLUGS = ("one", "two", "mine")
TARGETS = ("claude-code", "roo")


class Deployments(RuleBasedStateMachine):
    """A project, and what its user wrote in it and did not delete."""

    def __init__(self) -> None:
        super().__init__()
        self.project = Project(Path(tempfile.mkdtemp()))
        self.written: dict[str, str] = {}
        """The user's files, by path."""
        self.modes: dict[str, str] = {}
        """The user's entries of `.roomodes`, by slug, with their texts."""
        self.number = 0

    def teardown(self) -> None:
        for name in PACKS:
            if self.project.lock().pack(name):
                self.project.uninstall(name)
        self.nothing_is_lost()
        users = {*self.written, *([".roomodes"] if self.modes else [])}
        left = {path for path in self.project.files() if ".agentconv-backup" not in path} - users
        assert left <= {".roomodes"}
        assert set(self._slugs()) == set(self.modes)
        shutil.rmtree(self.project.root)

    def _slugs(self) -> dict[str, str]:
        path = self.project.root / ".roomodes"
        found = roo.read(SourceText(".roomodes", path.read_bytes())).set.agents if path.exists() else ()
        return {agent.name or "": agent.prompt.text if agent.prompt else "" for agent in found}

    def _text(self) -> str:
        self.number += 1
        return f"user {self.number}\n"

    @rule(name=st.sampled_from(sorted(PACKS)), version=st.integers(0, 1), force=st.booleans())
    def install(self, name: str, version: int, force: bool) -> None:
        plan = self.project.install(name, PACKS[name][version], version=str(version + 1), force=force, targets=TARGETS)
        for step in plan.steps:
            if step.action == "replace":
                self._replaced(step)
            elif step.action == "adopt":
                self.written.pop(step.path, None)

    def _replaced(self, step: planning.Step) -> None:
        """A copy has what was there."""
        assert step.backup is not None
        copy = self.project.read(step.backup)
        slug = step.pointer.rpartition("/")[2]
        if slug:
            assert self.modes.pop(slug, "") in copy
        elif step.path in self.written:
            assert copy == self.written.pop(step.path)

    @rule(name=st.sampled_from(sorted(PACKS)))
    def uninstall(self, name: str) -> None:
        if self.project.lock().pack(name):
            self.project.uninstall(name)

    @rule(path=st.sampled_from([*ALONE, *BESIDE]))
    def write(self, path: str) -> None:
        self.written[path] = self._text()
        self.project.write(path, self.written[path])

    @rule(path=st.sampled_from([*ALONE, *BESIDE]))
    def delete(self, path: str) -> None:
        (self.project.root / path).unlink(missing_ok=True)
        self.written.pop(path, None)

    @rule(slug=st.sampled_from(SLUGS))
    def write_mode(self, slug: str) -> None:
        """Add an entry, or give one another text."""
        text = self._text().strip()
        path = self.project.root / ".roomodes"
        lines = path.read_text() if path.exists() else "customModes: []\n"
        entries = self._slugs()
        if slug in entries:
            lines = lines.replace(f"slug: {slug}\n", f"slug: {slug}\n    customInstructions: {text}\n", 1)
            lines = _without_older(lines, slug)
        else:
            new = f"  - slug: {slug}\n    name: {slug}\n    roleDefinition: {text}\n    groups: [read]\n"
            lines = lines.replace("customModes: []\n", "customModes:\n") + new
        path.write_text(lines)
        assert text in self._slugs()[slug]
        self.modes[slug] = text

    @invariant()
    def nothing_is_lost(self) -> None:
        for path, text in self.written.items():
            assert self.project.read(path) == text
        found = self._slugs()
        for slug, text in self.modes.items():
            assert text in found[slug]

    @invariant()
    def the_lock_is_the_disk(self) -> None:
        found = lock.read(self.project.lock_path)
        if found is None:
            return
        assert found.packs
        assert lock.dump(found) == self.project.lock_path.read_bytes()
        assert not found.interrupted
        reader = Disk(self.project.root)
        for entry in found.entries:
            users = self.modes if entry.pointer else self.written
            edited = (entry.pointer.rpartition("/")[2] if entry.pointer else entry.path) in users
            there = present_checksum(reader, entry)
            assert edited or there in (entry.deployed_sha256, None)
        assert not [path for path in self.project.files() if "agentconv-stage" in path]


def _without_older(lines: str, slug: str) -> str:
    """Keep the first `customInstructions` of an entry only."""
    found, inside, seen = [], False, False
    for line in lines.splitlines(keepends=True):
        if line.startswith("  - "):
            inside, seen = line == f"  - slug: {slug}\n", False
        if inside and line.startswith("    customInstructions:"):
            if seen:
                continue
            seen = True
        found.append(line)
    return "".join(found)


TestDeployments = Deployments.TestCase
TestDeployments.settings = settings(max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
