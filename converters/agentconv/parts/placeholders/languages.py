"""The words with which each client's commands and skills say what it is to fill in.

What a client does inside a code fence is one thing, what an author means there another: every client that fills in anything fills it in
there, too, while a `$1` there is nearly always awk's or the shell's. So a form says whether it is meant in a fence.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from agentconv.core.dataclass import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

Shell: TypeAlias = Literal["", "`", "{"]
"""How a command line is set in: not at all, between backticks after `!`, or in braces after `!`."""
File: TypeAlias = Literal["", "@", "@{", "#file:"]
"""How a file's text is set in."""


@dataclass(frozen=True, slots=True)
class Language:
    """One client's placeholders."""

    id: str
    everything: str = ""
    """What stands for all that the user typed; empty where the client has no such word."""
    base: int | None = None
    """What the first word is counted as in `$1`; None where the client has no such form."""
    word_ends: bool = False
    """Whether `$1` has to end where a word ends, so that `$1st` is text."""
    one_digit: bool = False
    """Whether `$1` to `$9` are all of that form, so that `$10` is the first word and a nought."""
    indexed: bool = False
    """Whether `$ARGUMENTS[0]` is the first word, which every client that has it counts from zero."""
    named: bool = False
    """Whether `$name` is the word that the header gives that name."""
    asked: bool = False
    """Whether the client asks the user for `${input:name:hint}`."""
    last_takes_rest: bool = False
    """Whether the highest `$1` of a text takes all words from there on."""
    runs: Shell = ""
    runs_alone: bool = False
    """Whether the `!` has to stand at the start of a line, or after a space."""
    blocks: bool = False
    """Whether a code fence that begins with `!` is run."""
    quotes: bool = False
    """Whether what the user typed is quoted for the shell inside of a command line."""
    file: File = ""
    escapes: bool = False
    r"""Whether `\$` keeps a client's hands off what follows."""
    own_folder: str = ""
    """What stands for the folder of a skill."""
    container: str = ""
    """What stands for the folder of the plugin or extension that the text is in."""
    own: str = ""
    """A regular expression of what only this client fills in."""
    also: str = ""
    """A regular expression of further words for all that the user typed."""
    appends: bool = True
    """Whether the client adds what the user typed where no part of the text takes it."""


PLAIN = Language("plain")
"""Clients that send a text as it stands, with what the user typed after it."""
CLAUDE = Language(
    "claude",
    everything="$ARGUMENTS",
    base=0,
    word_ends=True,
    indexed=True,
    named=True,
    runs="`",
    runs_alone=True,
    blocks=True,
    file="@",
    escapes=True,
    own_folder="${CLAUDE_SKILL_DIR}",
    own=r"\$\{(?:CLAUDE_[A-Z_]+|user_config\.[\w.-]+)\}",
)
CLAUDE_PLUGIN = replace(CLAUDE, container="${CLAUDE_PLUGIN_ROOT}")
EXTENSION = Language("extension", container="${extensionPath}", own=r"\$\{(?:workspacePath|pathSeparator|/)\}")
"""Skills of Gemini CLI's extensions; commands are sent as they stand."""
OPENCODE = Language("opencode", everything="$ARGUMENTS", base=1, last_takes_rest=True, runs="`", file="@")
GEMINI = Language("gemini", everything="{{args}}", runs="{", quotes=True, file="@{")
COPILOT = Language(
    "copilot", asked=True, file="#file:", own=r"\$\{(?:selection|selectedText|file|fileBasename|fileDirname|workspaceFolder\w*)\}"
)
DROID = Language("droid", everything="$ARGUMENTS", appends=False)
KIMI = Language(
    "kimi",
    everything="$ARGUMENTS",
    base=0,
    word_ends=True,
    indexed=True,
    named=True,
    own_folder="${KIMI_SKILL_DIR}",
    own=r"\$\{KIMI_SESSION_ID\}",
)
"""Skills of Kimi Code, as it has no commands."""
OPENHANDS = Language("openhands", runs="`")
"""Skills of OpenHands, as it has no commands."""
AUGGIE = Language("auggie", everything="$ARGUMENTS", base=1, also=r"\{\{[^}]+\}\}|\{[a-zA-Z_][a-zA-Z0-9_]*\}|\$(?!ARGUMENTS)(?i:arguments)")
CODEBUDDY_SKILL = Language(
    "codebuddy-skill",
    everything="$ARGUMENTS",
    runs="`",
    file="@",
    own_folder="${CODEBUDDY_SKILL_DIR}",
    own=r"\$\{(?:CLAUDE_SKILL_DIR|[A-Z_][A-Z0-9_]*(?::-[^}]*)?)\}",
)
"""Skills of CodeBuddy, which know no single words."""
CODEBUDDY = replace(CODEBUDDY_SKILL, id="codebuddy", base=1, word_ends=True)
CONTINUE = Language("continue", everything="{{{ input }}}", file="@", own="</?system>")
LETTA = Language("letta", everything="$ARGUMENTS", base=1, one_digit=True, runs="`", appends=False)

