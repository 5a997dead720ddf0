"""Where the output goes: what `-o` means."""

from __future__ import annotations

import os
import shlex
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.formats import registry

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from agentconv.core.diagnostics import InputError


@dataclass(frozen=True, slots=True)
class Destination:
    """A folder, one file, or (neither) standard output."""

    folder: Path | None = None
    file: Path | None = None


def destination(options: argparse.Namespace, targets: Sequence[str]) -> Destination:
    """Read the options that say where the output goes.

    Raises:
        InputError: They contradict each other or what is there.
    """
    output = options.output
    if output is None or output == "-":
        mode = next((mode for mode in ("check", "diff", "dry_run") if getattr(options, mode)), None)
        if mode:
            raise registry.usage(f"--{mode.replace('_', '-')} looks at files, and standard output is none", "add -o DIR, or -o FILE")
        return Destination()
    if not output:
        raise registry.usage("-o has an empty value", "name a folder, such as -o ., or a file")
    path = Path(output)
    ends = sorted({end for target in targets for end in registry.FORMATS[target].ends})
    is_file = not path.is_dir() and not output.endswith(("/", "\\"))
    if is_file and len(targets) == 1 and (path.name.endswith(tuple(ends)) or path.name in registry.FORMATS[targets[0]].files):
        return Destination(file=path)
    if not is_file or not path.suffix:
        if path.exists() and not path.is_dir() and not path.is_file():
            raise registry.usage(f"`{output}` is no regular file", "leave -o out, and take what comes to standard output")
        if (on_the_way := next((one for one in (path, *path.parents) if one.is_file()), None)) is not None:
            raise registry.usage(f"`{on_the_way}` is a file, not a folder", "name another folder with -o")
        _forbid_inside(path, targets)
        return Destination(folder=path)
    if len(targets) > 1:
        raise registry.usage(f"`{output}` is one file, for {len(targets)} formats", "name a folder: -o .")
    message = f"`{output}` does not end in {', '.join(ends)}, as files of {targets[0]} do"
    raise registry.usage(message, "name such a file, or a folder" + ("" if path.exists() else f": -o {output}/"))


def _forbid_inside(path: Path, targets: Sequence[str]) -> None:
    """Complain about a folder that an assistant looks into itself: files go to where each looks below what -o names.

    Raises:
        InputError: It is one, or is in one.
    """
    if all(registry.FORMATS[target].bundle for target in targets):
        return
    absolute = Path(os.path.abspath(path))
    for row in (row for row in registry.FORMATS.values() if not row.index):
        for place in (place for place in row.folders if place.startswith(".")):
            parts = PurePosixPath(place).parts
            at = next((at for at in range(1, len(absolute.parts)) if absolute.parts[at : at + len(parts)] == parts), None)
            if at is not None:
                root = os.path.relpath(Path(*absolute.parts[:at]))
                message = f"-o {path.as_posix()}: `{place}` is where {row.title} looks itself, and -o names the project above it"
                raise registry.usage(message, f"did you mean -o {shlex.quote(Path(root).as_posix())}?")


def several(place: Destination, targets: Sequence[str]) -> InputError:
    """Make the error for several files and no folder to put them in."""
    where = f"`{place.file}` is one file" if place.file else "there is no folder to put them in"
    return registry.usage(f"several files for {', '.join(targets)}, and {where}", "add -o . to write them where each client looks")
