"""Of what lies where no assistant looks, that alone is an agent which begins as an agent's file does."""

from pathlib import PurePosixPath

import pytest

from agentconv.sources import discovery, sniffing

HEADED = "---\nname: gardener\ndescription: Waters the plants\n---\nWater them.\n"
TEXTS = {
    "README.md": HEADED,
    "docs/headers.md": f"# Headers\n\nA file begins so:\n\n```\n{HEADED}```\n",
    "docs/guide.md": "# Guide\n\nFirst part.\n\n---\n\nname: of the second part\n",
    ".changeset/green-hats.md": "---\n'gardens': patch\n---\nDescription: none.\n",
    ".other-tool/rules/soil.md": HEADED,
    "tools/commands/prune.md": HEADED,
    "notes/plan.md": "---\ntitle: Plan\ndate: 2026-01-02\n---\nPlant.\n",
}
AGENTS = {
    "plain": HEADED,
    "below a title": f"# Gardener\n\n{HEADED}",
    "below a comment": f"<!-- ours\nalone -->\n{HEADED}",
    "misspelt": "---\ndescripton: Waters the plants\ntools: Read\n---\nWater them.\n",
    "not opened": "name: gardener\ndescription: Waters the plants\n---\nWater them.\n",
    "not closed": "---\nname: gardener\ndescription: Waters the plants\nWater them.\n",
    "with a mark": f"\ufeff{HEADED}",
    "indented": "  ---\n  name: gardener\n  description: Waters the plants\n  ---\nWater them.\n",
    "late": "---\n" + "".join(f"key{number}: {number}\n" for number in range(40)) + HEADED.removeprefix("---\n"),
}


def written(folder, files):
    """Write files into a folder, and return what is found in it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return [file.path for file in discovery.discover([str(folder)]).files]


@pytest.mark.parametrize("path", TEXTS)
def test_a_projects_own_texts_are_no_agents(path, tmp_path):
    """Pages with lines of dashes, change notes, commands, and what other tools have in folders of their own are none."""
    assert written(tmp_path, {path: TEXTS[path]}) == []


@pytest.mark.parametrize("text", AGENTS.values(), ids=AGENTS)
def test_an_agent_is_found_wherever_it_lies(text, tmp_path):
    """So is one whose header is broken: what is wrong with it is told."""
    assert written(tmp_path, {"roles/deep/gardener.md": text, **TEXTS}) == ["roles/deep/gardener.md"]


NAMES = ["a.md", "a.agent.md", ".agent.md", ".md", "AGENT.md", "AGENTS.md", "opencode.json", "agent.md", "a", "a.", "..", ".", "", "..md"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", [".claude/agents", "./x//.github/agents", "../.agents/agents", "", "/.vibe/agents", "agents/one"])
def test_what_is_known_of_a_folder_is_so_of_its_file(folder, name, monkeypatch):
    """A path tells the same whether another file of its folder came by or not, and leads to the same place."""
    path = f"{folder}/{name}"
    told = sniffing.by_bytes(path, b"")
    monkeypatch.setattr(sniffing, "_told_in", lambda *_: sniffing.by_place(PurePosixPath(path.lstrip("/"))))

    assert told == sniffing.by_bytes(path, b"")
    assert [discovery.below(one) for one in (path, f"{path}:\\b")] == [discovery._below(one) for one in (path, f"{path}:\\b")]
