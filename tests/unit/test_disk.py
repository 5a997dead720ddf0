"""The one way to the disk: what is read, what is kept of a file that is replaced, and who may write at a time."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentconv.disk import keeping, placing, reading
from agentconv.disk.files import Blocked, Disk, Present
from agentconv.disk.keeping import Kept
from agentconv.disk.output import OutputFile
from agentconv.disk.saving import Fate, OutputFolder

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a folder beside it, and a file in each."""
    project = tmp_path / "project"
    for place in (project / "a/x.md", project / "other/x.md", project / ".git/config", tmp_path / "outside/x.md"):
        place.parent.mkdir(parents=True)
        place.write_text(f"{place.parent.name}\n")
    return project


def _read(root: Path, path: str) -> bytes | str | None:
    found = Disk(root).read(path)
    return found.reason if isinstance(found, Blocked) else found


@pytest.mark.parametrize("here", [False, True], ids=["named", "."])
@pytest.mark.parametrize("name", ["a", "b", "folder", ".b"])
def test_no_folder_leads_out(root, name, here, monkeypatch):
    """However short its name is, and however the root is named, a folder that is a link out is not looked into."""
    monkeypatch.chdir(root)
    (root / "a").rename(root / "old")
    (root / name).symlink_to("../outside")
    (root / "old/deep").symlink_to("../../outside")
    top = Path() if here else root

    assert _read(top, f"{name}/x.md") == _read(top, "old/deep/x.md") == "a symbolic link leads out of the project"
    assert _read(top, f"{name}/new.md") == "a symbolic link leads out of the project"


def test_a_sibling_with_the_same_beginning_is_outside(root):
    """A folder whose path only begins as the root's does is another one."""
    root.with_name("project-2").mkdir()
    (root / "b").symlink_to("../project-2")

    assert _read(root, "b/x.md") == "a symbolic link leads out of the project"


LINKS = {
    "../other/x.md": b"other\n",
    "../../outside/x.md": "a symbolic link leads out of the project",
    "../.git/config": "it leads into `.git`, which is version control's own",
    "../.GIT/config": "it leads into `.git`, which is version control's own",
    "../.env": "a symbolic link leads to `.env`, a hidden file",
    "nowhere.md": "it is a symbolic link that leads nowhere",
    "link.md": "it is a symbolic link that leads nowhere",
    "../other": "it is a folder",
    "/dev/zero": "a symbolic link leads out of the project",
}


@pytest.mark.parametrize(("leads", "found"), LINKS.items(), ids=LINKS)
def test_a_link_in_a_files_place(root, leads, found):
    """It is followed to a regular file of the project, and to nothing else."""
    (root / ".env").write_text("secret\n")
    (root / "a/link.md").symlink_to(leads)

    assert _read(root, "a/link.md") == found


def test_a_hidden_file_may_be_linked_under_its_own_name(root):
    """An assistant's file that is hidden itself may lie elsewhere in the project."""
    (root / "other/.roomodes").write_text("modes\n")
    (root / ".roomodes").symlink_to("other/.roomodes")

    assert _read(root, ".roomodes") == b"modes\n"


def test_what_lies_in_version_control_is_nobodys_output(root):
    """A path that leads there without a link is refused as well."""
    assert _read(root, ".git/x/new.md") == "it leads into `.git`, which is version control's own"


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder"])
def test_what_is_no_regular_file_is_not_opened(root, kind, monkeypatch):
    """It is refused by what the system says of it; to open a pipe would wait for somebody."""
    monkeypatch.chdir(root / "a")
    with socket.socket(socket.AF_UNIX) as listener:
        if kind == "pipe":
            os.mkfifo("it.md")
        elif kind == "socket":
            listener.bind("it.md")
        else:
            Path("it.md").mkdir()
        monkeypatch.setattr(os, "open", _unopened)
        found = _read(root, "a/it.md")

    assert found == ("it is a folder" if kind == "folder" else "it is no regular file")
    assert reading.head("it.md", 10) == b""


def _unopened(*_: object) -> int:
    raise AssertionError


def test_what_comes_into_a_files_place_is_not_waited_for(root, monkeypatch):
    """A pipe that is put there between looking and opening gives an error."""
    place = root / "a/x.md"
    honest = os.stat

    def swapped(path: str, **named: bool) -> os.stat_result:
        found = honest(path, **named)
        if os.fspath(path) == str(place):
            place.unlink()
            os.mkfifo(place)
        return found

    monkeypatch.setattr(os, "stat", swapped)

    assert _read(root, "a/x.md") == "it cannot be read: not a regular file"


