"""Bytes and characters that a client stumbles over, or that were damaged on the way into the file."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Severity
from agentconv.core.expressions import expression
from agentconv.core.source import BOM, encode
from agentconv.lint import fixing
from agentconv.lint.passages import EVERYTHING, count, do, edits_in_texts, lost, owner, shown, title
from agentconv.lint.rule import Fix, rule
from agentconv.lint.rules import syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.lint.rule import Edit, Finding, Rule
    from agentconv.lint.subject import Subject

_EXAMPLE = """\
---
name: reviewer
description: Reviews changes before a merge
---

You review changes.
"""
_BY_READING = "each client's own reader, run on the file as it is and as it would be"


@rule(
    "AC601",
    "byte-order-mark",
    bad=BOM + _EXAMPLE,
    good=_EXAMPLE,
    source="the client's own reader: the header of Gemini CLI 0.61.0 must be the first characters of the file",
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="safe",
    example="gemini-cli",
)
def byte_order_mark(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A byte order mark at the start of the file.

    Gemini CLI 0.61.0 finds no header behind one and drops the agent. Most others, Claude Code 2.1.329 among them, skip it.
    Editors on Windows write it; UTF-8 does not need one.
    """
    if not subject.text.startswith(BOM) or not subject.result.set.agents:
        return
    fixed = subject.text[1:]
    clients = lost(subject, fixed)
    hides = _hides_a_header(subject)
    skipped = f"byte order mark: {title(subject)} finds no header behind it" if hides else f"byte order mark; {title(subject)} skips it"
    message = f"byte order mark: {do(clients, 'drops')} the agent" if clients else skipped
    severity = Severity.ERROR if clients or hides else Severity.NOTE
    fix = Fix("delete the byte order mark", ((0, 1, ""),))
    yield self.find(message, (0, 1), fix.title, severity=severity, clients=clients, agent=owner(subject, 0), fix=fix)


def _hides_a_header(subject: Subject) -> bool:
    """Whether the client takes a file for one without a header, although a person sees one."""
    return subject.result.meant is not None


