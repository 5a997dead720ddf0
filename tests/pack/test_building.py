"""What is built is the same on any day, in any folder and for any user, and passes what package indexes check."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import warm_program

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "converters")}
METADATA = [
    "--license",
    "MIT",
    "--author",
    "Ada Author <ada@example.com>",
    "--requires",
    "base-agents>=1",
    "--url",
    "Homepage=https://example.com",
    "--keyword",
    "backend",
    "--classifier",
    "Topic :: Software Development",
]


def _pack(folder, output, umask=0o022, **environment):
    program = [sys.executable, "-m", "agentconv"] if environment else [warm_program.program()]  # an order of hashes begins with Python
    command = [
        *program,
        "pack",
        ".",
        "--name",
        "backend-agents",
        "--version",
        "1.2.0",
        "-o",
        str(output),
        *METADATA,
    ]
    subprocess.run(command, cwd=folder, env={**ENVIRONMENT, **environment}, check=True, capture_output=True, umask=umask)
    return {path.name: path.read_bytes() for path in sorted(Path(output).iterdir())}


def test_reproducible(project, tmp_path_factory):
    """Another folder, day, user, time zone, locale and order of hashes give the same bytes."""
    other = tmp_path_factory.mktemp("elsewhere") / "a b"
    shutil.copytree(project, other)
    for path in other.rglob("*"):
        path.chmod(0o700)
        os.utime(path, (1, 1))
    first = _pack(project, project / "dist", PYTHONHASHSEED="1")
    second = _pack(
        other,
        other / "out",
        umask=0o077,
        PYTHONHASHSEED="2",
        TZ="Asia/Tokyo",
        LC_ALL="C",
        SOURCE_DATE_EPOCH="99999",
        PYTHONWARNINGS="error",
    )

    assert list(first) == ["backend_agents-1.2.0-py3-none-any.whl", "backend_agents-1.2.0.tar.gz"]
    assert first == second


def test_the_sdist_gives_the_same_wheel(project):
    """A wheel that is built from the sdist is the one beside it."""
    built = _pack(project, project / "dist")
    with tarfile.open(project / "dist" / "backend_agents-1.2.0.tar.gz") as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)  # Python 3.11.2 has none
        archive.extractall(project / "again")  # noqa: S202 - our own, made a moment ago
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(project / "rebuilt"), "."]
    subprocess.run(command, cwd=project / "again" / "backend_agents-1.2.0", env=ENVIRONMENT, check=True, capture_output=True)

    assert (project / "rebuilt/backend_agents-1.2.0-py3-none-any.whl").read_bytes() == built["backend_agents-1.2.0-py3-none-any.whl"]


@pytest.mark.parametrize("words", [["twine", "check", "--strict"], ["check_wheel_contents"]], ids=["twine", "check-wheel-contents"])
def test_checkers(words, project):
    """What package indexes, and a checker of wheels, look at is in order."""
    _pack(project, project / "dist")
    files = sorted(str(path) for path in (project / "dist").iterdir())
    files = files if words[0] == "twine" else files[:1]
    done = subprocess.run([sys.executable, "-m", *words, *files], env=ENVIRONMENT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_metadata(project):
    """Everything that was said of the pack is in the wheel's metadata."""
    _pack(project, project / "dist")
    from email import message_from_string
    from zipfile import ZipFile

    with ZipFile(project / "dist" / "backend_agents-1.2.0-py3-none-any.whl") as archive:
        found = message_from_string(archive.read("backend_agents-1.2.0.dist-info/METADATA").decode())
        licence = archive.read("backend_agents-1.2.0.dist-info/licenses/LICENSE").decode()
        entry = archive.read("backend_agents-1.2.0.dist-info/entry_points.txt").decode()

    assert {
        key: found[key] for key in ("Name", "Version", "License-Expression", "Author-email", "Requires-Dist", "Project-URL", "Keywords")
    } == {
        "Name": "backend-agents",
        "Version": "1.2.0",
        "License-Expression": "MIT",
        "Author-email": "Ada Author <ada@example.com>",
        "Requires-Dist": "base-agents>=1",
        "Project-URL": "Homepage, https://example.com",
        "Keywords": "backend",
    }
    assert licence == "Do what you like.\n"
    assert "[agentconv.packs]\nbackend-agents=backend_agents" in entry.replace(" ", "")


def test_same_file_again(project, pack):
    """What is there already with the same bytes is left, and that is said."""
    pack(".")

    assert "2 files there already, with the same bytes" in pack(".").err


def test_other_file_of_the_version(project, pack):
    """Another file of the same version is kept, and with it the other one; --force replaces it and keeps a copy."""
    wheel = project / "dist" / "backend_agents-1.2.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"mine")
    kept = pack(".", code=1)

    assert wheel.read_bytes() == b"mine"
    assert [path.name for path in wheel.parent.iterdir()] == [wheel.name]
    assert "is kept; nothing was written" in kept.err

    pack(".", "--force")
    assert wheel.with_name(f"{wheel.name}.agentconv-backup").read_bytes() == b"mine"
    assert wheel.read_bytes() != b"mine"


def test_dry_run_writes_nothing(project, pack):
    """A dry run lists the files with their sizes, and writes none."""
    before = sorted(project.rglob("*"))
    listed = pack(".", "-n")

    assert "agents/reviewer.md" in listed.out
    assert sorted(project.rglob("*")) == before
