"""What the matchers of hooks on tools mean, and the same in another client's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core import hook_facts, regexes, vocabulary
from agentconv.core.access import EFFECT_OF
from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from agentconv.core.ir import Hook

_EVERYTHING = (None, "", "*", ".*")
ON_TOOLS = frozenset({"before-tool", "after-tool", "after-tool-failure", "permission-request"})
"""Portable events whose matchers are held against the names of tools."""
_WORDS = expression(r"[A-Za-z0-9_| ,-]+")
_PLAIN = expression(r"[A-Za-z0-9_-]+")
_WRAPPED = expression(r"\^?\((?:\?:)?([^()]*)\)\$?|\^([^()|]*)\$")
_WHOLE = expression(r"\^(?:\((?:\?:)?[^()]*\)|[^()|]*)\$")
"""An expression that fits names as a whole alone."""
_MCP = expression(r"\^?mcp__(?P<server>[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*)__(?P<tool>[A-Za-z0-9_-]+|\.\*)\$?")
"""Tools of a server as most clients with such matchers call them."""
_EVERY_MCP = expression(r"\^?mcp__(?:\.\*)?\$?")
_ALL_MCP = "mcp__.*"
_NEAREST = {"notebook.edit": ("fs.edit", "fs.write"), "fs.edit": ("fs.write",), "fs.list": ("fs.search",), "fs.search": ("fs.list",)}
"""What does the work of a capability, where a client has no tool for it."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A matcher in a target's words."""

    matcher: str | None
    """None where all tools are meant."""
    moot: tuple[str, ...] = ()
    """Words for tools that the target has not got."""
    dead: tuple[str, ...] = ()
    """What never fits a tool in the source client."""

    @property
    def is_idle(self) -> bool:
        """Whether it would fit no tool of the target."""
        return self.matcher == ""


def is_everything(hook: Hook) -> bool:
    """Whether a hook is about each event of its kind; what an expression leaves empty on a side of a bar (`|Bash`) fits each name."""
    return hook.matcher in _EVERYTHING or (hook.event in ON_TOOLS and _has_empty_side(hook))


def _has_empty_side(hook: Hook) -> bool:
    """Whether one of the alternatives of an expression is empty, and the client takes none for names."""
    facts, text = hook_facts.hooks(hook.format), (hook.matcher or "").strip()
    held = facts.matches if facts is not None else ""
    if "(" in text or "[" in text or not (held == "expression" or (held == "words" and not _WORDS.fullmatch(text))):
        return False
    return any(not piece.strip() for piece in text.split("|"))


def is_sure(hook: Hook) -> bool:
    """Whether each tool that a matcher fits is known by its name: an expression may fit a server's tools as well, which nobody lists here.

    A server with `_` in its name is not sure either: what the source client spells with `_` may be another sign in the target.
    """
    if is_everything(hook) or hook.event not in ON_TOOLS:
        return True
    text = (hook.matcher or "").strip()
    facts = hook_facts.hooks(hook.format)
    words = _WORDS.fullmatch(text) is not None
    whole = _WHOLE.fullmatch(text) is not None or (words and facts is not None and facts.matches == "words")
    for piece in pieces(text):
        server, one = _server_piece(hook.format, piece), _MCP.fullmatch(piece)
        if one and ("_" in one["server"] or "__" in one["tool"] or one["tool"].startswith("_")):
            return False
        if not (whole or server.endswith(".*") if server else (whole or words) and _PLAIN.fullmatch(piece)):
            return False
    return True


def matches(format_id: str, matcher: str | None, tool: str) -> bool:
    """Whether a client runs a hook with a matcher for a tool, by the tool's name there."""
    facts = hook_facts.hooks(format_id)
    text = (matcher or "").strip()
    if facts is None or facts.matches == "nothing" or text in _EVERYTHING:
        return True
    if facts.matches == "whole":
        return regexes.finds(facts.language, f"^(?:{text})$", tool)
    if facts.matches == "words" and _WORDS.fullmatch(text):
        return tool in (word.strip() for word in re.split(r"[|,]", text))
    if facts.matches == "names":
        names = {tool, *(word for word, own in facts.aliases.items() if own == tool)}
        if names & {text, *(word.strip() for word in text.split("|"))}:
            return True
    return text == tool or regexes.finds(facts.language, text, tool)


