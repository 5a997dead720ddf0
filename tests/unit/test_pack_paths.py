"""Paths inside packs: one file on every system, below the pack."""

import pytest

from agentconv.packs import paths


@pytest.mark.parametrize("path", ["a.md", "agents/a-b_c.md", "sources/claude-code/.claude/agents/é.md", ".claude-plugin/plugin.json"])
def test_a_plain_path_is_fine(path):
    assert paths.problem(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "C:/x.md",
        "C:x.md",
        "\\\\server\\share",
        "../x.md",
        "a/../../x.md",
        "a//b.md",
        "./a.md",
        "a/",
        "",
        "a\\b.md",
        "con.md",
        "agents/NUL",
        "agents/lpt1 .md",
        "a.",
        "a ",
        "a:b",
        "a\x00b",
        "a\nb",
        "e\u0301.md",
        "\udcff.md",
        "x" * 300,
        "/".join(["x" * 100] * 9),
    ],
)
def test_a_path_that_some_system_takes_otherwise_is_told(path):
    assert paths.problem(path)


@pytest.mark.parametrize("pair", [("a.md", "A.md"), ("x/a.md", "X/A.MD"), ("a", "a/b"), ("a/b", "A"), ("stra\u00dfe", "strasse")])
def test_two_paths_of_one_file(pair):
    assert paths.clash(pair) == pair


def test_no_clash():
    assert paths.clash(["a/b", "a/c", "ab"]) is None


@pytest.mark.parametrize(
    "path", ["con.md", "a:b?.md", "../../x.md", "e\u0301.md", "x" * 300 + ".md", "a. /b", "\udcff", "", "...", "a\nb.md", "NUL.tar.gz"]
)
def test_the_portable_form_is_portable_and_nobody_elses(path):
    portable = paths.Portable()
    found = [portable.give(path) for _ in range(3)]
    assert [paths.problem(one) for one in found] == [None] * 3
    assert paths.clash(found) is None
    assert paths.Portable().give("agents/a.md") == "agents/a.md"
