"""Guards that plainly let everything pass: a script that somebody emptied, or that ends with 0 before it has looked at anything.

Only what needs no thought is told from a text: whatever else a script does first, it may stop what it watches over.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from agentconv.core import hook_handlers, script_imports
from agentconv.core.expressions import expression
from agentconv.parts.hooks import scripts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agentconv.core.hook_handlers import Handler
    from agentconv.core.ir import Hook

    Read = Callable[[str], bytes | None]
    """Returns a file, by its path from the project's root; None where there is none."""

_COMMENT = expression(r"(?:^|(?<=\s))#.*$")
_DOES_NOTHING = expression(r"|:|true|set(?: [-+][A-Za-z]+(?: pipefail)?)+")
"""A shell's command that says nothing, and ends with 0."""
_ENDS = expression(r"(?:exit|return)(?: 0)?")
_NODE_COMMENT = expression(r"/\*[\s\S]*?\*/|(?m://.*$)")
_NODE_NOTHING = expression(r"[\s;]*(?:(['\"])use strict\1[\s;]*)?(?:process\.exit\((?:0)?\)[\s;]*[\s\S]*)?")
_SEVERAL = expression(r"[;&|<>\n()`]")
"""What makes a line more than one command."""
MENDED = "have it stop what it watches over (exit code 2), or take the guard out, so that nobody relies on it"


def of(hooks: Iterable[Hook], read: Read) -> list[str]:
    """Return what guards run that lets everything pass, of those of which nothing else could stop anything.

    Args:
        hooks: The guards.
        read: Reads a file of their project.
    """
    found: dict[str, None] = {}
    for hook in hooks:
        each = [_of_handler(hook_handlers.read(hook.format, one), read) for one in hook.handlers]
        if each and all(name is not None for name in each):
            found.update(dict.fromkeys(name for name in each if name is not None))
    return list(found)


def told(names: Iterable[str]) -> Iterator[str]:
    """Say it, after `a guard of X`."""
    if shown := ", ".join(f"`{name}`" for name in names):
        yield f"runs {shown}, which lets everything pass: it ends with 0 before it looks at anything"


def _of_handler(handler: Handler, read: Read) -> str | None:
    """Return what a handler runs, where that stops nothing; None of any other."""
    line = scripts.line_of(handler)
    if not line.strip():
        return None
    if _is_idle_shell(line):
        return line
    paths = [*scripts.run(handler)]
    if len(paths) != 1 or _SEVERAL.search(line.replace(hook_handlers.ROOT, "")):
        return None
    data = read(paths[0])
    try:
        return paths[0] if data is not None and stops_nothing(paths[0], data.decode("utf-8")) else None
    except UnicodeDecodeError:  # a program
        return None


def stops_nothing(path: str, text: str) -> bool:
    """Whether a script ends with 0, and has said nothing by then.

    Args:
        path: Its path, which may say what reads it.
        text: What is in it.
    """
    kind = script_imports.kind_of(path, text)
    if kind == script_imports.PYTHON:
        return _is_idle_python(text)
    if kind == script_imports.NODE:
        body = text.partition("\n")[2] if text.startswith("#!") else text
        return _NODE_NOTHING.fullmatch(_NODE_COMMENT.sub("", body)) is not None
    return _is_idle_shell(text)


def _is_idle_shell(text: str) -> bool:
    for line in text.splitlines():
        bare = _COMMENT.sub("", line)
        if bare.rstrip().endswith("\\"):
            return False
        for command in (" ".join(piece.split()) for piece in bare.split(";")):
            if _ENDS.fullmatch(command):
                return True
            if not _DOES_NOTHING.fullmatch(command):
                return False
    return True


def _is_idle_python(text: str) -> bool:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # which ends with an error
        return False
    for node in tree.body:
        if _is_exit(node):
            return True
        if not _is_nothing(node):
            return False
    return True


def _is_nothing(node: ast.stmt) -> bool:
    """Whether a statement does nothing; a module of Python's own may be imported."""
    if isinstance(node, ast.Import):
        return all(_is_standard(one.name) for one in node.names)
    if isinstance(node, ast.ImportFrom):
        return not node.level and _is_standard(node.module or "")
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in ("sys", "os", "json", "re", "__future__", "pathlib", "typing")


def _is_exit(node: ast.stmt) -> bool:
    """Whether a statement ends a program with 0."""
    call = node.value if isinstance(node, ast.Expr) else node.exc if isinstance(node, ast.Raise) else None
    called = call.func if isinstance(call, ast.Call) else None
    name = ast.unparse(called) if called is not None else ""
    wanted = ("SystemExit",) if isinstance(node, ast.Raise) else ("sys.exit", "exit", "quit", "os._exit")
    args = call.args if isinstance(call, ast.Call) and not call.keywords else None
    return name in wanted and args is not None and all(isinstance(one, ast.Constant) and one.value in (0, None) for one in args)
