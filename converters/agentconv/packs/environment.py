"""The Python environment whose packs are meant: tools live in other environments than projects, so it is looked for, and named.

A virtual environment is understood from its `pyvenv.cfg`; nothing of it is run. An interpreter that a person names and that is in no
virtual environment is asked for its paths, without its `site` module and so without any `.pth` file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.packs.contents import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_OWN = "the Python that runs agentconv"
_CONFIGURATION = "pyvenv.cfg"
_LONGEST = 64 * 1024
_SECONDS = 30
_ASK = (
    "import json, site, sysconfig; "
    "print(json.dumps([*(sysconfig.get_path(one) for one in ('purelib', 'platlib')), *site.getsitepackages(), site.getusersitepackages()]))"
)
_HINT = "name the environment that the packs are installed in: --python PATH, a virtual environment's folder or an interpreter"


@dataclass(frozen=True, slots=True)
class Environment:
    """Where installed packs are looked for."""

    chosen: str
    """Why it is this one, for people: `--python`, `VIRTUAL_ENV`, `the project's .venv`, `the Python that runs agentconv`."""
    folders: tuple[Path, ...]
    """Its folders of installed distributions, those that exist, in the order in which Python searches them."""
    missing: tuple[Path, ...] = ()
    """Where such a folder was expected and is not there."""

    @property
    def looked(self) -> str:
        """Everywhere that was looked, and why there, for people."""
        return f"{', '.join(map(shown, self.places)) or 'no folder'} ({self.chosen})"

    @property
    def places(self) -> tuple[Path, ...]:
        """Everywhere that was looked."""
        return self.folders or self.missing

    @property
    def is_own(self) -> bool:
        """Whether it is only the one that agentconv runs in, a tool's rather than the project's: nobody named another one."""
        return self.chosen == _OWN

    @property
    def hint(self) -> str:
        """What to do about packs that are not in it."""
        if self.is_own:
            return "activate the environment that has them, or name it: --python PATH; .whl files and folders are packs too"
        return "install packs there with pip, or name the environment that has them: --python PATH; .whl files and folders are packs too"


def choose(python: str | None = None, project: Path = Path(), variables: Mapping[str, str] = os.environ) -> Environment:
    """Decide which environment's packs are meant.

    Args:
        python: What `--python` names: a virtual environment, an interpreter, or a command that starts one.
        project: The project's root, for its `.venv`.
        variables: The process's environment, for VIRTUAL_ENV.

    Raises:
        InputError: What is named is none.
    """
    if python is not None:
        return _named(python)
    active = variables.get("VIRTUAL_ENV")
    if active:
        if not (Path(active) / _CONFIGURATION).is_file():
            raise _wrong(f"VIRTUAL_ENV names `{active}`, which is no virtual environment", f"unset it, or {_HINT}")
        return _virtual(Path(active), "VIRTUAL_ENV")
    own = project / ".venv"
    if (own / _CONFIGURATION).is_file():
        return _virtual(own, "the project's .venv")
    return _running()


def _named(python: str) -> Environment:
    path = Path(python)
    if path.is_dir():
        if (path / _CONFIGURATION).is_file():
            return _virtual(path, "--python")
        inside = [path / name for name in ("bin/python3", "bin/python", "python.exe") if (path / name).is_file()]
        if not inside:
            raise _wrong(f"--python: there is no Python environment in `{python}`", _HINT)
        return _asked(inside[0])
    if not path.is_file():
        command = shutil.which(python) if os.path.basename(python) == python else None
        if command is None:
            raise _wrong(f"--python: there is no `{python}`", _HINT)
        path = Path(command)
    venv = next((folder for folder in (path.parent.parent, path.parent) if (folder / _CONFIGURATION).is_file()), None)
    return _virtual(venv, "--python") if venv else _asked(path)


def _virtual(folder: Path, chosen: str) -> Environment:
    settings = _settings(folder / _CONFIGURATION)
    version = re.match(r"\d+\.\d+", settings.get("version") or settings.get("version_info") or "")
    expected = list(_libraries(folder, version[0] if version else None, "site-packages"))
    if settings.get("include-system-site-packages", "").lower() == "true" and settings.get("home"):
        base = Path(settings["home"]).parent if os.path.basename(settings["home"]) == "bin" else Path(settings["home"])
        for prefix in (base / "local", base):
            expected += _libraries(prefix, version[0] if version else None, "site-packages", "dist-packages")
        expected.append(base / "lib" / "python3" / "dist-packages")
    return _environment(chosen, expected)


def _settings(file: Path) -> dict[str, str]:
    """Read a `pyvenv.cfg` as CPython's `site` does: lines of `key = value`."""
    try:
        with file.open("rb") as stream:
            text = stream.read(_LONGEST).decode("utf-8", "replace")
    except OSError as error:
        raise _wrong(f"`{file}` cannot be read: {(error.strerror or str(error)).lower()}", _HINT) from None
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, mark, value in pairs if mark}


def _libraries(prefix: Path, version: str | None, *names: str) -> Iterator[Path]:
    """Yield where the packages of a prefix are: below `lib` and the version, or without one on Windows."""
    for name in names:
        exact = [prefix / "lib" / f"python{version}" / name] if version else []
        found = [path for path in exact if path.is_dir()]
        found = found or sorted(path for path in prefix.glob(f"lib/*/{name}") if path.is_dir())
        windows = prefix / "Lib" / name
        yield from found or ([windows] if windows.is_dir() else exact)


def _asked(python: Path) -> Environment:
    """Ask an interpreter, in isolated mode and without `site`, so that no `.pth` file of the environment runs."""
    try:
        command = [os.path.abspath(python), "-I", "-S", "-c", _ASK]
        done = subprocess.run(  # noqa: S603 - the interpreter that the user named, with words of ours
            command, capture_output=True, timeout=_SECONDS, check=True, stdin=subprocess.DEVNULL
        )
        answer = json.loads(done.stdout)
        expected = [Path(word) for word in answer if isinstance(word, str)]
    except (OSError, subprocess.SubprocessError, ValueError, TypeError):
        raise _wrong(f"--python: `{python}` is no Python interpreter that says where its packages are", _HINT) from None
    return _environment("--python", expected)


def _running() -> Environment:
    import site
    import sysconfig

    expected = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    if sys.prefix == sys.base_prefix:  # a virtual environment hides the others, unless its sys.path has them
        expected += [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    else:
        expected += [path for path in site.getsitepackages() if path in sys.path]
    return _environment(_OWN, [Path(path) for path in expected])


def _environment(chosen: str, expected: Iterable[Path]) -> Environment:
    distinct = list(dict.fromkeys(expected))
    found = {os.path.realpath(path): path for path in reversed(distinct) if path.is_dir()}  # lib64 may be another name of lib
    return Environment(
        chosen,
        tuple(path for path in distinct if path in found.values()),
        tuple(path for path in distinct if not path.is_dir()),
    )


def _wrong(message: str, hint: str) -> InputError:
    return InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, hint=hint))
