"""What is imported when: start-up is lean, and a conversion loads only what it needs."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "converters"
HEAVY = {"yaml", "jsonschema", "argparse", "tomli", "tomllib", "tomli_w", "tomlkit", "json", "dataclasses", "re", "inspect"}


@cache
def modules(code, folder):
    """Run a statement and return the names of all modules that are then loaded."""
    script = f"import sys\n{code}\nprint(*sorted(sys.modules), file=sys.stderr)"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


def loaded(code, folder):
    """Return the modules that a statement loads."""
    return modules(code, folder) - modules("pass", SOURCE)


def clients(found):
    """Return the clients of which a module was loaded."""
    return {name.split(".")[2] for name in found if name.startswith("agentconv.formats.")} - {"registry"}


@pytest.mark.parametrize(
    "code",
    ["import agentconv; agentconv.__version__", "from agentconv.cli import main; main(['--version'])"],
    ids=["import", "--version"],
)
def test_lean(code, tmp_path):
    """Neither the import nor `--version` loads a parser, a format or anything heavy."""
    found = loaded(code, tmp_path)

    assert not found & HEAVY
    assert not {name for name in found if name.startswith(("agentconv.formats", "agentconv.api", "agentconv.conversion.converting"))}


AGENT = "---\nname: a\ndescription: Reviews a change.\ntools: Read, Bash\nmodel: opus\n---\nhi\n"
FAULTY = AGENT.replace("model: opus\n", "model: opus\ncolor: Purple\nmaxTurns: 5\n")
SELDOM = {"jsonschema", "referencing", "ftfy", "tomlkit", "jinja2", "pygls", "lsprotocol", "mcp", "pydantic", "anyio", "pyarrow"}
"""What words rare faults, patches TOML, serves editors and assistants, and reads tables."""
UNUSED = {"yaml", "dataclasses", "inspect", "agentconv.conversion.matrix", "agentconv.render.page", "agentconv.lint.side_by_side"}
"""What reads headers that are not simple, makes classes, finds out what is written down, and draws pages."""


def ran(folder, *commands, agent=AGENT, then="pass"):
    """Return the modules that commands load, one after the other in one process, in a project of one agent; `then` looks at it."""
    (folder / ".claude/agents").mkdir(parents=True)
    (folder / ".claude/agents/a.md").write_text(agent)
    if commands[0] == "sync":
        (folder / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex", "opencode"]\n')
    runs = "; ".join(f"assert main({command.split()!r}) in (0, 1)" for command in commands)
    return loaded(f"from agentconv.cli import main; {runs}; {then}", folder)


@pytest.mark.parametrize(
    "commands",
    [
        ("convert . -t codex,opencode,json -o .", "convert . -t codex,opencode,json -o . --check"),
        ("lint . --for all",),
        ("inspect . --for all",),
        ("to-json . -o all.json", "from-json all.json -t claude-code -o out"),
        ("sync", "sync --check"),
        ("formats", "formats codex", "schema agent"),
        ("pack . -o dist --name an-agent --version 1.0", "list", "status"),
        ("rule AC101", "doctor", "completion bash"),
    ],
    ids=lambda commands: commands[0].split()[0],
)
def test_a_usual_run(commands, tmp_path):
    """What is loaded for rare faults only is not loaded for sound agents, nor for one with a usual fault."""
    found = ran(tmp_path, *commands, agent=FAULTY)
    small = commands[0].startswith(("convert", "lint", "inspect", "formats", "sync"))
    only_read = commands[0].startswith(("lint", "inspect"))

    assert not found & {*SELDOM, *(UNUSED if small else ()), *({"tomli"} if only_read else ())}


def test_rows_need_no_tables(tmp_path):
    """Rows are converted and linted without what reads tables, and without the command line."""
    code = f"from agentconv import batch; row = {{'path': 'a.md', 'bytes': {FAULTY.encode()!r}}}"
    found = loaded(f"{code}; [*batch.convert_rows([row], 'codex,opencode'), *batch.lint_rows([row])]", tmp_path)

    assert not found & {*SELDOM, "argparse", "agentconv.cli", "agentconv.render"}


def test_conversion(tmp_path):
    """Claude Code to Codex needs no TOML writer, no other format and no schema, and nothing of what the agents do not have."""
    found = ran(
        tmp_path, "convert . -t codex -o out -q", then="from agentconv.core import schema_files as s; assert not s.load.cache_info()[3]"
    )

    assert "tomli_w" not in found
    assert clients(found) == {"claude", "codex"}
    assert not {"agentconv.core.part_format", "agentconv.core.parts", "agentconv.conversion.shared_files", "agentconv.render.diff"} & found
    assert not {"agentconv.core.credentials", "agentconv.core.limits", "agentconv.core.hook_facts"} & found
    assert (
        not {
            "locale",
            "agentconv.yaml.emitter",
            "agentconv.families.toml_values",
            "agentconv.formats.claude.mcp_servers",
            "agentconv.sources.hooks_off",
        }
        & found
    )


@pytest.mark.parametrize(
    ("watched", "told"), [("", "at exit\n"), ("sys.setprofile(lambda *_: None)", "raised\nat exit\n")], ids=["alone", "profiled"]
)
def test_the_end_of_the_program(watched, told):
    """What others do at the end of a process is done, and what is written by then arrives, although nothing is taken apart."""
    ends = "try:\n cli.program()\nexcept SystemExit:\n print('raised')\n raise"
    begins = "import atexit, sys\nfrom agentconv import cli\nsys.argv[1:] = ['rule', 'AC0']\natexit.register(print, 'at exit')"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        [sys.executable, "-c", f"{begins}\n{watched}\n{ends}"], env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (2, told)


@pytest.mark.parametrize(("asked", "read"), [("cursor", {"cursor"}), ("codex", set()), ("codex -v", {"codex"})])
def test_inspection(asked, read, tmp_path):
    """Inspecting for one client loads the file's own format, that client where what it says is told, and nothing that conversions need."""
    found = ran(tmp_path, f"inspect . --for {asked}")

    assert not {"tomli_w", "agentconv.packs", "importlib.metadata", "subprocess"} & found
    assert clients(found) == {"claude", *read}


