"""No instruction is read at more files than its author named, loses a word, or imports another file, unless a loss says so."""

from __future__ import annotations

import re

import pytest
from instruction_files import client, projected, read, source, written

from agentconv.parts.instructions import imports

_SCOPED = {
    "claude-code": (".claude/rules/x.md", "paths"),
    "qwen-code": (".qwen/rules/x.md", "paths"),
    "copilot": (".github/instructions/x.instructions.md", "applyTo"),
    "cursor": (".cursor/rules/x.mdc", "globs"),
}
_TARGETS = (*_SCOPED, "codex", "gemini-cli", "opencode", "kilo", "roo", "cline")
_IMPORTS = {"instruction-import-dropped", "instruction-import-taken"}
_PATTERNS = (
    "*.ts",
    "/a.ts",
    "src/*.ts",
    "src/**/*.ts",
    "**/*.ts",
    "docs/**",
    "docs/*",
    "docs",
    "docs/",
    "src/**",
    "*",
    "**/docs/*.md",
    "a.ts",
    "./src/*.ts",
)
_PATHS = ("a.ts", "docs", "docs/a.md", "docs/in/a.md", "src/a.ts", "src/in/b.ts", "src/docs/c.md", "src/docs/in/c.md", "x.py")
_TEXTS = ("Use tabs.", "Two  spaces stay.\n\n- a\n", "See @docs/style.md for it.", "```sh\n@not/this.md\n```\nMail a@b.c.\n")


def _expression(text: str) -> str:
    """Return what a path must look like: `*` stays within a name, `**` takes folders."""
    found = re.escape(text).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*")
    return found.replace(r"\*", "[^/]*")


def _gitignore(text: str, path: str) -> bool:
    """Whether a line of a gitignore file names a path: one that names a folder names all that is in it."""
    anchored = "/" in text.rstrip("/")
    expression = ("" if anchored else "(?:.*/)?") + _expression(text.strip("/")) + ("/.*" if text.endswith("/") else "(?:/.*)?")
    return re.fullmatch(expression, path) is not None


def _at(language: str, patterns: tuple[str, ...]) -> set[str]:
    """Return the paths at which an instruction with these patterns is read."""
    if language == "gitignore":
        return {path for path in _PATHS if any(_gitignore(one, path) for one in patterns)}
    return {path for path in _PATHS if any(re.fullmatch(_expression(one), path) for one in patterns)}


def _scope(part: object, language: str) -> set[str]:
    paths = getattr(part, "paths", None)
    return set(_PATHS) if paths is None else _at(language, tuple(map(str, paths)))


def _wrong(given_by: str, target: str, pattern: str, text: str) -> str | None:
    """Say what is otherwise in a target, and told nowhere; None where nothing is."""
    path, key = _SCOPED[given_by]
    spelled = f'"{pattern}"' if given_by != "cursor" else pattern
    part = read(source(given_by, path, f"---\n{key}: {spelled}\n---\n{text}".encode()), given_by).parts[0]
    projection = projected(part, target)
    told = {loss.code for loss in projection.losses}
    if projection.instead is not None:
        return None if "instruction-scope-as-skill" in told else "a skill"
    file = written(projection.part, target)
    there = read(source(target, file.path, file.data), target).parts[0]
    if not (_scope(there, client(target).language) <= _scope(part, client(given_by).language) or "instruction-paths-wider" in told):
        return "more files"
    if imports.imported(part.body) != imports.imported(there.body) and not told & _IMPORTS:
        return "other imports"
    return None if "@docs" in text or text.strip() in file.data.decode() else "another text"


@pytest.mark.parametrize("given_by", [*_SCOPED])
def test_no_scope_widens_and_no_text_changes(given_by: str) -> None:
    """What is read at some files is read at these alone in each target, or is a skill there, or a loss says that it is read elsewhere."""
    cases = [*((one, _TEXTS[0]) for one in _PATTERNS), *(("src/*.ts", one) for one in _TEXTS)]
    found = {(target, *case): _wrong(given_by, target, *case) for target in _TARGETS for case in cases}

    assert {case: wrong for case, wrong in found.items() if wrong} == {}
