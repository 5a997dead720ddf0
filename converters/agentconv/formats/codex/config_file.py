"""`.codex/config.toml`: the roles that it declares beside those of `.codex/agents`, and what Codex 0.169.0 does not take (measured).

https://developers.openai.com/codex/subagents

`[agents.NAME]` has a description, and in `config_file` a role file, relative to the configuration, which needs neither a name
nor a description of its own. A role without a description in either is left out; `[[agents]]` keeps the client from starting.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Effect, Severity
from agentconv.core.format import Declared
from agentconv.core.source import BOM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.source import SourceText

FOLDER = PurePosixPath(".codex")
_READ = ("description", "config_file", "nickname_candidates")
"""What Codex reads in a role's table; what else stands there has no effect (asked: 0.169.0 spawned it without)."""


def declared(source: SourceText) -> list[Declared]:
    """Return the roles whose files a configuration names."""
    found = []
    for name, table in _tables(source).items():
        file = table.get("config_file")
        if isinstance(file, str) and ".." not in PurePosixPath(file).parts and not file.startswith("/"):
            description = table.get("description")
            given = {"name": name, **({"description": description} if isinstance(description, str) else {})}
            found.append(Declared(str(FOLDER / file), given))
    return found


def remarks(source: SourceText) -> list[Diagnostic]:
    """Say what of the declared roles the client does not take."""
    agents = _agents(source)
    if isinstance(agents, list):
        message = "Codex does not start with this file: `agents` must be a table, and `[[agents]]` is a list"
        return [_remark(source, message, r"\[\[[ \t]*agents\b", "write `[agents.NAME]`", Effect.STOPS)]
    return [found for name, table in _tables(source).items() for found in _of_table(source, name, table)]


def _of_table(source: SourceText, name: str, table: dict[str, Any]) -> Iterator[Diagnostic]:
    filed, place = isinstance(table.get("config_file"), str), _table_of(name)
    unread = [key for key in table if key not in _READ]
    if not table.get("description") and not filed:
        message = f"Codex leaves out the role `{name}`: it must define a description"
        yield _remark(source, message, place, "a role is `[agents.NAME]`, with a `description`", Effect.DROPS)
    elif unread:
        message = f"Codex reads nothing of `{unread[0]}` in the table of the role `{name}`"
        yield _remark(source, message, place, "put it into a file, and name that in `config_file`", Effect.IGNORES)
    elif not filed:
        message = f"Codex loads the role `{name}` with its description alone: it has no instructions, and no file to convert"
        note = _remark(source, message, place, "give it a `config_file` with `developer_instructions`", Effect.IGNORES)
        yield replace(note, code=Code.ELSEWHERE, severity=Severity.NOTE)


def missing(source: SourceText, one: Declared) -> Diagnostic:
    """Say that the client leaves out a role whose file is not there."""
    name = str(one.given["name"])
    file = PurePosixPath(one.path).relative_to(FOLDER)
    message = f"Codex leaves out the role `{name}`: its `config_file` is not there: `{file}`"
    return _remark(source, message, _table_of(name), "mend the path; it is relative to the configuration", Effect.DROPS)


def _table_of(name: str) -> str:
    return rf"\[[ \t]*agents[ \t]*\.[ \t]*\"?{re.escape(name)}\b"


def _agents(source: SourceText) -> Any:
    import tomli

    try:
        return tomli.loads(source.text.removeprefix(BOM)).get("agents")
    except (ValueError, RecursionError):
        return None  # of a configuration that does not parse, nothing is known


def _tables(source: SourceText) -> dict[str, dict[str, Any]]:
    agents = _agents(source)
    return {name: table for name, table in agents.items() if isinstance(table, dict)} if isinstance(agents, dict) else {}


def _remark(source: SourceText, message: str, pattern: str, hint: str, effect: Effect) -> Diagnostic:
    match = re.search(rf"(?m)^[ \t]*{pattern}", source.text)
    severity = Severity.ERROR if effect is Effect.STOPS else Severity.WARNING
    code = Code.NOT_LOADED if effect.drops else Code.INVALID_VALUE
    return Diagnostic(
        code, severity, message, source.span(match.start() if match else 0), hint, client="codex", effect=effect, reason=message
    )
