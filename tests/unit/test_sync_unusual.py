"""Sources, targets and wishes that are seldom: nothing is lost by them, and nothing is done that nobody meant."""

from __future__ import annotations

import errno
import os
import re

import pytest

from agentconv.cli import main
from synced_projects import SOURCE, Project, agent

NAMES = ("reviewer", "tester", "planner", "writer")


@pytest.fixture
def project(tmp_path):
    """A project in step, with four agents."""
    found = Project(tmp_path / "shop", targets=("codex", "opencode"))
    for name in NAMES:
        found.write(f"{SOURCE}/{name}.md", agent(name))
    found.sync()
    return found


def codex(project):
    """Return the names of Codex's files."""
    return sorted(path.stem for path in (project.root / ".codex/agents").glob("*.toml"))


def dangling(place):
    place.unlink()
    place.symlink_to("nowhere")


def leading_out(place):
    place.unlink()
    place.symlink_to("/etc/hosts")


@pytest.mark.parametrize("words", [("--prefer", "source", "reveiwer"), ("--carry-back", "reveiwer"), ("--carry-back", "reveiwer:prompt")])
def test_an_agent_that_is_nowhere_is_told_where_nothing_is_to_do(project, words):
    """A name that nobody has is a mistake in a project that is in step, too."""
    told = project.sync(*words)

    assert told.code == 2
    assert "did you mean `reviewer`?" in told.errors


@pytest.mark.parametrize("spoil", [dangling, leading_out, lambda place: place.write_bytes(b"x" * (17 * 1024 * 1024))])
def test_a_source_that_cannot_be_read_is_not_gone(project, spoil):
    """A source that is there, and that nobody can read, deletes nothing, and is told."""
    spoil(project.root / SOURCE / "tester.md")
    told = project.sync()

    assert codex(project) == sorted(NAMES)
    assert told.code == 1


@pytest.mark.parametrize("shut", [".claude", SOURCE, f"{SOURCE}/more"])
def test_a_folder_that_nobody_may_look_into_is_not_gone(project, monkeypatch, shut):
    """A source in a folder that cannot be listed deletes nothing, whoever insists, and the permission is what is told."""
    project.move(f"{SOURCE}/tester.md", f"{SOURCE}/more/tester.md")
    project.sync()
    before, folder = project.tree(), os.fspath(project.root / shut)

    def closed(name):
        call = getattr(os, name)

        def asked(path=".", *words, **options):
            place = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
            if place.startswith(f"{folder}/") or (place == folder and name == "scandir"):
                raise PermissionError(errno.EACCES, "Permission denied", place)
            return call(path, *words, **options)

        return asked

    with monkeypatch.context() as patch:
        for name in ("scandir", "stat", "lstat", "open"):
            patch.setattr(os, name, closed(name))
        told = project.sync("--yes")

    assert (told.code, told.files) == (1, ())
    assert "permission denied" in told.errors
    assert project.tree() == before
    assert project.sync("--check").code == 0


def test_adopting_takes_nothing_away(project):
    """What the source has no place for stays in the file that was taken in, and the configuration says that it holds there."""
    text = "---\ndescription: Counts words.\nmode: subagent\nmodel: openai/gpt-6-luna\ntemperature: 0.3\n---\nCount them.\n"
    project.write(".opencode/agents/counter.md", text)
    told = project.sync("--adopt")

    assert (project.root / ".opencode/agents/counter.md").read_text() == text
    assert (project.root / SOURCE / "counter.md").is_file()
    assert ("kept", "opencode counter") in told.words()
    assert 'model = "openai/gpt-6-luna"\ntemperature = 0.3\n' in project.read("agentconv.toml")
    assert (told.code, project.sync("--check").code) == (0, 0)


def test_agents_are_adopted_by_name(project):
    """Where a name is said, the others stay nobody's; a name that stands nowhere alone is a mistake."""
    for name in ("counter", "other"):
        project.write(f".opencode/agents/{name}.md", "---\ndescription: Counts.\nmode: subagent\n---\n\nCount.\n")
    wrong = project.sync("--adopt", "countre")
    told = project.sync("--adopt", "counter")

    assert (wrong.code, "did you mean `counter`?" in wrong.errors) == (2, True)
    assert [look[:2] for look in told.looks] == [("new", ".opencode/agents/other.md")]
    assert project.has(f"{SOURCE}/counter.md")


