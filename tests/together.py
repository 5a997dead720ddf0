"""Cases that take no longer than to start a test: one test goes through all cases of one kind, and names each that fails."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def together(cases: Sequence[Any]) -> Callable[[Callable[..., None]], Any]:
    """Make one test of the cases that have the same first value, by which it is called; what fails is told of every case, with its name.

    Args:
        cases: Values of the test's arguments, in their order, or `pytest.param` with them.
    """
    of_each: dict[str, list[Any]] = {}
    for case in cases:
        row = case if hasattr(case, "values") and hasattr(case, "marks") else pytest.param(*case)
        of_each.setdefault(str(row.values[0]), []).append(row)

    def decorate(test: Callable[..., None]) -> Any:
        @functools.wraps(test)
        def of_all(of: str) -> None:
            failed = [error for case in of_each[of] if (error := _failure(test, case)) is not None]
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(of_each[of])} cases of {of}", failed)

        del of_all.__wrapped__  # type: ignore[attr-defined] - whose arguments pytest would ask for
        return pytest.mark.parametrize("of", list(of_each))(of_all)

    return decorate


def _failure(test: Callable[..., None], case: Any) -> BaseException | None:
    """Hold one case, and return what is wrong with it, with its name."""
    try:
        test(*case.values)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - it is raised with those of the other cases
        error.add_note(f"case: {case.id or case.values}")
        return error
    return None
