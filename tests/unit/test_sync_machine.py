"""Any order of what people do on all sides, and sync in between: nothing that a person typed is lost, and nothing is done unasked."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agentconv.conversion import compare
from agentconv.install import lock, places
from agentconv.sync import bases, digests, overriding, present, syncing
from agentconv.sync import settings as sync_settings
from agentconv.sync.planning import Choices
from synced_projects import PLACES, SOURCE, TARGETS, TOKEN, Project

if TYPE_CHECKING:
    from collections.abc import Callable

    from synced_projects import Told

NAMES = ("ann", "bob", "cid")
SENTENCE = re.compile(r"Weigh zq\d{6} with care\.")
WORDS = 8
"""How many characters of a text a lock may not hold."""
BROKEN = {
    "source": "",
    "codex": "---\nname: [\n---\n",
    "opencode": "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n",
    "roo": "no header\n",
}
"""Sources of which nothing is known, each for one of several reasons."""
HEADERS = {
    "source": [
        ("model", "model: opus"),
        ("model", "model: haiku"),
        ("tools", "tools: Read"),
        ("tools", "tools: Read, Bash"),
        ("tools", ""),
    ],
    "codex": [("model", 'model = "gpt-5.1"'), ("sandbox_mode", 'sandbox_mode = "read-only"'), ("sandbox_mode", "")],
    "opencode": [
        ("model", "model: anthropic/claude-sonnet-4-5"),
        ("temperature", "temperature: 0.3"),
        ("color", 'color: "#ff0000"'),
        ("model", ""),
    ],
    "roo": [],
}
"""Lines of one key that people write into the heads of files, by side; an empty one takes the key away."""
BY_HAND = {
    "codex": ['name = "{0}"', 'description = "{1}"', "developer_instructions = '''\n{2}\n'''"],
    "opencode": ["---", "description: {1}", "mode: subagent", "{3}", "---", "", "{2}"],
}
"""Files that people write for a target alone: of an agent of a name, with a description and a prompt."""
STRANGERS = ("dan", "Eve", "eve")
"""Agents that somebody writes in a target alone; two of them are one name on some systems."""
RIGHTS = (
    'permission:\n  "*": deny\n  read: allow',
    'permission:\n  "*": deny\n  read: allow\n  bash:\n    "*": ask\n    "npm test": allow',
    'permission:\n  "*": deny\n  read: allow\n  tracker_search: allow',
)
SIDES = ("source", *TARGETS)
LATER = {"merged": "edited"}
"""What is told in another word in the next run."""
at = st.integers(0, 9)
names = st.sampled_from(NAMES)


def _settled(found: lock.Lock) -> set[tuple[str, ...]]:
    """Return what a lock says of what was in step, whoever wrote it."""
    return {
        (one.name, one.target, *one.key, *one.agent, one.source_sha256, one.bytes_sha256, repr(sorted({**one.fields, **one.own}.items())))
        for one in found.synced
    }


class Sync(RuleBasedStateMachine):
    """A project with three agents in four assistants, and what people typed there and did not take away."""

    def __init__(self) -> None:
        super().__init__()
        self.project = Project(Path(tempfile.mkdtemp()) / "project")
        self.alive: set[str] = set()
        """Tokens that somebody typed, and nobody took away."""
        self.files = {name: f"{SOURCE}/{name}.md" for name in NAMES}
        self.kept: dict[str, str] = {}
        """What is in a source that is broken at the moment, once it is mended."""
        self.number = 0
        self.by_hand: dict[str, str] = {}
        """Files of targets that a person wrote before sync knew of them, with a comment in each that is nobody's else."""

    def teardown(self) -> None:
        shutil.rmtree(self.project.root.parent)

    def _typed(self) -> str:
        self.number += 1
        self.alive.add(f"zq{self.number:06d}")
        return f"Weigh zq{self.number:06d} with care."

    def _new(self, name: str) -> None:
        lines = "\n\n".join(self._typed() for _ in range(4))
        self.project.write(self.files[name], f"---\nname: {name}\ndescription: {self._typed()}\n---\n\n{lines}\n")

    def _path(self, side: str, name: str) -> str:
        return self.files[name] if side == "source" else PLACES[side].format(name)

    def _section(self, side: str, name: str) -> str:
        """Return what a side says of an agent: a file, or its part of one."""
        text = self.project.read(self._path(side, name))
        if side != "roo":
            return text
        start = re.search(rf"(?m)^ *- slug: {name}\n(?: +.*\n|\n)*?(?= *- slug: |\Z)", text)
        return start[0] if start else ""

    def _rewrite(self, side: str, name: str, change: Callable[[str], str]) -> None:
        """Change what a side says of an agent; what was there and is not any more was taken away by its author."""
        path, old = self._path(side, name), self._section(side, name)
        new = change(old)
        self.project.replace(path, old, new)
        self.alive -= {*TOKEN.findall(old)} - {*TOKEN.findall(new)}

    def _can_edit(self, side: str, name: str) -> bool:
        return bool(self._section(side, name)) and (side != "source" or name not in self.kept)

    @initialize()
    def start(self) -> None:
        for name in NAMES:
            self._new(name)
        assert self.project.sync().code == 0

    @rule(
        act=st.sampled_from(["_edit", "_add", "_take_away", "_set_key", "_comment", "_reformat"]),
        side=st.sampled_from(SIDES),
        name=names,
        number=at,
    )
    def edit(self, act: str, side: str, name: str, number: int) -> None:
        """Change what a file says."""
        getattr(self, act)(side, name, number)

    def _edit(self, side: str, name: str, number: int) -> None:
        """Type another sentence in the place of one."""
        found = SENTENCE.findall(self._section(side, name))
        if found and self._can_edit(side, name):
            old, new = found[number % len(found)], self._typed()
            self._rewrite(side, name, lambda text: text.replace(old, new))

    def _add(self, side: str, name: str, number: int) -> None:
        """Type a sentence below one of the prompt."""
        found = re.findall(rf"(?m)^( *)({SENTENCE.pattern})$", self._section(side, name))
        if found and self._can_edit(side, name):
            indent, old = found[number % len(found)]
            new = self._typed()
            self._rewrite(side, name, lambda text: text.replace(f"{indent}{old}\n", f"{indent}{old}\n\n{indent}{new}\n"))
            if new not in self._section(side, name):  # the last line, which ends with a quotation mark
                self.alive.discard(new.split()[1])

    def _take_away(self, side: str, name: str, number: int) -> None:
        """Take a sentence out of the prompt, of which another one stays."""
        found = re.findall(rf"(?m)^ *{SENTENCE.pattern}\n\n", self._section(side, name))
        if found and self._can_edit(side, name):
            self._rewrite(side, name, lambda text: text.replace(found[number % len(found)], ""))

    def _set_key(self, side: str, name: str, number: int) -> None:
        """Give a key another value, or take it away."""
        if not self._can_edit(side, name) or not HEADERS[side]:
            return
        key, line = HEADERS[side][number % len(HEADERS[side])]
        start = "" if side == "codex" else "---\n"

        def changed(text: str) -> str:
            rest = re.sub(rf"(?m)\A((?:.*\n)*?)^{key}\b.*\n", r"\1", text, count=1)
            return rest.replace(start, f"{start}{line}\n", 1) if line and start else f"{line}\n{rest}" if line else rest

        self._rewrite(side, name, changed)

    def _comment(self, side: str, name: str, _: int) -> None:
        """Type something that no client reads."""
        if self._can_edit(side, name) and side != "source":
            token = self._typed().split()[1]
            path = self._path(side, name)
            start = "---\n" if side == "opencode" else ""
            text = self.project.read(path)
            self.project.write(path, f"{start}# {token}\n{text.removeprefix(start)}")

    def _reformat(self, side: str, name: str, _: int) -> None:
        """Write the same in another way."""
        if self._can_edit(side, name) and side in ("codex", "opencode"):
            old, new = ("\ndescription = ", "\n\ndescription  =  ") if side == "codex" else ("\ndescription: ", "\ndescription:   ")
            self._rewrite(side, name, lambda text: text.replace(old, new, 1))

    @rule(
        act=st.sampled_from(["_move", "_delete", "_create", "_break", "_mend", "_lose_the_lock", "_change_targets", "_override"]),
        side=st.sampled_from(SIDES),
        name=names,
    )
    def change(self, act: str, side: str, name: str) -> None:
        """Let files come and go, or change the configuration."""
        getattr(self, act)(side, name)

    def _move(self, _: str, name: str) -> None:
        """Give a source another name."""
        if self._can_edit("source", name):
            old = self.files[name]
            self.files[name] = f"{SOURCE}/{name}-2.md" if old == f"{SOURCE}/{name}.md" else f"{SOURCE}/{name}.md"
            self.project.move(old, self.files[name])

    def _delete(self, side: str, name: str) -> None:
        """Delete an agent on one side: it goes everywhere, or is written again, and with it what was typed there alone."""
        if self._can_edit(side, name):
            source = set() if side == "source" else set(TOKEN.findall(self.project.read(self.files[name]) + self.kept.get(name, "")))
            section = self._section(side, name)
            self.alive -= {*TOKEN.findall(section)} - source
            if side == "roo":
                self.project.replace(self._path(side, name), section, "")
            else:
                self.project.remove(self._path(side, name))

    def _create(self, _: str, name: str) -> None:
        """Write an agent anew."""
        if not self.project.has(self.files[name]):
            self._new(name)

    def _break(self, side: str, name: str) -> None:
        """Leave a source in a state in which nothing is known of it."""
        if self._can_edit("source", name):
            self.kept[name] = self.project.read(self.files[name])
            self.project.write(self.files[name], BROKEN[side])

    def _mend(self, _: str, name: str) -> None:
        if name in self.kept:
            self.project.write(self.files[name], self.kept.pop(name))

    def _lose_the_lock(self, *_: str) -> None:
        self.project.remove(lock.FILE)

    def _change_targets(self, side: str, _: str) -> None:
        """Take a target out, or in again."""
        wanted = [one for one in TARGETS if (one in self.project.targets) != (one == side)]
        if wanted and side != "source":
            self.project.targets = tuple(wanted)
            listed = ", ".join(f'"{one}"' for one in wanted)
            text = re.sub(r"(?m)^targets = .*$", f"targets = [{listed}]", self.project.read("agentconv.toml"))
            gone = set(TARGETS) - set(wanted)
            tables = re.split(r"(?m)^(?=\[)", text)
            self.project.write("agentconv.toml", "".join(one for one in tables if not any(f".{name}]" in one for name in gone)))

    def _override(self, _: str, name: str) -> None:
        """Say in the configuration how warm an agent is in one target, or say it no more."""
        text, table = self.project.read("agentconv.toml"), f"[sync.agents.{name}.opencode]\n"
        if "opencode" not in self.project.targets:
            return
        if table in text:
            text = re.sub(rf"(?ms)^{re.escape(table)}.*?(?=^\[|\Z)", "", text)
        else:
            text = f"{text.rstrip()}\n\n{table}temperature = 0.7\n"
        self.project.write("agentconv.toml", text)

    @rule(
        side=st.sampled_from(tuple(BY_HAND)),
        name=st.sampled_from(STRANGERS),
        rights=st.sampled_from(RIGHTS),
        is_marked=st.booleans(),
        is_adopted=st.booleans(),
    )
    def write_by_hand(self, side: str, name: str, rights: str, is_marked: bool, is_adopted: bool) -> None:
        """Write an agent in a target alone, with a comment or without, and maybe take it into the source at once."""
        path, source = PLACES[side].format(name), f"{SOURCE}/{name}.md"
        if side not in self.project.targets or self.project.has(path) or self.project.has(source):
            return
        said = self._typed(), "\n\n".join(self._typed() for _ in range(2))
        lines = [line.format(name, *said, rights) for line in BY_HAND[side]]
        if is_marked:
            mark = self._typed().split()[1]
            self.by_hand[mark] = path
            lines.insert(1, f"# {mark}")
        self.project.write(path, "\n".join(lines) + "\n")
        if is_adopted:
            self.adopt(name)

    @rule(name=st.sampled_from(STRANGERS))
    def adopt(self, name: str) -> None:
        """Take it into the source, which cannot say all of it: what it cannot is in the configuration."""
        place = PLACES["opencode"].format(name)
        was = self.project.read(place) if "opencode" in self.project.targets else ""
        told = self.project.sync("--adopt", name, "--yes")
        adopted = any(one["action"] == "adopted" and one["path"] == place for one in told.entries)
        rules = re.search(r"(?ms)^permission:.*?^(?=\w|---)", was)
        if adopted and rules is not None:
            assert any(rules[0] in text for text in self._of_strangers()), (rules[0], told)

    def _of_strangers(self) -> list[str]:
        found = self.project.tree()
        return [data.decode() for path, data in found.items() if path.startswith(os.path.dirname(PLACES["opencode"]))]

    @rule(name=st.sampled_from(STRANGERS))
    def give_up(self, name: str) -> None:
        """Delete the source of what was adopted: the file that somebody wrote stays, and so does each word in it."""
        path = f"{SOURCE}/{name}.md"
        if self.project.has(path):
            there = self.project.tokens()
            self.project.remove(path)
            self.alive -= there - self.project.tokens()

    @rule(carry=st.booleans(), insist=st.booleans())
    def sync(self, carry: bool, insist: bool) -> None:
        """Bring everything in step; what cannot be is told in every run."""
        words = (*(("--carry-back",) if carry else ()), *(("--yes",) if insist else ()))
        before, was = self.project.tree(), self.project.lock()
        checked = self.project.sync("--check", *words)
        assert self.project.changes(before) == ""
        told = self.project.sync(*words)
        after = self.project.tree()
        if told.code == 2:
            assert self.project.changes(before) == "", told
            return
        assert told.code in (0, 1), told
        settled = not told.files and _settled(was) == _settled(self.project.lock())  # a lock that is to be committed is a change, too
        assert (checked.code == 0) == (told.code == 0 and settled), (checked, told)
        assert {path for path in {*before, *after} if before.get(path) != after.get(path)} - {lock.FILE} == set(told.files)
        self._only_ours(told, carry=carry)
        self._carried_stays(told, before, after)
        self._others_stay(was)
        self._nothing_more(told, words, after)
        self._in_step(told)

    def _only_ours(self, told: Told, *, carry: bool) -> None:
        """No file is touched but targets; with carry-back sources and the configuration, too."""
        for path in told.files:
            ours = any(re.fullmatch(pattern.format(".*"), path) for pattern in PLACES.values())
            assert ours or (carry and (path.startswith(SOURCE) or path == "agentconv.toml")), path

    def _carried_stays(self, told: Told, before: dict[str, bytes], after: dict[str, bytes]) -> None:
        """A value that was carried is in the target that it came from as it was typed there."""
        for one in told.entries:
            if one["action"] == "carried" and one["fields"][0] not in digests.TEXTS:
                line = rb"(?m)^%s\b.*$" % one["fields"][0].encode()
                assert re.findall(line, before[one["path"]])[:1] == re.findall(line, after[one["path"]])[:1], one

    def _others_stay(self, was: lock.Lock) -> None:
        """An agent that is where it was in the source is where it was in each target."""
        now = {(one.target, one.agent): one.key for one in self.project.lock().synced}
        for one in was.synced:
            assert now.get((one.target, one.agent), one.key) == one.key

    def _nothing_more(self, told: Told, words: tuple[str, ...], after: dict[str, bytes]) -> None:
        """The same again changes nothing, and says the same."""
        again = self.project.sync(*words)
        assert self.project.changes(after) == ""
        assert again.files == ()
        first, second = ({(LATER.get(word, word), *rest) for word, *rest in each.looks if word != "released"} for each in (told, again))
        released = {tuple(one[1:]) for one in told.looks if one[0] == "released"}  # which is told once, or of what is nobody's then
        assert first <= second, (told, again)
        assert {one[1:] for one in second - first} <= released, (told, again)
        assert again.code == told.code or released

    def _in_step(self, told: Told) -> None:
        """Where nothing needs a look, each target says what the source says; and none may do more, or it is told."""
        chosen = sync_settings.read(self.project.root)
        assert chosen is not None
        run = syncing.Run(chosen, places.project(chosen.root), Choices())
        outcome = run.outcome(dry_run=True, look_closely=True)
        wider = {one["path"] for one in told.entries if one["action"] == "wider"}
        for one in outcome.candidates:
            if one.view is None or one.there is None:
                continue
            known = {*overriding.kept(chosen, one.target, one.name), *(one.settled.own if one.settled else ())}
            if told.code == 0:
                both = [{path: sha for path, sha in digests.of(each).items() if path not in known} for each in (one.view.agent, one.there)]
                assert both[0] == both[1], one.path
            if any(entry.key == one.place for entry in self.project.lock().synced):
                assert one.path in wider or one.allowed or not list(compare.widenings(one.view.source, one.there, one.target)), one.path
        if told.code == 0:
            for name in set(NAMES) - set(self.kept):
                expected = SENTENCE.findall(self._section("source", name))
                for target in self.project.targets:
                    assert sorted(SENTENCE.findall(self._section(target, name))) == sorted(expected), (target, name)

    @rule(
        side=st.sampled_from(("source", "target", *TARGETS)),
        field=st.sampled_from(("", ":prompt", ":description")),
        name=st.sampled_from((*NAMES, *STRANGERS)),
    )
    def prefer(self, side: str, field: str, name: str) -> None:
        """Decide for one agent, or a field of it: what gives way is nowhere else, without git, and so it is kept in a copy."""
        if side in self.project.targets or side not in TARGETS:
            self.project.sync("--prefer", side, f"{name}{field}", "--yes")

    @rule(side=st.sampled_from(TARGETS), name=names, number=at)
    def disagree(self, side: str, name: str, number: int) -> None:
        """Type two other sentences in the place of one, and decide for the target's."""
        if self._section(side, name):
            self._edit("source", name, number)
            self._edit(side, name, number)
            self.prefer(side, "", name)

    @invariant()
    def nothing_typed_is_lost(self) -> None:
        there = self.project.tokens() | {token for text in self.kept.values() for token in TOKEN.findall(text)}
        assert self.alive <= there, self.alive - there

    @invariant()
    def what_somebody_wrote_by_hand_stays(self) -> None:
        """Whatever became of its source, its name and the targets: no run deletes it, and its comment is where its agent is."""
        for mark, path in self.by_hand.items():
            assert any(mark in data.decode() for data in self.project.tree().values()), (mark, path)

    @invariant()
    def what_is_kept_is_what_is_settled(self) -> None:
        """The text that edits are merged with says what the lock says, whatever became of other fields."""
        with mock.patch.dict(os.environ, self.project.environment):
            kept = bases.Bases(self.project.root)
            for one in self.project.lock().synced:
                file = self.project.read(one.path).encode() if self.project.has(one.path) else None
                data = kept.text(one.blob, file) if not one.pointer else None
                found = present.parsed(one.path, one.target, data).agents if data is not None else {}
                for agent in found.values():
                    for path in digests.TEXTS:
                        assert digests.of(agent).get(path) == one.fields.get(path), (one.path, path)

    @invariant()
    def the_lock_holds_no_text(self) -> None:
        known = self.project.read(lock.FILE)
        texts = "".join(self._section("source", name) for name in NAMES)
        pieces = {sentence[start : start + WORDS] for sentence in SENTENCE.findall(texts) for start in range(len(sentence) - WORDS + 1)}
        assert not [piece for piece in pieces if piece in known]


TestSync = Sync.TestCase
TestSync.settings = settings(
    max_examples=settings.default.max_examples // 6,
    stateful_step_count=20,
    deadline=None,
    phases=[Phase.generate],  # a failure is followed by what was done, and making that shorter takes minutes
    suppress_health_check=list(HealthCheck),
)
