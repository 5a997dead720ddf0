"""A distribution of somebody else, installed: a format and rules, made of the template, on a path with its dist-info."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from agentconv.formats import _template
from agentconv.testing import example

CHECKOUT = Path(__file__).parents[2]
ROW = 'ROW = FormatRow("toy_agents.toy", "Toy", (".toy/agents",), (".md",), aliases=("toybox",))'
RULES = '''\
"""Rules of a team."""

from agentconv.core.diagnostics import Severity
from agentconv.lint.rule import rule


@rule("TOY001", "shouting-name", bad="---\\nname: LOUD\\n---\\nx", good="---\\nname: calm\\n---\\nx", source="the team",
      verified="2026-11-29", severity=Severity.WARNING)
def shouting_name(self, subject):
    """A name in capital letters.

    Nobody likes to be shouted at.
    """
    for number, agent, _ in subject.agents():
        if agent.name and agent.name.isupper():
            yield self.find(f"Toy is shouted at by `{agent.name}`", subject.place(number, "name"), "say it calmly", agent=agent.name)
'''


class Installed:
    """A folder that Python looks in, as site-packages is one."""

    def __init__(self, folder):
        self.folder = folder

    def distribution(self, name, entry_points, **modules):
        """Install a distribution with modules of a package that is called as it is."""
        package = self.folder / name.replace("-", "_")
        package.mkdir(parents=True, exist_ok=True)
        for module, text in {"__init__": "", **modules}.items():
            (package / f"{module}.py").write_text(text)
        info = self.folder / f"{package.name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(entry_points)
        return package

    def toy(self):
        """Install the template under another name, with a rule."""
        source = Path(_template.__file__).parent
        text = (source / "template.py").read_text().replace('"template"', '"toy"').replace("Template", "Toy")
        rows = f"from agentconv import FormatRow\n\n{ROW}\n"
        points = "[agentconv.formats]\ntoy = toy_agents.rows:ROW\n\n[agentconv.rules]\ntoy = toy_agents.rules\n"
        package = self.distribution("toy-agents", points, toy=text, rows=rows, rules=RULES)
        self.files(package)
        shutil.copytree(source / "fixtures", package / "fixtures")
        return package

    def example(self, root, *, yaml=False):
        """Write the distribution to begin with below a folder, and install it as it stands."""
        root = example.write("my-tool", root / "my-tool-agents", yaml=yaml)
        groups = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
        points = [
            line for group, names in groups.items() for line in (f"[{group}]", *(f"{name} = {value}" for name, value in names.items()))
        ]
        package = self.distribution("my-tool-agents", "\n".join(points))
        shutil.copytree(root / "src" / package.name, package, dirs_exist_ok=True)
        return root

    def files(self, package):
        """Put the schema and the words of the toy into a package."""
        source = Path(_template.__file__).parent
        for end in (".toml", ".schema.json"):
            text = (source / f"template{end}").read_text()
            (package / f"toy{end}").write_text(text.replace("template", "toy").replace("Template", "Toy"))

    def python(self, code, cwd, *, options=()):
        """Run code in a Python that has these distributions, and return what it printed."""
        environment = {**os.environ, "PYTHONPATH": f"{CHECKOUT / 'converters'}{os.pathsep}{self.folder}", "NO_COLOR": "1"}
        done = subprocess.run([sys.executable, *options, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def run(self, words, cwd):
        """Run the command line in a folder."""
        return self.python(f"from agentconv.cli import main; raise SystemExit(main({words.split()!r}))", cwd)

    def codes(self, commands, cwd):
        """Run several commands in a folder, one after the other, and return their exit codes and all that they print."""
        code = "import sys\nfrom agentconv.cli import main\nfor words in {!r}: print('exit:', int(main(words.split())), flush=True)"
        told = self.python(code.format(commands), cwd)
        return [int(line.removeprefix("exit: ")) for line in told.splitlines() if line.startswith("exit: ")], told


@pytest.fixture
def installed(tmp_path):
    """A place for distributions."""
    return Installed(tmp_path / "site")


@pytest.fixture
def project(tmp_path):
    """A project with an agent of the toy, and one of Claude Code."""
    folder = tmp_path / "project"
    for place, name in ((".toy/agents", "LOUD"), (".claude/agents", "calm")):
        (folder / place).mkdir(parents=True)
        (folder / place / f"{name}.md").write_text(f"---\nname: {name}\ndescription: Reads what changed\n---\n\nRead.\n")
    return folder
