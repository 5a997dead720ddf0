"""Names that clients and file systems take: file stems, slugs, and names that the client has for agents of its own."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_UNSAFE = expression(r"[^\w.-]+")
_RESERVED = frozenset(("con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")))
"""Windows takes these for devices, whatever stands behind a dot."""
_LONGEST_STEM = 100
_NO_SLUG = expression(r"[^A-Za-z0-9]+")
_LONGEST = 64
"""Characters of a name that is made of another one."""


def stem(name: str) -> str:
    """Return a file stem for a name: no separators, no leading dot, no name that Windows reserves."""
    text = _UNSAFE.sub("-", unicodedata.normalize("NFC", name)).strip(".-_ ")[:_LONGEST_STEM].rstrip(".-")
    while len(text.encode("utf-8")) > 2 * _LONGEST_STEM:
        text = text[:-1]
    device, dot, rest = text.partition(".")
    return f"{device}-agent{dot}{rest}" if device.lower() in _RESERVED else text or "agent"


def folded(name: str) -> str:
    """Return what a file system that does not tell upper case from lower case, as that of macOS or Windows, takes a name for."""
    return unicodedata.normalize("NFC", name).casefold()


def same_elsewhere(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the names that are several ones here, and one on macOS and Windows, together."""
    found: dict[str, dict[str, None]] = {}
    for name in names:
        found.setdefault(folded(name), {})[name] = None
    return [tuple(several) for several in found.values() if len(several) > 1]


def folder(name: str) -> str:
    """Return the name of a folder: as a stem is made, but with the single blanks that a person put into it."""
    return name if stem(name) == name.replace(" ", "-") and "  " not in name else stem(name)


def stem_of(path: str, suffixes: Sequence[str]) -> str:
    """Return a file's name without the suffix that its format gives it (`.agent.md` is one), else without any.

    The suffix may be a file's whole name (`/AGENTS.md`): the folder that it is in has the agent's name then.
    """
    for suffix in sorted(suffixes, key=len, reverse=True):
        name = path.removesuffix(suffix).rpartition("/")[2]
        if path.endswith(suffix) and name:
            return name
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def slug(name: str) -> str:
    """Return a name of lower-case letters, digits and single dashes; empty when it has no letter or digit.

    Accents go (`Rédacteur` is `redacteur`); what is in no Latin script leaves nothing.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return _NO_SLUG.sub("-", plain).strip("-").lower()[:_LONGEST].strip("-")


def alike(name: str | None) -> str:
    """Return a name as it is the same in each client: one of them wants no capitals, another one no spaces."""
    return "".join(filter(str.isalnum, (name or "").casefold()))


def avoiding(name: str, reserved: Collection[str]) -> str:
    """Return another name for one that the client has for an agent of its own, compared without case."""
    return f"{name}-agent" if name.casefold() in reserved else name
