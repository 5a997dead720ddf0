"""An `agentconv` whose modules are loaded already: each run is a fork of one process, in the caller's folder, environment and streams.

A fork does all that the program does, as a process of its own; it is spared what Python and its imports cost, which is most of a short run.
"""

import ast
import atexit
import importlib
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
import os, sys
from socket import AF_UNIX, socket, send_fds
caller = socket(AF_UNIX)
caller.connect(sys.argv[1])
here = os.open(".", os.O_RDONLY)
told = repr((sys.argv[2:], dict(os.environ))).encode()
send_fds(caller, [len(told).to_bytes(4, "big")], [0, 1, 2, here])
caller.sendall(told)
sys.exit((caller.recv(1) or b"\\xff")[0])
"""
"""What stands in for the program: it hands over its words and streams, and ends as the run ends."""

_LOADED = (
    "agentconv.cli.run",
    "agentconv.cli.convert",
    "agentconv.cli.lint",
    "agentconv.cli.inspect",
    "agentconv.cli.sync",
    "agentconv.api",
)


@cache
def script():
    """Return the text of a program for `sh` that does what `python -m agentconv` does; what forks for it ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="agentconv-warm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "caller.py").write_text(_CALLER, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    server = subprocess.Popen([sys.executable, __file__, folder / "socket"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    assert server.stdout.readline() == b"ready\n"
    atexit.register(server.communicate)
    return f'#!/bin/sh\nexec "{sys.executable}" -I -S "{folder}/caller.py" "{folder}/socket" "$@"\n'


def _serve(path):
    """Fork for each caller, until whoever started this has gone, which ends its standard input."""
    for name in _LOADED:
        importlib.import_module(name)
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
    os.environ.update(environment)
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
