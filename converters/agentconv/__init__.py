"""agentconv: move coding agents between assistants, and know exactly what it costs.

```python
import agentconv

agents = agentconv.read("path/or/project")  # AgentSet with diagnostics
result = agentconv.write(agents, "codex")  # files, losses, diagnostics; the disk is not touched
result.save("out")
agentconv.lint(agents, for_="codex")  # findings, each with its place
```
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would be half of what starting costs
if TYPE_CHECKING:
    from typing import Any

    from agentconv.api import Agents, Result, convert, iter_agents, read, reads, schema, schemas, write
    from agentconv.core.diagnostics import AbsentError, Diagnostic, InputError, Loss, LossKind, LossSeverity, Severity, Span, Told
    from agentconv.core.format import State
    from agentconv.core.ir import (
        Agent,
        AgentSet,
        Hook,
        Invocation,
        Json,
        Limits,
        McpServer,
        Model,
        Origin,
        PermissionMode,
        Permissions,
        Prompt,
        Rule,
        Sandbox,
        Source,
        ToolGrant,
        Tools,
    )
    from agentconv.core.meant import Foreign, Pattern, Reference, Text
    from agentconv.core.parts import (
        AllArguments,
        Argument,
        Body,
        Command,
        FileText,
        FolderFile,
        ForeignPlaceholder,
        Instruction,
        NamedArgument,
        OwnFolder,
        Part,
        PermissionSet,
        Server,
        SetHook,
        ShellOutput,
        Skill,
    )
    from agentconv.disk.output import OutputFile
    from agentconv.formats.registry import FormatInfo, FormatRow, formats
    from agentconv.install.gains import Gain, compare
    from agentconv.lint.explaining import Explained, explain, rules
    from agentconv.lint.inspection import Inspected, Reading
    from agentconv.lint.library import Finding, Inspection, Linted, Mended, fix, inspect, lint

__version__ = "0.1.0"
__all__ = [
    "AbsentError",
    "Agent",
    "AgentSet",
    "Agents",
    "AllArguments",
    "Argument",
    "Body",
    "Command",
    "Diagnostic",
    "Explained",
    "FileText",
    "Finding",
    "FolderFile",
    "Foreign",
    "ForeignPlaceholder",
    "FormatInfo",
    "FormatRow",
    "Gain",
    "Hook",
    "InputError",
    "Inspected",
    "Inspection",
    "Instruction",
    "Invocation",
    "Json",
    "Limits",
    "Linted",
    "Loss",
    "LossKind",
    "LossSeverity",
    "McpServer",
    "Mended",
    "Model",
    "NamedArgument",
    "Origin",
    "OutputFile",
    "OwnFolder",
    "Part",
    "Pattern",
    "PermissionMode",
    "PermissionSet",
    "Permissions",
    "Prompt",
    "Reading",
    "Reference",
    "Result",
    "Rule",
    "Sandbox",
    "Server",
    "SetHook",
    "Severity",
    "ShellOutput",
    "Skill",
    "Source",
    "Span",
    "State",
    "Text",
    "Told",
    "ToolGrant",
    "Tools",
    "__version__",
    "compare",
    "convert",
    "explain",
    "fix",
    "formats",
    "inspect",
    "iter_agents",
    "lint",
    "read",
    "reads",
    "rules",
    "schema",
    "schemas",
    "write",
]

_HOMES = {
    **dict.fromkeys(
        (
            "Agents",
            "Result",
            "convert",
            "iter_agents",
            "read",
            "reads",
            "schema",
            "schemas",
            "write",
        ),
        "agentconv.api",
    ),
    **dict.fromkeys(
        (
            "AbsentError",
            "Diagnostic",
            "InputError",
            "Loss",
            "LossKind",
            "LossSeverity",
            "Severity",
            "Span",
            "Told",
        ),
        "agentconv.core.diagnostics",
    ),
    **dict.fromkeys(("State",), "agentconv.core.format"),
    **dict.fromkeys(("OutputFile",), "agentconv.disk.output"),
    **dict.fromkeys(
        (
            "Agent",
            "AgentSet",
            "Hook",
            "Invocation",
            "Json",
            "Limits",
            "McpServer",
            "Model",
            "Origin",
            "PermissionMode",
            "Permissions",
            "Prompt",
            "Rule",
            "Sandbox",
            "Source",
            "ToolGrant",
            "Tools",
        ),
        "agentconv.core.ir",
    ),
    **dict.fromkeys(
        (
            "Foreign",
            "Pattern",
            "Reference",
            "Text",
        ),
        "agentconv.core.meant",
    ),
    **dict.fromkeys(
        (
            "AllArguments",
            "Argument",
            "Body",
            "Command",
            "FileText",
            "FolderFile",
            "ForeignPlaceholder",
            "Instruction",
            "NamedArgument",
            "OwnFolder",
            "Part",
            "PermissionSet",
            "Server",
            "SetHook",
            "ShellOutput",
            "Skill",
        ),
        "agentconv.core.parts",
    ),
    **dict.fromkeys(
        (
            "FormatInfo",
            "FormatRow",
        ),
        "agentconv.formats.registry",
    ),
    **dict.fromkeys(
        (
            "Gain",
            "compare",
        ),
        "agentconv.install.gains",
    ),
    **dict.fromkeys(
        (
            "Explained",
            "explain",
            "rules",
        ),
        "agentconv.lint.explaining",
    ),
    **dict.fromkeys(
        (
            "Inspected",
            "Reading",
        ),
        "agentconv.lint.inspection",
    ),
    **dict.fromkeys(
        (
            "Finding",
            "Inspection",
            "Linted",
            "Mended",
            "fix",
            "inspect",
        ),
        "agentconv.lint.library",
    ),
}
_PACKAGES = ("formats", "lint")
"""Functions that are packages, too: `agentconv.lint(...)` is called, and `agentconv.lint.rule` imported."""


def __getattr__(name: str) -> Any:
    """Import public names when they are first used, so that `--version` costs nothing."""
    from importlib import import_module

    if name in _PACKAGES:
        return import_module(f"agentconv.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
