"""Files that others include, as rules see them: a text, which a model reads as it stands."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.lint.subject import Subject


def subjects(found: Iterable[Subject]) -> Iterator[tuple[Subject, Subject]]:
    """Yield each file that others include, once and after one of these, but for those that are among them."""
    includers = list(found)
    seen = {subject.path for subject in includers}
    for subject in includers:
        for one in (subject.source.included or {}).values():
            if one.data is not None and one.path not in seen:
                seen.add(one.path)
                text = SourceText(one.path, one.data)
                yield subject, replace(subject, source=text, included=True, location=_location(one.path, subject))


def _location(path: str, includer: Subject) -> str:
    """Return where a file is that another one includes: as far from it as their paths say; empty for what is none of the disk."""
    if not includer.location:
        return ""
    way = os.path.relpath(path, os.path.dirname(includer.path) or os.curdir)
    return os.path.normpath(os.path.join(os.path.dirname(includer.location), way))
