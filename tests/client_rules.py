r"""What clients decide by rules of a whole set, written from their own sources and from what they answered: independent of how we read one.

A command line is made of pieces here rather than parsed (`Line`): each client is told what it holds its patterns against. Levels are 0
(denied), 1 (asked about) and 2 (done unasked).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from client_patterns import glob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

DENIED, ASKED, FREE = range(3)
_LEVELS = {"deny": DENIED, "ask": ASKED, "allow": FREE}
AROUND: Mapping[str, tuple[str, ...]] = {
    "{}": (),
    "true && {}": ("true",),
    "{}; true": ("true",),
    "true | {}": ("true",),
    "echo $({})": ("echo $({})",),
    'echo "$({})"': ('echo "$({})"',),
    "echo `{}`": ("echo `{}`",),
    'echo "`{}`"': ('echo "`{}`"',),
    'echo "$(true; {})"': ('echo "$(true; {})"', "true"),
    'echo "$(nice  {})"': ('echo "$(nice  {})"',),
    'echo "$(true&&{};true)"': ('echo "$(true&&{};true)"', "true"),
    "({})": (),
    "if true; then {}; fi": ("true",),
}
"""What a command may stand in, with the other commands of the line as their nodes in a syntax tree have them."""
WRAPPERS = ("", "sudo ", "env A=1 ", "timeout 5 ", "nohup ", "xargs ", "A=1 ")


@dataclass(frozen=True)
class Line:
    """A command line."""

    words: tuple[str, ...]
    around: str = "{}"
    wrapper: str = ""
    folder: str = ""
    """Of the program: `/bin/`."""

    @property
    def command(self) -> str:
        """The command as it stands in the line."""
        return f"{self.wrapper}{self.folder}{' '.join(self.words)}"

    @property
    def text(self) -> str:
        """The whole line."""
        return self.around.format(self.command)


@dataclass(frozen=True)
class Call:
    """What is done: `run` a line, `read`, `write` or `search` a path, `fetch` a page of a host, or call a tool (`server/tool`)."""

    does: str
    what: Line | str = ""

    def tool(self, apart: str) -> str:
        """Return the name that a client gives the tool of a server."""
        return str(self.what).replace("/", apart)

    def is_of(self, domain: str | None) -> bool:
        """Whether the page that is fetched is one of a domain, as a rule has it."""
        host = (domain or "").removeprefix("domain:")
        return self.does == "fetch" and bool(host) and (self.what == host or str(self.what).endswith(f".{host}"))


# --- OpenCode 1.18.33 and Kilo 7.7.9


def _nodes(line: Line) -> Iterator[str]:
    """Yield the commands of a line as its syntax tree has them: in `$(...)`, too; leading assignments are part of one."""
    yield line.command
    yield from (one.format(line.command) for one in AROUND[line.around])


def maps(entries: Sequence[tuple[str, str, str]], call: Call) -> int:
    """`rules.findLast((rule) => match(permission, rule.permission) && match(pattern, rule.pattern))`; what no rule is about is allowed.

    Args:
        entries: Permission, pattern and action, in order.
        call: What is done. A search is held against what it looks for, which nobody knows here.
    """
    word = {"run": "bash", "read": "read", "write": "edit", "search": "grep", "fetch": "webfetch"}.get(call.does) or call.tool("_")
    subjects = list(_nodes(call.what)) if isinstance(call.what, Line) else [call.what if call.does in ("read", "write") else "x"]
    levels = []
    for subject in subjects:
        if call.does == "run" and subject.split(" ")[0] in ("cd", "pushd", "popd"):
            continue
        found = [action for permission, pattern, action in entries if glob(permission, word) and glob(pattern, subject)]
        levels.append(_LEVELS[found[-1]] if found else FREE)
    return min(levels, default=FREE)


def entries_of(permission: Any) -> list[tuple[str, str, str]]:
    """Return a map `permission` as its rules, in order."""
    if isinstance(permission, str):
        return [("*", "*", permission)]
    found = []
    for word, value in permission.items():
        found += [(word, "*", value)] if isinstance(value, str) else [(word, pattern, action) for pattern, action in value.items()]
    return found


def decide_maps(file: Any, call: Call, default: int | None = None) -> int:
    """Decide as OpenCode and Kilo do, which do unasked what no rule is about."""
    return maps(entries_of(file.get("permission", {})), call)


# --- lists of `Tool(pattern)`, of which the strictest counts


def _decide_lists(
    lists: Mapping[str, Iterable[str]], matches: Callable[[str, str | None, Call, str], bool], call: Call, default: int
) -> int:
    for effect in ("deny", "ask", "allow"):
        for text in lists.get(effect, ()):
            word, _, pattern = text.removesuffix(")").partition("(") if text.endswith(")") else (text, "", None)
            if matches(word, pattern, call, effect):
                return _LEVELS[effect]
    return default


_DEFAULT = {"run": ASKED, "write": ASKED, "fetch": ASKED, "read": FREE, "search": FREE, "server": ASKED}


MAY_ASK: Mapping[str, frozenset[str]] = {
    "claude-code": frozenset({"run", "write", "fetch", "server"}),
    "gemini-cli": frozenset({"run", "write", "fetch", "server"}),
    "kilo": frozenset({"run"}),
    "qwen-code": frozenset({"run", "fetch", "server"}),
}
"""What clients were seen to ask for in a session without any setting, if only in some modes; OpenCode and goose ask for none of it."""


# --- Claude Code 2.1.329 (asked)


def _spellings(line: Line) -> list[str]:
    """Return what Claude Code holds a denial of commands against: each command, and it without what stands before its program."""
    bare = " ".join(line.words)
    return [line.command, f"{line.folder}{bare}", bare, *(one.format(line.command) for one in AROUND[line.around])]


def _of_claude(word: str, pattern: str | None, call: Call, effect: str) -> bool:
    if word == "Bash" and call.does == "run" and isinstance(call.what, Line):
        if pattern is None:
            return True
        texts = _spellings(call.what) if effect != "allow" else [call.what.text]
        return any(_of_bash(pattern, text) for text in texts)
    words = {
        "read": ("Read",),
        "search": ("Read", "Grep") if pattern is not None and effect != "allow" else ("Grep",),
        "write": ("Edit", "Read") if effect != "allow" else ("Edit",),
        "fetch": ("WebFetch",),
    }.get(call.does, ())
    if call.does == "server":
        return _is_tool(word, call)
    if word == "WebFetch" and pattern is not None:
        return call.is_of(pattern)
    if word == "Write" and pattern is None and call.does == "write":
        return True
    if word not in words or (word == "Edit" and pattern is None and call.does == "write"):
        return False
    if pattern is None:
        return word != "Read" or call.does in ("read", "write")
    return call.does in ("read", "write", "search") and ignored(pattern, str(call.what))


def _is_tool(word: str, call: Call) -> bool:
    """Whether a rule is about a server, or about its tool: a star stands for any text in either (asked)."""
    name = f"mcp__{call.tool('__')}"
    return fnmatchcase(name, word) or (word.count("__") == 1 and name.startswith(f"{word}__"))


def _of_bash(pattern: str, text: str) -> bool:
    found = re.fullmatch(r"(.+):\*", pattern)
    if found:
        return text == found[1] or text.startswith(f"{found[1]} ")
    expression = re.escape(pattern).replace(r"\*", ".*")
    if pattern.endswith(" *") and pattern.count("*") == 1:
        expression = f"{re.escape(pattern[:-2])}( .*)?"
    return re.fullmatch(expression, text, re.DOTALL) is not None


def ignored(pattern: str, path: str) -> bool:
    """Whether a path is one of a gitignore pattern, at any depth (asked: `Read(./.env)` denies sub/.env)."""
    names = [name for name in pattern.removeprefix("./").strip("/").split("/") if name]
    parts = path.split("/")
    if not names:
        return False
    starts = range(1 if pattern.startswith("/") else len(parts))
    ways = [[*parts[start:end]] for start in starts for end in range(start + 1, len(parts) + 1)]
    return any(_segments(names, way) for way in ways if not (pattern.endswith("/") and way[-1] == parts[-1]))


def _segments(names: Sequence[str], parts: Sequence[str]) -> bool:
    if not names or not parts:
        return not names and not parts
    if names[0] == "**":
        return len(names) == 1 or any(_segments(names[1:], parts[start:]) for start in range(len(parts)))
    return fnmatchcase(parts[0], names[0]) and _segments(names[1:], parts[1:])


def decide_claude(file: Any, call: Call, default: int | None = None) -> int:
    """Decide as Claude Code does in its default mode."""
    return _decide_lists(file.get("permissions", {}), _of_claude, call, _DEFAULT[call.does] if default is None else default)


# --- Qwen Code 0.24.4 (packages/core/src/permissions/rule-parser.ts)


def _pieces(text: str) -> list[str]:
    """`splitCompoundCommand`: cut at operators outside of quotes; then `stripLeadingVariableAssignments`: words, joined by blanks."""
    cut: list[str] = [""]
    quote = ""
    for char in text:
        if quote or char in "\"'":
            quote = "" if char == quote else quote or char
            cut[-1] += char
        elif char in "&|;\n":
            cut.append("")
        else:
            cut[-1] += char
    return [_joined(one) for one in cut if one.strip()]


def _joined(piece: str) -> str:
    """What `shell-quote` gives: quotes gone, `(`, `)`, `<` and `>` words of their own; `$(` is `$ (` outside of quotes and `(` in them."""
    words = []
    for quoted, bare in re.findall(r"\"([^\"]*)\"|([^\"]+)", piece):
        words.append(quoted.replace("$(", "(") if quoted else re.sub(r"([()<>])", r" \1 ", bare))
    tokens = re.split(r"[ \t]+", "".join(words).strip())
    while tokens and re.match(r"[A-Za-z_][A-Za-z0-9_]*=", tokens[0]):
        tokens.pop(0)
    return " ".join(tokens)


def _of_qwen_command(pattern: str, text: str) -> bool:
    pattern = pattern.replace(":*", " *")
    if "*" not in pattern:
        return text == pattern or text.startswith(f"{pattern} ")
    expression = re.sub(r"\\ \\\*|\\\*", lambda star: "( .*)?" if star[0].startswith("\\ ") else ".*", re.escape(pattern))
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _of_qwen(word: str, pattern: str | None, call: Call, effect: str) -> bool:
    words = {
        "run": ("Bash", "run_shell_command"),
        "read": ("Read", "read_file"),
        "search": ("Grep", "Read") if pattern is None else (),
        "write": ("Edit", "write_file", "Write"),
        "fetch": ("WebFetch", "web_fetch"),
    }.get(call.does, ())
    if call.does == "server":
        return _is_tool_of_qwen(word, call)
    if word not in words:
        return False
    if pattern is None:
        return True
    if call.does == "fetch":
        return call.is_of(pattern)
    if isinstance(call.what, Line):
        pieces = [_of_qwen_command(pattern, piece) for piece in _pieces(call.what.text)]
        return all(pieces) if effect == "allow" else any(pieces)
    names = pattern.removeprefix("./").strip("/").split("/")
    return _segments([name for name in names if name], call.what.split("/")) or (
        names[-1] == "**" and _segments(names[:-1], call.what.split("/"))
    )


def _is_tool_of_qwen(word: str, call: Call) -> bool:
    """`matchesMcpPattern`: the whole name, what begins as a name that ends in a star does, or a server alone."""
    name = f"mcp__{call.tool('__')}"
    if word.endswith("*"):
        return name.startswith(word[:-1])
    return name == word or (word.count("__") == 1 and name.startswith(f"{word}__"))


def decide_qwen(file: Any, call: Call, default: int | None = None) -> int:
    """Decide as Qwen Code does in `auto`, the mode that a session starts in: a model decides what is asked for, and nothing surely is."""
    lists = {effect: list(texts) for effect, texts in file.get("permissions", {}).items()}
    lists.setdefault("deny", []).extend(file.get("tools", {}).get("exclude", ()))
    return _decide_lists(lists, _of_qwen, call, FREE if default is None else default)


# --- CodeBuddy Code 2.163.0 (asked, with every call allowed)


def _of_codebuddy(word: str, pattern: str | None, call: Call, effect: str) -> bool:
    """A command is one at the start of a piece of its line; a path is below the project, and none that begins with `./` or `/`."""
    words = {"run": "Bash", "read": "Read", "search": "Grep", "write": "Edit", "fetch": "WebFetch"}
    if call.does == "server":
        named = [*call.tool("__").split("__"), ""]
        said = word.split("__")
        return said[0] == "mcp" and all(one in ("*", name) for one, name in zip(said[1:], named, strict=False))
    if word != words[call.does] or pattern is None:
        return word == words[call.does]
    if isinstance(call.what, Line):
        line = call.what
        return line.around in _PLAIN and not line.wrapper and _of_bash(pattern, line.folder + " ".join(line.words))
    return call.does in ("read", "write") and not pattern.startswith(("./", "/")) and _segments(pattern.split("/"), call.what.split("/"))


def decide_codebuddy(file: Any, call: Call, default: int | None = None) -> int:
    """Decide as CodeBuddy does in its default mode."""
    return _decide_lists(file.get("permissions", {}), _of_codebuddy, call, _DEFAULT[call.does] if default is None else default)


# --- Gemini CLI 0.61.0 (packages/core/src/policy/config.ts), where no policies of a project are read


def decide_gemini(file: Any, call: Call, default: int | None = None) -> int:
    """Decide as Gemini does: whole tools alone, since a name with a pattern in `tools.exclude` is the name of no tool."""
    tools = file.get("tools", {})
    word = {"run": "run_shell_command", "read": "read_file", "write": "write_file", "search": "grep_search", "fetch": "web_fetch"}
    name = word.get(call.does) or f"mcp_{call.tool('_')}"
    names = {name, f"mcp_{str(call.what).partition('/')[0]}_*", "mcp_*"} if call.does == "server" else {name}
    if names & set(tools.get("exclude", ())):
        return DENIED
    if names & set(tools.get("confirmationRequired", ())):
        return ASKED
    return FREE if name in tools.get("allowed", ()) else _DEFAULT[call.does] if default is None else default


# --- Roo Code 3.54 (src/core/ignore/RooIgnoreController.ts)


def decide_roo(file: Any, call: Call, default: int | None = None) -> int:
    """Decide as Roo does: a file that is ignored is neither read, searched nor written; it fetches no page, and asks for all else."""
    if call.does in ("read", "search", "write"):
        denied = any(ignored(line, str(call.what)) for line in (file or "").split("\n") if line)
        return DENIED if denied else _DEFAULT[call.does] if default is None else default
    return DENIED if call.does == "fetch" else ASKED


# --- Codex 0.169.0 (asked), whose rules are held against plain commands


_PLAIN = ("{}", "true && {}", "{}; true", "true | {}")
_DECISIONS = {"forbidden": DENIED, "prompt": ASKED, "allow": FREE}


def decide_codex(file: Sequence[tuple[str, str]], call: Call, default: int | None = None) -> int:
    """Decide as Codex does: a line that has more than plain commands in it is no command that a rule is about."""
    line = call.what
    if not isinstance(line, Line) or line.around not in _PLAIN or line.wrapper:
        return FREE
    text = " ".join(line.words)
    levels = [_DECISIONS[decision] for words, decision in file if text == words or text.startswith(f"{words} ")]
    return min(levels, default=FREE if default is None else default)


DECIDERS: Mapping[str, Callable[..., int]] = {
    "claude-code": decide_claude,
    "codebuddy": decide_codebuddy,
    "codex": decide_codex,
    "gemini-cli": decide_gemini,
    "kilo": decide_maps,
    "opencode": decide_maps,
    "qwen-code": decide_qwen,
    "roo": decide_roo,
}
