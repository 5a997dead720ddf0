"""Markdown files with files, commands and what they print, run in a folder.

A block that starts with ```` ```file PATH ```` makes a file. A block that starts with ```` ```console ```` holds command lines
(`% ` and what `sh` runs), each followed by its standard output, its standard error (`2> ` before each line), and its exit status
(`=> 1`) where that is not 0.
"""

import os
import re
import subprocess

import warm_program

BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<info>console|file [^\n]+)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)


def environment_for(folder):
    """Make an `agentconv` that runs this checkout, and return the environment to run it in."""
    programs = folder / "bin"
    programs.mkdir()
    script = programs / "agentconv"
    script.write_text(warm_program.script())
    script.chmod(0o755)
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(warm_program.SOURCE),
        "HOME": str(folder),
        "COLUMNS": "100",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }


def run(command, folder, environment):
    """Run one command line and write down what it prints."""
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    stdout = done.stdout.decode().replace("\x1b", "␛")
    stderr = done.stderr.decode().replace("\x1b", "␛")
    lines = [f"% {command}", *stdout.splitlines(), *(f"2> {line}".rstrip() for line in stderr.splitlines())]
    return "\n".join([*lines, *([f"=> {done.returncode}"] if done.returncode else [])]) + "\n"


def played(text, folder, environment):
    """Return a transcript with what its commands print now."""

    def block(match):
        if match["info"] != "console":
            path = folder / match["info"].removeprefix("file ")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(match["body"])
            return match[0]
        commands = re.findall(r"^% (.*)$", match["body"], re.MULTILINE)
        body = "\n".join(run(command, folder, environment) for command in commands)
        return f"{match['fence']}console\n{body}{match['fence']}"

    return BLOCK.sub(block, text)
