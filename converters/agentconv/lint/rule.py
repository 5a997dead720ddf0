"""What a rule is, what it finds, and how a finding is mended: values only."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core.dataclass import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.core.diagnostics import Severity

Edit: TypeAlias = tuple[int, int, str]
"""Start, end and new text, in characters of the file's text."""
ABOUT = FILE, SET, LEFT, PART = "file", "set", "left", "part"
"""What a rule may look at."""
PROTECTS = HIDDEN, SECRETS, INJECTION, WIDENING = "hidden characters", "secrets", "injection", "widening"
"""What a rule may protect the reader of a file from."""
FIXES = "safe", "unsafe", "sometimes"
"""How a rule may say that what it finds can be mended."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends a finding."""

    title: str
    """What it does, as an instruction: `put the value in double quotes`."""
    edits: tuple[Edit, ...]
    fields: frozenset[str] = frozenset()
    """Field paths whose reading it is meant to change (`color`, `description`); of all others, every client's stays as it was."""
    respelled: frozenset[str] = frozenset()
    """Field paths that are only spelled in another way: the file's own client reads the same, another one may not have to."""
    heals: bool = False
    """Whether it is for clients that do not read the file as its own client does, or a person: they may read all of it otherwise."""
    safe: bool = True
    """Whether it may be made without asking. A safe fix is proven before it is made: see `fixing`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule has found."""

    rule: Rule
    severity: Severity
    """The effect in the client that it hurts most: `error` when that drops the agent, does not start, or grants more than
    is written; `warning` when it reads the agent otherwise than written; `note` for the rest."""
    message: str
    """What is so, naming the client, in one line of at most 160 characters."""
    start: int
    end: int
    help: str
    """What to do next."""
    clients: tuple[str, ...] = ()
    """Format ids of the clients that it is about."""
    agent: str | None = None
    fix: Fix | None = None
    path: str = ""
    """The file, where a rule about a whole set found it in another one than the first."""
    option: str | None = None
    """The help for who calls the library, where it is another one."""
    is_harmless: bool = False
    """Whether it is about nothing that its rule protects from, so that a baseline may hold it as any other."""

    def with_more(self, told: str, option: str) -> Finding:
        """Return it with more help behind its own: as it is said to who types commands, and to who calls the library."""
        library = self.help if self.option is None else self.option
        return replace(self, help=f"{self.help}; {told}", option=f"{library}; {option}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One documented rule."""

    code: str
    """Stable, never used again for another meaning: `AC101`."""
    name: str
    """Names the thing that is flagged, not the cure: `unquoted-colon`."""
    check: Callable[..., Iterator[Finding]]
    """Takes a file; all of them, where it is about a `SET`; and what the others have found too, where it is about what is `LEFT`."""
    told: str
    """What is said of it where it is declared: what it flags, and why that matters."""
    examples: tuple[str, str]
    """A file that it flags, and the same as it should be, as the code around them is indented."""
    source: str
    """Where the facts come from."""
    verified: str
    """When that was last seen to be so: a date."""
    severity: Severity
    """The worst that it can be."""
    fix: str | None = None
    """`safe`, `unsafe`, `sometimes` (some findings have a safe fix), or None."""
    example: str = "claude-code"
    """The format of the examples."""
    about: str = FILE
    """Whether it looks at one file at a time, at all of them together (`SET`), at what every other rule leaves of one (`LEFT`), or at a
    file that has parts in it (`PART`)."""
    clients: tuple[str, ...] = ()
    """The clients to ask with `--for` when the example is tried; none: those that are asked by default."""
    protects: str | None = None
    """What it protects the reader of a file from; no comment in a file and no configuration of a project's own leaves such a rule out."""
    kind: str = ""
    """The kind of part, where it is about these."""
    path: str = ""
    """Where its examples lie in a project, where that is not where their client has such a part first."""
    beside: tuple[tuple[str, str], ...] = ()
    """Files of the project that the examples need, by their paths."""

    @property
    def summary(self) -> str:
        """What it flags, in one line."""
        return _text(self.told).partition("\n\n")[0]

    @property
    def why(self) -> str:
        """Why that matters, and in which client and version."""
        return _text(self.told).partition("\n\n")[2]

    @property
    def bad(self) -> str:
        """A file that it flags."""
        return _example(self.examples[0])

    @property
    def good(self) -> str:
        """The same file as it should be; where there is a safe fix, what the fix makes of the bad one."""
        return _example(self.examples[1])

    def __reduce__(self) -> tuple[Callable[[str], Rule], tuple[str]]:
        """Let another process find it by its code: there is no other way to pass on what it does."""
        return _by_code, (self.code,)

    def find(
        self,
        message: str,
        place: tuple[int, int],
        help: str,  # noqa: A002 - the word that users see
        *,
        severity: Severity | None = None,
        clients: tuple[str, ...] = (),
        agent: str | None = None,
        fix: Fix | None = None,
        path: str = "",
        option: str | None = None,
    ) -> Finding:
        """Make a finding of this rule.

        Args:
            message: What is so, naming the client; one line.
            place: Start and end, in characters of the file's text.
            help: What to do next.
            severity: Less than the worst that the rule can be.
            clients: The clients that it is about.
            agent: The name of the agent.
            fix: What mends it.
            path: The file, where a rule about a whole set found it in another one than the first.
            option: What to do next for who calls the library, where that is something else than the help says.
        """
        return Finding(self, severity or self.severity, message, *place, help, clients, agent, fix, path, option)


def _text(told: str) -> str:
    """Return a docstring without its indentation."""
    from inspect import cleandoc  # a parser of Python comes with it

    return cleandoc(told)


def _by_code(code: str) -> Rule:
    from agentconv.lint import catalogue

    return catalogue.rules()[code]


def _example(text: str) -> str:
    """Return an example without the indentation of the code around it; tabs stay tabs."""
    return dedent(text).strip("\n") + "\n"


def rule(
    code: str,
    name: str,
    *,
    bad: str,
    good: str,
    source: str,
    verified: str,
    severity: Severity,
    fix: str | None = None,
    example: str = "claude-code",
    about: str = FILE,
    clients: tuple[str, ...] = (),
    protects: str | None = None,
    kind: str = "",
    path: str = "",
    beside: tuple[tuple[str, str], ...] = (),
) -> Callable[[Callable[..., Iterator[Finding]]], Rule]:
    """Make a rule of a function whose docstring says what it flags (its first line) and why that matters (the rest).

    The function is called with the rule and a `Subject`, a file (a list of them, where it is about a set), and yields what
    `self.find` returns.

    Args:
        code: Stable, never used again for another meaning: capital letters and a number.
        name: Names the thing that is flagged, not the cure: `shouting-name`.
        bad: A file that it flags.
        good: The same as it should be; where there is a safe fix, what the fix makes of the bad one.
        source: Where the facts come from.
        verified: When that was last seen to be so: a date.
        severity: The worst that a finding can be.
        fix: `safe`, `unsafe`, `sometimes` (some findings have a safe fix), or None.
        example: The format of the examples.
        about: `file`: one file at a time; `set`: all of them together; `left`: what every other rule leaves of one.
        clients: The clients to ask with `--for` when the example is tried.
        protects: What it protects whoever reads a file from: then no project can leave it out by itself.
        kind: The kind of parts (`skills`, `hooks`) whose files it looks at, instead of agents'.
        path: Where its examples lie in a project, where that is not where their client has such a part first.
        beside: Files of the project that the examples need, by their paths.
    """

    def make(check: Callable[..., Iterator[Finding]]) -> Rule:
        made: list[Rule] = []
        told, examples = check.__doc__ or "", (bad, good)

        def of_rule(*given: object) -> Iterator[Finding]:
            return check(made[0], *given)

        of_it = (source, verified, severity, fix, example, PART if kind else about, clients, protects, kind, path, beside)
        made.append(Rule(code, name, of_rule, told, examples, *of_it))
        return made[0]

    return make
