"""The projects inside of the one that is linted: what rules that protect whoever reads a file find in their files is told, too.

A check of a whole repository would else pass over a secret that lies one folder down. Whatever else is so in them is told where
somebody lints them: each has settings of its own, and assistants that its files are for.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.cli.linting import files as lint_files
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import InputError
from agentconv.lint import checking
from agentconv.sources import discovery, loading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentconv.cli.linting.files import LintFile
    from agentconv.cli.linting.folders import LintFolders
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Rule
    from agentconv.sources.elsewhere import Inside


@dataclass(slots=True)
class LookedInside:
    """What was found in the projects inside."""

    checked: list[Checked] = field(default_factory=list)
    """Those of their files in which something was found."""
    where: dict[str, str] = field(default_factory=dict)
    """Where each of these is, as the user would name it."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    """Why something could not be looked at."""


def look(sought: Iterable[Inside], chosen: LintFolders, rules: Iterable[Rule], is_left_out: Callable[[str], bool]) -> LookedInside:
    """Look for what protects in the files of the projects inside, each for its own assistant alone.

    Args:
        sought: The projects that were linted, with those inside.
        chosen: What is chosen for each file.
        rules: The rules that are asked for.
        is_left_out: Whether a person says that the file there is not to be looked at.
    """
    protecting = [rule for rule in rules if rule.protects is not None]
    looked = LookedInside()
    for one in sought if protecting else ():
        for project in one.projects:
            try:
                files = _files(project, os.path.relpath(project, one.root), chosen, is_left_out, looked)
            except InputError as error:
                looked.diagnostics.append(error.diagnostic)
                continue
            for file, checked in zip(files, checking.check([file.subject for file in files], protecting), strict=True):
                if checked.findings or checked.failures:
                    looked.where[file.subject.path] = (file.location or file.subject.path).replace(os.sep, "/")
                    # no fix: what is mended is what was asked about
                    found = tuple(replace(finding, fix=None) for finding in checked.findings)
                    looked.checked.append(replace(checked, findings=found))
    return looked


def _files(project: str, below: str, chosen: LintFolders, is_left_out: Callable[[str], bool], looked: LookedInside) -> list[LintFile]:
    """Return the files of one project inside, those of its parts included.

    Raises:
        InputError: Its settings cannot be meant.
    """
    found = discovery.discover([project])
    found.files = [
        replace(file, path=f"{below.replace(os.sep, '/')}/{file.path}") for file in found.files if not is_left_out(file.location or "")
    ]
    files, unread = lint_files.read(loading.Loader(found.files, keep=False, results=True), found, chosen)
    looked.diagnostics += unread
    lint_files.introduce(files, ())
    for file in files:
        file.subject.asked = (file.subject.format,)
    files += lint_files.included(files)
    files += [file for file in lint_files.of_parts(found, [project], chosen, files) if not is_left_out(file.location or "")]
    return files