def is_expression(format_id: str, matcher: str) -> bool:
    """Whether a client takes a matcher for one that may fit: names, or an expression of its language."""
    facts = hook_facts.hooks(format_id)
    text = matcher.strip()
    if facts is None or facts.matches == "nothing" or (facts.matches in ("words", "names") and _WORDS.fullmatch(text)):
        return True
    return regexes.is_one(facts.language, text)


def is_no_expression(hook: Hook) -> bool:
    """Whether it is known that a hook's own client takes its matcher for nothing, so that it never runs."""
    known = not vocabulary.is_documented_only(hook.format) and not is_everything(hook)
    return known and not is_expression(hook.format, hook.matcher or "")


def meaning(hook: Hook) -> frozenset[str] | None:
    """Return what a hook is about: capabilities, and the words that stand for none; None where that is everything."""
    if is_everything(hook):
        return None
    found: set[str] = set()
    for piece in pieces(hook.matcher or ""):
        tools = _tools(hook, piece)
        for word in tools:
            found.update(_capabilities(hook.format, word) or (word,))
        if not tools:
            found.add(_server_piece(hook.format, piece) or piece)
    return frozenset(found)


def pieces(matcher: str) -> list[str]:
    """Return the alternatives of a matcher."""
    wrapped = _WRAPPED.fullmatch(matcher.strip())
    text = next((group for group in wrapped.groups() if group is not None), "") if wrapped else matcher
    cut = re.split(r"[|,]", text) if _WORDS.fullmatch(text) else text.split("|") if "(" not in text and "[" not in text else [text]
    return list(dict.fromkeys(piece.strip() for piece in cut if piece.strip()))


def _tools(hook: Hook, piece: str) -> list[str]:
    """Return the tools of a hook's client that an alternative of its matcher fits."""
    facts = hook_facts.hooks(hook.format)
    if facts is None:
        return []
    fits = hook.matcher if pieces(hook.matcher or "") == [piece] else piece
    return [word for word in (*facts.tools, *facts.aliases) if matches(hook.format, fits, word)]


def _capabilities(format_id: str, word: str) -> tuple[str, ...]:
    facts = hook_facts.hooks(format_id)
    return () if facts is None else facts.tools.get(facts.aliases.get(word, word), ())


def _server_piece(format_id: str, piece: str) -> str | None:
    """Return what an alternative about MCP tools is in the words of most clients; None for any other."""
    if one := _MCP.fullmatch(piece):
        return f"mcp__{one['server']}__{one['tool']}"
    if _EVERY_MCP.fullmatch(piece):
        return _ALL_MCP
    facts = hook_facts.hooks(format_id)
    spelled = re.escape(facts.server_tool if facts else "")
    if r"\{tool\}" not in spelled:
        return None
    fits = spelled.replace(r"\{server\}", r"(?P<server>[A-Za-z0-9-]+|\.\*)").replace(r"\{tool\}", r"(?P<tool>[A-Za-z0-9_-]+|\.\*)")
    known = re.fullmatch(rf"\^?{fits}\$?", piece)
    if known is None:
        return None
    of = known.groupdict().get("server", ".*")  # a name that says no server is about each of them
    return _ALL_MCP if of == known["tool"] == ".*" else f"mcp__{of}__{known['tool']}"


def is_among(one: str, left: Collection[str]) -> bool:
    """Whether a matcher is about something, by what it means (`meaning`): a server's tools by the words for more of them, too."""
    if one in left or not one.startswith("mcp__"):
        return one in left
    server, tool = _both(one)
    return any(of in (".*", server) and which in (".*", tool) for of, which in (_both(word) for word in left if word.startswith("mcp__")))


