"""What a script takes in of other files: modules that it imports, texts of a shell that it reads as its own, files beside it that it names.

Without them a guard ends with an error, and an error blocks nothing. Nothing is run to find out: the text says what it takes in.
"""

from __future__ import annotations

import ast
import posixpath
import sys
from bisect import bisect_left
from typing import TYPE_CHECKING

from agentconv.core import script_words
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeGuard

    from agentconv.core.script_words import Named

PYTHON, NODE, SHELL = "python", "node", "sh"
SHELLS = ("sh", "bash", "zsh", "dash")
_KINDS = {PYTHON: ("python",), NODE: ("node", "bun", "deno", "tsx"), SHELL: SHELLS}
_ENDS = {PYTHON: (".py",), NODE: (".js", ".mjs", ".cjs", ".ts"), SHELL: (".sh", ".bash")}
_ASKED = expression(r"-[efrs]\s+[\"']?")
"""What asks whether a file is there."""
_LONGEST = 1_000
"""Characters of what is asked for that are looked at."""
_IMPORTERS = frozenset(("import_module", "__import__"))
_NODE_ENDS = ("", ".js", ".mjs", ".cjs", ".ts", ".json", "/index.js", "/index.ts")
_NODE_IMPORT = expression(r"(?:\brequire\(\s*|\bfrom\s+|\bimport\s*\(?\s*)['\"](\.{1,2}/[^'\"\n]+)['\"]")
_SOURCED = expression(
    r"""(?m)(?:^|[;&|{(]|\b(?:then|do|else)\b)[ \t]*(?:\.|source)[ \t]+((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s;&|"'])+)(.*)$"""
)
_COMMENT = expression(r"(?m)(?:^|(?<=\s))#.*$")
_OWN_FOLDER = expression(r"^(?:\$\(.*\)|`.*`|\$\{(?:BASH_SOURCE|0)\b.*\}|\$\{?([A-Za-z_]\w*)\}?)/")
"""What a shell's text says instead of the folder that it is in: `$(dirname "$0")/`, `${BASH_SOURCE%/*}/`, or a variable that it sets."""
_ROOT = expression(r"^\$(?:\{CLAUDE_PROJECT_DIR(?::-[^}]*)?\}|CLAUDE_PROJECT_DIR)/")
_MADE_UP = expression(r"""^["']?(?!~|\$\{?HOME\b)[^/"'].*/.*\$|^["']?\$(?!\{?HOME\b).*/""")
"""What begins in no folder of the machine's or the user's, and is no variable alone, which may be any file that was found before."""
_UNKNOWN = expression(r"[$`*?~\\]")


@dataclass(frozen=True, slots=True)
class TakenIn:
    """One file that a script takes in, or a module of which several files may be part."""

    word: str
    """As the script calls it."""
    line: int
    paths: tuple[str, ...]
    """Where it may be, from the project's root."""
    optional: bool = False
    """Whether the script does without it."""
    installed: bool = False
    """Whether it may be a package of the machine as well, which nobody sees in the project."""
    named: bool = False
    """Whether it is no part of the script itself: a file that its text names."""
    read: bool = False
    """Whether that is a list, or settings, and nothing runs it."""
    made_up: bool = False
    """Whether its name is made up while the script runs, so that nobody knows where it may be."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What a script takes in that is nowhere."""

    word: str
    path: str
    """The script."""
    line: int
    installed: bool = False
    """Whether it may be there all the same: a package of the machine, or a file whose name nobody knows."""
    made_up: bool = False
    """Whether that is a file whose name is made up while the script runs."""

    @property
    def shown(self) -> str:
        """For people."""
        return f"`{self.word}` ({self.path}:{self.line})"


@dataclass(frozen=True, slots=True)
class Followed:
    """What some scripts take in, however deep."""

    files: tuple[str, ...]
    """What is there of it."""
    lacks: tuple[Lack, ...]
    """What is not."""


def kind_of(path: str, text: str) -> str:
    """Return what reads a script: what its first line names, or what its suffix is for, or else a shell."""
    program = text.partition("\n")[0].split("/")[-1] if text.startswith("#!") else ""
    return next((kind for kind, marks in _KINDS.items() if any(mark in program for mark in marks) or path.endswith(_ENDS[kind])), SHELL)


def follow(paths: Iterable[str], read: Callable[[str], bytes | None]) -> Followed:
    """Return what scripts take in, and what these take in themselves.

    Args:
        paths: The scripts, from the project's root.
        read: Returns a file of the project, or None where there is none.
    """
    left = list(dict.fromkeys(paths))
    seen, files, lacks = {*left}, [], []
    own: set[str] = set()  # packages of the project's, whose modules are, too
    for path in left:  # which grows
        try:
            text = (read(path) or b"").decode("utf-8")
        except UnicodeDecodeError:  # a program, which holds what it needs
            continue
        for one in of(path, text):
            there = [other for other in one.paths if other in seen or read(other) is not None]
            new = [other for other in dict.fromkeys(there) if other not in seen]
            seen.update(new)
            files += new
            left += new
            own.update([one.word] if there else [])
            if not there and not one.optional:
                lacks.append(Lack(one.word, path, one.line, one.installed and one.word not in own, one.made_up))
    return Followed(tuple(files), tuple(dict.fromkeys(lacks)))


def of(path: str, text: str) -> Iterator[TakenIn]:
    """Yield what a script takes in."""
    kind = kind_of(path, text)
    return _of_python(path, text) if kind == PYTHON else _of_node(path, text) if kind == NODE else _of_shell(path, text)


