"""`agentpack.json`: exact both ways, closed, and refused where it contradicts itself."""

import json

import pytest

from agentconv.core.diagnostics import InputError
from agentconv.packs import manifest
from agentconv.packs.manifest import Manifest, Needs, PackedAgent, PackedFile, PackedSource

_SHA = "0" * 64
MANIFEST = Manifest(
    "backend-agents",
    "1.2.0",
    "Agents for a backend.",
    "MIT",
    ("A. Author",),
    (
        PackedAgent(
            "one", "one", "Does one thing.", "one.md", "agents/one.md", plugin=True, needs=Needs(("fs.read",), mcp_servers=("db",))
        ),
        PackedAgent("one~2", "one-2", "Does it too.", "two.toml", None, plugin=False, needs=Needs(every_tool=True, skills=("s",))),
    ),
    (PackedSource("one.md", "claude-code", "agents/one.md"), PackedSource("two.toml", "codex", "sources/codex/two.toml")),
    (PackedFile("__init__.py", _SHA, 0), PackedFile("agents/one.md", _SHA, 10), PackedFile("sources/codex/two.toml", _SHA, 5)),
)


def _document():
    return json.loads(manifest.dump(MANIFEST))


def test_a_manifest_comes_back():
    assert manifest.load(manifest.dump(MANIFEST), "agentpack.json") == MANIFEST


def _set(document, path, value):
    *parents, last = path
    for step in parents:
        document = document[step]
    document[last] = value


def _scripts(*paths):
    return [{"path": path, "file": "agents/one.md"} for path in paths]


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (["surprise"], 1, "surprise"),
        (["name"], "../x", "name"),
        (["version"], "1/2", "version"),
        (["agents"], {}, "agents"),
        (["agents", 0, "needs", "tools"], [], "tools"),
        (["agents", 0, "run"], "x", "run"),
        (["files", 1, "path"], "../one.md", "leads out"),
        (["files", 1, "path"], "/one.md", "absolute"),
        (["files", 2, "path"], "AGENTS/one.md", "one file"),
        (["files", 0, "path"], "agentpack.json", "one file"),
        (["sources", 0, "file"], "agents/other.md", "no file"),
        (["sources"], [*_document()["sources"], _document()["sources"][1]], "twice"),
        (["sources", 0, "scripts"], _scripts("bin/g", "bin/g/x"), "one on some systems"),
        (["sources", 0, "scripts"], _scripts("bin/g", "bin/G"), "one on some systems"),
        (["agents", 0, "source"], "other.md", "no source"),
        (["agents", 0, "claude"], "agents/other.md", "no file"),
        (["agents", 1, "id"], "one", "twice"),
        (["agents", 1, "name"], "ONE", "twice"),
        (["$schema"], "urn:agentconv:bundle:1", "$schema"),
        (["$schema"], "urn:agentconv:pack:2", "format 2"),
    ],
)
def test_a_manifest_that_lies_is_refused(path, value, word):
    document = _document()
    _set(document, path, value)
    with pytest.raises(InputError) as caught:
        manifest.load(json.dumps(document).encode(), "agentpack.json")
    assert word in str(caught.value)
    assert caught.value.diagnostic.hint


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{", b"[" * 100_000, b'{"$schema": 1}'])
def test_what_is_no_manifest_is_refused(data):
    with pytest.raises(InputError):
        manifest.load(data, "agentpack.json")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"name": "a",\n "name": "b"}', ":2:2"),
        ('{"agents": [{"id": "a"},\n{"x": {"id": 1}, "y": [{"id": 1}], "id": "id",\n\n  "\\u0069d": 2}]}', ":4:3"),
        ('{"name": "\\ud800"}', ":1:11"),
        ('{"name": NaN}', ":1:10"),
        ("{\n]", ":2:1"),
        (json.dumps(_document(), indent=1).replace('"bytes": 10', '"bytes": "10"'), ":62:13"),
    ],
)
def test_the_place_of_a_mistake_is_told(text, place):
    """What is wrong is told with its line and column; a key that is given twice is wrong, whichever of the two is right."""
    with pytest.raises(InputError) as caught:
        manifest.load(text.encode(), "agentpack.json")

    assert f"agentpack.json{place}" in str(caught.value)
