"""The table of what each format holds is found out by converting, and is true."""

from __future__ import annotations

import os

import pytest

from agentconv.conversion import held_fields, matrix
from agentconv.conversion.held_fields import Holds
from agentconv.core import fields, key_fields, vocabulary
from agentconv.formats import registry
from agentconv.parts import places


@pytest.fixture(scope="module")
def cells():
    """What is found out now, in the process that holds it to what is written down: not wherever tests are collected."""
    return matrix.matrix()


def test_what_is_written_down_is_fresh(cells):
    """What `agentconv formats` reads is what is found out now; `python -m agentconv.conversion.matrix` writes it."""
    found = held_fields.dumps(cells)
    if os.environ.get("AGENTCONV_ACCEPT"):
        held_fields.FILE.write_text(found, "utf-8")
        held_fields.recorded.cache_clear()

    assert found == held_fields.FILE.read_text("utf-8")
    assert held_fields.recorded() == cells


def test_the_places_of_parts_are_fresh():
    """What is written down of the places of parts is what the modules of the clients say; the same command writes it."""
    found = places.dumps(places.found(registry.FORMATS), places.found_containers(registry.FORMATS))
    if os.environ.get("AGENTCONV_ACCEPT"):
        places.FILE.write_text(found, "utf-8")

    assert found == places.FILE.read_text("utf-8")
    assert places.recorded()["claude-code"]["skills"]["project"] == [[".claude/skills", "*/SKILL.md"]]
    assert "gemini-extension.json" in places.container_files("gemini-extension")
    assert set(places.recorded()) < set(registry.FORMATS)


def test_the_fields_of_all_keys_are_fresh():
    """What is written down of the fields that keys become is what the schemas say; the same command writes it."""
    found = key_fields.dumps(registry.CLIENTS)
    if os.environ.get("AGENTCONV_ACCEPT"):
        key_fields.FILE.write_text(found, "utf-8")

    assert found == key_fields.FILE.read_text("utf-8")
    assert key_fields.of("codex")["sandbox_mode"] == "permissions.sandbox"
    assert key_fields.of("gemini-extension") == key_fields.of("gemini-cli")


def test_the_words_of_all_clients_are_fresh():
    """What is written down of the words is what the clients' own files say; `python -m agentconv.core.vocabulary` writes it."""
    found = vocabulary.dumps()
    if os.environ.get("AGENTCONV_ACCEPT"):
        vocabulary.FILE.write_text(found, "utf-8")

    assert found == vocabulary.FILE.read_text("utf-8")
    assert "claude-code" in vocabulary.places()
    assert all(path.is_file() for path in vocabulary.places().values())


def test_every_field_has_a_probe():
    """There is a probe for each field, in the order of the fields, and each says something about its field."""
    silent = [
        path
        for path, probes in matrix.PROBES.items()
        if any(fields.is_absent(path, {**matrix.BASE, **probe}.get(path)) for probe in probes)
    ]

    assert list(matrix.PROBES) == list(fields.PATHS)
    assert silent == []


@pytest.mark.parametrize("format_id", [*registry.CLIENTS, *registry.BUNDLES])
def test_what_is_not_native_has_a_loss(format_id, cells):
    """A field that a format does not hold as it is has a declared loss; one that it holds, its reader can give."""
    undeclared = [path for path, cell in cells[format_id].items() if cell.write is not Holds.NATIVE and not cell.losses]
    unread = [path for path, cell in cells[format_id].items() if cell.write is Holds.NATIVE and cell.read is Holds.NONE]

    assert undeclared == []
    assert unread == []


@pytest.mark.parametrize("format_id", registry.BUNDLES)
def test_bundles_hold_everything(format_id, cells):
    """Canonical formats hold every field as it is."""

    assert {(cell.read, cell.write, cell.losses) for cell in cells[format_id].values()} == {(Holds.NATIVE, Holds.NATIVE, ())}
