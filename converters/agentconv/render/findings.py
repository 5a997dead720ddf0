"""Findings of the linter as text: code, name, place, the line with carets, and what to do next."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from agentconv.core import credentials
from agentconv.render import cells, printable, text
from agentconv.render.table import columns, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconv.core.credentials import Credential
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Finding
    from agentconv.lint.subject import Subject
    from agentconv.render.text import Style

_WIDEST = 120
"""Characters of a source line that are shown where nobody says how wide a line may be; of longer ones, those around the place."""
_MANY = 4
"""So many findings that say the same are told once."""
_NAMED = 5
"""Of so many more of them it is said where they are."""
_SAFE, _UNSAFE = "[*]", "[?]"
"""What marks a finding with a fix that is proven, and one with a fix that may change more than it says."""


def several(rows: Sequence[tuple[Finding, Subject, str]], look: Style) -> Iterator[str]:
    """Write findings, each with its line; of many that say the same, the first one so, and below it where the others are.

    Args:
        rows: Each finding with its file, and with what that is called.
        look: How it looks.
    """
    alike: dict[tuple[str, ...], list[tuple[Finding, Subject, str]]] = {}
    for row in rows:
        alike.setdefault(_said(*row), []).append(row)
    for value, subject, path in rows:
        same = alike[_said(value, subject, path)]
        if len(same) < _MANY:
            yield finding(value, subject, path, look)
        elif value is same[0][0]:
            yield f"{finding(value, subject, path, look)}\n{_also(same[1:])}"


def _said(value: Finding, subject: Subject, path: str) -> tuple[str, ...]:
    """Return what a finding says, whichever file it is about."""
    stem = path.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    names = [path, subject.path, *(f"{before}{stem}{after}" for before, after in ("``", "..", "[]", ".]"))]
    told = [value.message, value.help]
    for name in names:
        told = [one.replace(name, "\0") for one in told]
    return (value.rule.code, value.severity.value, _mark(value), *told)


def _also(rows: Sequence[tuple[Finding, Subject, str]]) -> str:
    """Say where else the same is found."""
    places = [f"{text.safe(path)}:{subject.source.position(value.start)[0]}" for value, subject, path in rows]
    rest = len(places) - _NAMED
    more = f" and {rest:,} more (--output-format concise lists all)" if rest > 0 else ""
    return wrapped(f"the same {len(places):,} times more: {', '.join(places[:_NAMED])}{more}")


def finding(value: Finding, subject: Subject, path: str, look: Style) -> str:
    """Write one finding with its line.

    ```
    warning[AC101] unquoted-colon [*] Claude Code loads this only through its own repair
     --> .claude/agents/reviewer.md:3:14
      |
    3 | description: Use when: always
      |              ^^^^^^^^^^^^^^^^
    help: put the value in double quotes
    ```
    """
    line, column = subject.source.position(value.start)
    head = wrapped(f"{value.severity.value}[{value.rule.code}] {value.rule.name}{_mark(value)} {text.safe(value.message)}")
    head = head.replace(value.severity.value, look.paint(value.severity.value, value.severity), 1)
    advice = wrapped(f"help: {text.safe(value.help)}")
    shown = _line(subject, line)
    width = len(str(line))
    place = f"{' ' * width}--> {text.safe(path)}:{line}:{column}"
    if not shown.strip():
        return f"{head}\n{place}\n{advice}"
    first = min(column - 1, len(shown))
    length = max(1, min(value.end - value.start, len(shown) - first))
    bar = f"{' ' * width} |"
    told, carets = _excerpt(shown, first, length, columns(_WIDEST) - width - 3)
    return "\n".join([head, place, bar, f"{line} | {told}", f"{bar} {carets}", advice])


def _mark(value: Finding) -> str:
    """Return what marks a finding that can be mended: unasked, or where somebody looks at what comes of it."""
    return f" {_SAFE if value.fix.safe else _UNSAFE}" if value.fix else ""


def concise(value: Finding, subject: Subject, path: str, look: Style) -> str:
    """Write one finding in one line, as editors and `grep` want it: `path:3:14: warning[AC101] [*] what is so`."""
    line, column = subject.source.position(value.start)
    head = f"{look.paint(value.severity.value, value.severity)}[{value.rule.code}]{_mark(value)}"
    return f"{text.safe(path)}:{line}:{column}: {head} {text.safe(value.message)}"


def statistics(checked: Sequence[Checked]) -> list[dict[str, object]]:
    """Return how often each rule found something, the most frequent first."""
    found = [value for one in checked for value in one.findings]
    counts = Counter(value.rule.code for value in found)
    rules = {value.rule.code: value.rule for value in found}
    mended = Counter(value.rule.code for value in found if value.fix and value.fix.safe)
    order = sorted(counts, key=lambda code: (-counts[code], code))
    return [{"code": code, "name": rules[code].name, "count": counts[code], "fixable": mended[code]} for code in order]


def _line(subject: Subject, line: int) -> str:
    found = subject.credentials
    lines = _lines(subject.text, found)
    if line > len(lines):
        return ""
    shown = lines[line - 1].removeprefix("\ufeff")
    return shown if found else credentials.masked(shown, "*", ())


@lru_cache(maxsize=1)
def _lines(whole: str, found: tuple[Credential, ...]) -> list[str]:
    """Return the lines of a file without its credentials, which may go over several: its findings come one after the other.

    Of a file that seems to have none, what only may be one is left in them: that never goes over several.
    """
    text = credentials.masked(whole, "*", found) if found else whole
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _excerpt(line: str, first: int, length: int, room: int) -> tuple[str, str]:
    """Return what is shown of a line, in what it has room for, and carets below the place: all of how that is shown, escapes too."""
    near = max(first - 4 * room, 0)  # of what takes no column, there may be any number
    cut, first = _cut(line[near : first + 4 * room], first - near, room)
    whole = text.safe(cut)
    told = printable.shown if printable.shown(cut) == whole else text.safe  # what begins like a credential may be none as a whole
    before, marked = told(cut[:first]), told(cut[first : first + length])
    shown, first = _cut(whole, len(before), room)
    return shown, " " * cells.width(shown[:first]) + "^" * max(cells.width(shown[first : first + len(marked)]), 1)


def _cut(line: str, first: int, room: int) -> tuple[str, int]:
    """Return what is shown of a line that has no room, and where the place is in it: from its beginning if the place is seen so."""
    whole, before = cells.width(line), cells.width(line[:first])
    if whole <= room:
        return line, first
    size = max(room - 2, 1)
    start = 0 if before < size * 2 // 3 else cells.fitting(line, min(before - size // 3, whole - size))
    end = start + cells.fitting(line[start:], size)
    head, tail = "…" if start else "", "…" if end < len(line) else ""
    return f"{head}{line[start:end]}{tail}", first - start + len(head)


def _files(checked: Sequence[Checked]) -> str:
    """Count files, and of how many of them are agents', where others are among them: servers, skills, settings."""
    own = sum(1 for one in checked if one.subject.part is None and not one.subject.included)
    among = f" ({own:,} of agents, {len(checked) - own:,} besides)" if own and own < len(checked) else ""
    return f"{text.count(len(checked), 'file')}{among}"