def test_what_is_no_part_of_the_lock_is_taken_by_name(project):
    """An edit that was made while there was no lock is nobody's; it is taken into the source, or taken back, by the agent's name."""
    project.remove("agentconv.lock")
    for name in ("tester", "writer"):
        project.replace(f".codex/agents/{name}.toml", "Two.", "Deux.")
    marked = "<<<<<<< ours\n=======\n>>>>>>> theirs\n"
    project.write(".codex/agents/planner.toml", marked)
    told = project.sync()
    taken, back = project.sync("--prefer", "codex", "tester", "planner"), project.sync("--prefer", "source", "writer")

    assert {look[0] for look in told.looks} == {"foreign"}
    assert ("carried", "codex tester") in taken.words()
    assert "Deux." in project.read(f"{SOURCE}/tester.md")
    assert "Deux." not in project.read(".codex/agents/writer.toml")
    assert project.read(".codex/agents/planner.toml") == marked
    assert [look[1] for look in back.looks] == [".codex/agents/planner.toml"]


def test_an_agent_that_is_left_out_cannot_be_adopted(project):
    """A file that outlives `skip = true` is told with what can be done, and `--adopt` is none of that."""
    project.replace(".codex/agents/writer.toml", "Two.", "Deux.")
    project.configure("[sync.agents.writer.codex]\nskip = true\n")
    hints = [one["hint"] for told in (project.sync(), project.sync()) for one in told.entries if one["action"] == "new"]

    assert len(hints) == 2
    assert all("--adopt cannot take it" in hint for hint in hints)


@pytest.mark.parametrize(
    ("more", "path"),
    [('exclude = ["*draft*"]\n', ".codex/agents/draft.toml"), ("", "opencode.json")],
    ids=["excluded", "a file that nobody writes"],
)
def test_what_would_not_be_kept_in_step_is_not_taken_in(project, more, path):
    """An agent is taken in only where the source looks, and from where the target's files go."""
    text = (project.root / "agentconv.toml").read_text()
    project.write("agentconv.toml", more.replace("*draft*", f"{SOURCE}/draft*") + text)
    project.write(path, 'name = "draft"\ndescription = "Drafts."\ndeveloper_instructions = "Draft it."\n')
    if path.endswith(".json"):
        project.write(path, '{"agent": {"draft": {"description": "Drafts.", "mode": "subagent", "prompt": "Draft it."}}}\n')
    before = (project.root / path).read_bytes()
    project.sync("--adopt")
    project.sync()

    assert not (project.root / SOURCE / "draft.md").exists()
    assert (project.root / path).read_bytes() == before


def test_a_bundle_is_a_source(project, monkeypatch):
    """A canonical bundle is a source as a folder is: each of its agents is one, and a second run changes nothing."""
    monkeypatch.chdir(project.root)
    assert main(["to-json", SOURCE, "-o", "agents.json"]) == 0
    project.write("agentconv.toml", 'source = "agents.json"\ntargets = ["codex", "opencode"]\n')
    project.sync("--yes")

    assert codex(project) == sorted(NAMES)
    assert (project.sync().code, project.sync().files) == (0, ())


def test_an_edit_is_taken_back_only_by_name(project):
    """`--prefer source` without a name leaves edits alone that nobody spoke of."""
    place = project.root / ".codex/agents/writer.toml"
    text = place.read_text().replace('name = "writer"', 'name = "writer"\nmodel = "gpt-5.1"')
    place.write_text(text)
    kept = project.sync("--prefer", "source").code, place.read_text()
    project.sync("--prefer", "source", "writer")

    assert kept == (1, text)
    assert "gpt-5.1" not in place.read_text()


def test_agents_that_nobody_has_are_no_wish(project):
    """A name that is nowhere is a mistake, and nothing is done."""
    assert project.sync("--prefer", "source", "reveiwer").code == 2