def _both(word: str) -> tuple[str, str]:
    """Return the server and the tool that what a matcher is about names; `.*` for each."""
    server, _, tool = word.removeprefix("mcp__").partition("__")
    return server, tool or ".*"


def translated(hook: Hook, target: str) -> Matched | None:
    """Return a matcher that fits at least the target's tools that do what the matched ones do; None where nobody knows one."""
    if is_everything(hook):
        return Matched(None)
    if hook.event not in ON_TOOLS:
        return _same_words(hook, target)
    if is_no_expression(hook):
        return Matched("", (), (hook.matcher or "",))
    found: list[str] = []
    moot: list[str] = []
    dead: list[str] = []
    for piece in pieces(hook.matcher or ""):
        server = _server_piece(hook.format, piece)
        tools = [] if server else _tools(hook, piece)
        own = list(_spelled_server(server, target)) if server else _own(hook.format, tools, target)
        if own is None or (server and not own) or not (server or tools or _is_dead(hook.format, piece)):
            return None
        if not (server or tools):
            dead.append(piece)
        elif not own:
            moot.append(piece)
        found += own
    return Matched(_joined(list(dict.fromkeys(found)), target), tuple(moot), tuple(dead))


def _own(source: str, tools: Iterable[str], target: str) -> list[str] | None:
    """Return the target's words for what some tools do; None where it does it in a way that no word stands for."""
    facts = hook_facts.hooks(target)
    found: list[str] = []
    for word in tools:
        for capability in _capabilities(source, word):
            near = next((near for near in (((capability,), *_near(capability))) if any(_can(facts, one) for one in near)), None)
            if near is None and capability in EFFECT_OF:
                return None
            found += [name for one in near or () for name in _can(facts, one)]
    return found


def _near(capability: str) -> Iterator[tuple[str, ...]]:
    if capability in _NEAREST:
        yield _NEAREST[capability]


def _can(facts: hook_facts.Hooks | None, capability: str) -> list[str]:
    return [] if facts is None else [word for word, several in facts.tools.items() if capability in several]


def _is_dead(format_id: str, piece: str) -> bool:
    """Whether it is known that an alternative fits no tool of its client: the documents of one that nobody asked need not name all."""
    if vocabulary.is_documented_only(format_id):
        return False
    if not _PLAIN.fullmatch(piece):
        return bool(re.fullmatch(r"[A-Za-z]+\(.*\)", piece))
    return vocabulary.tool_word(format_id, piece) is not None


def _spelled_server(piece: str, target: str) -> Iterator[str]:
    facts = hook_facts.hooks(target)
    one = _MCP.fullmatch(piece)
    if facts is None or not facts.server_tool:
        return
    server, tool = (one["server"], one["tool"]) if one else ("\0", "\0")
    text = re.escape(facts.server_tool.format(server=server, tool="\0" if tool == ".*" else tool)).replace(re.escape("\0"), ".*")
    yield text.replace(r"\-", "-")


def _joined(words: list[str], target: str) -> str:
    """Return a matcher of a client that fits some names, or what begins alike, and no other."""
    facts = hook_facts.hooks(target)
    plain = all(_PLAIN.fullmatch(word) for word in words)
    if not words or facts is None or (plain and facts.matches in ("words", "names")) or facts.matches == "whole":
        return "|".join(words)
    return f"^{words[0]}$" if len(words) == 1 else f"^({'|'.join(words)})$"


def _same_words(hook: Hook, target: str) -> Matched | None:
    """Return the matcher of an event that is about no tool, where another client takes the same words for it."""
    words = pieces(hook.matcher or "")
    facts = hook_facts.hooks(target)
    if facts is None or facts.matches == "nothing" or not all(map(_PLAIN.fullmatch, words)):
        return None
    return Matched("|".join(words)) if len(words) == 1 or facts.matches in ("words", "names", "whole") else None
