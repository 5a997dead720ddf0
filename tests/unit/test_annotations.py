"""The schemas of clients say more than JSON Schema can: `schemas/annotations.schema.json` says what, and nothing else is said."""

from __future__ import annotations

import dataclasses
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import agentconv
from agent_files import ROOT
from agentconv.core import fields, losses, schema_files
from agentconv.core.ir import McpServer
from agentconv.core.parts import Server
from template_format import CLIENTS

META = schema_files.load("annotations")
TOP, KEY = META["properties"], META["$defs"]["key"]["properties"]
ANNOTATIONS = sorted(name for name in {**TOP, **KEY} if name.startswith("x-"))
pytestmark = pytest.mark.usefixtures("with_the_template")
PARTS = sorted(schema_files.FOLDER.glob("parts/servers/*.schema.json"))
each_client = pytest.mark.parametrize("client", CLIENTS)


@cache
def code() -> str:
    """Return all code that may read an annotation: the package's, and that of the tests but for this one."""
    paths = [*Path(agentconv.__file__).parent.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    return "\n".join(path.read_text("utf-8") for path in paths if path != Path(__file__))


def problems(schema: dict[str, Any]) -> list[str]:
    """Return what in a client's schema does not follow the meta-schema, with the place of each."""
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(META).iter_errors(schema)]


def test_annotations_are_a_schema() -> None:
    """The meta-schema is a JSON Schema itself."""
    Draft202012Validator.check_schema(META)


@pytest.mark.parametrize("path", PARTS, ids=[path.name for path in PARTS])
def test_schema_of_servers_follows_the_annotations(path: Path) -> None:
    """A schema of servers has only annotations that there are; its fields are those of a server and of its definition."""
    schema = json.loads(path.read_text("utf-8"))
    known = {one.name for one in dataclasses.fields(Server)} | {f"definition.{one.name}" for one in dataclasses.fields(McpServer)}

    assert problems(schema) == []
    assert {row["x-field"] for row in schema["properties"].values()} <= {*known, "extras"}


@each_client
def test_words_of_annotations_are_ours(client: str) -> None:
    """The fields and the codes of losses that a client's schema names exist."""
    rows = schema_files.load(client)["properties"].values()

    assert {row["x-field"] for row in rows} <= {*fields.PATHS, "extras"}
    assert {row["x-dropped"] for row in rows if "x-dropped" in row} <= losses.codes()


@pytest.mark.parametrize("annotation", ANNOTATIONS)
def test_annotation_is_read(annotation: str) -> None:
    """Each annotation that there is says what it means, and some code reads it."""
    assert {**TOP, **KEY}[annotation].get("description")
    assert re.search(rf"[\"']{annotation}[\"']", code()), f"nothing reads {annotation}"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda schema: schema.update({"x-verifed": {}}), "$"),
        (lambda schema: schema["properties"]["name"].update({"x-effect": "none"}), "$.properties.name"),
        (lambda schema: schema["properties"]["name"].pop("x-field"), "$.properties.name"),
        (lambda schema: schema["properties"]["name"].update({"x-invalid": "skip-key"}), "$.properties.name['x-invalid']"),
        (lambda schema: schema["properties"]["tools"].update({"items": {"x-field": "name"}}), "$.properties.tools.items"),
        (lambda schema: schema.update({"x-unknown": "rejected"}), "$.additionalProperties"),
    ],
    ids=["unknown", "unknown of a key", "missing", "no such effect", "below a key", "unlike JSON Schema's own word"],
)
def test_unknown_annotation_is_found(change: Any, place: str) -> None:
    """An annotation that there is not, that is missing, or that stands where none may is found at its place."""
    schema = json.loads(json.dumps(schema_files.load("claude-code")))
    change(schema)

    assert [problem.partition(": ")[0] for problem in problems(schema)] == [place]
