"""agentconv: move coding agents between assistants, and know exactly what it costs.

```python
import agentconv

agents = agentconv.read("path/or/project")  # AgentSet with diagnostics
result = agentconv.write(agents, "codex")  # files, losses, diagnostics; the disk is not touched
result.save("out")
```
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would be half of what starting costs
if TYPE_CHECKING:
    from typing import Any

    from agentconv.api import Result, iter_agents, read, reads, write
    from agentconv.core.diagnostics import Diagnostic, InputError, Loss, Severity, Span
    from agentconv.core.ir import Agent, AgentSet
    from agentconv.core.meant import Pattern, Reference, Text
    from agentconv.core.parts import Command, Server, Skill

__version__ = "0.1.0"
__all__ = [
    "Agent",
    "AgentSet",
    "Command",
    "Diagnostic",
    "InputError",
    "Loss",
    "Pattern",
    "Reference",
    "Result",
    "Server",
    "Severity",
    "Skill",
    "Span",
    "Text",
    "__version__",
    "iter_agents",
    "read",
    "reads",
    "write",
]

_HOMES = {
    **dict.fromkeys(("Result", "iter_agents", "read", "reads", "write"), "agentconv.api"),
    **dict.fromkeys(("Diagnostic", "InputError", "Loss", "Severity", "Span"), "agentconv.core.diagnostics"),
    **dict.fromkeys(("Agent", "AgentSet"), "agentconv.core.ir"),
    **dict.fromkeys(("Pattern", "Reference", "Text"), "agentconv.core.meant"),
    **dict.fromkeys(("Command", "Server", "Skill"), "agentconv.core.parts"),
}


def __getattr__(name: str) -> Any:
    """Import public names when they are first used, so that `--version` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
