"""What skills, commands and servers may do: what a client runs or calls for them, and what it does for them unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import plain_words
from agentconv.core.parts import Command, Instruction, PermissionSet, Server, SetHook, ShellOutput, Skill
from agentconv.core.plain_words import HOOKS, UNATTENDED
from agentconv.install.grant import Grant
from agentconv.parts.commands.reading import SCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.ir import Json, ToolGrant
    from agentconv.core.parts import Body, BodyPart, FolderFile, Part

RUN = "run"
_PROGRAMS = (
    *(".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".cmd", ".exe"),
    *(".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".php", ".lua"),
)
"""Endings of files that something runs, whatever their mode is."""
_DIGITS = 12


def grants(part: Part) -> tuple[Grant, ...]:
    """Return what a part may do beyond reading."""
    if isinstance(part, Instruction):
        return ()
    if isinstance(part, SetHook):
        return tuple(dict.fromkeys(_hook(part)))
    if isinstance(part, PermissionSet):
        return tuple(dict.fromkeys(_rules(part)))
    return tuple(dict.fromkeys(_server(part) if isinstance(part, Server) else _text(part)))


def _hook(part: SetHook) -> Iterator[Grant]:
    hook = part.definition
    yield Grant(HOOKS, f"hook {hook.native_event}: {_commands(hook.handlers)}")
    yield from (of_script(file) for file in part.files)


def _rules(part: PermissionSet) -> Iterator[Grant]:
    for rule in part.rules:
        if rule.effect == "allow":
            yield Grant(
                UNATTENDED, f"{rule.native if rule.pattern is None else f'{rule.native}({rule.pattern})'} {UNATTENDED}, whoever uses it"
            )
    if part.mode in _FREE:
        yield Grant(UNATTENDED, f"sessions begin in the mode {part.mode}")
    for folder in part.folders or ():
        yield Grant(RUN, f"the folder {folder} is open like the project")


_FREE = ("accept-edits", "auto", "bypass")
"""Modes in which something runs unasked."""


def _server(part: Server) -> Iterator[Grant]:
    defined = part.definition
    values = [f"{name}={value}" for name, value in (defined.env or {}).items()]
    line = " ".join([*values, defined.command, *(defined.args or ())]) if defined.command else ""
    line += f" (in {defined.cwd})" if line and defined.cwd else ""
    where = defined.url or line
    if line:
        yield Grant(RUN, f"MCP server {part.name} is started: {line}")
    yield Grant(plain_words.server(part.name), f"MCP server {part.name}" + (f" ({where})" if where else ""))
    if part.trusted:
        yield Grant(UNATTENDED, f"all tools of MCP server {part.name} {UNATTENDED}")
    for tool in part.unasked_tools or ():
        yield Grant(UNATTENDED, f"{tool} of MCP server {part.name} {UNATTENDED}")


def _text(part: Skill | Command) -> Iterator[Grant]:
    for command in _shell(part.body):
        script = command.startswith(SCRIPT)
        what = command.split("\n", 1)[0]
        yield Grant(RUN, f"the file itself is run: {what} ..." if script else f"shell inclusion: {command}")
    for grant in part.approved_tools or ():
        yield Grant(UNATTENDED, f"{_tool(grant)} {UNATTENDED}")
    if isinstance(part, Skill):
        yield from (of_script(file) for file in part.files if is_script(file))
        for hook in part.hooks or ():
            yield Grant(HOOKS, f"hook {hook.native_event}: {_commands(hook.handlers)}")


def is_script(file: FolderFile) -> bool:
    """Whether a file is one that something runs: by its mode, its first bytes or its name."""
    return file.executable or file.data.startswith(SCRIPT.encode()) or file.path.lower().endswith(_PROGRAMS)


def of_script(file: FolderFile) -> Grant:
    """Return what a script asks for, and which it is: another text under the same name is another one."""
    return Grant(RUN, f"script {file.path} (sha256 {file.sha256[:_DIGITS]})")


def _shell(body: Body | None) -> Iterator[str]:
    """Yield the command lines whose output comes into a text."""
    for part in body.parts if body else ():
        if isinstance(part, ShellOutput):
            yield "".join(map(_shown, part.command))


def _shown(part: BodyPart) -> str:
    return part if isinstance(part, str) else "..."


def _tool(grant: ToolGrant) -> str:
    return f"{grant.native}({grant.pattern})" if grant.pattern else grant.native


def _commands(handlers: Iterable[Json]) -> str:
    return "; ".join(str(one["command"]) for one in handlers if isinstance(one, dict) and "command" in one) or "what it does"
