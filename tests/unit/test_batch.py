"""Rows in, rows out: what is promised to who holds agents in tables."""

import pickle
import re
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import pytest

import agentconv
from agent_rows import digest, rows
from agentconv import InputError, batch
from agentconv.formats import registry

TARGETS = ("codex", "opencode")
AGENT = b"---\nname: greeter\ndescription: Says hello.\ntools: [Read, Bash]\ncolor: purple-ish\n---\n\nSay hello.\n"
ROW = {"path": ".claude/agents/greeter.md", "bytes": AGENT}


def converted(given, **named):
    return list(batch.convert_rows(given, TARGETS, **named))


def test_a_row_for_each_agent_and_target():
    """Each agent has a row for each target, with the bytes and the losses that a conversion of its file alone gives."""
    found = {row["target"]: row for row in converted([ROW])}
    alone = {target: agentconv.convert(AGENT, "claude-code", target, path=ROW["path"]) for target in TARGETS}

    assert [*found] == list(TARGETS)
    assert all(tuple(row) == batch.COLUMNS for row in found.values())
    for target, row in found.items():
        (file,) = alone[target].files
        assert (row["output_path"], row["output"], row["refused"]) == (file.path, file.data, False)
        assert [one["code"] for one in row["losses"]] == [loss.code for loss in alone[target].losses]
        assert [one["code"] for one in row["diagnostics"]] == [one.code for one in alone[target].diagnostics] == ["invalid-value"]


def test_a_file_that_is_too_large():
    """What no reader of files takes is no row either, but an error that names the limit."""
    (row,) = converted([ROW | {"bytes": memoryview(bytes(16 * 1024 * 1024 + 1))}])

    assert row["error"] == "the file has 16,777,217 bytes; agentconv reads agents of up to 16,777,216"


def test_reading_alone():
    """Without a target there is a row for each agent, with its place in the file, its state, and the whole of it as JSON."""
    two = b'{"a": {"description": "A.", "prompt": "One."}, "b": {"description": "B.", "prompt": "Two."}}'
    found = list(batch.convert_rows([{"path": "x.json", "bytes": two, "format": "claude-agents-json"}]))

    assert [(row["number"], row["name"], row["state"], row["target"]) for row in found] == [
        (0, "a", "loads", None),
        (1, "b", "loads", None),
    ]
    assert '"text": "One."' in found[0]["ir"]


def test_a_refused_agent_has_no_output():
    """An agent that could do more in a target than its author wrote is a row that says so, and holds no bytes."""
    closed = AGENT.replace(b"[Read, Bash]", b"Read")
    (row,) = batch.convert_rows([ROW | {"bytes": closed}], "cursor")
    (wide,) = batch.convert_rows([ROW | {"bytes": closed}], "cursor", options=batch.Options(allow_widening=True))

    assert (row["refused"], row["output"], row["error"]) == (True, None, None)
    assert (wide["refused"], wide["output"] is not None) == (False, True)


def test_what_goes_along_has_a_row_of_its_own():
    """A file beside the agents, such as the one that makes a plugin of them, is a row without a number."""
    found = list(batch.convert_rows([ROW], "claude-plugin"))

    assert [(row["number"], row["output_path"]) for row in found] == [(0, "agents/greeter.md"), (None, ".claude-plugin/plugin.json")]


@pytest.mark.parametrize("path", ["s3://bucket/x/.codex/agents/a.toml", "/srv/.codex/agents/a.toml", "C:\\x\\.codex\\agents\\a.toml"])
def test_formats_are_told_without_a_disk(path, monkeypatch):
    """A format is told from the path and the bytes of a row, wherever it lies, and nothing is looked up on a disk."""
    monkeypatch.setattr("os.open", None)
    (row,) = batch.convert_rows([{"path": path, "bytes": b'name = "a"\ndescription = "A."\ndeveloper_instructions = "B."\n'}])

    assert (row["format"], row["name"]) == ("codex", "a")


def test_poison_is_told_and_loses_nothing():
    """Of what nothing can be made there is a row with an error, and every other row has what it has without that."""
    given = list(rows(300))
    sound = [row for index, row in enumerate(given) if index % 100 != 99]
    found = converted(given)
    wrong = [row for row in found if row["error"]]

    assert len(wrong) == 3
    assert all(row["output"] is None for row in wrong)
    assert digest(row for row in found if not row["error"]) == digest(converted(sound))


def test_a_row_of_nonsense_is_an_error_without_its_secrets():
    """What is shown of a row that breaks something is no more of a credential than its beginning."""
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    (row,) = batch.convert_rows([ROW | {"format": secret}])

    assert secret not in row["error"]
    assert "there is no format" in row["error"]


