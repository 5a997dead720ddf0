"""The documents say what is so. `AGENTCONV_ACCEPT=1` writes down console runs, tables of formats, rules and what hooks see, as they are."""

import os
import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import agentconv
import terminal_picture
from agentconv.cli import COMMANDS, main
from agentconv.cli.configuration import DEFAULTS
from agentconv.cli.exit_codes import Exit
from agentconv.cli.linting import settings as lint_settings
from agentconv.cli.run import build_parser
from agentconv.core import losses
from agentconv.formats import registry
from agentconv.parts import places
from console_runs import environment_for, played

CHECKOUT = Path(__file__).parents[2]
README = CHECKOUT / "README.md"
FORMATS = CHECKOUT / "docs" / "formats.md"
RULES = CHECKOUT / "docs" / "rules.md"
LOSSES = CHECKOUT / "docs" / "losses.md"
HOOKS = CHECKOUT / ".pre-commit-hooks.yaml"
DOCUMENTS = [README, CHECKOUT / "CONTRIBUTING.md", *sorted((CHECKOUT / "docs").glob("*.md"))]


@pytest.mark.skipif(sys.platform == "win32", reason="run by sh")
def test_console_runs(tmp_path):
    """README's console runs are what the program prints."""
    expected = README.read_text("utf-8")
    actual = played(expected, CHECKOUT, environment_for(tmp_path))
    if os.environ.get("AGENTCONV_ACCEPT"):
        README.write_text(actual, "utf-8")
        expected = actual

    assert expected == actual


@pytest.mark.skipif(sys.platform == "win32", reason="run by sh")
@pytest.mark.parametrize("name", ["tutorial", "sync", "ten-minutes"])
def test_guides(name, tmp_path):
    """The runs of a guide are what the program prints, in an empty folder."""
    path = CHECKOUT / "docs" / f"{name}.md"
    expected = path.read_text("utf-8")
    project = tmp_path / "project"
    project.mkdir()
    actual = played(expected, project, environment_for(tmp_path))
    if os.environ.get("AGENTCONV_ACCEPT"):
        path.write_text(actual, "utf-8")
        expected = actual

    assert expected == actual


@pytest.mark.skipif(sys.platform == "win32", reason="run by sh")
def test_terminal_picture(tmp_path):
    """The picture in README shows what the program prints."""
    path = CHECKOUT / "docs" / "terminal.svg"
    shown = terminal_picture.session(terminal_picture.copied(CHECKOUT / "fixtures" / "examples", tmp_path), environment_for(tmp_path))
    if os.environ.get("AGENTCONV_ACCEPT"):
        path.write_text(terminal_picture.draw(shown), "utf-8")

    assert terminal_picture.words_of(path.read_text("utf-8")) == terminal_picture.words(shown)


def test_formats_document(capsys):
    """docs/formats.md, and README's table of formats, are what the program finds out about its formats."""
    assert main(["formats", "--output-format", "markdown"]) == 0
    document = capsys.readouterr().out
    listing = re.search(r"(?m)(^\|.*\n)+", document)[0]
    text = README.read_text("utf-8")
    readme = re.sub(r"(?<=<!-- formats -->\n).*?(?=<!-- /formats -->)", lambda _: listing, text, flags=re.DOTALL)
    if os.environ.get("AGENTCONV_ACCEPT"):
        FORMATS.write_text(document, "utf-8")
        README.write_text(readme, "utf-8")

    assert document == FORMATS.read_text("utf-8")
    assert readme == README.read_text("utf-8")


def test_rules_document(capsys):
    """docs/rules.md is what the rules say about themselves, and its table of settings is one that the program takes."""
    assert main(["rule", "--all", "--output-format", "markdown"]) == 0
    document = capsys.readouterr().out
    if os.environ.get("AGENTCONV_ACCEPT"):
        RULES.write_text(document, "utf-8")
    table = tomllib.loads(re.search(r"(?s)```toml\n(.*?)```", document)[1])["tool"]["agentconv"]["lint"]

    assert document == RULES.read_text("utf-8")
    assert lint_settings.read(table).max_description == table["max-description"]
    assert {*table} == {*lint_settings.KEYS}


def test_losses_document(capsys):
    """docs/losses.md is what the losses say about themselves: a chapter for each."""
    assert main(["rule", "--losses", "--all", "--output-format", "markdown"]) == 0
    document = capsys.readouterr().out
    if os.environ.get("AGENTCONV_ACCEPT"):
        LOSSES.write_text(document, "utf-8")

    assert document == LOSSES.read_text("utf-8")
    assert re.findall(r"(?m)^## (.*)$", document) == sorted(losses.codes())


def hooked() -> str:
    """Return the pattern of the files that every client reads its agents from, wherever the client's own folders lie.

    The folders of a client with an index have everyday names: they count at the top of a checkout, and below `plugins`.
    """
    rows = [registry.FORMATS[client] for client in registry.CLIENTS]
    anywhere = [f"{re.escape(folder)}/" for row in rows if not row.index for folder in row.folders]
    anywhere += [f"{re.escape(name)}$" for row in rows for name in (*row.files, *([row.index] if row.index else []))]
    indexed = [f"{re.escape(folder)}/.+{re.escape(end)}$" for row in rows if row.index for folder in row.folders for end in row.suffixes]
    return f"(^|/)({'|'.join(dict.fromkeys(anywhere))})|^(plugins/[^/]+/)?({'|'.join(dict.fromkeys(indexed))})"


