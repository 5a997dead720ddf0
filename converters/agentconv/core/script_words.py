"""Files that a script's text names and that lie beside it: the lists that a guard reads, the programs that it starts.

Only the script's own folder is looked at: many a file of the project is named because a guard keeps hands off it, and goes nowhere.
"""

from __future__ import annotations

import ast
import posixpath
from bisect import bisect_right
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterator, Mapping

TEXTS = (".json", ".jsonc", ".toml", ".yaml", ".yml", ".xml", ".ini", ".cfg", ".conf", ".lst", ".list", ".csv", ".tsv", ".txt", ".md")
"""What is read, and not run, by its name."""
_READS = frozenset(("read_text", "read_bytes"))
_JOINS = frozenset(("join", "joinpath", "Path", "PurePath", "PosixPath"))
_ASKS = expression(r"\bexists\b|\bis_?file\b|\bexistsSync\b|\baccess\b|\bglob\b")
"""What a script says that may do without a file."""
_WORD = expression(r"[\w.@+-]+(?:/[\w.@+-]+)*")
_STARTS = expression(r"\bsubprocess\b|\bos\.(?:system|exec|spawn|popen)|\bchild_process\b|\bexecFile\b|\bspawn\b")
_LINE_END = expression(r"\n")
_COMMENT = expression(r"(?m)(?:^|(?<=\s))#.*$")
_VARIABLE = expression(r"\$(?:\{[^}\n]{0,500}\}|\w+)")
_SHELL_WORD = expression(r"(?<![\w@+-])[\w@+-]*(?:\.[\w@+-]+)+(?:/[\w@+-][\w.@+-]*)*|(?<![\w@+-])[\w@+-]+(?:/[\w@+-][\w.@+-]*)+")
_RUNS = expression(r"(?:^|[\s;&|(])(?:\.|source|exec|(?:ba|z|da)?sh|python[\d.]*|node|bun|deno|ruby|perl)(?:\s+-\S+)*\s+\S*$")
"""What stands before a word that is run, whatever it is called."""
_LONGEST = 255
"""Characters of the path of a file beside a script: more of it is made of many words, none of which is one."""
_BEFORE = 200
"""Characters of a line that are looked at before a word: a line may be as long as a file."""
_NODE_STRING = expression(r"'([^'\\\n]+)'|\"([^\"\\\n]+)\"|`([^`\\\n$]+)`")
_NODE_READ = expression(r"\breadFile(?:Sync)?\(\s*(?:\w+\.)?(?:(?:join|resolve)\(\s*__dirname\s*,|__dirname\s*\+|new URL\()\s*$")


@dataclass(frozen=True, slots=True)
class Named:
    """One file that a script's text names."""

    word: str
    line: int
    paths: tuple[str, ...]
    """Where it may be, from the project's root."""
    needed: bool = False
    """Whether the script reads it for certain."""
    run: bool = False
    """Whether it is run, and not read."""


def of_python(path: str, tree: ast.AST, text: str, spared: Collection[int]) -> Iterator[Named]:
    """Yield what a script of Python's names.

    Args:
        path: The script.
        tree: What Python makes of it.
        text: Its text.
        spared: The ids of the nodes that it goes on without.
    """
    folder, known, reads = posixpath.dirname(path), _assigned(tree), _read_by(tree)
    own = {"__file__": 0}
    for name, value in known.items():
        if (up := _up(value, own)) is not None:
            own[name] = up
    certain, starts = _ASKS.search(text) is None, _STARTS.search(text) is not None
    begins: dict[int, int | None] = {}
    for node in ast.walk(tree):
        said = reads.get(id(node)) or (node if isinstance(node, ast.expr) else None)
        if said is None:
            continue
        value = known.get(said.id, said) if id(node) in reads and isinstance(said, ast.Name) else said
        word = _path(value)
        if word is None or (found := _named(folder, word.lstrip("/"), getattr(node, "lineno", 1), starts=starts)) is None:
            continue
        needed = certain and id(node) in reads and id(node) not in spared
        if needed and id(value) not in begins:
            begins[id(value)] = _up(value, own)
        yield replace(found, needed=needed and (begins[id(value)] == 1 or _is_below(folder, word)))