def test_the_target_s_word_goes_all_the_way(project):
    """Where both sides changed, `--prefer target` decides for all of them at once: the source says it, and so does each other target."""
    for path, text in ((f"{SOURCE}/writer.md", "Ours."), (".codex/agents/writer.toml", "Theirs."), (".codex/agents/tester.toml", "Else.")):
        project.replace(path, "Two.", text)
    assert project.sync().code == 1
    told = project.sync("--prefer", "target")

    assert [look[:2] for look in told.looks] == [("edited", ".codex/agents/tester.toml")]
    assert "Theirs." in project.read(f"{SOURCE}/writer.md")
    assert "Theirs." in project.read(".opencode/agents/writer.md")
    assert "Else." not in project.read(f"{SOURCE}/tester.md")
    assert project.sync("--prefer", "target", "tester:prompt").code == 0
    assert "Else." in project.read(f"{SOURCE}/tester.md")


def test_edits_are_carried_back_agent_by_agent(project):
    """A word after `--carry-back` is an agent, a field of all, or a field of one."""
    for name in ("writer", "tester", "planner"):
        project.replace(f".codex/agents/{name}.toml", "Two.", "Zwei.")
        project.replace(f".codex/agents/{name}.toml", "When there is work", "Whenever there is work")
    project.sync("--carry-back", "writer", "tester:prompt")
    told = project.sync("--carry-back", "description")

    assert {look[1:] for look in told.looks} == {(".codex/agents/planner.toml", "", ("prompt.text",))}
    assert "Zwei." in project.read(f"{SOURCE}/writer.md")
    assert "Zwei." not in project.read(f"{SOURCE}/planner.md")
    assert "Whenever" in project.read(f"{SOURCE}/planner.md")
    assert project.sync("--carry-back", "reveiwer").code == 2


def test_a_first_text_is_carried_back(tmp_path):
    """An agent without a text gets its first one where somebody types it, and with that the client's own prompt goes: one edit."""
    project = Project(tmp_path / "shop", ("opencode",))
    project.write(f"{SOURCE}/one.md", "---\nname: one\ndescription: When one is needed\n---\n")
    project.sync()
    project.write(".opencode/agents/one.md", project.read(".opencode/agents/one.md") + "\nTyped in OpenCode.\n")
    (told,) = project.sync().entries
    carried = project.sync("--carry-back")

    assert told["fields"] == ["prompt.text"]
    assert (carried.code, "Typed in OpenCode." in project.read(f"{SOURCE}/one.md")) == (0, True)
    assert project.sync("--check").code == 0


def test_agents_of_one_name_are_told_with_what_settles_it(project):
    """Which of them the source's client uses is said, in the run that first meets them and in each check."""
    name = next(path.rpartition("/")[2] for path in project.tree() if path.startswith(SOURCE))
    project.write(f"{SOURCE}/zoo/{name}", project.read(f"{SOURCE}/{name}") + "\nAnd more.\n")
    first, second, checked = project.sync(), project.sync(), project.sync("--check")
    way = f'`exclude = ["{SOURCE}/zoo/{name}"]`'

    assert [way in one.errors for one in (first, second, checked)] == [True, False, True]
    assert "uses the one that the file system lists first" in first.errors


def test_a_value_that_nothing_can_say_stops_no_other_edit(project):
    """What neither the source nor the configuration takes stays where it is, with the reason, and everything else is carried."""
    place = ".opencode/agents/writer.md"
    project.replace(place, "mode: subagent", "mode: subagent\nmodel: weird")
    project.replace(place, "Two.", "Zwei.")
    told = project.sync("--carry-back")

    assert [look[1:] for look in told.looks] == [(place, "", ("model",))]
    assert any("OpenCode does not take `weird` as a model" in one.get("hint", "") for one in told.entries)
    assert "Zwei." in project.read(f"{SOURCE}/writer.md")
    assert "model: weird" in project.read(place)


