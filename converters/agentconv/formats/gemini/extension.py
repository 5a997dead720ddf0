r"""Gemini CLI 0.61.0: agents of an extension, the markdown files in the folder `agents` beside `gemini-extension.json`.

https://geminicli.com/docs/extensions/reference

They are read as those of a project; in all their texts `${extensionPath}`, `${workspacePath}` and `${/}` are filled in before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.expressions import expression
from agentconv.formats.gemini import gemini
from agentconv.formats.gemini.extension_index import MANIFEST
from agentconv.projecting import placeholders

if TYPE_CHECKING:
    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.ir import AgentSet
    from agentconv.core.source import SourceText

ID = "gemini-extension"
KEYS = gemini.KEYS
TEMPLATE = placeholders.Template(
    ID,
    expression(r"\$\{(\w+|/)\}", re.ASCII),
    gemini.TEMPLATE.known | {"extensionPath", "workspacePath", "pathSeparator", "/"},
)
SPEC = replace(gemini.SPEC, id=ID, client="Gemini CLI (extensions)")
DIALECT = replace(gemini.DIALECT, spec=SPEC, template=TEMPLATE)
INDEX = MANIFEST.index()


def read(source: SourceText) -> ReadResult:
    """Read a markdown file as Gemini CLI reads an extension's; of `gemini-extension.json`, what it says of the extension."""
    return MANIFEST.report(SPEC, source) if MANIFEST.is_it(source.path) else gemini.read(source, DIALECT)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a markdown file that Gemini CLI loads from an extension."""
    return gemini.write(agents, original, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a file of an extension can hold."""
    gemini.project(projection, DIALECT, TEMPLATE)