def of_project() -> str:
    """Return the pattern of all that makes it worth looking at a whole project: agents, plugins wherever they lie, and our own files.

    And all other parts: whole folders that are an assistant's (`.claude/`), since guards have their scripts there, of others the places
    that are (`.github/hooks/`), and files for all that works in a project (AGENTS.md).
    """
    rows = (kinds for client, kinds in places.recorded().items() if client in registry.CLIENTS)
    found = {_of_part(folder, pattern) for kinds in rows for several in kinds.values() for folder, pattern in several.get("project", ())}
    parts = "|".join(sorted(found - {""}))
    return f"{hooked()}|(^|/)(agents/.+\\.md$|\\.claude-plugin/|agentconv\\.(toml|lock)$|pyproject\\.toml$|{parts})"


def _of_part(folder: str, pattern: str) -> str:
    """Return the pattern of a place of parts; nothing of a plugin's (`commands`), whose name may be any folder's."""
    top = folder.partition("/")[0]
    if not folder or not pattern:
        return (
            f"{re.escape(folder or pattern.rpartition('/')[2])}$"
            if not folder.startswith(".") or top == folder
            else _of_folder(folder, "$")
        )
    return _of_folder(folder, "/" if "*" in pattern else f"/{re.escape(pattern)}$") if top.startswith(".") else ""


def _of_folder(folder: str, end: str) -> str:
    """Return the pattern of what is in an assistant's folder: all of it, or of one that others have, too, that alone."""
    top = folder.partition("/")[0]
    return f"{re.escape(folder)}{end}" if top in {".github", ".vscode"} else f"{re.escape(top)}/"


def test_hooks_see_every_client():
    """The hooks for pre-commit are run on the files of every client; those for a project, on what lies in a plugin's folder, too."""
    if os.environ.get("AGENTCONV_ACCEPT"):
        text = HOOKS.read_text("utf-8")
        for name, pattern in (("places", hooked()), ("project", of_project())):
            text = re.sub(rf"(?m)(?<=^  files: &{name} ).*$", lambda _, pattern=pattern: f"'{pattern}'", text)
        HOOKS.write_text(text, "utf-8")
    hooks = yaml.safe_load(HOOKS.read_text("utf-8"))
    whole = {"agentconv-lint-all", "agentconv-sync"}

    assert {hook["files"] for hook in hooks if hook["id"] not in whole} == {hooked()}
    assert {hook["files"] for hook in hooks if hook["id"] in whole} == {of_project()}
    for path in (
        "tools/kit/agents/deep/a.md",
        ".claude/settings.json",
        ".claude/hooks/guard.sh",
        ".mcp.json",
        "sub/AGENTS.md",
        ".github/hooks/a.json",
    ):
        assert re.search(of_project(), path)
    assert not any(re.search(of_project(), path) for path in ("src/a.py", ".github/workflows/ci.yml", "src/commands/a.md"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_exist(path):
    """Every command and flag that a document shows exists."""
    lines = re.findall(r"(?:^% |^|`|bin/)agentconv ([^`\n]*)", path.read_text("utf-8"), re.MULTILINE)
    shown = [shlex.split(line.split(" | ")[0], comments=True) for line in lines]
    for command, *words in (words for words in shown if words and words[0] in COMMANDS):
        build_parser(command).check_flags(words)
    named = {words[0] for words in shown if words and not words[0].startswith("-")}

    assert named <= {*COMMANDS, "COMMAND"} | {word for word in named if " " in word or word in ("reads", "is")}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    """Every relative link of a document leads to a file."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text("utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


def test_set_up_commands():
    """There are two set-up commands, each with an environment of its own, and the continuous integration finds the second."""
    text = README.read_text("utf-8")
    commands = re.findall(r"^python3 .*$", text, re.MULTILINE)
    marked = text[text.index("<!-- tests -->") : text.index("<!-- end -->")]

    assert [command.split("&&")[0].strip() for command in commands] == ["python3 -m venv .venv", "python3 -m venv .venv-test"]
    assert re.findall(r"^python3 .*$", marked, re.MULTILINE) == commands[1:]


def test_configuration(tmp_path):
    """README's configuration is one that the program takes, and it says every setting that a project may make."""
    table = re.search(r"(?s)```toml\n(\[tool\.agentconv\].*?)```", README.read_text("utf-8"))[1]
    (tmp_path / "pyproject.toml").write_text(table, "utf-8")
    (tmp_path / "a.md").write_text("---\nname: a\ndescription: d\nmodel: sonnet\n---\nhi\n", "utf-8")
    code = main(["convert", str(tmp_path / "a.md"), "-t", "codex", "-q", "-o", str(tmp_path / "a.toml")])

    assert code == Exit.FINDINGS  # the configuration is strict
    assert 'model = "gpt-6.1-sol"' in (tmp_path / "a.toml").read_text("utf-8")
    assert {*tomllib.loads(table)["tool"]["agentconv"]} == {*DEFAULTS} - {"allow-widening"}


def test_exit_codes():
    """README lists the exit codes that the program has."""
    codes = re.findall(r"^\| (\d+) \|", README.read_text("utf-8"), re.MULTILINE)

    assert codes == [str(int(code)) for code in Exit]


def test_version():
    """The version is the top of the changelog."""
    top = re.search(r"^## \[(.+?)\]", (CHECKOUT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert top[1] == agentconv.__version__