def test_a_stray_carriage_return_changes_no_line_end(project):
    """A source with CRLF throughout has it after an edit was carried back, whatever else stands in it."""
    place = f"{SOURCE}/writer.md"
    project.write(place, project.read(place).replace("One.", "One.\rStill one.\r").replace("\n", "\r\n"))
    project.sync()
    before = project.read(place)
    project.replace(".opencode/agents/writer.md", "Two.", "Zwei.")
    told = project.sync("--carry-back")

    assert told.code == 0
    assert project.read(place) == before.replace("Two.", "Zwei.")


def test_a_name_is_carried_back(project):
    """A name that an agent got in a target is the source's once that is asked for: its file, its table and who delegates to it follow."""
    project.write(f"{SOURCE}/planner.md", agent("planner", tools="Read, Agent(writer)"))
    project.configure('[sync.agents.writer.codex]\nmodel = "gpt-5.1"\n')
    project.sync()
    old, new = ".codex/agents/writer.toml", ".codex/agents/author.toml"
    project.replace(old, '"writer"', '"author"')
    project.move(old, new)
    told = project.sync()

    assert [look[:2] for look in told.looks] == [("renamed", old)]
    assert project.sync("--carry-back").code == 1
    told = project.sync("--carry-back", "writer:name")
    assert ("carried", "codex writer") in told.words()
    assert project.sync("--check") == type(told)(0)
    assert not project.has(f"{SOURCE}/writer.md")
    assert "name: author\n" in project.read(f"{SOURCE}/author.md")
    assert "Agent(author)" in project.read(f"{SOURCE}/planner.md")
    assert "[sync.agents.author.codex]" in project.read("agentconv.toml")
    assert project.has(".opencode/agents/author.md")
    assert not project.has(".opencode/agents/writer.md")


def test_a_name_is_carried_back_from_where_it_stands(project):
    """In a client in which a file's name is not its agent's, a name that is changed in the file is one that can be taken."""
    place = ".codex/agents/writer.toml"
    project.replace(place, '"writer"', '"author"')
    told = project.sync()
    again = project.sync("--carry-back", "writer:name")

    assert [look[:2] for look in told.looks] == [("renamed", place)]
    assert ("carried", "codex writer") in again.words()
    assert project.sync("--check").code == 0
    assert "name: author\n" in project.read(f"{SOURCE}/author.md")
    assert '"author"' in project.read(place)
    assert project.has(".opencode/agents/author.md")


def test_a_target_that_is_taken_out_is_named_with_both_ways(project):
    """Its files go only when somebody says so; that they can stay is told beside it, and a target that never was cannot be released."""
    project.configure(targets=("opencode",))
    told, wrong = project.sync(), project.sync("--release", "gemini")

    assert (told.code, wrong.code) == (2, 2)
    assert "`targets` does not name codex any more" in told.errors
    assert "--release codex keeps them" in told.errors
    assert main(["sync", "--release", "codex", "--project", str(project.root)]) == 0
    assert (project.sync().code, codex(project)) == (0, sorted(NAMES))


def test_what_would_go_of_targets_that_are_taken_out_can_be_looked_at(project):
    """Where a run stops, a look shows each file that would go, and says of every target that is not named any more what would stop it."""
    project.configure(targets=())
    before = codex(project)
    told = project.sync("--dry-run")

    assert told.code == 1
    assert {word for word, _ in told.words()} == {"delete"}
    assert "does not name codex, opencode any more" in " ".join(told.errors.split())
    assert before == codex(project)


def test_where_nothing_is_kept_in_step_nothing_is_offered_to_look_at(project, monkeypatch, capsys):
    """After the last target went, the way to keep the assistants in step is not to look at what is not."""
    project.configure(targets=())
    project.sync("--yes")
    monkeypatch.chdir(project.root)
    main([])

    assert "sync --diff" not in capsys.readouterr().out


@pytest.mark.parametrize("new", ["texts", "far/texts"])
@pytest.mark.parametrize("edit", ["", "Typed in Codex."])
def test_a_file_that_was_moved_within_its_target_stays_there(project, new, edit):
    """A target's file with another name, or in another folder, is where that agent is from now on; what was edited with it is an edit."""
    old, new = (f".codex/agents/{name}.toml" for name in ("writer", new))
    project.move(old, new)
    project.replace(new, "Three.", edit or "Three.")
    told = project.sync()
    project.replace(f"{SOURCE}/writer.md", "One.", "Eins.")
    project.sync("--carry-back")

    assert [look[:2] for look in told.looks] == ([("edited", new)] if edit else [])
    assert (edit or "Three.") in project.read(f"{SOURCE}/writer.md")
    assert "Eins." in project.read(new)
    assert (project.has(old), project.sync("--check").code) == (False, 0)


