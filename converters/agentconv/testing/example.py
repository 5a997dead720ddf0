"""Write a distribution with a format, commands of its client and a rule, to begin with: `python -m agentconv.testing.example my-tool`.

Its files are Markdown with a header; with `--yaml`, YAML in which the prompt is a key.

It is the template of a format, `agentconv/formats/_template`, under another name, with all that makes it a distribution: it can be
installed and tested as it is, and from there on each line is for its author to change.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import InputError
from agentconv.formats import registry
from agentconv.lint import catalogue

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

__all__ = ["write"]

_ID = "[a-z][a-z0-9]*(-[a-z0-9]+)*"
_PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{id}-agents"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["agentconv-toolkit"]

[project.optional-dependencies]
test = ["pytest"]

[project.entry-points."agentconv.formats"]
{id} = "{package}.row:ROW"

[project.entry-points."agentconv.commands"]
{id} = "{package}.commands"

[project.entry-points."agentconv.rules"]
{id} = "{package}.rules"

[tool.hatch.build.targets.wheel]
packages = ["src/{package}"]
"""
_ROW = '''\
"""What is known of the format before it is used: where its files are."""

from agentconv import FormatRow

ROW = FormatRow("{package}.format", "{title}", (".{id}/agents",), ("{suffix}",))
'''
_RULES = '''\
"""Rules of our own: any name for this module will do, the entry point names it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from agentconv.core.diagnostics import Severity
from agentconv.lint.rule import Finding, Fix, Rule, rule
from agentconv.lint.subject import Subject


@rule(
    "{code}001",
    "{id}-shouting-name",
    bad="---\\nname: CALM\\ndescription: Reads.\\n---\\nRead.",
    good="---\\nname: calm\\ndescription: Reads.\\n---\\nRead.",
    source="our team",
    verified="2026-11-29",
    severity=Severity.WARNING,
    fix="unsafe",
)
def shouting_name(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A name in capital letters.

    `agentconv rule {code}001` shows this text: what is flagged, and here, why it matters.
    """
    for number, agent, _ in subject.agents():
        if agent.name and agent.name.isupper():
            calm = agent.name.lower()
            edits = subject.changed(number, partial(replace, name=calm))
            fix = Fix(f"name it `{{calm}}`", edits, frozenset({{"name"}}), safe=False) if edits else None  # others may call it by its name
            place = subject.place(number, "name")
            yield self.find(f"`{{agent.name}}` shouts", place, f"name it `{{calm}}`", agent=agent.name, fix=fix)
'''
_TESTS = '''\
"""The format and the rules are held to what those of agentconv are held to."""

from pathlib import Path

import pytest
from agentconv import testing

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize("case", testing.cases("{id}", fixtures=FIXTURES), ids=str)
def test_format(case: testing.Case) -> None:
    case()


@pytest.mark.parametrize("case", testing.rule_cases("{code}"), ids=str)
def test_rules(case: testing.Case) -> None:
    case()
'''
_FILES = {
    "pyproject.toml": _PYPROJECT,
    "src/{package}/__init__.py": "",
    "src/{package}/row.py": _ROW,
    "src/{package}/rules.py": _RULES,
    "tests/test_{package}.py": _TESTS,
}
_COPIED = {
    "template.py": "src/{package}/format.py",
    "template.schema.json": "src/{package}/{id}.schema.json",
    "template.toml": "src/{package}/{id}.toml",
    "commands.py": "src/{package}/commands.py",
    "template.commands.schema.json": "src/{package}/{id}.commands.schema.json",
    "fixtures/commands/fix.md": "tests/fixtures/commands/fix.md",
    "fixtures/valid/reviewer.md": "tests/fixtures/valid/reviewer.md",
}
"""Files of the template, and what they are called here."""
_YAML_AGENT = """\
name: reviewer
description: Reviews one change.
model: best
tools:
  - Read
  - Search
prompt: |
  You review one change.
"""
_PROMPT = {
    "description": "What the agent is told.",
    "type": "string",
    "x-field": "prompt.text",
    "x-invalid": "skip-file",
    "examples": ["You review one change."],
    "x-bad-examples": [None, 12, ["a"]],
}
"""The key of the prompt, where that is one."""


def write(format_id: str, folder: str | os.PathLike[str] | None = None, *, yaml: bool = False) -> Path:
    """Write a distribution for a format of that id, and return its folder: `my-tool-agents` here, where none is named.

    Args:
        format_id: The id.
        folder: The folder, which is not to be there.
        yaml: Whether its files are YAML, rather than Markdown with a header.

    Raises:
        InputError: The id is no legal one, or is taken, or the folder is there.
    """
    if not re.fullmatch(_ID, format_id):
        raise registry.usage(f"`{format_id}` is no id of a format", "lower-case letters, digits, and single hyphens: my-tool")
    if format_id in registry.FORMATS:
        raise registry.usage(f"there is a format `{format_id}` already", "take another id")
    root = Path(folder) if folder is not None else Path(f"{format_id}-agents")
    if root.exists():
        raise registry.usage(f"there is `{root.as_posix()}` already", "name a folder that is not there")
    words = format_id.split("-")
    names = {
        "id": format_id,
        "package": f"{'_'.join(words)}_agents",
        "suffix": ".yaml" if yaml else ".md",
        "title": " ".join(word.capitalize() for word in words),
        "code": _code(words),
    }
    template = Path(registry.__file__).parent / "_template"
    for name, text in _FILES.items():
        _put(root / name.format(**names), text.format(**names))
    for name, text in _copied(template, yaml=yaml):
        _put(root / name.format(**names), text.replace("template", format_id).replace("Template", names["title"]))
    return root


def _code(words: list[str]) -> str:
    """Return how the codes of its rules begin: letters of the id, behind others where the codes of agentconv itself begin so."""
    letters = re.sub("[^A-Z]", "", "".join(words).upper()).ljust(2, "X")
    return (f"MY{letters}" if letters.startswith(catalogue.OWN) else letters)[:8]


def _copied(template: Path, *, yaml: bool) -> Iterator[tuple[str, str]]:
    """Yield what is copied of the template: each file's name, and its text."""
    for name, copy in _COPIED.items():
        text = (template / name).read_text("utf-8")
        if yaml and name == "template.py":
            text = (template / "yaml_template.py").read_text("utf-8")
        elif yaml and name == "template.schema.json":
            schema = json.loads(text.replace("header (.template/agents/*.md)", "(.template/agents/*.yaml)"))
            schema["required"].append("prompt")
            schema["properties"]["prompt"] = _PROMPT
            text = f"{json.dumps(schema, indent=2)}\n"
        elif yaml and name == "fixtures/valid/reviewer.md":
            copy, text = copy.removesuffix(".md") + ".yaml", _YAML_AGENT  # noqa: PLW2901
        yield copy, text


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def _main(words: list[str]) -> int:
    yaml = "--yaml" in words
    words = [word for word in words if word != "--yaml"]
    if not 1 <= len(words) <= 2 or any(word.startswith("-") for word in words):
        print("usage: python -m agentconv.testing.example ID [FOLDER] [--yaml]", file=sys.stderr)
        return 2
    try:
        root = write(*words, yaml=yaml).as_posix()
    except InputError as error:
        print(f"error: {error.diagnostic.message}\n  hint: {error.diagnostic.hint}", file=sys.stderr)
        return 2
    print(f"written: {root}\n\n  cd {root}\n  pip install -e '.[test]'\n  pytest\n  agentconv formats {words[0]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(_main(sys.argv[1:]))