OF_FORMAT = {
    "claude-code": CLAUDE,
    "claude-plugin": CLAUDE_PLUGIN,
    "copilot": COPILOT,
    "gemini-cli": GEMINI,
    "gemini-extension": GEMINI,
    "qwen-code": GEMINI,
    "opencode": OPENCODE,
    "kilo": OPENCODE,
    "droid": DROID,
    "kimi": KIMI,
    "auggie": AUGGIE,
    "codebuddy": CODEBUDDY,
    "openhands": OPENHANDS,
    "letta": LETTA,
    "continue": CONTINUE,
}
"""The words of each client's commands, by format id; the texts of the others are plain."""
LANGUAGES = {
    language.id: language
    for language in (
        PLAIN,
        CLAUDE,
        EXTENSION,
        OPENCODE,
        GEMINI,
        COPILOT,
        DROID,
        KIMI,
        AUGGIE,
        CODEBUDDY,
        CODEBUDDY_SKILL,
        OPENHANDS,
        LETTA,
        CONTINUE,
    )
}


@cache
def inside(language: Language) -> Language:
    """Return the words that count in a command line or a path: only what the user typed is filled in there."""
    return replace(language, runs="", blocks=False, file="", own_folder="", own="")


@cache
def pattern(language: Language, names: tuple[str, ...] = ()) -> re.Pattern[str]:
    """Return what finds the next placeholder of a text: the group that is filled says its kind.

    Args:
        language: The client's words.
        names: What the header calls the arguments.
    """
    return re.compile("|".join((*_blocks(language), *_words(language), *_dollars(language, names))) or r"(?!)")


def _blocks(language: Language) -> Iterator[str]:
    if language.blocks:
        yield r"(?P<block>```!(?P<lines>[\s\S]*?)\n?```)"
    if language.runs == "`":
        yield (r"(?<!\S)" if language.runs_alone else "") + r"(?P<shell>!`(?P<line>[^`]+)`)"
    elif language.runs == "{":
        yield r"(?P<shell>!\{)"
    if language.file == "@":
        yield r"(?P<file>(?<![\w`])@(?P<path>(?:~?/|\.{1,2}/)?[\w-][\w./-]*\.\w{1,8}\b(?![/\w])|(?:~/|\.{1,2}/)[\w./-]*\w))"
    elif language.file == "@{":
        yield r"(?P<file>@\{)"
    elif language.file:
        yield rf"(?P<file>{language.file}(?P<path>[\w./-]*[\w/]))"


def _words(language: Language) -> Iterator[str]:
    if language.own_folder:
        yield f"(?P<folder>{re.escape(language.own_folder)})"
    if language.container:
        yield f"(?P<container>{re.escape(language.container)})"
    if language.own:
        yield f"(?P<own>{language.own})"
    if language.also:
        yield f"(?P<also>{language.also})"
    if language.everything and not language.everything.startswith("$"):
        yield f"(?P<everything>{re.escape(language.everything)})"


def _dollars(language: Language, names: tuple[str, ...]) -> Iterator[str]:
    forms = []
    if language.asked:
        forms.append(r"\{input:(?P<input>[^:}\n]+)(?::(?P<hint>[^}\n]*))?\}")
    if language.indexed:
        forms.append(r"ARGUMENTS\[(?P<index>\d+)\]")
    if language.named and names:
        words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        forms.append(rf"(?P<name>{words})(?![\[\w])")
    if language.everything.startswith("$"):
        forms.append(f"(?P<everything>{re.escape(language.everything[1:])})")
    if language.base is not None:
        forms.append(r"(?P<number>[1-9])" if language.one_digit else r"(?P<number>\d+)" + (r"(?!\w)" if language.word_ends else ""))
    if forms:
        yield (r"(?P<escape>(?<!\\)\\)?" if language.escapes else "") + rf"\$(?:{'|'.join(forms)})"