def test_two_files_that_got_the_names_of_each_other(project):
    """The name in a file says whose it is; a file that another one was moved over is nobody's edit of itself."""
    one, two = (f".codex/agents/{name}.toml" for name in ("writer", "tester"))
    project.move(one, "aside")
    project.move(two, one)
    project.move("aside", two)
    assert project.sync().looks == []
    project.replace(f"{SOURCE}/writer.md", "One.", "Eins.")
    project.sync()
    assert "Eins." in project.read(two)
    project.move(two, one)
    told = project.sync()
    assert told.words() == {("restore", "codex writer"), ("renamed", "codex tester"), ("edited", "codex tester")}
    assert "Eins." in project.read(one)


LINES = ("Say what each change is for, in one sentence.", "Name the file and the line.", "Mend nothing that you were not asked about.")


@pytest.mark.parametrize(("target", "end"), [("opencode", "md"), ("codex", "toml")])
def test_an_agent_that_was_renamed_and_edited_in_a_target(project, target, end):
    """It is known again by its text: no second one is written, the name is taken where that is asked for, and then the edit."""
    project.write(f"{SOURCE}/critic.md", agent("critic", LINES))
    project.sync()
    old, new = (f".{target}/agents/{name}.{end}" for name in ("critic", "judge"))
    project.move(old, new)
    project.write(new, project.read(new).replace("in one sentence", "in one short sentence").replace('name = "critic"', 'name = "judge"'))
    told, named = project.sync(), project.sync("--carry-back", "critic:name")

    assert told.words() == {("renamed", f"{target} critic")}
    assert "and edited" in told.entries[0]["what"]
    assert ("edited", new) in [look[:2] for look in named.looks]
    project.sync("--carry-back")
    assert "in one short sentence" in project.read(f"{SOURCE}/judge.md")
    assert (project.has(old), project.sync("--check").code) == (False, 0)


@pytest.mark.parametrize("words", [(), ("--prefer", "source", "critic"), ("--yes",)])
@pytest.mark.parametrize("name", ["critic", "first-look"])
def test_a_targets_folder_that_is_the_sources_by_a_link(project, words, name):
    """Nothing is written into it, whoever says so: else the source says another assistant's words, or has two of a name."""
    project.write(f"{SOURCE}/{name}.md", agent("critic", LINES, tools="Read"))
    for path in (project.root / ".opencode/agents").glob("*.md"):
        path.unlink()
    (project.root / ".opencode/agents").rmdir()
    (project.root / ".opencode/agents").symlink_to(project.root / SOURCE)
    before = {path: data for path, data in project.tree().items() if path.startswith(SOURCE)}
    told = project.sync(*words)

    assert {path: data for path, data in project.tree().items() if path.startswith(SOURCE)} == before
    assert (told.code, project.has(".codex/agents/critic.toml")) == (1, True)
    assert project.sync().files == ()


def test_one_file_of_a_target_that_is_a_link(project):
    """It stays as it is, and is told for what it is; the files beside it are no links, and are written."""
    for name in ("critic", "writer"):
        project.write(f"{SOURCE}/{name}.md", agent(name, LINES, tools="Read"))
    project.sync()
    project.write("away.toml", (project.root / ".codex/agents/critic.toml").read_text())
    (project.root / ".codex/agents/critic.toml").unlink()
    (project.root / ".codex/agents/critic.toml").symlink_to(project.root / "away.toml")
    for name in ("critic", "writer"):
        project.replace(f"{SOURCE}/{name}.md", LINES[0].strip(), "Begin.")
    told = project.sync()
    said = " ".join(str(one) for one in told.entries)

    assert "a symbolic link is in its place" in said
    assert "its folder is that of" not in said
    assert "Begin." in (project.root / ".codex/agents/writer.toml").read_text()
    assert "Begin." not in (project.root / "away.toml").read_text()


