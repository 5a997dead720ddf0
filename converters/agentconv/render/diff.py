"""What would change in a file, as a unified diff for people: control characters and secrets are not shown."""

from __future__ import annotations

from agentconv.core import credentials
from agentconv.render import text


def unified(path: str, before: bytes | None, after: bytes) -> str:
    """Return the difference between a file's bytes (None: there is no file) and those that would be written."""
    from difflib import unified_diff

    old, new = _lines(before or b""), _lines(after)
    hidden = {**_hidden(before or b""), **_hidden(after)}
    shown = text.safe(path)
    name = "/dev/null" if before is None else f"a/{shown}"
    return "".join(_ended(line[0] + hidden.get(line[1:], line[1:])) for line in unified_diff(old, new, name, f"b/{shown}"))


def _lines(data: bytes) -> list[str]:
    lines = data.decode("utf-8", "replace").split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _hidden(data: bytes) -> dict[str, str]:
    """Return the lines of credentials that go over several, such as a private key, and what is shown of each."""
    masked = credentials.masked(data.decode("utf-8", "replace"), "*").encode("utf-8", "surrogatepass")
    return {line: shown for line, shown in zip(_lines(data), _lines(masked), strict=True) if shown != credentials.masked(line, "*")}


def _ended(line: str) -> str:
    if line.endswith("\n"):
        return f"{text.safe(line[:-1])}\n"
    return f"{text.safe(line)}\n\\ No newline at end of file\n"
