"""MCP servers of a project that a client does not start, or starts otherwise than is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Severity
from agentconv.lint import part_findings
from agentconv.lint.passages import shown, title
from agentconv.lint.rule import SECRETS, Fix, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.parts import Server
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_FILE = '{{"mcpServers": {{"tracker": {{{}}}}}}}'
_PROGRAM = '"command": "npx", "args": ["tracker"]'


@rule(
    "AC530",
    "server-not-loaded",
    bad=_FILE.format('"comand": "npx"'),
    good=_FILE.format('"command": "npx"'),
    source="the client's own list of its servers (asked: `claude -p`, `codex mcp list`, `copilot mcp list`, `opencode debug config`)",
    verified="2026-11-29",
    severity=Severity.ERROR,
    kind="servers",
)
def server_not_loaded(self: Rule, subject: Subject) -> Iterator[Finding]:
    """An MCP server that the client does not take, or a file for which it takes none.

    Claude Code 2.1.329 passes over a server without a `command`, and one with a `url` and no `type`; Codex and OpenCode do not start
    with one, and Kilo passes over the whole file.
    """
    yield from part_findings.told(self, subject, (Code.NOT_LOADED, Code.SYNTAX))


@rule(
    "AC531",
    "wrong-server-value",
    bad='{"mcpServers": {"tracker": {"command": "npx"}, "tracker": {"command": "uvx"}}}',
    good='{"mcpServers": {"tracker": {"command": "uvx"}}}',
    source="the client's own list of its servers (asked), or its schema of their keys",
    verified="2026-11-29",
    severity=Severity.WARNING,
    kind="servers",
)
def wrong_server_value(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key of a server that is given twice, or whose value the client does not take.

    Claude Code 2.1.329 takes the last of two servers of one name, and says nothing. What another client does not take as it is written,
    such as a time as text, is for it as if it were not there; where that closes tools, they are open, and it is an error.
    """
    yield from part_findings.told(self, subject, (Code.INVALID_VALUE, Code.DUPLICATE_KEY))


def _faults(self: Rule, subject: Subject, kind: str) -> Iterator[Finding]:
    """Yield what is wrong with the servers that the client takes."""
    for part, fault in part_findings.faults(subject, kind):
        place = _place(subject, part, fault.word, fault.under)
        exact = subject.text[slice(*place)] == fault.word
        fix = Fix(f"write `{fault.instead}`", ((*place, fault.instead),), _VALUES, _VALUES) if fault.instead and exact else None
        does = "hands on what is no variable to it: " if kind == "reference" else ""
        message = shown(f"{title(subject)} {does}{fault.message}", part_findings.LONGEST)
        yield self.find(message, place, fault.help, clients=(subject.format,), fix=fix)


_VALUES = frozenset(f"definition.{name}" for name in ("command", "args", "env", "cwd", "url", "headers"))


def _place(subject: Subject, part: Server, word: str, under: str = "") -> tuple[int, int]:
    """Return where a word of a server stands, behind its name, and behind the key whose value has it."""
    start, _ = part_findings.place_of(subject, part.name)
    behind, _ = part_findings.place_of(subject, under, start) if under else (start, start)
    found = part_findings.place_of(subject, word, behind, key=False)
    return found if found[1] else (start, start + 1)