def test_two_targets_with_one_folder_by_a_link(tmp_path):
    """A file is one target's: the other one is told, and the two do not write over each other's in turn."""
    project = Project(tmp_path / "shop", ("opencode", "qwen-code"))
    project.write(f"{SOURCE}/critic.md", agent("critic", LINES, tools="Read"))
    (project.root / ".opencode/agents").mkdir(parents=True)
    (project.root / ".qwen").mkdir()
    (project.root / ".qwen/agents").symlink_to(project.root / ".opencode/agents")
    told, again = project.sync(), project.sync()

    assert "its folder is that of OpenCode" in told.entries[-1]["what"]
    assert (again.files, again.looks) == ((), told.looks)


def test_an_agent_that_got_another_name_on_each_side(project):
    """The new name of the source is everywhere but where somebody gave another one, which is told in each run until one is chosen."""
    project.write(f"{SOURCE}/critic.md", agent("critic", LINES))
    project.sync()
    project.move(f"{SOURCE}/critic.md", f"{SOURCE}/reader.md")
    project.replace(f"{SOURCE}/reader.md", "name: critic", "name: reader")
    project.move(".opencode/agents/critic.md", ".opencode/agents/judge.md")
    project.replace(".opencode/agents/judge.md", "in one sentence", "in one short sentence")
    told = [project.sync().looks for _ in range(3)]

    assert [[look[0] for look in looks] for looks in told] == [["renamed"]] * 3
    assert project.has(".codex/agents/reader.toml")
    assert not project.has(".opencode/agents/reader.md")
    project.sync("--carry-back", "reader:name")
    project.sync("--carry-back")
    assert "in one short sentence" in project.read(f"{SOURCE}/judge.md")
    assert project.sync("--check").code == 0


JUDGE = 'name = "judge"\ndescription = "When there is work for critic"\ndeveloper_instructions = """\n{}"""\n'
WROTE = ".codex/agents/judge.toml"


@pytest.mark.parametrize("new", ["in one sentence", "in one short sentence"])
def test_a_twin_by_another_name_is_asked_about_before_a_second_one_is_written(project, new):
    """It is told whose twin it is; under one name they are one, wherever its file lies; adopted or excluded they are two."""
    project.write(f"{SOURCE}/critic.md", agent("critic", LINES))
    project.write(WROTE, JUDGE.format("\n\n".join(LINES).replace("in one sentence", new)))
    told, again = project.sync(), project.sync()
    assert [look[:2] for look in told.looks] == [("left", ".codex/agents/critic.toml")] == [look[:2] for look in again.looks]
    assert "`judge` in .codex/agents/judge.toml" in again.entries[0]["what"]
    assert project.has(".opencode/agents/critic.md")
    one, two, three = (project.copy(name) for name in ("one", "two", "three"))

    one.replace(WROTE, '"judge"', '"critic"')
    one.sync("--prefer", "codex", "critic")
    assert (one.sync().code, one.has(".codex/agents/critic.toml")) == (0, False)
    assert new in one.read(f"{SOURCE}/critic.md")
    two.sync("--adopt", "judge")
    assert (two.sync().code, two.has(".codex/agents/critic.toml"), two.has(f"{SOURCE}/judge.md")) == (0, True, True)
    three.write("agentconv.toml", f'exclude = ["{WROTE}"]\n{three.read("agentconv.toml")}')
    assert (three.sync().code, three.has(".codex/agents/critic.toml")) == (0, True)


def test_a_file_that_is_not_ours_has_its_agent_where_it_is(project):
    """A client has one agent of a name: where another file of a target has the source's name already, none is written beside it."""
    project.write(f"{SOURCE}/critic.md", agent("critic", LINES))
    project.write(WROTE, JUDGE.format("Something else.").replace("judge", "critic"))
    told = project.sync()

    assert [look[:2] for look in told.looks] == [("foreign", WROTE)]
    assert not project.has(".codex/agents/critic.toml")
    assert project.sync("--prefer", "source", "critic").code == 0
    assert LINES[0] in project.read(WROTE)


