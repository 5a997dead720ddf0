"""Instructions of goose 1.52.0 (asked): `AGENTS.md` and `.goosehints`, both of them, and the user's own.

https://goose-docs.ai/docs/guides/context-engineering/using-goosehints/

A file that is named behind `@` is put in, though not after a parenthesis or in backticks; in a code fence it is, which is not told here.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.goose.goose import ID
from agentconv.parts.instructions.client import Client, Files


def _main(folder: str, name: str, *, native: bool = True) -> Files:
    return Files(Place(folder, name, native=native), main=True, imports="paths")


BY_FORMAT = {
    ID: Client(
        ID,
        "goose",
        (_main("", "AGENTS.md", native=False), _main("", ".goosehints")),
        (_main(".config/goose", "AGENTS.md"), _main(".config/goose", ".goosehints"), _main(".agents", "AGENTS.md", native=False)),
    )
}