@rule(
    "AC532",
    "foreign-variable",
    bad=_FILE.format(f'{_PROGRAM}, "env": {{"TOKEN": "${{env:TOKEN}}"}}'),
    good=_FILE.format(f'{_PROGRAM}, "env": {{"TOKEN": "${{TOKEN}}"}}'),
    source="what the server was started with (asked, with a server that writes down its environment)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    fix="sometimes",
    kind="servers",
)
def foreign_variable(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A reference to a variable in the words of another client: the server gets the text as it stands.

    Claude Code 2.1.329 fills in `${TOKEN}`, and neither `${env:TOKEN}`, which is Cursor's, nor `{env:TOKEN}`, which is OpenCode's. Codex
    fills in nothing at all: there, `env_vars` names what a server is to be given, and a server with `${TOKEN}` gets these eight letters.
    """
    yield from _faults(self, subject, "reference")


@rule(
    "AC533",
    "no-such-transport",
    bad='[mcp_servers.tracker]\nurl = "https://tracker.example.com/sse"\n',
    good='[mcp_servers.tracker]\nurl = "https://tracker.example.com/mcp"\n',
    source="the client's code, in which there is no SSE; asked: it speaks HTTP to the address",
    verified="2026-11-29",
    severity=Severity.WARNING,
    example="codex",
    kind="servers",
)
def no_such_transport(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A way to speak to a server that the client has not.

    Codex 0.169.0 has no SSE: it passes over `type = "sse"`, speaks HTTP to the address, and the server is not there when it is wanted.
    """
    yield from _faults(self, subject, "transport")


@rule(
    "AC534",
    "server-timeout-unit",
    bad=_FILE.format(f'{_PROGRAM}, "timeout": 60'),
    good=_FILE.format(f'{_PROGRAM}, "timeout": 60000'),
    source="the clients' schemas and code: milliseconds in Claude Code, Gemini CLI and OpenCode, seconds in Codex and Roo Code",
    verified="2026-11-29",
    severity=Severity.WARNING,
    kind="servers",
)
def server_timeout_unit(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A time that is counted in another unit than it was written in.

    Claude Code 2.1.329 gives up a call after the 60 milliseconds that `60` are there; Codex 0.169.0 waits nearly seventeen hours for a
    server with `tool_timeout_sec = 60000`.
    """
    yield from _faults(self, subject, "timeout")


@rule(
    "AC535",
    "credential-in-server",
    bad=_FILE.format(_PROGRAM + ', "env": {"GITHUB_TOKEN": "gh' + 'p_Zk3vQ9xT7mW2pL8sR4nB6cY1dF5gH0jKqUaE"}'),
    good=_FILE.format(f'{_PROGRAM}, "env": {{"GITHUB_TOKEN": "${{GITHUB_TOKEN}}"}}'),
    source="the makers' own descriptions of their keys",
    verified="2026-11-29",
    severity=Severity.WARNING,
    protects=SECRETS,
    kind="servers",
)
def credential_in_server(self: Rule, subject: Subject) -> Iterator[Finding]:
    """What a server of the project is given, and what looks like an API key, a token, or a password.

    Everyone who has the project has it. Claude Code 2.1.329 and most others fill in a variable in its place. Only the first four
    characters are ever shown here. Examples, references and places to fill in are not flagged.
    """
    from agentconv.parts.servers import given_credentials

    for part in subject.parts.parts:
        for where, one in given_credentials.found(part.definition):
            message = shown(f"`{one.masked}` in `{where}` looks like {one.what}: {title(subject)} and all who have the file have it", 160)
            start, _ = _place(subject, part, one.text)
            help_text = "revoke it, and refer to a variable of the environment"
            yield self.find(message, (start, start + len(one.text)), help_text, clients=(subject.format,))


@rule(
    "AC536",
    "unread-server-key",
    bad=_FILE.format(f'{_PROGRAM}, "timeOut": 60000'),
    good=_FILE.format(f'{_PROGRAM}, "timeout": 60000'),
    source="the client's own schema of its servers' keys",
    verified="2026-11-29",
    severity=Severity.ERROR,
    kind="servers",
)
def unread_server_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key of a server that the client does not read.

    Claude Code 2.1.329 passes over keys that it does not know, `disabled` and `cwd` among them. A slip of a key that closes something is
    an error, since it is open then; a key of another client, or nobody's, is a note.
    """
    yield from part_findings.unread_keys(self, subject)


@rule(
    "AC537",
    "shadowed-server",
    bad='{"mcp": {"tracker": {"type": "local", "command": ["npx", "tracker"]}}}',
    good='{"mcp": {"issues": {"type": "local", "command": ["npx", "tracker"]}}}',
    source="the client's own list of its servers (asked: `opencode debug config`)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    example="opencode",
    path="opencode.json",
    beside=((".opencode/opencode.json", '{"mcp": {"tracker": {"type": "local", "command": ["uvx", "tracker"]}}}\n'),),
    kind="servers",
)
def shadowed_server(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A server of a name that another file of the project gives to another one, which is the one that the client has.

    OpenCode 1.18.33 reads several files, and of two servers of one name, it starts one. Where the file is another client's own, it is a
    note.
    """
    yield from part_findings.shadowed(self, subject)
