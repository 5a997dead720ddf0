"""What `agentconv status` tells of what an assistant has no file of."""

from __future__ import annotations

from unittest.mock import Mock

from agentconv.install import places
from agentconv.install.lock import LockedAgent, LockedPack
from agentconv.install.status import Item, PackStatus, Word
from agentconv.render import status


def test_what_has_no_file_in_a_target_is_counted(tmp_path):
    """Agents that were chosen for an assistant, and of which it has no file, are counted, also where it has none at all."""
    agents = (LockedAgent("a", "a", ""), LockedAgent("b", "b", ""))
    targets = {"codex": None, "copilot": ("a", "b"), "opencode": ("a",)}
    locked = LockedPack("team", "1.0.0", "wheel", "team.whl", "", None, targets, agents)
    items = tuple(Item(Word.UP_TO_DATE, f"{target}/a", "", target, "a") for target in ("codex", "opencode"))
    said = status.report([PackStatus(locked, None, items)], places.project(tmp_path), Mock(), verbose=False, quiet=False)
    rows = {line.split("  ")[1]: line.rpartition("  ")[2] for line in said[1:4]}

    assert rows == {"Codex": "1 up-to-date, 1 without a file there", "OpenCode": "1 up-to-date", "GitHub Copilot": "2 without a file there"}
    assert " ".join(" ".join(said[-2:]).split()).endswith(
        "refused, read elsewhere, or the project's own; `agentconv install PATH/team.whl --dry-run` says which"
    )


def test_what_a_target_refuses_is_told_as_that(tmp_path):
    """What an assistant cannot hold is counted as refused where the pack is there to tell, and no hint is wider than a terminal."""
    locked = LockedPack("team", "1.0.0", "wheel", "team.whl", "", None, {"codex": None}, (LockedAgent("hooks/a", "a", ""),))
    found = PackStatus(
        locked, Mock(manifest=Mock(version="1.0.0")), (Item(Word.STALE, "b", "", "codex", "b"),), refused={"codex": ["hooks/a"]}
    )
    said = status.report([found], places.project(tmp_path), Mock(), verbose=False, quiet=False)

    assert said[1].endswith("1 stale, 1 refused")
    assert not [line for line in said if "without a file there" in line or len(line) > 100]


def test_programs_are_told_what_is_not_as_it_was_deployed(tmp_path):
    """Each entry with its file, and with what to do; what is as it was is no finding."""
    locked = LockedPack("team", "1.0.0", "wheel", "team.whl", "", None, {"roo": None}, ())
    items = [Item(word, ".roomodes", f"/customModes/{word.value}", "roo", word.value) for word in (Word.UP_TO_DATE, Word.EDITED, Word.HELD)]
    found = list(status.remarks([PackStatus(locked, None, tuple(items))], places.project(tmp_path), Mock()))

    assert [(one.rule, one.path, one.level) for one in found] == [(f"status-{word}", ".roomodes", "error") for word in ("edited", "held")]
    assert all("agentconv install PATH/team.whl" in one.help for one in found)
