"""A picture of a terminal, drawn from commands that were really run; and the text that is in such a picture."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

AGENT = ".claude/agents/reviewer.md"
COMMANDS = ("agentconv", f"agentconv convert {AGENT} -t opencode -o .", f"agentconv lint {AGENT} --for gemini-cli")
WIDTH = 80
"""Columns: few enough that the text is large where the picture is as wide as a page."""


TITLE = "agentconv says what is in a project, converts an agent for OpenCode, and lints it for Gemini CLI"


def session(project, environment):
    """Run the commands in a copy of a project and return what a terminal shows, colours included."""
    shown = []
    for command in COMMANDS:
        words = f"{command} --color always" if " " in command else command
        done = subprocess.run(
            ["sh", "-c", f"{words} 2>&1"],
            cwd=project,
            env={**environment, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        shown.append(f"\x1b[1m$ {command}\x1b[0m\n{done.stdout.decode()}")
    return "\n".join(shown)


def copied(source, folder):
    """Copy a project."""
    project = folder / "project"
    shutil.copytree(source, project)
    return project


def draw(shown):
    """Return the picture as SVG."""
    import io

    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False)
    console.print(Text.from_ansi(shown), soft_wrap=False)
    drawn = console.export_svg(title="agentconv", unique_id="agentconv")
    titled = re.sub(r"(<svg [^>]*>)", rf"\1\n    <title>{TITLE}</title>", drawn, count=1)
    return re.sub(r"(?s)@font-face \{.*?\}\s*", "", titled)  # nothing is fetched


def words(shown):
    """Return the words of a session."""
    return re.sub(r"\x1b\[[0-9;]*m", "", shown).split()


def words_of(picture):
    """Return the words of a picture, in the order of its lines."""
    rows = {}
    for element in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314 - our own file
        if "clip-path" in element.attrib:
            rows.setdefault(float(element.attrib["y"]), []).append((float(element.attrib["x"]), element.text or ""))
    return [word for y in sorted(rows) for word in "".join(text for _, text in sorted(rows[y])).replace("\xa0", " ").split()]