def test_reading_is_bounded(root, monkeypatch):
    """A file is read as far as it went when it was opened; what is larger than the limit is not read at all."""
    honest = os.read

    def growing(descriptor: int, size: int) -> bytes:
        with (root / "a/x.md").open("ab") as stream:
            stream.write(b"more\n")
        return honest(descriptor, size)

    with (root / "a/large.md").open("wb") as stream:
        stream.truncate(reading.LARGEST + 1)
    assert _read(root, "a/large.md") == "it cannot be read: it has 268,435,457 bytes, and 268,435,456 are read at most"
    monkeypatch.setattr(os, "read", growing)

    assert _read(root, "a/x.md") == "it cannot be read: it grew while it was read"


ELSEWHERE = """
import os, sys
sys.platform = "win32"
for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "chown", "listxattr", "getxattr", "setxattr"):
    delattr(os, name)
from pathlib import Path
from agentconv.disk import placing, saving
from agentconv.disk.output import OutputFile
folder = saving.OutputFolder(Path(sys.argv[1]))
placing.make(placing._stage(str(Path(sys.argv[1], "a/y.md"))), b"left")
print(folder.save(OutputFile("b/new.md", b"new")).fate, folder.save(OutputFile("a/x.md", b"new"), force=True).fate)
print(folder.save(OutputFile("a/y.md", b"new")).fate, len([*Path(sys.argv[1]).rglob(".agentconv-save*")]))
print(folder.mend("other/x.md", b"other\\n", b"new").fate, "fcntl" in sys.modules)
"""


def test_systems_that_have_less(root):
    """Where there are no such flags, owners, attributes and locks, files are written all the same."""
    done = subprocess.run([sys.executable, "-c", ELSEWHERE, str(root)], check=True, capture_output=True, text=True)

    assert done.stdout == "created replaced\ncreated 0\nreplaced False\n"
    assert {path.read_text() for path in root.rglob("*.md")} == {"new"}


def test_a_replaced_file_keeps_what_it_had(root, monkeypatch):
    """Its permissions, its owner and group, and each of its attributes that can be set are those of the file before."""
    place, given = root / "a/x.md", []
    place.chmod(0o2640)
    attributes = {"user.note": b"1", "security.label": b"2", "user.closed": b"3"}
    monkeypatch.setattr(os, "listxattr", lambda *_, **__: list(attributes), raising=False)
    monkeypatch.setattr(os, "getxattr", lambda _, name, **__: attributes[name], raising=False)
    monkeypatch.setattr(os, "setxattr", _setting(given), raising=False)
    found = keeping.of(str(place))
    placing.rewrite(str(place), b"a\n", b"new\n")

    assert found == Kept(0o2640, os.getuid(), os.getgid(), tuple(attributes.items()))
    assert place.stat().st_mode & 0o7777 == 0o2640
    assert given == [("user.note", b"1"), ("user.closed", b"3")]


def _setting(given: list[tuple[str, bytes]]):
    def setting(_: str, name: str, value: bytes) -> None:
        if name.startswith("security"):
            raise OSError(errno.EPERM, "Operation not permitted")
        given.append((name, value))

    return setting


@pytest.mark.parametrize("allowed", [True, False])
def test_an_owner_is_kept_where_it_may(root, allowed, monkeypatch):
    """Who may not give a file away gives it to the group at least, and nobody gets a right of its owner's by that."""
    asked: list[tuple[int, int]] = []

    def chown(_: str, owner: int, group: int) -> None:
        asked.append((owner, group))
        if owner >= 0 and not allowed:
            raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chown", chown)
    keeping.give(str(root / "a/x.md"), Kept(0o4750, 12_345, 54_321))

    assert asked == ([(12_345, 54_321)] if allowed else [(12_345, 54_321), (-1, 54_321)])
    assert (root / "a/x.md").stat().st_mode & 0o7777 == (0o4750 if allowed else 0o750)


