"""Instructions of every client are held to the same: read as it reads them, kept byte for byte, told where they become another."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from instruction_files import CLIENTS, FIXTURES, client, files, fixture, projected, read, source, written
from skill_files import plain

from agentconv.core import schema_files
from agentconv.core.format import State
from agentconv.core.meant import Pattern
from agentconv.core.part_format import difference
from agentconv.core.parts import Body, Instruction, Skill
from agentconv.formats.canonical import part_documents
from agentconv.parts.instructions import globs, imports
from agentconv.sources.parts_on_disk import PartsOnDisk

if TYPE_CHECKING:
    from pathlib import Path

FILES = files()
HEADED = [name for name in CLIENTS if (schema_files.FOLDER / f"parts/instructions/{name}.schema.json").is_file()]


def _accepted(beside: Path, found: str) -> str:
    """Return what a file beside the fixtures says, which is what was found where that is to be accepted."""
    if os.environ.get("AGENTCONV_ACCEPT"):
        beside.write_text(found, "utf-8")
    return beside.read_text("utf-8")


def test_fixtures_are_read_as_their_clients_read_them() -> None:
    """Each fixture gives the instruction, the state and the diagnostics that the file beside them has."""
    found: dict[str, Any] = {}
    for path in FILES:
        format_id, given = fixture(path)
        result = read(given, format_id)
        told = [f"{one.code}: {one.message}" for one in result.diagnostics]
        found[f"{format_id}: {given.text.path}"] = {"state": result.states[0], "instruction": plain(result.parts[0]), "told": told}
    words = json.dumps(found, indent=1, ensure_ascii=False) + "\n"

    assert _accepted(FIXTURES.parent / "instructions.json", words) == words


def test_same_client_keeps_every_byte() -> None:
    """An instruction that is written where it came from keeps its bytes, and all of it comes back from a bundle."""
    wrong = []
    for path in FILES:
        format_id, given = fixture(path)
        part = read(given, format_id).parts[0]
        (file,) = client(format_id).write((part,), given.text.path, given)
        stored = json.loads(json.dumps(part_documents.plain(part)))
        if file.data != given.text.data or part_documents.build("instructions", stored) != part:
            wrong.append(path.name)

    assert wrong == []


def test_change_of_the_text_leaves_the_header() -> None:
    """Where the text alone is another, what stands above it keeps its bytes, and another description changes its line alone."""
    wrong = []
    for path in FILES:
        format_id, given = fixture(path)
        part = replace(read(given, format_id).parts[0], body=Body(("Quite another.",)))
        (file,) = client(format_id).write((part,), given.text.path, given)
        header = given.text.data.rpartition(b"---")[0].rpartition(b"---")[0] if given.text.data.count(b"---") > 2 else b""
        if read(given, format_id).states[0].dropped:
            continue
        if difference(read(source(format_id, given.text.path, file.data), format_id).parts[0], part) or not file.data.startswith(
            header[:40]
        ):
            wrong.append(path.name)

    assert wrong == []


@pytest.mark.parametrize("target", CLIENTS)
def test_what_is_lost_on_the_way_is_declared(target: str) -> None:
    """To any client, what is read back differs from the source in declared fields alone; else it is a skill, or refused."""
    undeclared = []
    for path in FILES:
        format_id, given = fixture(path)
        if format_id == target:
            continue
        part = read(given, format_id).parts[0]
        projection = projected(part, target)
        if projection.instead or projection.is_refused():
            assert isinstance(projection.instead, Skill) or projection.losses
            continue
        file = written(projection.part, target)
        again = read(source(target, file.path, file.data), target)
        if again.states[0].dropped or difference(projection.part, again.parts[0]):
            undeclared.append((path.name, file, again))
        if set(difference(part, again.parts[0])) - projection.declared:
            undeclared.append((path.name, difference(part, again.parts[0]), projection.declared))

    assert undeclared == []


@pytest.mark.parametrize("format_id", HEADED)
def test_schema_says_what_becomes_of_each_key(format_id: str) -> None:
    """An example loads and is in its field; a bad one costs what the row says, and stays where it was."""
    there = client(format_id)
    rows = schema_files.part_rows("instructions", format_id)
    wrong = []
    for path in (one for one in FILES if one.relative_to(FIXTURES).parts[0] == format_id):
        _, given = fixture(path)
        known = there.files_at(given.place).keys  # type: ignore[attr-defined]
        for key, row in rows.items():
            for value in (*row["examples"], *row.get("x-bad-examples", ())) if key in known else ():
                bad = value in row.get("x-bad-examples", ())
                data = f"---\n{key}: {json.dumps(value) if not isinstance(value, str) else value}\n---\nDo it.\n".encode()
                quoted = f'---\n{key}: "{value}"\n---\nDo it.\n'.encode()
                data = data if not isinstance(value, str) or format_id == "cursor" else quoted
                result = read(source(format_id, given.text.path, data), format_id)
                held = row["x-field"] == "extras" or getattr(result.parts[0], row["x-field"]) is not None
                expected = State.LOADS if not bad else State.NOT_LOADED if row["x-invalid"] == "skip-file" else State.DEGRADED
                if result.states[0] is not expected or not (held or bad):
                    wrong.append((key, value, result))

    assert wrong == []


@pytest.mark.parametrize("format_id", CLIENTS)
def test_bad_input_is_never_an_exception(format_id: str) -> None:
    """Whatever a file holds, a client reads it, and the same bytes are written."""
    bad = [
        b"",
        b"\xff\xfe",
        b"---",
        b"---\n---",
        b"---\n: [\n---\n",
        b"---\npaths: &a [*a]\n---\nx",
        b"\x00@\x00.md",
        b"@" * 5000,
        b"`" * 999,
    ]
    changed = []
    for place in client(format_id).project:
        path = "/".join(filter(None, (place.path, place.pattern.replace("*/**", "a").replace("**/*", "b").replace("*", "b"))))
        for data in bad:
            given = source(format_id, path, data)
            part = read(given, format_id).parts[0]
            changed += [data for file in client(format_id).write((part,), path, given) if file.data != data]

    assert changed == []


def test_what_is_asked_for_is_a_skill_where_there_is_no_such_instruction() -> None:
    """What waits for the model, or for the user, is a skill of the same text, which the user alone starts where nobody else may."""
    part = Instruction(name="release", description="How releases are made", body=Body(("Tag first.",)), when="asked")
    asked, manual = projected(part, "codex").instead, projected(replace(part, when="manual"), "codex").instead
    scoped = projected(replace(part, when="scoped", paths=(Pattern("src/**", "minimatch"),)), "gemini-cli").instead
    assert isinstance(asked, Skill)
    assert isinstance(manual, Skill)
    assert isinstance(scoped, Skill)

    assert (asked.description, asked.invoked_by, manual.invoked_by) == ("How releases are made", None, "user")
    assert scoped.description == "How releases are made Read this before you work on files that match src/**."


def test_patterns_name_the_same_files_in_another_language() -> None:
    """What has no slash is at any depth for Claude Code, and at the root for the others."""
    pairs = [("*.ts", "**/*.ts"), ("/*.ts", "*.ts"), ("docs/", "**/docs/**"), ("src/**/*.py", "src/**/*.py"), ("!a/b", "!a/b")]
    back = [str(globs.translate(Pattern(text, "minimatch"), "gitignore")) for text in ("*.ts", "src/*.ts", "**")]

    assert [str(globs.translate(Pattern(text, "gitignore"), "minimatch")) for text, _ in pairs] == [text for _, text in pairs]
    assert back == ["/*.ts", "src/*.ts", "**"]


def test_imports_are_paths_from_the_root() -> None:
    """A path is the same wherever the text stands; code has none, what leads out is the client's, and a comma ends some."""
    text = "See @../docs/a.md and @~/b.md, `@c.md`, @docs/d.md, a@e.md @types/node @./NOTES @~/prefs"
    body = imports.parse(text, ".claude", "words")
    names = imports.imported(body)
    clause = imports.imported(imports.parse(text, ".claude", "paths"))

    assert names == ("docs/a.md", ".claude/NOTES")
    assert clause == ("docs/a.md", ".claude/docs/d.md", ".claude/NOTES")
    assert imports.spell(body, "").startswith("See @docs/a.md and @~/b.md,")


