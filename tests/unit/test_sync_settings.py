"""What a project says of what is kept in step: each key, each mistake at its place, and a digest of what it means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomli
from jsonschema import Draft202012Validator

from agentconv.cli import configuration, pack_settings
from agentconv.cli.linting import settings as lint_settings
from agentconv.core import schema_files
from agentconv.core.diagnostics import InputError, Severity
from agentconv.core.model_choices import ModelChoices
from agentconv.install import places
from agentconv.sources import settings_file
from agentconv.sync import overrides, settings
from agentconv.sync.overrides import Override
from agentconv.sync.settings import TargetSettings

FULL = """\
source = "Claude Code"
targets = ["codex", "OpenCode", "copilot", "codex"]
exclude = [".claude/agents/drafts", "*.old.md"]
carry-back = ["prompt", "description"]
accept = ["not-enforced:codex", "asks-dropped"]
models = "tier"
required-version = ">=0.1"
strict = true

[sync.codex]
committed = false
own = true
model = "gpt-5.1"
sandbox = "read-only"
keep = true

[sync.opencode]
temperature = 0.2
deny-tools = ["bash"]
extras.variant = "fast"

[sync.agents.reviewer]
copilot.skip = true

[sync.agents."old one"]
skip = true
opencode = { skip = false }

[sync.agents.reviewer.opencode]
model = "anthropic/claude-sonnet-4-5"
max_turns = 8
tools = ["read", "grep"]
deny-tools = ["edit"]
keep = ["color", "max_turns", "extras.options"]

[sync.agents.reviewer.opencode.extras]
options.budget = 3

[lint]
ignore = ["AC1"]
"""
HEAD = 'source = "claude-code"\ntargets = ["codex", "opencode"]\n'


def said(folder, text, name=settings_file.FILE):
    """Write a project's settings and read them."""
    (folder / name).write_text(text)
    return settings.read(folder)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_every_key(tmp_path):
    found = said(tmp_path, FULL)
    reviewer = found.agents["reviewer"]["opencode"]

    assert (found.root, found.file) == (tmp_path, tmp_path / "agentconv.toml")
    assert (found.source, found.source_format) == (".", "claude-code")
    assert found.targets == ("codex", "opencode", "copilot")
    assert found.exclude == (".claude/agents/drafts", "*.old.md")
    assert found.carry_back == ("prompt", "description")
    assert found.accept == ("not-enforced:codex", "asks-dropped")
    assert found.models == ModelChoices(by_tier=True)
    assert found.required_version == ">=0.1"
    codex = found.formats["codex"]
    assert (codex.committed, codex.own, codex.override.values, codex.override.sandbox) == (False, True, {"model": "gpt-5.1"}, "read-only")
    assert {path.partition(".")[0] for path in codex.override.keep} == set(overrides.SECURITY)
    assert found.formats["copilot"] == TargetSettings("copilot")
    assert reviewer == Override(
        {"model": "anthropic/claude-sonnet-4-5", "limits.max_turns": 8},
        ("read", "grep"),
        ("edit",),
        None,
        ("color", "limits.max_turns", "extras.opencode.options"),
        {"options": {"budget": 3}},
    )
    assert str(reviewer.place) == "agentconv.toml:29:23"
    assert found.skipped == {"reviewer": frozenset({"copilot"}), "old one": frozenset({"codex", "copilot"})}
    assert str(found.places["old one"]) == "agentconv.toml:25:14"


def test_more_particular_override(tmp_path):
    """What is said of an agent comes before what is said of all, and what is taken away in either is taken away."""
    found = said(tmp_path, FULL)
    both = found.override("reviewer", "opencode")

    assert both.values == {"temperature": 0.2, "model": "anthropic/claude-sonnet-4-5", "limits.max_turns": 8}
    assert both.deny_tools == ("bash", "edit")
    assert both.extras == {"variant": "fast", "options": {"budget": 3}}
    assert found.override("another", "opencode") == found.formats["opencode"].override
    assert found.override("reviewer", "copilot") is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"claude"', (".", "claude-code")),
        ('".claude/agents"', (".claude/agents", "claude-code")),
        ('"./.roomodes"', (".roomodes", "roo")),
        ('"json"', ("agents.json", "json")),
        ('"agents.toml"', ("agents.toml", "toml")),
        ('"team/agents"\nsource-format = "claude"', ("team/agents", "claude-code")),
        ('"team/all.json"', ("team/all.json", "json")),
    ],
)
def test_source(tmp_path, source, expected):
    """A source is an assistant, all of whose places count, or a path, whose format its place or else its content tells."""
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "all.json").write_text('{"$schema": "urn:agentconv:bundle:2", "agents": []}')
    found = said(tmp_path, f'source = {source}\ntargets = ["codex"]\n')

    assert (found.source, found.source_format) == expected