def test_a_new_agent_that_may_do_more_is_not_the_one_that_is_gone(project):
    """A file that is like the one that is gone, and may do more, is a new one, and nobody's: the one that is gone is written again."""
    project.write(f"{SOURCE}/critic.md", agent("critic", LINES, tools="Read"))
    project.sync()
    old, new = (f".opencode/agents/{name}.md" for name in ("critic", "judge"))
    project.write(new, project.read(old).replace('"*": deny', '"*": allow'))
    project.remove(old)

    assert project.sync().words() == {("restore", "opencode critic"), ("new", "opencode judge")}


def test_a_value_that_is_taken_out_leaves_the_configuration(project):
    """A model that stood in a target alone goes from the configuration, when it goes from the target and that is carried back."""
    place, before = ".codex/agents/writer.toml", project.read("agentconv.toml")
    project.write(place, 'model = "gpt-5.1"\n' + project.read(place))
    project.sync("--carry-back")
    project.replace(place, 'model = "gpt-5.1"\n', "")
    told = project.sync("--carry-back")

    assert told.code == 0
    assert project.read("agentconv.toml").strip() == before.strip()


def test_what_the_configuration_says_of_one_name_is_of_one_agent(project):
    """Where two agents of the source have one name, no value of one of them goes into the configuration."""
    project.write(f"{SOURCE}/other.md", agent("writer", ["Another one."]))
    project.sync()
    place = ".codex/agents/writer-2.toml"
    project.write(place, 'model = "gpt-5.1"\n' + project.read(place))
    told = project.sync("--carry-back")

    assert [look[1:] for look in told.looks] == [(place, "", ("model",))]
    assert "gpt-5.1" not in project.read("agentconv.toml")


def test_what_a_later_version_wrote_is_not_written_by_an_older_one(project):
    """Files of a lock that a later agentconv wrote stay as they are, and so does that it wrote them, until somebody insists."""
    lock = project.read("agentconv.lock")
    project.write("agentconv.lock", re.sub('written_by = ".*"', 'written_by = "99.1"', lock))
    same = project.sync().code
    project.replace(f"{SOURCE}/writer.md", "Two.", "Zwei.")
    before = project.tree()
    told = project.sync()

    assert (same, told.code) == (0, 1)
    assert {look[:2] for look in told.looks} == {("left", ".codex/agents/writer.toml"), ("left", ".opencode/agents/writer.md")}
    assert project.tree() == before
    assert project.sync("--prefer", "source", "writer").code == 0
    assert "Zwei." in project.read(".codex/agents/writer.toml")
    assert 'written_by = "99.1"' in project.read("agentconv.lock")


def test_what_a_link_leads_to_stays_when_its_agent_is_renamed(project):
    """A link in the place of a target's file is left alone, and so is the file behind it, which is none of sync's."""
    place, away = project.root / ".codex/agents/tester.toml", project.root / "elsewhere/tester.toml"
    away.parent.mkdir()
    place.rename(away)
    place.symlink_to(os.path.relpath(away, place.parent))
    project.replace(f"{SOURCE}/tester.md", "name: tester", "name: checker")
    before = project.tree()
    told = project.sync()

    assert ("left", ".codex/agents/checker.toml") in {(word, path) for word, path, *_ in told.looks}
    assert before.items() - project.tree().items() == {
        (path, data) for path, data in before.items() if path in ("agentconv.lock", ".opencode/agents/tester.md")
    }
    assert project.sync().files == ()


def test_a_place_that_another_agent_takes_is_not_cleared(project):
    """Two sources that changed places, one of whose files somebody moved: what one leaves is where the other one is."""
    project.move(".codex/agents/planner.toml", ".codex/agents/moved.toml")
    project.sync()
    one, other = (project.read(f"{SOURCE}/{name}.md") for name in ("planner", "writer"))
    project.write(f"{SOURCE}/planner.md", other)
    project.write(f"{SOURCE}/writer.md", one)
    project.sync()

    assert {"planner", "writer"} <= {*codex(project)}
    assert project.sync().files == ()
