"""What one run of the packer did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Severity

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

    strict: bool = False
    """Whether nothing but `--strict` makes it a finding."""

    def has(self, strict: str | None) -> bool:
        """Whether there is what `--strict` counts, as a conversion counts it: warnings; at `notes`, what is lost otherwise, too."""
        if strict in (None, "off") or self.contents is None:
            return False
        laid = self.contents.laid
        warned = any(one.severity is Severity.WARNING for one in self.diagnostics) or bool(self.told) or self.contents.has_warnings
        return warned or (strict == "notes" and bool(laid.lost or laid.left_out))

    @property
    def failures(self) -> list[Diagnostic]:
        """Bugs of ours that checking the files showed."""
        return [failure for one in self.stopping for failure in one.failures]
