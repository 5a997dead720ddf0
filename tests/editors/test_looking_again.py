"""An editor looks after each pause in typing: what lies beside the open file is read where it changed, and nowhere else."""

import pytest

from agentconv.cli.linting.texts import LintTexts
from agentconv.sources.read_before import ReadBefore

SKILL = "---\nname: {}\ndescription: Reads what changed, when asked to\n---\n\nRead.\n"


@pytest.fixture
def skills(tmp_path):
    """A project with skills, each in its folder."""
    (tmp_path / ".git").mkdir()
    for name in "abc":
        (tmp_path / f".claude/skills/{name}").mkdir(parents=True)
        (tmp_path / f".claude/skills/{name}/SKILL.md").write_text(SKILL.format(name))
    return tmp_path / ".claude/skills"


@pytest.fixture
def asked(monkeypatch):
    """The files that readers are asked about from here on."""
    found, of = [], ReadBefore.of

    def told(self, client, kind, source, read):
        def reading(one):
            found.append(one.text.path.split("/")[-2])
            return read(one)

        return of(self, client, kind, source, reading)

    monkeypatch.setattr(ReadBefore, "of", told)
    return found


def codes(looker, place, text):
    """Return what is found in a skill as it stands in an editor."""
    return [finding.rule.code for finding in looker.look(str(place), text, {}, [str(place.parents[3])]).findings]


def test_only_what_changed_is_read_again(skills, asked):
    """The first look reads every skill, one after an edit the one that is open, and one after a change on the disk that one, too."""
    looker, place = LintTexts(), skills / "a/SKILL.md"
    read = []
    for text in (SKILL.format("a"), SKILL.format("a") + "More.\n", SKILL.format("a") + "More.\n"):
        codes(looker, place, text)
        read.append(sorted({*asked}))
        asked.clear()
    (skills / "b/SKILL.md").write_text(SKILL.format("b") + "More.\n")
    codes(looker, place, SKILL.format("a") + "More.\n")

    assert read == [["a", "b", "c"], ["a"], []]
    assert asked == ["b"]


def test_what_is_known_of_others_is_what_they_say_now(tmp_path):
    """A skill that gets the name of the one that is open is told from the next look on, and no more once it has another."""
    looker, place, other = LintTexts(), tmp_path / ".gemini/skills/b/SKILL.md", tmp_path / ".agents/skills/b/SKILL.md"
    for one, name in ((place, "b"), (other, "a")):
        one.parent.mkdir(parents=True)
        one.write_text(SKILL.format(name))
    found = []
    for name in ("a", "b", "a"):
        other.write_text(SKILL.format(name) + "Read on.\n")
        found.append("AC567" in codes(looker, place, SKILL.format("b")))

    assert found == [False, True, False]
