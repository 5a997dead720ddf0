"""From a source tree to a wheel and an sdist, through the standard build interface (PEP 517), without a network.

The backend gets a fixed time, so that the same tree gives the same bytes on any day; it normalises modes and owners itself.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, InputError, InternalError, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_Kind: TypeAlias = Literal["wheel", "sdist"]
_KINDS: tuple[_Kind, _Kind] = ("wheel", "sdist")
TIME = "1451606400"
"""2016-01-01: what the backend uses for its own files where nobody says a time, so that building from the sdist gives the same."""
_PROGRAM = 0o755
_UNSET = ("PYTHONWARNINGS", "PYTHONINSPECT", "PYTHONOPTIMIZE", "PYTHONDEBUG", "PYTHONVERBOSE", "PYTHONUTF8", "PYTHONIOENCODING")


@dataclass(frozen=True, slots=True)
class Built:
    """One file that was built."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Lower-case hexadecimal."""
        return sha256(self.data).hexdigest()


def build(files: Mapping[str, bytes], programs: Collection[str] = ()) -> tuple[Built, Built]:
    """Build a wheel and an sdist of a source tree.

    Args:
        files: Its files, by path.
        programs: The paths of those that are programs.

    Returns:
        The wheel and the sdist.

    Raises:
        InputError: There is no room or no right to write temporary files.
        InternalError: The backend fails.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="agentconv-pack-") as folder:
            tree = Path(folder, "tree")
            _lay_out(tree, files, programs)
            with ThreadPoolExecutor(2) as pool:  # each waits for a process
                wheel, sdist = (pool.submit(_built, tree, kind, folder) for kind in _KINDS)
            return wheel.result(), sdist.result()
    except OSError as error:
        message = f"temporary files cannot be written: {(error.strerror or str(error)).lower()}"
        raise InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, hint="TMPDIR names the folder for them")) from None


def _lay_out(tree: Path, files: Mapping[str, bytes], programs: Collection[str]) -> None:
    for folder in sorted({os.path.dirname(path) for path in files}):
        (tree / folder).mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        with open(tree / path, "xb") as stream:
            stream.write(data)
        if path in programs:
            os.chmod(tree / path, _PROGRAM)  # the backend tells programs by that


def _built(tree: Path, kind: _Kind, folder: str) -> Built:
    from build import BuildException, ProjectBuilder

    try:
        path = ProjectBuilder(tree, runner=_run).build(kind, os.path.join(folder, kind))
    except BuildException as error:
        raise InternalError(f"the {kind} cannot be built: {error}") from error
    except subprocess.CalledProcessError as error:
        lines = (error.output or b"").decode("utf-8", "replace").strip().splitlines()
        raise InternalError(f"the {kind} cannot be built: {lines[-1] if lines else error}") from error
    return Built(os.path.basename(path), Path(path).read_bytes())


def _run(cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None) -> None:
    """Run the backend with nothing of the user's environment that could change what it writes."""
    kept = {key: value for key, value in os.environ.items() if key not in _UNSET}
    fixed = {"SOURCE_DATE_EPOCH": TIME, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    environment = {**kept, **(extra_environ or {}), **fixed}
    subprocess.run(cmd, cwd=cwd, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # noqa: S603