def _assigned(tree: ast.AST) -> dict[str, ast.expr]:
    """Return what a script calls what, in the order of its text; nothing of a name that is two things."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in (one for one in node.targets if isinstance(one, ast.Name)):
                found.setdefault(target.id, []).append(node.value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _read_by(tree: ast.AST) -> dict[int, ast.expr]:
    """Return by call what is read in it: an `open` that writes nothing, a path's `read_text`."""
    found: dict[int, ast.expr] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and (node.func.attr in _READS or (node.func.attr == "open" and not _writes(node.args))):
            found[id(node)] = node.func.value
        elif isinstance(node.func, ast.Name) and node.func.id == "open" and node.args and not _writes([*node.args[1:], *_mode(node)]):
            found[id(node)] = node.args[0]
    return found


def _mode(node: ast.Call) -> list[ast.expr]:
    return [one.value for one in node.keywords if one.arg == "mode"]


def _writes(modes: list[ast.expr]) -> bool:
    return any(not isinstance(one, ast.Constant) or bool({*"wax+"} & {*str(one.value)}) for one in modes[:1])


def _up(node: ast.AST, own: Mapping[str, int]) -> int | None:
    """Return how many folders above itself a script begins to look for a file; None where it does not begin at itself."""
    inside = [*ast.walk(node)]
    starts = [own[one.id] for one in inside if isinstance(one, ast.Name) and one.id in own]
    steps = [one.attr for one in inside if isinstance(one, ast.Attribute)] + [one.id for one in inside if isinstance(one, ast.Name)]
    return None if not starts or "parents" in steps else starts[0] + sum(step in ("parent", "dirname") for step in steps)


def _path(node: ast.expr) -> str | None:
    """Return the words that an expression ends in, as a path; None where it is none, or its end is made up while it runs."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Add)):
        return _joined(_operands(node))
    if isinstance(node, ast.JoinedStr):
        return _joined(node.values)
    name = (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
    return _joined(node.args) if isinstance(node, ast.Call) and name in _JOINS else None


def _operands(node: ast.expr) -> list[ast.expr]:
    """Return what an expression puts one behind the other: there may be more of it than Python goes into."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Add)):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _joined(pieces: list[ast.expr]) -> str | None:
    words: list[str] = []
    for piece in reversed(pieces):  # what stands before something that nobody knows is no part of the end
        word = _path(piece)
        if word is None:
            break
        words.insert(0, word)
    return "/".join(words) or None


def of_node(path: str, text: str) -> Iterator[Named]:
    """Yield what a script of Node's names."""
    certain, starts = _ASKS.search(text) is None, _STARTS.search(text) is not None
    lines = Lines(text)
    for found in _NODE_STRING.finditer(text):
        word = found[found.lastindex or 1]
        named = _named(posixpath.dirname(path), word.lstrip("/"), lines.number(found.start()), starts=starts)
        if named:
            yield replace(named, needed=certain and _NODE_READ.search(lines.before(found.start())) is not None)


def of_shell(path: str, text: str) -> Iterator[Named]:
    """Yield what a shell's text names."""
    bare = _VARIABLE.sub(_blank, _COMMENT.sub(_blank, text))
    lines, known = Lines(bare), dict[str, Named]()
    for found in _SHELL_WORD.finditer(bare):
        named = _named(posixpath.dirname(path), found[0], lines.number(found.start()), starts=False)
        if named:
            run = named.run or _RUNS.search(lines.before(found.start())) is not None or (named.word in known and known[named.word].run)
            known[named.word] = replace(named, run=run)
    yield from known.values()


class Lines:
    """The lines of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def number(self, at: int) -> int:
        """Return the number of the line that a place is in."""
        return bisect_right(self._starts, at)

    def before(self, at: int) -> str:
        """Return what stands before a place on its line, as far as that matters: a sign for what is left out."""
        start = self._starts[self.number(at) - 1]
        return self._text[start:at] if at - start <= _BEFORE else f"_{self._text[at - _BEFORE : at]}"


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _named(folder: str, word: str, line: int, *, starts: bool) -> Named | None:
    """Return what a word of a script's text names beside it; None where it can be no such file, or is one that lists do not show.

    Where the script starts programs, it is taken to be one.
    """
    word = word.removeprefix("./")
    path = word if _is_below(folder, word) else posixpath.join(folder, word)
    hidden = any(step.startswith(".") for step in path.removeprefix(f"{folder}/").split("/"))
    if not folder or hidden or len(word) > _LONGEST or not _WORD.fullmatch(word):
        return None
    return Named(word, line, (path,), run=starts or not word.endswith(TEXTS))


def _is_below(folder: str, word: str) -> bool:
    return word.startswith(f"{folder}/")