def test_pyproject(tmp_path):
    """The table of pyproject.toml says the same, and may say a part of it."""
    own = said(tmp_path, FULL)
    (tmp_path / "agentconv.toml").unlink()
    table = FULL.replace("[sync", "[tool.agentconv.sync").replace("[lint]", "[tool.agentconv.lint]")
    found = said(tmp_path, f"[project]\nname = 'x'\n\n[tool.agentconv]\n{table}", "pyproject.toml")

    assert found.sha256 == own.sha256
    assert found.file == tmp_path / "pyproject.toml"
    assert found.agents == own.agents
    (tmp_path / "pyproject.toml").write_text("[tool.agentconv.sync.codex]\nown = true\n")
    assert said(tmp_path, HEAD).formats["codex"].own


MISTAKES = [
    ('[sync.codex]\nmodle = "x"\n', "4:1", ["no setting `modle` in [sync.codex]", "did you mean `model`"]),
    ('[sync.codex]\nwith = ["all"]\n', "4:1", ["no setting `with` in [sync.codex]", "at the top of agentconv.toml, above every [table]"]),
    ("own = true\n", "3:1", ["no setting `own`", "said of one assistant: it belongs below [sync.codex]"]),
    ("skip = true\n", "3:1", ["no setting `skip`", "it belongs below [sync.agents.NAME.codex]"]),
    ("[sync]\nown = true\n", "4:1", ["said of one assistant: it belongs below [sync.codex]"]),
    ("[codex]\nown = true\n", "3:2", ["what is said of codex belongs below [sync.codex]"]),
    ('sorce = "x"\n', "3:1", ["no setting `sorce`", "did you mean `source`"]),
    ("[tool.agentconv]\nstrict = true\n", "3:2", ["no setting `tool`", "[lint], not [tool.agentconv.lint]"]),
    ("[sync.codx]\nown = true\n", "3:7", ["no format `codx`", "did you mean `codex`"]),
    ("[sync.claude-code]\nown = true\n", "3:7", ["Claude Code is the source"]),
    ("[sync.codex]\nskip = true\n", "4:1", ["one agent is skipped", "take codex out of `targets`"]),
    ('[sync]\ncodex = { own = "yes" }\n', "4:11", ["`own` wants true or false"]),
    ("[sync]\ncodex = 1\n", "4:1", ["[sync.codex] is a table"]),
    ("sync = 1\n", "3:1", ["[sync] is a table"]),
    ("[sync.agents]\nx = 1\n", "4:1", ["[sync.agents.x] is a table"]),
    ("[sync.agents.x]\nsklp = true\n", "4:1", ["no format `sklp`", "did you mean `skip`"]),
    ('[sync.agents.x]\nmodel = "y"\n', "4:1", ["`model` is said of an agent in one assistant", "[sync.agents.x.codex]"]),
    ("[sync.agents.x.codex]\nown = true\n", "4:1", ["no setting `own` in [sync.agents.x.codex]"]),
    ("[sync.agents.x.opencode]\n[sync.agents.x.OpenCode]\n", "4:16", ["opencode is said twice"]),
    ("[sync.codex]\nmodel = 5\n", "4:1", ["`model` is text"]),
    ("[sync.opencode]\ntemperature = nan\n", "4:1", ["`temperature` is a number"]),
    ("[sync.opencode]\nmax_turns = 0\n", "4:1", ["`max_turns` is a number, 1 or more"]),
    ('[sync.opencode]\ncolor = "plaid"\n', "4:1", ["OpenCode does not take `plaid` as `color`", "primary"]),
    ("[sync.codex]\ntemperature = 0.1\n", "4:1", ["Codex has no place for `temperature`", "agentconv formats codex"]),
    ('[sync.opencode]\nsandbox = "read-only"\n', "4:1", ["OpenCode has no place for `sandbox`"]),
    ('[sync.codex]\nsandbox = "readonly"\n', "4:1", ["no sandbox `readonly`", "did you mean `read-only`"]),
    ('[sync.codex]\ntools = "shell"\n', "4:1", ["`tools` is a list of tools"]),
    ('[sync.codex]\ndeny-tools = ["shell", 1]\n', "4:24", ["`deny-tools` is a list of tools"]),
    ('[sync.codex]\nkeep = ["color", "modle"]\n', "4:18", ["no field `modle` to keep", "did you mean `model`"]),
    ('[sync.codex]\nkeep = ["name"]\n', "4:9", ["no field `name` to keep"]),
    ("[sync.codex]\nkeep = 1\n", "4:1", ["`keep` is a list of fields; or it is true, or false"]),
    ("[sync.codex]\nextras = 1\n", "4:1", ["[sync.codex.extras] is a table"]),
    ('[sync.codex]\nextras.personalty = "x"\n', "4:8", ["Codex has no key `personalty`", "did you mean `personality`"]),
    ('[sync.codex.extras]\nmodel_reasoning_effort = "high"\n', "4:1", ["is held by the field effort", "say it as `effort`"]),
    ('[sync.codex.extras]\nsandbox_mode = "full"\n', "4:1", ["is held by the field permissions.sandbox", "it comes from the source"]),
    ('[sync.codex.extras]\nservice_tier = ["fast"]\n', "4:1", ["Codex does not take this as `service_tier`"]),
    ('[sync.codex.extras]\ndefault_permissions = ":workspace"\n', "4:1", ["lets an agent do more"]),
    ('[sync.codex.extras]\nmodel_instructions_file = "../x"\n', "4:1", ["leads out of the project"]),
    ('exclude = ["a", "!b"]\n', "3:17", ["no path is like `!b`"]),
    ("exclude = 1\n", "3:1", ["`exclude` is a list of patterns of paths"]),
    ('carry-back = ["tools"]\n', "3:15", ["`tools` is not carried back by itself", "prompt and description"]),
    ('accept = ["widened"]\n', "3:11", ["`widened` cannot be accepted"]),
    ('models = "tiers"\n', "3:1", ["`models` wants one of off, tier"]),
    ('models = "tier"\nmap-models = "off"\n', "4:1", ["`models` says it too, at agentconv.toml:3:1"]),
    ('[models]\ncodex = { opus = "" }\n', "4:11", ["what to write for `opus`"]),
    ('required-version = ">=999"\n', "3:1", ["the project wants >=999", "pip install 'agentconv-toolkit>=999'"]),
    ('required-version = "new"\n', "3:1", ["`required-version` is a version"]),
    ("required-version = 3\n", "3:1", ["`required-version` is a version"]),
    ("<<<<<<< HEAD\n", "3:1", ["two versions of the settings were merged, and are in conflict"]),
    ("[sync\n", "3:6", ["not TOML", "mend it there"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "words"), MISTAKES)
def test_mistakes(tmp_path, text, place, words):
    """Each mistake is told at its line and column, with what to do about it."""
    with pytest.raises(InputError) as caught:
        said(tmp_path, HEAD + text)
    told = f"{caught.value} {caught.value.diagnostic.hint}"

    assert str(caught.value.diagnostic.span) == f"agentconv.toml:{place}"
    assert all(word in told for word in words), told


UNUSED = [
    ("sync.copilot.own = true\n", "3:6", "[sync.copilot]"),
    ('[sync.agents.x.cursor]\nmodel = "y"\n', "3:16", "[sync.agents.x.cursor]"),
    ('accept = ["not-enforced:cursor"]\n', "3:11", '"not-enforced:cursor" in `accept`'),
]


@pytest.mark.parametrize(("text", "place", "what"), UNUSED)
def test_what_is_said_of_no_target_is_told_and_stops_nothing(tmp_path, text, place, what):
    """Whoever takes an assistant out of `targets` has not to take out all that speaks of it at once."""
    told = said(tmp_path, HEAD + text).unused

    assert [(str(one.span), one.severity) for one in told] == [(f"agentconv.toml:{place}", Severity.WARNING)]
    assert f"nothing comes of {what}" in told[0].message


def test_the_last_target_can_be_taken_out(tmp_path):
    """What was written goes then."""
    found = said(tmp_path, 'source = "claude-code"\ntargets = []\n[sync.agents.x.codex]\nskip = true\n')

    assert (found.targets, found.skipped, len(found.unused)) == ((), {}, 1)


ABOUT_SOURCE_AND_TARGETS = [
    ('source = ["claude-code", "codex"]\ntargets = ["roo"]\n', "1:1", ["one assistant", "several sources are not kept in step yet"]),
    ('source = "claud-code"\ntargets = ["roo"]\n', "1:1", ["no format `claud-code`", "did you mean `claude-code`"]),
    ('source = "../agents"\ntargets = ["roo"]\n', "1:1", ["leads out of it"]),
    ('source = "docs/agents"\ntargets = ["roo"]\n', "1:1", ["the format of `docs/agents` cannot be told", "source-format"]),
    ('source = "claude"\ntargets = ["roo"]\nsource-format = "codex"\n', "3:1", ["`source-format` says codex", "take it out"]),
    ('source = "docs/agents"\ntargets = ["roo"]\nsource-format = "codx"\n', "3:1", ["no format `codx`", "did you mean `codex`"]),
    ('source = "claude-code"\n', "1:1", ["`source` is said, and `targets` is not"]),
    ('targets = ["codex"]\n', "1:1", ["`targets` is said, and `source` is not", "for example"]),
    ('source = "claude-code"\ntargets = "codex"\n', "2:1", ["`targets` is a list of assistants"]),
    ('source = "claude-code"\ntargets = ["roo", "coedx"]\n', "2:19", ["no format `coedx`", "did you mean `codex`"]),
    ('source = "claude-code"\ntargets = ["claude"]\n', "2:12", ["Claude Code is the source", "take it out"]),
    ('source = "claude-code"\ntargets = ["json"]\n', "2:12", ["nothing is kept in step in canonical JSON", "codex"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "words"), ABOUT_SOURCE_AND_TARGETS)
def test_mistakes_about_source_and_targets(tmp_path, text, place, words):
    """Without a source and targets that can be meant, nothing is kept in step."""
    with pytest.raises(InputError) as caught:
        said(tmp_path, text)
    told = f"{caught.value} {caught.value.diagnostic.hint}"

    assert str(caught.value.diagnostic.span) == f"agentconv.toml:{place}"
    assert all(word in told for word in words), told


UNSEEN = re.compile(
    "no format|cannot be told|leads out|does not name|is the source|source-format. says|nothing is kept|is not$|said twice|no place|"
    "does not take|to keep|has no key|is held by|do more|`temperature` is a number|says it too|project wants|is a version"
)
"""What is said of mistakes that no schema sees: of words, of what the assistants take, of one setting beside another."""


def test_schema():
    """The schema of the file takes what the reader takes, and what the reader refuses for its shape, it refuses."""
    schema = schema_files.load("config")
    valid = Draft202012Validator(schema).is_valid
    below = schema["$defs"]

    assert set(schema["properties"]) == set(settings_file.KEYS)
    assert set(below["override"]["properties"]) == {"skip", *overrides.KEYS}
    assert set(below["target"]["properties"]) == {"committed", "own", *overrides.KEYS}
    assert tuple(schema["properties"]["lint"]["properties"]) == lint_settings.KEYS
    assert tuple(schema["properties"]["pack"]["properties"]) == (*pack_settings.ONE, *pack_settings.SEVERAL, pack_settings.ACCEPT)
    assert tuple(schema["properties"]["targets"]["items"]["examples"]) == tuple(places.targets())
    assert valid(tomli.loads(FULL))
    texts = [(HEAD + text, words) for text, _, words in MISTAKES[:-2]] + [(text, words) for text, _, words in ABOUT_SOURCE_AND_TARGETS]

    assert [text for text, words in texts if valid(tomli.loads(text)) and not UNSEEN.search(words[0])] == []


def test_commands_take_the_same_settings():
    assert tuple(configuration.DEFAULTS) == settings_file.OF_COMMANDS


def test_said_twice(tmp_path):
    """The same setting in both files is an error that names both places."""
    (tmp_path / "pyproject.toml").write_text('[tool.agentconv]\nstrict = true\ntargets = ["roo"]\n')
    with pytest.raises(InputError) as caught:
        said(tmp_path, HEAD)

    assert str(caught.value) == "agentconv.toml:2:1: `targets` stands here, and at pyproject.toml:3:1"


def test_digest(tmp_path):
    """The digest changes with whatever decides what is written, and with nothing else."""
    first = said(tmp_path, FULL).sha256
    same = [
        FULL.replace("strict = true", "strict = false # why"),
        FULL.replace('"codex", "OpenCode", "copilot", "codex"', '"copilot", "opencode", "codex"'),
        FULL.replace('extras.variant = "fast"', '[sync.opencode.extras]\nvariant = "fast"'),
        FULL.replace("committed = false\n", ""),
        FULL.replace('carry-back = ["prompt", "description"]\n', ""),
        FULL.replace('accept = ["not-enforced:codex", "asks-dropped"]\n', ""),
        FULL.replace(">=0.1", ">=0"),
        f"\n\n{FULL}",
    ]
    others = [
        FULL.replace("Claude Code", ".claude/agents"),
        FULL.replace('"OpenCode", "copilot"', '"OpenCode", "copilot", "roo"'),
        FULL.replace('"tier"', '"off"'),
        FULL.replace("own = true\n", ""),
        FULL.replace("*.old.md", "*.older.md"),
        FULL.replace("copilot.skip = true", "copilot.skip = false"),
        FULL.replace("max_turns = 8", "max_turns = 9"),
        FULL.replace('"read", "grep"', '"read"'),
        FULL.replace("keep = true", "keep = false"),
        FULL.replace("budget = 3", "budget = 4"),
        FULL.replace("read-only", "workspace-write"),
        FULL.replace('["edit"]', "[]"),
    ]

    assert {said(tmp_path, text).sha256 for text in same} == {first}
    assert len({first, *(said(tmp_path, text).sha256 for text in others)}) == len(others) + 1


def test_excluded(tmp_path):
    """A pattern is of a whole path, of a folder, or of a file's name."""
    found = said(tmp_path, FULL)
    paths = [".claude/agents/drafts/a.md", ".claude/agents/b.old.md", ".claude/agents/drafts.md", ".claude/agents/b.md"]

    assert [found.excludes(path) for path in paths] == [True, True, False, False]


def test_nothing_said(tmp_path):
    """A project that says nothing of what is kept in step has no such settings, whatever else it says."""
    assert settings.read(tmp_path) is None
    assert said(tmp_path, 'strict = true\n[lint]\nignore = ["AC1"]\n') is None
    assert said(tmp_path, "accept = ['not-enforced']\n[sync.codex]\nown = true\n") is None
    assert said(tmp_path, "[tool.black]\n", "pyproject.toml") is None


def test_root(tmp_path, monkeypatch):
    """The root is the nearest folder upwards that says something, and none above the repository or the home."""
    top = tmp_path / "home" / "repository"
    inner, leaf = top / "part", top / "part" / "src" / "deep"
    leaf.mkdir(parents=True)
    (tmp_path / "agentconv.toml").write_text(HEAD)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert settings.find_root(leaf) is None

    (tmp_path / "home" / "agentconv.toml").write_text(HEAD)
    assert settings.find_root(leaf) == tmp_path / "home"

    (top / ".git").mkdir()
    assert settings.find_root(leaf) is None

    (top / "pyproject.toml").write_text("[tool.agentconv]\nsource = 'claude-code'\n")
    (inner / "pyproject.toml").write_text("[tool.agentconv]\nstrict = true\n")
    assert settings.find_root(leaf) == top

    (inner / "pyproject.toml").write_text("[tool.agentconv\n")
    assert settings.find_root(leaf) == inner


@pytest.mark.parametrize("start", [".", "src", Path("src")])
def test_root_of_a_relative_folder(tmp_path, start):
    (tmp_path / "src").mkdir()
    (tmp_path / "agentconv.toml").write_text("")

    assert settings.find_root(Path(start)) == tmp_path


@pytest.mark.parametrize(
    ("text", "at", "hint"),
    [
        (f'[models]\nopus = "large"\n\n{HEAD}', "agentconv.toml:4:1", "`source` goes at the top of agentconv.toml, above every [table]"),
        (f'{HEAD}[models]\nmodels = "tier"\n', "agentconv.toml:4:1", '`map-models = "tier"` goes at the top of agentconv.toml'),
    ],
)
def test_a_setting_below_the_table_of_models_is_told_with_where_it_goes(tmp_path, text, at, hint):
    """TOML makes all that follows [models] names of models: what was meant for the whole file is named."""
    with pytest.raises(InputError) as error:
        said(tmp_path, text)
    found = error.value.diagnostic

    assert (f"{found.span.path}:{found.span.line}:{found.span.column}", hint in found.hint) == (at, True)
    assert said(tmp_path, f'map-models = "tier"\n{HEAD}[models]\nopus = "large"\n').models.by_tier