def test_comments_and_sections_are_as_the_client_takes_them() -> None:
    """Claude Code imports nothing from a comment, and a whole file where a section of it is named; Gemini CLI takes the words."""
    text = "See @a.md#tabs <!-- @b.md --> @c.md"
    found = [imports.imported(imports.parse(text, "", way)) for way in ("sections", "words")]

    assert found == [("a.md", "c.md"), ("b.md", "c.md")]


@pytest.mark.parametrize(
    ("format_id", "path", "expected"),
    [
        ("claude-code", "CLAUDE.md", ("NOTES", "docs/Makefile")),
        ("claude-code", ".claude/rules/a.md", (".claude/rules/HERE",)),
        ("gemini-cli", "GEMINI.md", ("NOTES", "docs/Makefile")),
        ("copilot", "AGENTS.md", ("docs/Makefile",)),
        ("codex", "AGENTS.md", ()),
    ],
)
def test_names_without_an_ending_are_imports_where_the_file_is_there(
    tmp_path: Path, format_id: str, path: str, expected: tuple[str, ...]
) -> None:
    """`@NOTES` is a file's name only if there is one, and a path with a slash to Copilot: it keeps its bytes, and stays an import."""
    text = "See @NOTES and @docs/Makefile `@NOTES` @team @docs/none @NOTES, @HERE\n"
    for name in ("NOTES", "docs/Makefile", ".claude/rules/HERE", path):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    loaded = next(one for one in PartsOnDisk(tmp_path).of(format_id, "instructions") if one.path == path)
    part: Any = loaded.part
    (same,) = client(format_id).write((part,), path, loaded.source)
    there = written(projected(part, "qwen-code").part, "qwen-code")
    again = read(source("qwen-code", there.path, there.data), "qwen-code").parts[0]

    assert imports.imported(part.body) == expected
    assert same.data == text.encode()
    assert len(imports.imported(again.body)) == (len(expected) if part.main else 0)


