"""Files that others include, as rules see them: a text, which a model reads as it stands."""

from __future__ import annotations

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
                yield subject, replace(subject, source=text, included=True, location="")
