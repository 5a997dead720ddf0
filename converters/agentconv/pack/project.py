"""The source tree that a pack is built from: metadata, README, licence, import package, and nothing of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.pack import metadata, readme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.pack.contents import Contents
    from agentconv.pack.metadata import About

BACKEND = "flit_core"
ENTRY_POINTS = "agentconv.packs"
README = "README.md"
_PYTHON = ">=3.9"
"""Any that is still in use: a pack runs nothing. It also makes the wheel one for every Python 3."""


def files(contents: Contents) -> dict[str, bytes]:
    """Return the files of the source tree, by path."""
    about = contents.about
    found = {"pyproject.toml": _pyproject(about), README: readme.render(contents).encode("utf-8")}
    text = license_file(about)
    if text:
        found[text[0]] = text[1]
    return {**found, **{f"{about.module}/{path}": data for path, data in contents.files.items()}}


def programs(contents: Contents) -> frozenset[str]:
    """Return the paths of the source tree at which there are programs."""
    return frozenset(f"{contents.about.module}/{path}" for path in contents.programs)


def license_file(about: About) -> tuple[str, bytes] | None:
    """Return the licence's text: the user's, or one that names the expression and the authors."""
    if about.license_file or not about.license:
        return about.license_file
    holders = f"Authors: {', '.join(about.authors)}\n" if about.authors else ""
    return "LICENSE", f"{about.name}\n{holders}\nSPDX-License-Identifier: {about.license}\n".encode()


def _pyproject(about: About) -> bytes:
    import tomli_w

    text = license_file(about)
    project: dict[str, Any] = {
        "name": about.name,
        "version": about.version,
        "description": about.description,
        "readme": README,
        "requires-python": _PYTHON,
        **({"license": about.license} if about.license else {}),
        "license-files": [text[0]] if text else [],
        **_several(about),
        "entry-points": {ENTRY_POINTS: {about.name: about.module}},
    }
    document = {
        "build-system": {"requires": [f"{BACKEND}>=3.12"], "build-backend": f"{BACKEND}.buildapi"},
        "project": project,
        "tool": {"flit": {"module": {"name": about.module}}},
    }
    return tomli_w.dumps(document).encode("utf-8")


def _several(about: About) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "authors": [_person(author) for author in about.authors],
        "keywords": list(about.keywords),
        "classifiers": list(about.classifiers),
        "dependencies": list(about.requires),
        "urls": dict(about.urls),
    }
    return {key: value for key, value in found.items() if value}


def _person(author: str) -> dict[str, str]:
    shown, address = metadata.author_parts(author)
    return {**({"name": shown} if shown else {}), **({"email": address} if address else {})}