def test_clients_of_files_of_another_kind_are_not_loaded(tmp_path):
    """That they read other files is said without them; and where there are no parts, nothing is loaded that reports on some."""
    found = ran(tmp_path, "inspect . --for all")

    assert not {"codex", "roo", "cline", "vibe", "docker"} & clients(found)
    assert not {"agentconv.lint.whole_project", "agentconv.render.inspected_parts", "agentconv.disk.placing"} & found
    assert not {"agentconv.formats.opencode.config_file", "agentconv.formats.opencode.kilo_modes"} & found
    assert not {"tempfile", "random", "hashlib", "datetime"} & found


def test_linting_loads_nothing_of_a_network(tmp_path):
    """A plain run of the linter loads no module of sockets or of mail, which the writers of other reports would bring."""
    assert not {"socket", "ssl", "email", "urllib.request", "hashlib", "agentconv.render.findings_ci"} & ran(tmp_path, "lint .")


def test_other_distributions_cost_nothing_where_there_are_none(tmp_path):
    """Without a format or a rule of another distribution, nothing is imported to look for one."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text(AGENT)
    found = loaded("from agentconv.formats import registry; from agentconv.lint import catalogue; catalogue.rules()", tmp_path)

    assert "agentconv.core.extensions" in found
    assert not {"importlib.metadata", "email", "agentconv.testing"} & found


def test_a_project_without_parts_loads_nothing_that_reads_parts(tmp_path):
    """Where no client has a place of parts, or a file that makes the folder a plugin, no client's module of them is loaded."""
    kinds = {"skills", "commands", "servers", "hooks", "permissions", "instructions", "containers"}
    found = ran(tmp_path, "inspect . --for all")

    assert not {name for name in found if name.startswith("agentconv.formats.") and name.rpartition(".")[2] in kinds}


def test_parts_are_found_in_plugins_and_anywhere_below(tmp_path):
    """A file that may be anywhere, and one that makes the folder an extension, are seen, and what reads them is loaded."""
    (tmp_path / "below/deeper").mkdir(parents=True)
    (tmp_path / "below/deeper/GEMINI.md").write_text("Say less.\n")
    (tmp_path / "gemini-extension.json").write_text('{"name": "e", "version": "1"}')
    found = ran(tmp_path, "inspect . --for gemini-cli,gemini-extension")

    assert {"agentconv.formats.gemini.instructions", "agentconv.formats.gemini.containers"} <= found