@pytest.mark.parametrize("thread", [False, True], ids=["main thread", "another thread"])
def test_a_row_that_takes_too_long_is_an_error(thread, monkeypatch):
    """A row is given up at the limit, in whichever thread that is, and the rows after it are not."""
    read = batch.loading.load_source

    def endless(format_id, source, **named):
        while b"endless" in source.data:
            time.time()
        return read(format_id, source, **named)

    monkeypatch.setattr(batch.loading, "load_source", endless)
    found = []
    given = [ROW | {"bytes": b"endless"}, ROW]

    def run():
        found.extend(converted(given, options=batch.Options(seconds=0.2)))

    worker = threading.Thread(target=run)
    if thread:
        worker.start()
        worker.join()
    else:
        run()

    assert [row["error"] for row in found] == ["it takes longer than 0.2 seconds", None, None]


def chunk(given):
    return converted(given)


def test_one_digest_however_a_table_is_cut():
    """Rows give the same in one process, in several, cut anywhere, backwards, and pickled on the way."""
    given = pickle.loads(pickle.dumps(list(rows(200))))  # noqa: S301 - our own
    whole = digest(converted(given))
    chunks = [given[start : start + 61] for start in range(0, len(given), 61)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        spread = [row for found in pool.map(chunk, chunks[::-1]) for row in found]

    assert digest(spread) == whole
    assert digest(row for one in reversed(given) for row in converted([one])) == whole


def test_what_an_engine_carries_can_be_pickled():
    """The functions with all that is chosen go to another process and back."""
    given = partial(batch.convert_rows, targets=TARGETS, options=batch.Options(models={"codex": {"a": "b"}}))
    work = pickle.loads(pickle.dumps(given))  # noqa: S301 - our own

    assert [row["target"] for row in work([ROW])] == list(TARGETS)


def test_mistakes_of_the_caller_are_told_at_once():
    """A format that is not there is an error of the call, before any row."""
    with pytest.raises(agentconv.InputError, match="no format `codx`"):
        batch.convert_rows([], "codx")
    with pytest.raises(agentconv.InputError, match="no rule `AC99999`"):
        batch.lint_rows([], select=["AC99999"])


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"targets": None}, "targets is a text, or a list of texts, not None"),
        ({"targets": [3]}, "a format is named by a word, not an int"),
        ({"options": {"map_models": "tier"}}, "options are agentconv.batch.Options, not a dict"),
        ({"options": batch.Options(seconds=-1)}, "seconds is a number above 0, not -1"),
        ({"options": batch.Options(seconds="x")}, "seconds is a number, not a str"),
        ({"options": batch.Options(allow_widening="no")}, "allow_widening is True or False, not a str"),
    ],
    ids=repr,
)
def test_choices_that_cannot_be_meant_are_told_at_once(choices, message):
    """A choice of another type is an error of the call: `"no"` would widen, as any text counts as yes."""
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        batch.convert_rows([], **choices)


@pytest.mark.parametrize("given", [{"path": "a.md", "bytes": b""}, "a.md", b"", None], ids=repr)
@pytest.mark.parametrize("function", [batch.convert_rows, batch.lint_rows])
def test_one_row_where_rows_are_is_told_at_once(function, given):
    """A row alone, and what is no rows at all, are errors of the call with what to do."""
    with pytest.raises(InputError, match="rows are a list, or anything else that yields maps, not ") as caught:
        function(given)

    assert caught.value.diagnostic.hint == "put one row into a list"


@pytest.mark.parametrize("row", [None, "a.md", 12, ["path"]], ids=repr)
def test_a_row_that_is_no_map_is_a_row_with_an_error(row):
    """It loses no other."""
    first, second = batch.convert_rows([row, {"path": ".codex/agents/a.toml", "bytes": b""}])

    assert first["error"].startswith(f"a row is a map with `path` and `bytes`, not {type(row).__name__}")
    assert second["format"] == "codex"


def test_a_row_with_a_misspelt_format_says_what_was_meant():
    """What to do next is in the error, as that has no hint beside it."""
    (row,) = batch.convert_rows([ROW | {"format": "claud"}])

    assert row["error"] == "there is no format `claud` (did you mean `claude`?)"


def test_what_a_reader_fails_on_has_no_state(monkeypatch):
    """Nobody knows whether a file has an agent that its reader fails on."""

    def read(text):
        raise ZeroDivisionError

    module = registry.load("codex")
    monkeypatch.setattr(module, "read", read)
    (row,) = batch.convert_rows([{"path": ".codex/agents/a.toml", "bytes": b"name = 'a'"}])

    assert row["state"] is None
    assert "ZeroDivisionError" in row["error"]


def test_linting():
    """Each finding is a row with its place, and a file without any is one row without a code."""
    given = [ROW, {"path": "a.md", "bytes": b"---\nname: a\ndescription: b: c\n---\nd\n"}, ROW | {"bytes": None}]
    found = list(batch.lint_rows(given, "codex", select=["AC101"]))

    assert all(tuple(row) == batch.LINT_COLUMNS for row in found)
    assert [(row["path"], row["code"], row["line"], row["error"] is None) for row in found] == [
        (ROW["path"], None, None, True),
        ("a.md", "AC101", 3, True),
        (ROW["path"], None, None, False),
    ]
