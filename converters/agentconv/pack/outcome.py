"""What one run of the packer did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.disk.saving import Fate
    from agentconv.lint.checking import Checked
    from agentconv.pack.building import Built
    from agentconv.pack.contents import Contents
    from agentconv.pack.sources import Sources


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of the packer did."""

    code: int
    """The exit code."""
    sources: Sources
    contents: Contents | None = None
    """None where the build was stopped."""
    built: tuple[tuple[str, Fate, Built], ...] = ()
    """Path, fate and content of what was built."""
    diagnostics: tuple[Diagnostic, ...] = ()
    stopping: tuple[Checked, ...] = ()
    """Files with what stopped the build."""
    told: tuple[Checked, ...] = ()
    """Files with what may be a secret, and stopped nothing."""

    @property
    def failures(self) -> list[Diagnostic]:
        """Bugs of ours that checking the files showed."""
        return [failure for one in self.stopping for failure in one.failures]
