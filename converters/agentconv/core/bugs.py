"""What is said of a bug: of ours, or of the distribution that brings the format or the rule in which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import BroughtError, Code, Diagnostic, Severity, in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.core.diagnostics import Span

_watching: list[Callable[[BaseException], None]] = []
_unloaded: dict[str, BaseException] = {}


def watch(show: Callable[[BaseException], None] | None) -> None:
    """Have each error shown of which a diagnostic is made from now on, with its traceback, which a diagnostic does not hold; None: none."""
    _watching[:] = [show] if show else []
    if show is not None:
        for error in _unloaded.values():
            show(error)


def unloaded(name: str, error: BaseException) -> None:
    """Show why a module of another distribution is not there, to who watches now or later: formats are looked for before anybody can."""
    _unloaded[name] = error
    seen(error)


def seen(error: BaseException) -> None:
    """Show an error to whoever watches."""
    for show in _watching:
        show(error)


def told(
    error: BaseException,
    where: str,
    span: Span | None,
    *,
    lost: str = "",
    what: str = "the file",
    brought: tuple[str, str] = ("", ""),
    agent: str | None = None,
    client: str | None = None,
) -> Diagnostic:
    """Say what went wrong and whom to tell.

    Args:
        error: What was raised.
        where: What was being done: `while it was read`.
        span: The file that it was done with.
        lost: What does not come to be because of it: `the file was left out`.
        what: What whoever mends it needs to see.
        brought: The id of a format, and the distribution that brings it; empty where it is one of ours.
        agent: The agent that it is about.
        client: The client that was asked.
    """
    seen(error)
    if brought[1] and not isinstance(error, BroughtError):  # it broke a law, which is for its author to mend as well
        error = BroughtError(f"`{brought[0]}`", brought[1], in_words(error))
    if isinstance(error, BroughtError):
        to_whom, shown = f"report it to {error.distribution.partition(' ')[0]}, with {what}, or uninstall it", "--debug shows its traceback"
        code, message = Code.EXTENSION, f"{where}: {error}"
    else:
        to_whom, shown = f"please report this with {what}", ""
        code, message = Code.INTERNAL, f"internal error {where}: {in_words(error)}"
    hint, option = ("; ".join(filter(None, (lost, to_whom, more))) for more in (shown, ""))
    return Diagnostic(code, Severity.ERROR, message, span, hint, agent, client, option=option)