@rule(
    "AC602",
    "carriage-return",
    bad=_EXAMPLE.replace("Reviews", "Use for: reviews").replace("\n", "\r\n"),
    good=_EXAMPLE.replace("Reviews changes before a merge", '"Use for: reviews changes before a merge"').replace("\n", "\r\n"),
    source=_BY_READING + "; Claude Code's repair of a header splits it at line feeds and takes `.` for no carriage return",
    verified="2026-11-20",
    severity=Severity.ERROR,
    fix="safe",
)
def carriage_return(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Line ends with a carriage return, without which a client would load the agent.

    Claude Code 2.1.329 reads CRLF, but its repair of a header that is not strict YAML does not: with an unquoted colon and
    CRLF together, the agent is dropped. Line ends that are lone carriage returns hide the header from it altogether.
    """
    text = subject.text
    at = text.find("\r")
    if at < 0 or not subject.result.set.agents:
        return
    fixed = _with_line_feeds(text)
    clients = lost(subject, fixed)
    if not clients:
        return
    message = f"{do(clients, 'drops')} the agent because of its line ends (CR); with line feeds it would load"
    fix = _requoted(subject, fixed) or _unreturned(subject, fixed)
    help_text = fix.title if fix else "save the file with line feeds (LF)"
    yield self.find(message, (at, min(at + 2, len(text))), help_text, clients=clients, agent=owner(subject, at), fix=fix)


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _requoted(subject: Subject, fixed: str) -> Fix | None:
    """Keep the line ends, and spell the header's values so that it needs no repair."""
    fix = syntax.requoted(replace(subject, source=subject.source.put(encode(fixed))))
    if fix is None or "\r" in subject.text.replace("\r\n", ""):
        return None
    edits = tuple(
        (_original(subject.text, start), _original(subject.text, end), new.replace("\n", "\r\n")) for start, end, new in fix.edits
    )
    again = subject.reread(encode(fixing.apply(subject.text, edits)))
    loads = again.states and not any(state.dropped for state in again.states)
    return Fix(fix.title, edits, respelled=EVERYTHING) if loads else None


def _original(text: str, offset: int) -> int:
    """Return where an offset of the text with line feeds is in the text with carriage returns."""
    at = -1
    while (at := text.find("\r\n", at + 1)) >= 0 and at < offset:
        offset += 1
    return offset


_RETURN = expression("\r\n?")


def _unreturned(subject: Subject, fixed: str) -> Fix | None:
    """Change the line ends before the prompt, which keeps its own."""
    again = subject.reread(encode(fixed))
    place = again.place(0, "") if again.place and len(again.states) == 1 else None
    edits: list[Edit] = []
    shift = 0
    for match in _RETURN.finditer(subject.text):
        if place is None or match.start() - shift >= place[0]:
            break
        edits.append((match.start(), match.end(), "\n"))
        shift += len(match[0]) - 1
    return Fix("write the header's line ends as line feeds", tuple(edits), respelled=EVERYTHING) if edits else None


@rule(
    "AC603",
    "invalid-utf-8",
    bad=_EXAMPLE.replace("a merge", "a merge \udc97 always"),
    good=_EXAMPLE.replace("a merge", "a merge — always"),
    source="each client's own reader; Node, Bun and Rust decode files with U+FFFD for what is not UTF-8",
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="unsafe",
)
def invalid_utf_8(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Bytes that are not UTF-8.

    Claude Code 2.1.329 and the other clients that run on JavaScript show U+FFFD in their place; Codex 0.169.0 drops the
    agent. Such a file was saved in an old encoding: most often Windows-1252, which the fix takes the bytes for.
    """
    at = subject.source.undecodable
    if at is None or not subject.result.set.agents or _is_wide(subject):
        return
    fixed = _STRAY_BYTES.sub("?", subject.text)
    clients = lost(subject, fixed)
    effect = f"{do(clients, 'drops')} the agent" if clients else f"{title(subject)} shows U+FFFD in their place"
    severity = Severity.ERROR if clients else Severity.WARNING
    stray = list(_STRAY_BYTES.finditer(subject.text))
    edits = [(match.start(), match.end(), _as_windows_1252(match[0])) for match in stray]
    whole = all(new for _, _, new in edits)
    fix = Fix("read the bytes as Windows-1252, and save the file as UTF-8", tuple(edits), safe=False) if whole else None
    message = f"{count(len(stray), 'place')} with bytes that are not UTF-8: {effect}"
    help_text = "save the file as UTF-8"
    yield self.find(message, stray[0].span(), help_text, severity=severity, clients=clients, agent=owner(subject, at), fix=fix)


def _is_wide(subject: Subject) -> bool:
    """Whether the client reads the file as UTF-16: its bytes are then no characters that could be mended one by one."""
    return any(one.code is Code.UNDECODABLE and one.severity is Severity.NOTE for one in subject.result.diagnostics)


_STRAY_BYTES = expression("[\udc80-\udcff]+")


def _as_windows_1252(stray: str) -> str:
    try:
        return stray.encode("utf-8", "surrogateescape").decode("cp1252")
    except UnicodeDecodeError:
        return ""


@rule(
    "AC604",
    "replacement-character",
    bad=_EXAMPLE.replace("a merge", "a merge \ufffd always"),
    good=_EXAMPLE.replace("a merge", "a merge — always"),
    source="https://www.unicode.org/versions/Unicode17.0.0/core-spec/chapter-5/#G40630",
    verified="2026-11-24",
    severity=Severity.NOTE,
)
def replacement_character(self: Rule, subject: Subject) -> Iterator[Finding]:
    """The character U+FFFD, which stands where another one was lost.

    A program read the file in the wrong encoding and saved it so. What stood there is not in the file any more; every
    client shows the character to the model.
    """
    places = [match.span() for match in re.finditer("\ufffd+", subject.text)] if "\ufffd" in exotic(subject.text) else []
    if places and subject.result.set.agents:
        message = f"U+FFFD in {count(len(places), 'place')}: a character was lost before {title(subject)} read the file"
        yield self.find(message, places[0], "write what stood there", agent=owner(subject, places[0][0]))


@rule(
    "AC605",
    "nul-character",
    bad=_EXAMPLE.replace("changes.", "cha\x00nges."),
    good=_EXAMPLE,
    source=_BY_READING,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="safe",
)
def nul_character(self: Rule, subject: Subject) -> Iterator[Finding]:
    """The character NUL.

    YAML and TOML forbid it, and clients drop an agent that has it in its header. In a prompt it is what remains of a file
    that was saved as UTF-16, or of a broken copy; tools that the text is handed to end it there.
    """
    if not _is_wide(subject):
        yield from _controls(self, subject, _NUL, "NUL", "")


@rule(
    "AC606",
    "control-character",
    bad=_EXAMPLE.replace("changes.", "cha\x08nges."),
    good=_EXAMPLE,
    source=_BY_READING + "; https://yaml.org/spec/1.2.2/#51-character-set",
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
)
def control_character(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Control characters other than line ends and tabs.

    YAML forbids them in a header: clients drop the agent. In a prompt they reach the model, and a terminal that shows the
    file obeys them (an escape character starts a command to it).
    """
    yield from _controls(self, subject, _CONTROLS, "control characters", _LAYOUT)


_NUL = expression("\x00+")
_CONTROLS = expression("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]+")
_LAYOUT = "\x0b\x0c\x1b\x9b"
"""Characters that part words or start a longer sequence: to delete them alone may glue or leave something."""


def _controls(self: Rule, subject: Subject, pattern: re.Pattern[str], what: str, unsafe: str) -> Iterator[Finding]:
    if not subject.result.set.agents or not any(map(pattern.match, exotic(subject.text))):
        return
    found = [match for match in pattern.finditer(subject.text) if not is_garbled(subject.text, match.start())]
    if not found:
        return
    fixed = pattern.sub("", subject.text)
    clients = lost(subject, fixed)
    effect = f"{do(clients, 'drops')} the agent" if clients else f"{title(subject)} hands them to the model"
    codes = ", ".join(dict.fromkeys(f"U+{ord(char):04X}" for match in found for char in match[0][:3]))
    edits = [(match.start(), match.end(), "") for match in found if not set(match[0]) & set(unsafe)]
    yield self.find(
        f"{what} in {count(len(found), 'place')} ({shown(codes)}): {effect}",
        found[0].span(),
        "delete them",
        severity=Severity.ERROR if clients else Severity.WARNING,
        clients=clients,
        agent=owner(subject, found[0].start()),
        fix=edits_in_texts(subject, "delete the control characters", edits, loads=bool(clients)),
    )


@lru_cache(maxsize=2)
def exotic(text: str) -> frozenset[str]:
    """Return the characters of a text that are not ASCII's printable ones, line ends or tabs; faster than by looking at each."""
    return frozenset(text.encode("utf-8", "surrogatepass").translate(None, _PLAIN).decode("utf-8", "surrogatepass"))


_PLAIN = bytes((9, 10, 13, *range(32, 127)))


def is_garbled(text: str, offset: int) -> bool:
    """Whether a place is in text that was read in the wrong encoding, which is another finding."""
    found = mojibake(text)
    before = bisect_right(found, offset, key=itemgetter(0)) - 1
    return before >= 0 and offset < found[before][1]


@rule(
    "AC607",
    "mojibake",
    bad=_EXAMPLE.replace("changes.", "changes\u00e2\u20ac\u201dall of them."),
    good=_EXAMPLE.replace("changes.", "changes—all of them."),
    source="https://ftfy.readthedocs.io/en/latest/heuristic.html; the bytes of the text in the encoding that it was read in",
    verified="2026-11-24",
    severity=Severity.WARNING,
    fix="safe",
)
def garbled_text(self: Rule, subject: Subject) -> Iterator[Finding]:
    """UTF-8 that was read in another encoding and saved so.

    Every client shows the model the garbled characters in place of a dash, a quotation mark or a letter. Only what can be
    turned back exactly is flagged: its bytes in Windows-1252, Mac Roman or another old encoding are valid UTF-8, and the
    characters stand together as they do in no language.
    """
    found = mojibake(subject.text)
    if not found or not subject.result.set.agents:
        return
    start, end, meant = found[0]
    more = f" (and in {count(len(found) - 1, 'more place')})" if len(found) > 1 else ""
    was = shown(subject.text[start:end], 12)
    message = f"{title(subject)} reads `{was}` where `{shown(meant, 12)}` was meant{more}"
    fix = edits_in_texts(subject, "turn the characters back", found)
    yield self.find(message, (start, end), "turn the characters back", agent=owner(subject, start), fix=fix)


_OURS, _THEIRS = "You review changes.", "You review every change."
_BEGIN, _BETWEEN, _END = "\n<<<<<<< ", "\n=======", "\n>>>>>>> "


@rule(
    "AC609",
    "merge-marks",
    bad=_EXAMPLE.replace(_OURS, f"<<<<<<< HEAD\n{_OURS}\n=======\n{_THEIRS}\n>>>>>>> main"),
    good=_EXAMPLE,
    source="https://git-scm.com/docs/git-merge#_how_conflicts_are_presented",
    verified="2026-11-29",
    severity=Severity.ERROR,
)
def merge_marks(self: Rule, subject: Subject) -> Iterator[Finding]:
    """The marks that git leaves where two sides changed the same lines, and nobody has decided.

    Claude Code 2.1.329, like every client, hands the model both sides and the marks. In a fenced block of code, where a text explains
    them, they are not flagged.
    """
    start = _conflict(subject.text) if subject.counts else None
    if start is not None:
        message = f"the marks of a merge that is not done: {title(subject)} hands the model both sides"
        help_text = "keep one side of what stands between `<<<<<<<` and `>>>>>>>`, and take these lines out"
        yield self.find(message, (start, subject.text.find("\n", start)), help_text, agent=owner(subject, start))


def _conflict(text: str) -> int | None:
    """Return where the first conflict of a text begins that is in no fenced block of code."""
    text = f"\n{text}"
    at = done = fences = 0
    while (start := text.find(_BEGIN, at)) >= 0:
        between = text.find(_BETWEEN, start)
        end = text.find(_END, between) if between >= 0 else -1
        if end < 0:
            return None
        fences += text.count("\n```", done, start)
        if fences % 2 == 0:
            return start
        at, done = end, start
    return None


@rule(
    "AC608",
    "utf-16-file",
    bad=("\ufeff" + _EXAMPLE).encode("utf-16-le").decode("utf-8", "surrogateescape"),
    good=_EXAMPLE,
    source=_BY_READING,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="unsafe",
)
def utf_16_file(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A file that is saved as UTF-16.

    Windows PowerShell's `>` and old editors write it. Cursor reads such a file; Claude Code 2.1.329 and the other clients
    read UTF-8, find no header in it, and pass over it without a word.
    """
    data = subject.source.data[:2]
    encoding = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(data)
    if encoding is None:
        return
    data = subject.source.data
    fixed = data[2 : len(data) // 2 * 2].decode(encoding, "replace")
    clients = lost(subject, fixed)
    if clients:
        fix = Fix("save the file as UTF-8", ((0, len(subject.text), fixed),), EVERYTHING, safe=False)
        message = f"the file is UTF-16: {do(clients, 'finds')} no agent in it"
        yield self.find(message, (0, 2), fix.title, clients=clients, fix=fix)


_RUN = expression(r"[^\x00-\x7f][^\x00-\x7f]+")
_ENCODINGS = ("latin-1", "cp1252", "mac_roman", "cp437", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso8859_2")
_LONGEST = 2000
_NO_TEXT = frozenset({"Cc", "Zl", "Zp", "Cs", "Cn", "Co"})


@lru_cache(maxsize=2)
def mojibake(text: str) -> tuple[Edit, ...]:
    """Return the runs of a text that are UTF-8 read in another encoding, each with what it was."""
    characters = exotic(text)
    if not any(characters & leads and characters & others for leads, others in _halves()):
        return ()
    found = []
    for match in _RUN.finditer(text):
        start, end = match.span()
        if end - start <= _LONGEST:
            meant = _turned_back(text[max(start - 1, 0) : start], match[0], text[end : end + 1])
            if meant is not None:
                found.append((start, end, meant))
    return tuple(found)


@cache
def _tables() -> tuple[dict[str, int], ...]:
    """Return the byte of each character above ASCII, one map an encoding; where it has none, the byte of Latin-1, as Windows does it."""
    return tuple({bytes([byte]).decode(name, "ignore") or chr(byte): byte for byte in range(0x80, 0x100)} for name in _ENCODINGS)


@cache
def _halves() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Return, for each encoding, the characters of the bytes that begin a character of UTF-8, and of those that go on with it."""
    return tuple(
        (frozenset(char for char, byte in table.items() if byte >= 0xC2), frozenset(char for char, byte in table.items() if byte < 0xC0))
        for table in _tables()
    )


@cache
def _all_characters() -> frozenset[str]:
    return frozenset(char for table in _tables() for char in table)


def _may_be_garbled(run: str) -> bool:
    """Whether the bytes of a run in some encoding are valid UTF-8."""
    characters = set(run)
    if not characters <= _all_characters():
        return False
    for table in _tables():
        if characters <= table.keys():
            try:
                bytes(table[char] for char in run).decode("utf-8")
            except UnicodeDecodeError:
                continue
            return True
    return False


@lru_cache(maxsize=4096)
def _turned_back(before: str, run: str, after: str) -> str | None:
    """Return what a run was, if that is beyond doubt: each step can be undone, and the run reads as no language does.

    A run in backticks is quoted: a text about encodings means it.
    """
    if before == after == "`" or not _may_be_garbled(run):
        return None
    import ftfy

    steps: list[str] = []
    text = f"{before}{run}{after}"
    fixed, plan = ftfy.fix_encoding_and_explain(
        text, restore_byte_a0=False, replace_lossy_sequences=False, decode_inconsistent_utf8=False, fix_c1_controls=False
    )
    for step in plan or ():
        if step.action == "encode":
            steps.append(step.parameter)
        elif (step.action, step.parameter) != ("decode", "utf-8"):
            return None
    again = fixed
    for name in reversed(steps):
        again = again.encode("utf-8").decode(name)
    meant = fixed[len(before) : len(fixed) - len(after)]
    if fixed == text or again != text or any(unicodedata.category(char) in _NO_TEXT for char in meant):
        return None
    return meant


__all__ = [
    "byte_order_mark",
    "carriage_return",
    "control_character",
    "garbled_text",
    "invalid_utf_8",
    "mojibake",
    "nul_character",
    "replacement_character",
    "utf_16_file",
]
