"""An `agentconv` whose modules are loaded already: each run is a fork of one process, in the caller's folder, environment and streams.

A fork does all that the program does, as a process of its own; it is spared what Python and its imports cost, which is most of a short run.
"""

import ast
import atexit
import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "converters"
_CALLER = """\
import posix, sys
from _socket import AF_UNIX, SCM_RIGHTS, SOL_SOCKET, socket
caller = socket(AF_UNIX)
caller.connect(sys.argv[1])
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2, posix.open(".", posix.O_RDONLY)))
told = repr((sys.argv[2:], posix.environ)).encode()
caller.sendmsg([len(told).to_bytes(4, "big")], [(SOL_SOCKET, SCM_RIGHTS, streams)])
caller.sendall(told)
sys.exit((caller.recv(1) or b"\\xff")[0])
"""
"""What stands in for the program: it hands over its words and streams, and ends as the run ends.

It imports neither `os` nor `socket`, which would be half of what it costs.
"""
_PROJECT = {
    "agentconv.toml": 'source = "claude-code"\ntargets = ["codex", "opencode"]\n',
    ".claude/agents/a.md": "---\nname: a\ndescription: Reads a change\ntools: Read, Bash\nmodel: opus\n---\nRead it.\n",
    ".claude/skills/b/SKILL.md": "---\nname: b\ndescription: How a change reads\n---\nShort.\n",
    ".claude/commands/c.md": "---\ndescription: Looks again\n---\nLook at $1.\n",
    ".claude/settings.json": '{"permissions": {"deny": ["Read(x)"]}}\n',
    ".mcp.json": '{"mcpServers": {"tracker": {"command": "tracker"}}}\n',
    "CLAUDE.md": "Be brief.\n",
}
"""What usual runs are rehearsed with."""
_REHEARSED = (
    ("convert", ".", "-f", "claude-code", "-t", "all", "-o", "out", "--with", "all", "--allow-widening"),
    ("lint", ".", "--for", "all"),
    ("inspect", "."),
    ("sync",),
    ("pack", ".", "--name", "a", "--version", "1.0.0", "--no-lint", "-o", "dist"),
    ("install", "dist/a-1.0.0-py3-none-any.whl", "--to", "codex", "--accept"),
)


@cache
def script():
    """Return the text of a program for `sh` that does what `python -m agentconv` does; what forks for it ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="agentconv-warm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "caller.py").write_text(_CALLER, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "HOME": str(folder)}
    server = subprocess.Popen([sys.executable, __file__, folder / "socket"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    assert server.stdout.readline() == b"ready\n"
    atexit.register(server.communicate)
    return f'#!/bin/sh\nexec "{sys.executable}" -I -S "{folder}/caller.py" "{folder}/socket" "$@"\n'


@cache
def program():
    """Return the path of that program, for tests that look at a process: how it ends, and what it leaves."""
    place = Path(tempfile.mkdtemp(prefix="agentconv-warm-"), "agentconv")
    atexit.register(shutil.rmtree, place.parent, ignore_errors=True)
    place.write_text(script(), "utf-8")
    place.chmod(0o755)
    return place


def _serve(path):
    """Fork for each caller, until whoever started this has gone, which ends its standard input."""
    os.fsync = os.fstat  # as in conftest.py
    _rehearse()
    gc.freeze()  # what is there by now stays: a fork that looked through it would copy it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(64)
        print("ready", flush=True)
        while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
            caller, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _answer(caller)
            caller.close()


def _rehearse():
    """Do what usual runs do, in a project that is gone then, so that all that they load is there: modules, words, schemas, expressions."""
    from agentconv.cli import main

    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        for path, text in _PROJECT.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
        os.chdir(folder)
        for words in _REHEARSED:
            with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
                main(words)
        os.chdir("/")


def _answer(caller):
    """Run the caller's command line as if it were this process's, and tell how it ended."""
    from agentconv.cli import main

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, streams, _, _ = socket.recv_fds(caller, 4, 4)
    told = b""
    while len(told) < int.from_bytes(size, "big"):
        told += caller.recv(1 << 16)
    words, environment = ast.literal_eval(told.decode())
    for number, stream in enumerate(streams[:3]):
        os.dup2(stream, number)
    os.fchdir(streams[3])
    for stream in streams:
        os.close(stream)
    os.environ.clear()
    os.environb.update(environment)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    sys.argv = ["agentconv", *words]
    code = 70
    try:
        code = main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.stdout.flush()
        caller.sendall(bytes([code]))
        os._exit(code)


if __name__ == "__main__":
    _serve(sys.argv[1])
