"""What a pack says of itself, checked as package indexes and Python check it."""

from __future__ import annotations

import keyword
import re
import sys
from email.utils import parseaddr
from typing import TYPE_CHECKING

from agentconv.core import credentials
from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression
from agentconv.formats import registry
from agentconv.packs import paths

if TYPE_CHECKING:
    from collections.abc import Sequence

_OURS = frozenset({"agentconv", "agentconv-toolkit"})
_LONGEST_NAME = 140
_LONGEST_VERSION = 60
"""Both are in the names of files, of which file systems take 255 bytes."""
_LONGEST_LABEL = 32
"""Characters that the label of a URL has at most."""
_URL = expression(r"https?://[^\s/?#]+[^\s]*")


@dataclass(frozen=True, slots=True)
class About:
    """What a pack says of itself."""

    name: str
    """Name of the distribution."""
    version: str
    description: str
    license: str | None = None
    """SPDX licence expression."""
    license_file: tuple[str, bytes] | None = None
    """Name and bytes of the licence's text."""
    authors: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    """Other packs, as requirements."""
    urls: tuple[tuple[str, str], ...] = ()
    """Labels and addresses."""
    keywords: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """Name of the import package."""
        return module_of(self.name)


def module_of(name: str) -> str:
    """Return the name of the import package of a distribution."""
    return re.sub(r"[-_.]+", "_", name).lower()


def name(text: str) -> str:
    """Check the name of a distribution, and that of the import package that follows from it.

    Raises:
        InputError: It cannot be one.
    """
    from packaging.utils import InvalidName, canonicalize_name

    try:
        plain = canonicalize_name(text, validate=True)
    except InvalidName:
        hint = "letters, digits, and single `-`, `_`, `.` between them, such as backend-agents"
        raise registry.usage(f"`{text}` is no name of a distribution", hint) from None
    module = module_of(text)
    if len(text) > _LONGEST_NAME:
        raise registry.usage(f"a name of {len(text)} characters; {_LONGEST_NAME} are the most")
    if paths.problem(module):
        raise registry.usage(
            f"`{text}` makes the import package `{module}`, which is {paths.problem(module)}",
            f"choose another name, such as {plain}-agents",
        )
    if plain in _OURS:
        raise registry.usage(f"`{text}` is the name of this program", "choose another name, such as backend-agents")
    if keyword.iskeyword(module) or not module.isidentifier():
        what = "a word of the Python language" if keyword.iskeyword(module) else "no name that Python can import"
        raise registry.usage(
            f"`{text}` makes the import package `{module}`, which is {what}", f"choose another name, such as {plain}-agents"
        )
    if module in sys.stdlib_module_names:
        message = f"`{text}` makes the import package `{module}`, which is a module of Python's own"
        raise registry.usage(message, f"choose another name, such as {plain}-agents")
    return text


def license_name(path: str) -> str:
    """Return what a licence's file is called in a pack: its own name, where metadata can hold that and nothing else has it."""
    found = path.rpartition("/")[2]
    plain = re.fullmatch(r"(?:LICEN[CS]E|COPYING|NOTICE)[A-Za-z0-9_.-]*", found, re.IGNORECASE)
    return found if plain and ".." not in found and not found.endswith(".") else "LICENSE"


def summary(agents: Sequence[str], parts: Sequence[str] = ()) -> str:
    """Describe a pack that nobody has described: by its agents, or by its parts where it has none."""
    names = list(dict.fromkeys(agents or parts))
    shown = [" ".join("".join(char for char in credentials.masked(name) if char.isprintable()).split())[:40] for name in names[:3]]
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    if not agents:
        return f"For coding agents: {', '.join(shown)}{more}"
    return f"Coding agents: {', '.join(shown)}{more}" if len(names) > 1 else f"A coding agent: {shown[0]}"


def version(text: str) -> str:
    """Return a version in its normal form.

    Raises:
        InputError: It is none.
    """
    from packaging.version import InvalidVersion, Version

    if len(text) > _LONGEST_VERSION:
        raise registry.usage(f"a version of {len(text):,} characters; {_LONGEST_VERSION} are the most")
    try:
        return str(Version(text))
    except InvalidVersion:
        raise registry.usage(f"`{text}` is no version of a Python package", "such as 1.2.0, 1.2.0rc1 or 2026.11") from None


def line(text: str, what: str) -> str:
    """Check a text of one line.

    Raises:
        InputError: It is empty, or more than a line.
    """
    if not text.strip() or text != text.strip() or not text.isprintable():
        raise registry.usage(f"{what} is one line of text, without blanks at its ends")
    return text


def license_expression(text: str) -> str:
    """Return a licence expression in its normal form.

    Raises:
        InputError: It is no SPDX expression.
    """
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression as error:
        reason = str(error).partition("\n")[0]
        hint = "such as MIT, Apache-2.0 or LicenseRef-Proprietary; https://spdx.org/licenses lists them"
        raise registry.usage(f"`{text}` is no SPDX licence expression: {reason}", hint) from None


def requirement(text: str) -> str:
    """Check a requirement.

    Raises:
        InputError: It is none.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return str(Requirement(text))
    except InvalidRequirement:
        raise registry.usage(f"`{text}` is no requirement", "such as base-agents, or base-agents>=1.2") from None


def url(text: str) -> tuple[str, str]:
    """Return the label and the address of `LABEL=URL`.

    Raises:
        InputError: It is not of that form.
    """
    label, _, address = text.partition("=")
    if (
        not label.strip()
        or len(label) > _LONGEST_LABEL
        or not label.isprintable()
        or not _URL.fullmatch(address)
        or not address.isprintable()
    ):
        hint = f"a label of up to {_LONGEST_LABEL} characters, `=`, and an address: Homepage=https://example.com"
        raise registry.usage(f"`{text}` is no LABEL=URL", hint)
    return label.strip(), address


def author(text: str) -> str:
    """Check an author: `Name`, or `Name <mail>`.

    Raises:
        InputError: It is neither.
    """
    line(text, "an author")
    shown, address = author_parts(text)
    if ("<" in text or ">" in text) and not (shown and address):
        raise registry.usage(f"`{text}` is no author", "such as `Ada Author <ada@example.com>`")
    return text


def author_parts(text: str) -> tuple[str, str]:
    """Return the name and the mail address of an author; one that is not there is empty."""
    if "<" not in text:
        return ("", text) if re.fullmatch(r"[^\s@]+@[^\s@]+", text) else (text, "")
    shown, address = parseaddr(text)
    return shown, address if re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address) else ""


def keyword_word(text: str) -> str:
    """Check a keyword.

    Raises:
        InputError: It is none: keywords are joined with commas.
    """
    line(text, "a keyword")
    if "," in text:
        raise registry.usage(f"`{text}` is several keywords", "give --keyword once for each")
    return text


def classifier(text: str) -> str:
    """Check a classifier.

    Raises:
        InputError: It is none, or one for a licence.
    """
    line(text, "a classifier")
    if text.startswith("License ::"):
        raise registry.usage(f"`{text}`: package indexes take no such classifier beside a licence expression", "say it with --license")
    if " :: " not in text:
        raise registry.usage(f"`{text}` is no classifier", "https://pypi.org/classifiers lists them")
    return text