def test_nobody_reads_a_private_file_meanwhile(root, monkeypatch):
    """The temporary file of one that others may not read is one that others may not read, from the beginning."""
    place, modes = root / "a/x.md", set()
    place.chmod(0o600)
    honest = os.write

    def write(descriptor: int, data: bytes) -> int:
        modes.add(os.fstat(descriptor).st_mode & 0o777)
        return honest(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    placing.rewrite(str(place), b"a\n", b"new\n")

    assert modes == {0o600}


def test_a_file_that_changed_is_kept(root):
    """Other bytes than those that were decided on are not replaced; nor is a file made anew that is gone."""
    with pytest.raises(placing.Changed):
        placing.rewrite(str(root / "a/x.md"), b"old\n", b"new\n")
    (root / "other/x.md").unlink()
    with pytest.raises(placing.Changed):
        placing.rewrite(str(root / "other/x.md"), b"other\n", b"new\n")

    assert (root / "a/x.md").read_text() == "a\n"
    assert sorted(path.name for path in root.rglob("*.md")) == ["x.md"]
    assert not list(root.rglob(".agentconv*"))


def test_a_left_over_is_nobodys_way_out(root, tmp_path):
    """A link, a pipe or a file that has the name of a temporary file goes, unread and not written through."""
    for number, left in enumerate((lambda place: place.symlink_to(tmp_path / "outside/x.md"), os.mkfifo, Path.touch)):
        _interrupt_unlinking(lambda at: placing.create(str(root / f"a/{at}.md"), b"new\n"), number)
        (root / f"a/{number}.md").unlink()
        stage = next((root / "a").glob(".agentconv-save-*"))
        stage.unlink()
        left(stage)
        placing.create(str(root / f"a/{number}.md"), b"new\n")

    assert sorted(path.name for path in (root / "a").iterdir()) == ["0.md", "1.md", "2.md", "x.md"]
    assert (tmp_path / "outside/x.md").read_text() == "outside\n"


def _interrupt_unlinking(work: Callable[..., object], *arguments: object) -> None:
    """Do something until it would remove its temporary file, and leave that, as a kill does."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "unlink", interrupted)
        with pytest.raises(KeyboardInterrupt):
            work(*arguments)


def test_two_runs_do_not_share_a_temporary_file(root, monkeypatch):
    """What another run is writing is no left-over: the second one is told, and the first one's file is whole."""
    place, told = str(root / "a/new.md"), []
    honest = os.link

    def second(stage: str, name: str) -> None:
        monkeypatch.setattr(os, "link", honest)
        with pytest.raises(placing.Busy) as caught:
            placing.create(place, b"second\n")
        told.append(reading.reason_of(caught.value))
        honest(stage, name)

    monkeypatch.setattr(os, "link", second)
    placing.create(place, b"first\n")

    assert told == ["another agentconv is writing it"]
    assert Path(place).read_text() == "first\n"
    assert not list(root.rglob(".agentconv*"))


def test_what_a_kill_left_beside_a_named_file_goes(root):
    """A file that had got its name before its temporary one went is found, and is no file with two names."""
    folder, file = OutputFolder(root), OutputFile("a/new.md", b"new\n")
    _interrupt_unlinking(folder.save, file)
    assert len(list((root / "a").glob(".agentconv-save-*"))) == 1
    again = folder.save(file)
    found = Disk(root).look("a/new.md")

    assert (again.fate, again.diagnostic) == (Fate.SAME, None)
    assert isinstance(found, Present)
    assert Disk(root).look("a/new.md").status.st_nlink == 1
    assert not list(root.rglob(".agentconv*"))


def test_a_copy_is_made_once(root):
    """A run that comes after an interrupted one finds the copy that that made."""
    (root / "a/x.md.agentconv-backup").write_text("a\n")
    saved = OutputFolder(root).save(OutputFile("a/x.md", b"new\n"), force=True)

    assert saved.fate is Fate.REPLACED
    assert sorted(path.name for path in (root / "a").iterdir()) == ["x.md", "x.md.agentconv-backup"]


def test_a_copy_of_what_is_lost_is_never_removed(root, monkeypatch):
    """An interrupt that comes after a file was replaced leaves the copy of what it was."""
    honest = os.replace

    def replace(stage: str, place: str) -> None:
        honest(stage, place)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        OutputFolder(root).save(OutputFile("a/x.md", b"new\n"), force=True)

    assert (root / "a/x.md").read_text() == "new\n"
    assert (root / "a/x.md.agentconv-backup").read_text() == "a\n"


def test_hard_links_are_told(root):
    """A file with other names is replaced under this one alone, and that is said."""
    os.link(root / "a/x.md", root / "a/y.md")
    saved = OutputFolder(root).save(OutputFile("a/x.md", b"new\n"), force=True)

    assert saved.diagnostic
    assert saved.diagnostic.message == "it had another name (hard links), where the old content stays"
    assert (root / "a/y.md").read_text() == "a\n"