def summary(
    checked: Sequence[Checked],
    fixed: int,
    *,
    pending: bool = False,
    known: int = 0,
    errors: Mapping[str, int] = MappingProxyType({}),
    failed: tuple[int, int] = (0, 0),
) -> str:
    """Say how much was found, how much of it can be mended, and what was not looked at.

    Args:
        checked: The files.
        fixed: How many findings are mended.
        pending: Whether they only would be.
        known: How many more are in the baseline.
        errors: How many of those are errors, by code.
        failed: How many files could not be looked at, and how many checks failed.
    """
    found = [value for one in checked for value in one.findings]
    files = _files(checked)
    done = f"; {fixed} {'would be mended' if pending else 'mended'}" if fixed or pending else ""
    grave = ", ".join(f"{code} {number:,}" for code, number in sorted(errors.items()))
    grave = f" ({text.count(sum(errors.values()), 'error')}: {grave})" if grave else ""
    done += f"; {text.count(known, 'finding')} known already{grave}" if known else ""
    done += f"; {text.count(failed[0], 'file')} could not be looked at" if failed[0] else ""
    done += f"; {text.count(failed[1], 'check')} failed" if failed[1] else ""
    if not found:
        nothing = f": nothing {'new ' if known else ''}found" if checked else ""
        return f"{files} looked at{nothing}{done}"
    counts = Counter(value.severity.value for value in found)
    parts = ", ".join(text.count(counts[word], word) for word in ("error", "warning", "note") if counts[word])
    lines = [f"{files} looked at: {parts}{done}"]
    safe = sum(1 for value in found if value.fix and value.fix.safe)
    unsafe = sum(1 for value in found if value.fix and not value.fix.safe)
    if safe and not pending:
        more = f", {_UNSAFE} {unsafe} more with --fix --unsafe-fixes" if unsafe else ""
        lines.append(f"{_SAFE} {safe} can be mended with --fix{more}")
    elif unsafe and not pending:
        lines.append(f"{_UNSAFE} {unsafe} can be mended with --fix --unsafe-fixes")
    return "\n".join(lines)
