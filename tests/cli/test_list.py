"""`agentconv list`: packs beside each other, and nothing that looks like a secret."""

import json

import pack_files

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_secret(run, tmp_path):
    """A secret in a description is not printed, in neither form."""
    agent = f"---\nname: leaky\ndescription: Uses {SECRET}\n---\n\nHi.\n".encode()
    site = pack_files.venv(tmp_path / ".venv")
    pack_files.install(site, pack_files.distribution(pack_files.packed({"leaky.md": agent})))
    shown = run("list", "--python", ".venv", code=0)
    listed = run("list", "--python", ".venv", "--output-format", "json", code=0)

    assert "leaky" in shown.out
    assert SECRET not in shown.out + listed.out
    assert json.loads(listed.out)["results"][0]["verified"] is True


def test_one_bad_pack(run, tmp_path):
    """A pack that may not be used is named beside the others, and the exit code says so."""
    site = pack_files.venv(tmp_path / ".venv")
    pack_files.install(site)
    pack_files.install(site, name="other", package="other")
    (site / "other/agents/writer.md").unlink()
    done = run("list", "--python", ".venv", code=1)

    assert done.out.startswith("backend-agents 1.2.0: 2 agents\n")
    assert "`agents/writer.md` is missing" in done.err
    assert "looked in .venv/lib" in done.err
