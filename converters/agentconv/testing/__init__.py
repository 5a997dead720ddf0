"""What every format is held to, for any format that is registered: ours, and those that other distributions bring.

```python
import pytest
from agentconv import testing


@pytest.mark.parametrize("case", testing.cases("my-format", fixtures="tests/fixtures"), ids=str)
def test_my_format(case):
    case()
```

Provisional until version 1.0: a case may come to ask for more.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.formats import registry
from agentconv.testing import contract, laws, roundtrip

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

__all__ = ["Case", "cases"]


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that must hold. Called, it raises an `AssertionError` that says what does not."""

    suite: str
    """`contract`: what the schema says is what the module does; `roundtrip`: its files keep their bytes; `laws`: nothing is lost in
    silence, nothing widens, whoever wrote the agent."""
    name: str
    check: Callable[[], Iterator[str]]
    """Yields what does not hold."""

    def __str__(self) -> str:
        """Name it."""
        return f"{self.suite}: {self.name}"

    def __call__(self) -> None:
        """Check it.

        Raises:
            AssertionError: It does not hold.
        """
        complaints = list(self.check())
        if complaints:
            shown = "\n".join(complaints[:20])
            raise AssertionError(f"{self}: {len(complaints)} of them\n{shown}")


def cases(format_id: str, *, fixtures: str | os.PathLike[str] | None = None) -> list[Case]:
    """Return everything that a format is held to.

    Args:
        format_id: The format; it need not be loaded yet.
        fixtures: A folder with files of the format, `valid/*`, that are to come back as they are, too.

    Raises:
        InputError: There is no such format.
    """
    found = format_id if format_id in registry.FORMATS else registry.resolve(format_id)
    folder = Path(fixtures) if fixtures is not None else None
    return [
        *(Case("contract", name, partial(check, found)) for name, check in contract.CHECKS.items()),
        *(Case("roundtrip", name, partial(check, found, folder)) for name, check in roundtrip.CHECKS.items()),
        *(Case("laws", name, partial(laws.everywhere, law, found)) for name, law in laws.LAWS.items()),
    ]