def test_what_becomes_a_skill_says_which_files_it_no_longer_has() -> None:
    """Nobody puts a file into a skill: what a rule imports is named there, and that is said."""
    part = Instruction(name="release", when="manual", body=imports.parse("See @docs/a.md", "", "words"))
    projection = projected(part, "codex")

    assert [loss.code for loss in projection.losses] == ["instruction-import-dropped", "instruction-as-skill"]


def test_files_that_give_way_are_told(tmp_path: Path) -> None:
    """A client that reads a file only for want of another says which one it takes instead, and reads all others side by side."""
    for name in ("AGENTS.md", "CLAUDE.md", ".claude/CLAUDE.md", "AGENTS.override.md", "web/AGENTS.md", "docs/a.md", "docs/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(f"In {name}.\n")
    (tmp_path / "opencode.json").write_text('{"instructions": ["./docs/*.md", "https://example.org/x.md", "../out.md"]}')
    found = {
        name: {one.path: one.hidden_by for one in PartsOnDisk(tmp_path).of(name, "instructions")}
        for name in ("claude-code", "codex", "opencode")
    }

    assert found == {
        "claude-code": {"CLAUDE.md": None, ".claude/CLAUDE.md": None, "AGENTS.md": "CLAUDE.md"},
        "codex": {"AGENTS.md": "AGENTS.override.md", "AGENTS.override.md": None, "web/AGENTS.md": None},
        "opencode": {"AGENTS.md": None, "CLAUDE.md": "AGENTS.md", "web/AGENTS.md": None, "docs/a.md": None},
    }


@pytest.mark.parametrize(
    ("client", "path", "text", "expected"),
    [
        (
            "codex",
            ".codex/config.toml",
            'project_doc_fallback_filenames = ["TEAM.md", "CLAUDE.md", "docs/x.md"]\n',
            {"AGENTS.md": None, "TEAM.md": "AGENTS.md", "CLAUDE.md": "AGENTS.md", "sub/TEAM.md": None, "sub/CLAUDE.md": "sub/TEAM.md"},
        ),
        (
            "gemini-cli",
            ".gemini/settings.json",
            '{"context": {"fileName": ["AGENTS.md", "docs/x.md", "../TEAM.md"]}}\n',
            {"GEMINI.md": None, "AGENTS.md": None, "docs/x.md": None},
        ),
    ],
)
def test_a_configuration_names_further_main_texts(tmp_path, client, path, text, expected):
    """In each folder, Codex takes the first name of a list in place of AGENTS.md, and Gemini CLI all names beside GEMINI.md (asked)."""
    names = ("AGENTS.md", "GEMINI.md", "TEAM.md", "CLAUDE.md", "docs/x.md", "sub/TEAM.md", "sub/CLAUDE.md")
    for name, content in {**dict.fromkeys(names, "Use @docs/y.md.\n"), path: text}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    found = PartsOnDisk(tmp_path).of(client, "instructions")

    assert {one.path: one.hidden_by for one in found} == expected
    assert all(one.part.main for one in found)