def _beside(found: Iterable[Named]) -> Iterator[TakenIn]:
    """Yield files that a script's text names: what it does not read for certain may be anything that only is called so."""
    for one in found:
        yield TakenIn(one.word, one.line, one.paths, not one.needed, named=True, read=not one.run)


def _of_python(path: str, text: str) -> Iterator[TakenIn]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):  # which Python does not run either
        return
    spared = {id(node) for outer in ast.walk(tree) if _does_without(outer) for node in ast.walk(outer)}
    yield from _beside(script_words.of_python(path, tree, text, spared))
    bases = [posixpath.dirname(path)]
    if "sys.path" in text:  # and nobody knows which
        bases += _above(bases[0])
    for node in ast.walk(tree):
        for module, names, level in _modules(node):
            folders = [posixpath.normpath(posixpath.join(bases[0], *[".."] * (level - 1)))] if level else bases
            standard = not level and module.partition(".")[0] in sys.stdlib_module_names
            optional = standard or id(node) in spared
            for one in _places_of(module, names, folders, getattr(node, "lineno", 1), optional=optional):
                yield replace(one, installed=not level)


def _above(folder: str) -> Iterator[str]:
    while folder:
        folder = posixpath.dirname(folder)
        yield folder


def _modules(node: ast.AST) -> Iterator[tuple[str, list[str], int]]:
    """Yield the modules that a statement imports, each with the names that it takes from it, and how far up that begins."""
    if isinstance(node, ast.Import):
        yield from ((one.name, [], 0) for one in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield node.module or "", [one.name for one in node.names], node.level
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in _IMPORTERS:
        yield from ((one.value, [], 0) for one in node.args[:1] if isinstance(one, ast.Constant) and _is_module(one.value))


def _is_module(word: object) -> TypeGuard[str]:
    return isinstance(word, str) and all(step.isidentifier() for step in word.split("."))


def _places_of(module: str, names: list[str], folders: Iterable[str], line: int, *, optional: bool) -> Iterator[TakenIn]:
    steps = module.split(".") if module else []
    for number in range(1, len(steps)):
        yield TakenIn(module, line, tuple(_at(folder, *steps[:number], "__init__.py") for folder in folders), optional=True)
    alone = (tuple(_at(folder, *steps, end) for end in ("__init__.py",)) for folder in folders)
    whole = [_at(folder, *steps[:-1], f"{steps[-1]}.py") for folder in folders] if steps else []
    inside = [_at(folder, *steps, end) for folder in folders for name in names for end in (f"{name}.py", f"{name}/__init__.py")]
    yield TakenIn(module or ".", line, (*whole, *(path for paths in alone for path in paths), *inside), optional)


def _at(folder: str, *steps: str) -> str:
    return posixpath.normpath(posixpath.join(folder, *steps))


def _does_without(node: ast.AST) -> bool:
    """Whether a statement goes on where an import in it fails, or imports for readers of its types alone."""
    if isinstance(node, ast.Try):
        return any(one.type is None or _says(one.type, "Error", "Exception") for one in node.handlers)
    return isinstance(node, ast.If) and _says(node.test, "TYPE_CHECKING")


def _says(node: ast.expr, *words: str) -> bool:
    """Whether a name in an expression has some word in it."""
    names = (getattr(one, "id", getattr(one, "attr", "")) for one in ast.walk(node))
    return any(word in name for name in names for word in words)


def _of_node(path: str, text: str) -> Iterator[TakenIn]:
    yield from _beside(script_words.of_node(path, text))
    lines = script_words.Lines(text)
    for found in _NODE_IMPORT.finditer(text):
        place = _at(posixpath.dirname(path), found[1])
        stems = (place, *(place.removesuffix(end) for end in (".js", ".mjs") if place.endswith(end)))  # written for what is made of `.ts`
        yield TakenIn(found[1], lines.number(found.start()), tuple(dict.fromkeys(f"{stem}{end}" for stem in stems for end in _NODE_ENDS)))


def _of_shell(path: str, text: str) -> Iterator[TakenIn]:
    yield from () if path.endswith(script_words.TEXTS) else _beside(script_words.of_shell(path, text))
    bare = _COMMENT.sub(lambda found: " " * len(found[0]), text)
    lines = script_words.Lines(bare)
    asked = sorted(bare[one.end() : one.end() + _LONGEST] for one in _ASKED.finditer(bare))
    for found in _SOURCED.finditer(bare):
        places, word = _sourced(posixpath.dirname(path), found[1], bare), found[1].strip("\"'")
        nearest = bisect_left(asked, word)
        is_asked = nearest < len(asked) and asked[nearest].startswith(word)
        made_up = not places and _MADE_UP.search(found[1]) is not None
        optional = not (places or made_up) or is_asked or "||" in found[2]
        yield TakenIn(word, lines.number(found.start(1)), places, optional, installed=made_up, made_up=made_up)


def _sourced(folder: str, word: str, whole: str) -> tuple[str, ...]:
    """Return where a file may be that a shell's text takes in; nothing where its name or place is made up while it runs, or outside."""
    text = word.replace('"', "").replace("'", "")
    if _ROOT.match(text):
        folders, rest = [""], _ROOT.sub("", text)
    elif (own := _OWN_FOLDER.match(text)) and (own[1] is None or f"{own[1]}=" in whole):
        folders, rest = [folder], _OWN_FOLDER.sub("", text)
    else:
        folders, rest = ["", folder], text
    if not rest or rest.startswith("/") or _UNKNOWN.search(rest):
        return ()
    return tuple(path for path in dict.fromkeys(_at(one, rest) for one in folders) if not path.startswith(".."))
