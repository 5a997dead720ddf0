"""Packs are found without running anything of them, and none is used that is not what it says."""

import hashlib
import io
import json
import os
import struct
import sys
import tracemalloc
import warnings
import zipfile

import pytest

import pack_files
from agentconv.core.diagnostics import Diagnostic, InputError
from agentconv.packs import contents, finding, manifest
from agentconv.packs import environment as pack_environment
from agentconv.packs.finding import Pack
from pack_files import (
    NAME,
    PACKAGE,
    REVIEWER,
    VERSION,
    distribution,
    info_folder,
    install,
    packed,
    record,
    venv,
    wheel,
    with_record,
    zipped,
)

INFO = info_folder()
ONE = f"{PACKAGE}/agents/reviewer.md"


@pytest.fixture
def site(tmp_path):
    """The folder of installed distributions of an empty virtual environment."""
    return venv(tmp_path / "venv")


@pytest.fixture
def environment(tmp_path, site):
    """That environment."""
    return pack_environment.choose(str(tmp_path / "venv"))


def refused(word, environment):
    """Return what is said of a pack that may not be used."""
    with pytest.raises(InputError) as caught:
        finding.find(str(word), environment)
    assert caught.value.diagnostic.hint
    return str(caught.value)


def agents(pack):
    return [agent.name for piece in pack.pieces() for agent in piece.agents]


def test_installed(site, environment):
    """An installed pack is found by its name, however that is spelled, and its agents can be read."""
    install(site)
    pack = finding.find("Backend.Agents", environment)

    assert (pack.manifest.name, pack.origin, pack.verified) == (NAME, finding.PIP, True)
    assert agents(pack) == ["reviewer", "writer"]
    assert pack.manifest_sha256 == hashlib.sha256((site / PACKAGE / manifest.FILE).read_bytes()).hexdigest()


def test_wheel(tmp_path, environment):
    """A wheel is a pack without being installed, and nothing is written."""
    path = wheel(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    pack = finding.find(str(path), environment)

    assert (pack.origin, pack.verified, agents(pack)) == (finding.WHEEL, True, ["reviewer", "writer"])
    assert pack.wheel_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("below", ["", "/backend_agents"])
def test_folder(tmp_path, environment, below):
    """A folder is a pack, or holds one; nothing says whether it is as it was made."""
    pack_files.write(tmp_path / "src" / PACKAGE, packed())
    pack = finding.find(f"{tmp_path}/src{below}", environment)

    assert (pack.origin, pack.verified, agents(pack)) == (finding.FOLDER, False, ["reviewer", "writer"])


def test_nothing_is_imported(site, environment):
    """Code in a pack, or in its environment, is not run by looking at it."""
    bomb = b"raise SystemExit('imported')\n"
    install(site, with_record({**distribution(), f"{PACKAGE}/__init__.py": bomb}))
    (site / "bomb.pth").write_text("import sys; raise SystemExit('run')\n")
    found = finding.installed(environment)

    assert [type(one) for one in found] == [Diagnostic]
    assert PACKAGE not in sys.modules


def test_one_bad_pack(site, environment):
    """A pack that may not be used hides no other one, and neither do broken metadata of others."""
    install(site)
    install(site, name="other", package="other")
    (site / "other/agents/reviewer.md").write_bytes(REVIEWER + b"\n")
    pack_files.write(site, {"broken-1.dist-info/entry_points.txt": b"\xff\xfe[agentconv.packs]", "worse-1.dist-info/METADATA": b"\xff"})
    found = finding.installed(environment)

    assert [one.manifest.name if isinstance(one, Pack) else one.code for one in found] == [NAME, "pack"]


def test_not_installed(site, environment):
    """The error says where was looked, and offers the nearest name."""
    install(site)
    message = refused("nothing-like-it", environment)

    assert str(contents.shown(site)) in message
    with pytest.raises(InputError) as caught:
        finding.find("backend-agent", environment)
    assert "`backend-agents`" in caught.value.diagnostic.hint


def test_wheel_hash_of_an_installed_pack(site, environment):
    """The wheel that a pack was installed from is known where the installer wrote it down."""
    direct = json.dumps({"url": "file:///x.whl", "archive_info": {"hashes": {"sha256": "a" * 64}}}).encode()
    install(site, with_record({**distribution(), f"{INFO}/direct_url.json": direct}))

    assert finding.find(NAME, environment).wheel_sha256 == "a" * 64


@pytest.mark.parametrize("direct", [True, False])
def test_editable(tmp_path, site, environment, direct):
    """An editable install is found through the plain path of its `.pth` file, and is not verified; its manifest still counts."""
    source = tmp_path / "src"
    pack_files.write(source / PACKAGE, packed())
    held = {path: data for path, data in distribution().items() if path.startswith(INFO)}
    url = {f"{INFO}/direct_url.json": json.dumps({"url": "file:///src", "dir_info": {"editable": True}}).encode()} if direct else {}
    install(site, with_record({**held, **url, "backend.pth": f"import os\n{source}\n".encode()}))
    pack = finding.find(NAME, environment)

    assert (pack.verified, agents(pack)) == (False, ["reviewer", "writer"])
    (source / ONE).write_bytes(b"other")
    assert "agents/reviewer.md" in refused(NAME, environment)


def test_read_again(site, environment):
    """A file that changes after the check is not given out."""
    install(site)
    pack = finding.find(NAME, environment)
    (site / ONE).write_bytes(REVIEWER.replace(b"Review", b"Delete"))

    with pytest.raises(InputError):
        pack.read("agents/reviewer.md")


def _entry(text):
    return lambda files: {**files, f"{INFO}/entry_points.txt": text}


def _metadata(text):
    return lambda files: {**files, f"{INFO}/METADATA": text}


def _with(path, data=b"x"):
    return lambda files: {**files, path: data}


def _manifest(old, new):
    path = f"{PACKAGE}/{manifest.FILE}"
    return lambda files: {**files, path: files[path].replace(old, new)}


DISTRIBUTIONS = {
    "code": (_with(f"{PACKAGE}/run.py"), "is code"),
    "code in a start that is not empty": (_with(f"{PACKAGE}/__init__.py", b"import os\n"), "not empty"),
    "a module below": (_with(f"{PACKAGE}/agents/__init__.py", b""), "is code"),
    "a pth file": (_with("backend.pth"), "is code"),
    "a module beside": (_with("other.py"), "is code"),
    "a file beside": (_with("other.txt"), "beside its package"),
    "an extension": (_with(f"{PACKAGE}/x.cpython-311-x86_64-linux-gnu.so"), "is code"),
    "a Windows extension": (_with(f"{PACKAGE}/X.PYD"), "is code"),
    "a library": (_with(f"{PACKAGE}/x.dll"), "is code"),
    "a data folder": (_with(f"{PACKAGE}-{VERSION}.data/scripts/x"), "no scripts"),
    "a second package": (_with("other/x.md"), "one import package"),
    "a second metadata folder": (_with("other-1.dist-info/METADATA"), ".dist-info"),
    "a console script": (_entry(f"[agentconv.packs]\na = {PACKAGE}\n[console_scripts]\nx = {PACKAGE}:f\n".encode()), "console_scripts"),
    "a dotted value": (_entry(b"[agentconv.packs]\na = os.path\n"), "top-level"),
    "an attribute": (_entry(f"[agentconv.packs]\na = {PACKAGE}:x\n".encode()), "top-level"),
    "an extra": (_entry(f"[agentconv.packs]\na = {PACKAGE} [x]\n".encode()), "top-level"),
    "two values": (_entry(f"[agentconv.packs]\na = {PACKAGE}\nb = {PACKAGE}\n".encode()), "one entry point"),
    "another package's name": (_entry(b"[agentconv.packs]\na = json\n"), "json"),
    "entry points that cannot be read": (_entry(b"[agentconv.packs]\nnonsense\n"), "entry_points.txt"),
    "a start that is missing": (lambda files: {path: data for path, data in files.items() if "__init__" not in path}, "__init__.py"),
    "another version": (_metadata(f"Name: {NAME}\nVersion: 9\n".encode()), "METADATA says"),
    "two names": (_metadata(f"Name: {NAME}\nName: x\nVersion: {VERSION}\n".encode()), "one name"),
    "no manifest": (lambda files: {path: data for path, data in files.items() if not path.endswith("agentpack.json")}, "agentpack.json"),
    "a manifest of a newer version": (_manifest(b"pack:1", b"pack:2"), "format 2"),
    "a manifest of another pack": (_manifest(b'"backend-agents"', b'"other"'), "other"),
    "a manifest with a wrong checksum": (_manifest(hashlib.sha256(REVIEWER).hexdigest().encode(), b"0" * 64), "manifest describes"),
    "a manifest with a wrong size": (_manifest(f'"bytes": {len(REVIEWER)}'.encode(), b'"bytes": 1'), "bytes, and its manifest says 1"),
    "a file that the manifest does not name": (_with(f"{PACKAGE}/agents/more.md"), "manifest does not name"),
    "a file that only the manifest names": (lambda files: {path: data for path, data in files.items() if path != ONE}, "manifest names"),
}


@pytest.mark.parametrize(("change", "word"), DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)
def test_wheel_refused(change, word, tmp_path, environment):
    """A wheel with what no pack has is refused, with the reason."""
    path = wheel(tmp_path, with_record(change(distribution())))

    assert word in refused(path, environment)


@pytest.mark.parametrize(("change", "word"), DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)
def test_installed_refused(change, word, site, environment):
    """What a wheel may not have, an installed pack may not have either."""
    install(site, with_record(change(distribution())))
    found = finding.installed(environment)

    assert [type(one) for one in found] == [Diagnostic]
    assert word in found[0].message or word == ".dist-info" or (word in ("METADATA says", "json"))
    assert found[0].hint


def test_a_manifest_that_names_another_agent(tmp_path, environment):
    """What a pack's files give and its manifest does not name is no pack's, and stops it when it is read."""
    path = tmp_path / f"{PACKAGE}-{VERSION}-py3-none-any.whl"
    path.write_bytes(zipped(with_record(_manifest(b'"id": "reviewer"', b'"id": "nobody"')(distribution()))))

    with pytest.raises(InputError, match=r"the agent `reviewer` is in `.*`, and its manifest does not name it"):
        list(finding.find(str(path), environment).pieces())


def _lines(change):
    path = f"{INFO}/RECORD"
    return lambda files: {**with_record(files), path: change(record(files, path).decode()).encode()}


def _without(word):
    return lambda text: "".join(line for line in text.splitlines(keepends=True) if word not in line)


RECORDS = {
    "a checksum that lies": (_lines(lambda text: text.replace(pack_files.digest(REVIEWER), pack_files.digest(b"x"))), "RECORD describes"),
    "a size that lies": (_lines(lambda text: text.replace(f",{len(REVIEWER)}\n", ",1\n")), "RECORD describes"),
    "no checksum": (_lines(lambda text: text.replace(f"sha256={pack_files.digest(REVIEWER)}", "")), "no checksum"),
    "a weak checksum": (_lines(lambda text: text.replace("sha256=", "md5=", 1)), "cannot be read"),
    "a line that is missing": (_lines(_without("reviewer.md")), "RECORD does not name"),
    "metadata without a checksum": (_lines(lambda text: text.replace(_METADATA, ",")), "no checksum"),
    "a file that is not there": (_lines(lambda text: f"{text}{PACKAGE}/more.md,sha256=,1\n"), "more.md"),
    "a line twice": (_lines(lambda text: text + text.splitlines()[0] + "\n"), "twice"),
    "no table": (_lines(lambda _text: '"'), "cannot be read"),
    "four columns": (_lines(lambda _text: "a,b,c,d\n"), "cannot be read"),
    "none": (lambda files: files, "no RECORD"),
}
_METADATA = (
    record({f"{INFO}/METADATA": distribution()[f"{INFO}/METADATA"]}, "").decode().split(",", 1)[1].split("\n")[0].rpartition(",")[0] + ","
)


@pytest.mark.parametrize(("change", "word"), RECORDS.values(), ids=RECORDS)
def test_record_of_a_wheel(change, word, tmp_path, environment):
    """A RECORD that lies, or says too little, stops a wheel."""
    path = tmp_path / f"{PACKAGE}-{VERSION}-py3-none-any.whl"
    path.write_bytes(zipped(change(distribution())))

    assert word in refused(path, environment)


@pytest.mark.parametrize(("change", "word"), RECORDS.values(), ids=RECORDS)
def test_record_of_an_installed_pack(change, word, site, environment):
    """A RECORD that lies, or says too little, stops an installed pack."""
    pack_files.write(site, change(distribution()))

    assert word in refused(NAME, environment)


def _script(site):
    path = site / INFO / "RECORD"
    path.write_text(f"{path.read_text()}../../../bin/x,,\n")


def _link(site):
    target = site / ONE
    target.rename(site / "target")
    target.symlink_to(site / "target")


def _linked_folder(site):
    (site / PACKAGE).rename(site / "real")
    (site / PACKAGE).symlink_to(site / "real")


INSTALLED = {
    "a changed file": (lambda site: (site / ONE).write_bytes(REVIEWER.replace(b"Review", b"Rewiev")), "reviewer.md"),
    "a file more": (lambda site: (site / PACKAGE / "agents/more.md").write_bytes(b""), "RECORD does not name"),
    "a module more": (lambda site: (site / PACKAGE / "more.py").write_bytes(b""), "is code"),
    "a compiled module of nothing": (lambda site: (site / PACKAGE / "__pycache__/x.pyc").write_bytes(b""), "is code"),
    "a missing file": (lambda site: (site / ONE).unlink(), "missing"),
    "a changed entry point": (
        lambda site: (site / INFO / "entry_points.txt").write_text(f"[agentconv.packs]\nx = {PACKAGE}\n"),
        "RECORD describes",
    ),
    "a script": (_script, "outside of its package"),
    "a link": (_link, "symbolic link"),
    "a linked folder": (_linked_folder, "symbolic link"),
    "a pipe": (lambda site: os.mkfifo(site / PACKAGE / "agents/pipe.md"), "no regular file"),
    "a second distribution of its name": (
        lambda site: pack_files.write(site, {path.replace(VERSION, "9"): data for path, data in distribution().items() if INFO in path}),
        "two distributions",
    ),
}


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")
@pytest.mark.parametrize(("change", "word"), INSTALLED.values(), ids=INSTALLED)
def test_changed_after_installing(change, word, site, environment):
    """An installed pack that is no longer what was installed is not used."""
    install(site)
    assert isinstance(finding.find(NAME, environment), Pack)
    change(site)

    assert word in refused(NAME, environment)


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_folder_with_a_link(tmp_path, environment):
    """A link in a folder could lead anywhere."""
    folder = pack_files.write(tmp_path / PACKAGE, packed())
    (folder / "agents/reviewer.md").rename(tmp_path / "x")
    (folder / "agents/reviewer.md").symlink_to(tmp_path / "x")

    assert "symbolic link" in refused(folder, environment)


@pytest.mark.parametrize(("names", "word"), [((), "no pack in"), (("a", "b"), "several packs")])
def test_folder_of_none_or_several(names, word, tmp_path, environment):
    """A folder must say which pack is meant."""
    (tmp_path / "src").mkdir()
    for name in names:
        pack_files.write(tmp_path / "src" / name, packed())

    assert word in refused(tmp_path / "src", environment)


def _patched(offset, old, new):
    """Return a change of an archive's directory entry of the reviewer; offsets are those of APPNOTE.TXT 4.3.12."""

    def change(data):
        start = data.rindex(ONE.encode()) - 46 + offset
        assert data[start : start + len(old)] == old
        return data[:start] + new + data[start + len(old) :]

    return change


def _added(*members):
    def change(data):
        stream = io.BytesIO(data)
        with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as archive:
            warnings.simplefilter("ignore")  # a name that is there twice
            for info, content in members:
                archive.writestr(info, content)
        return stream.getvalue()

    return change


def _named(path, mode=0o100644):
    return _added((pack_files.member(path, mode), b"x"))


_SIZE = struct.pack("<L", len(REVIEWER))
ARCHIVES = {
    "no archive": (lambda _data: b"hello" * 100, "no zip archive"),
    "nothing": (lambda _data: b"", "no zip archive"),
    "a cut-off archive": (lambda data: data[: len(data) // 2], "cut off"),
    "data before": (lambda data: b"#!/bin/sh\n" + data, "before its archive"),
    "another archive before": (lambda data: zipped({"a": b"b"}) + data, "before its archive"),
    "data after": (lambda data: data + b"more", "after it"),
    "a name that leads out": (_named(f"{PACKAGE}/../../evil.md"), "leads out"),
    "an absolute name": (_named("/etc/evil.md"), "an absolute path"),
    "a drive": (_named("C:/evil.md"), "an absolute path"),
    "a backslash": (_named(f"{PACKAGE}/..\\evil.md"), "some systems do not take"),
    "a name that Windows reserves": (_named(f"{PACKAGE}/agents/con.md"), "Windows reserves"),
    "a name in another case": (_named(ONE.replace("reviewer", "Reviewer")), "one file on some systems"),
    "a symbolic link": (_named(f"{PACKAGE}/agents/link.md", 0o120777), "symbolic link"),
    "a device": (_named(f"{PACKAGE}/agents/link.md", 0o060644), "no regular file"),
    "a name twice": (_named(ONE), "twice"),
    "an encrypted file": (_patched(8, b"\0\0", b"\1\0"), "encrypted"),
    "another compression": (_patched(10, b"\x08\0", b"\x0e\0"), "compressed"),
    "a size that lies": (_patched(24, _SIZE, struct.pack("<L", len(REVIEWER) + 1)), "its manifest says"),
    "a huge size": (_patched(24, _SIZE, struct.pack("<L", 2**31)), "may have 16,777,216"),
    "a checksum that lies": (
        lambda data: _patched(16, data[(at := data.rindex(ONE.encode()) - 30) : at + 4], b"\0\0\0\0")(data),
        "damaged",
    ),
    "another name before its bytes": (lambda data: data.replace(ONE.encode(), ONE.replace("w", "W").encode(), 1), "damaged"),
}


@pytest.mark.parametrize(("change", "word"), ARCHIVES.values(), ids=ARCHIVES)
def test_archive_refused(change, word, tmp_path, environment):
    """An archive that is damaged, ambiguous or hostile is refused, and nothing is written."""
    path = wheel(tmp_path)
    path.write_bytes(change(path.read_bytes()))
    before = sorted(tmp_path.rglob("*"))

    assert word in refused(path, environment)
    assert sorted(tmp_path.rglob("*")) == before


def test_bomb(tmp_path, environment):
    """A member that unpacks to far more than it claims is not unpacked further than that."""
    big = bytes(200_000_000)
    path = wheel(tmp_path, with_record({**distribution(), ONE: big}))
    data = path.read_bytes()
    path.write_bytes(_patched(24, struct.pack("<L", len(big)), _SIZE)(data))
    del big, data
    tracemalloc.start()
    message = refused(path, environment)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert "damaged" in message or "describes" in message
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("x.whl", "as wheels are called"),
        ("other-1.2.0-py3-none-any.whl", "its name is of other"),
        ("backend_agents-9-py3-none-any.whl", "9"),
    ],
)
def test_wheel_with_another_name(name, word, tmp_path, environment):
    """A wheel is called what it is."""
    path = wheel(tmp_path).rename(tmp_path / name)

    assert word in refused(path, environment)


def test_limits():
    """The bounds hold for the number of files, for each and for all."""
    for sizes in ({"a": 16 * 2**20 + 1}, {str(number): 16 * 2**20 for number in range(17)}, {str(number): 0 for number in range(20_001)}):
        with pytest.raises(InputError):
            contents.check_limits(sizes, "x")

    contents.check_limits({str(number): 16 * 2**20 for number in range(16)}, "x")


@pytest.mark.parametrize("word", ["", "./nothing", "nothing.whl", "a/b", "..."])
def test_no_such_pack(word, environment):
    """What is nothing is said to be nothing."""
    assert refused(word, environment)
