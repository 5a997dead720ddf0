"""Formats and rules of other distributions: they are held to what ours are, and one that is broken loses nothing but itself."""

import json
import re
from pathlib import Path

import pytest

from agentconv import InputError
from agentconv.core import given, row_faults
from agentconv.formats import registry
from agentconv.lint import catalogue
from agentconv.testing import example, rule_cases
from thorough import THOROUGH

CHECKOUT = Path(__file__).parents[2]


def add_modes_and_servers(package):
    """Give a format what the guide says of permission modes, MCP servers and closed tools."""
    code, words, rows = re.findall(r"(?s)<!-- modes-and-servers -->\n```\w+\n(.*?)```", (CHECKOUT / "docs/library.md").read_text("utf-8"))
    names, tables = words.split("\n", 1)
    schema, vocabulary, module = package / "my-tool.schema.json", package / "my-tool.toml", package / "format.py"
    table = json.loads(schema.read_text("utf-8"))
    table["properties"] |= json.loads(rows)
    schema.write_text(json.dumps(table), "utf-8")
    vocabulary.write_text(vocabulary.read_text("utf-8").replace(names.replace("true", "false"), names) + tables, "utf-8")
    text = module.read_text("utf-8").replace("KEYS: dict[str, Key] = {", f"{code}\n\nKEYS: dict[str, Key] = {{\n    **MODES_AND_SERVERS,")
    line = '    mcp.project_with_tools(projection, stands, "define it in .my-tool/mcp.json")\n'
    text = text.replace("_reads_back, denies=False)", "_reads_back)")
    module.write_text(text.replace("permissions.mode(projection)\n", f"permissions.mode(projection)\n{line}"), "utf-8")


@pytest.mark.parametrize(("yaml", "files"), [(False, "*.md"), (True, "*.yaml")])
def test_the_example_of_a_distribution_passes_its_tests(installed, tmp_path, yaml, files):
    """What is written to begin with is a format and a rule that pass the contract, the round trips, the laws and the cases of rules.

    So is the one that the guide goes on with, which has permission modes and MCP servers, too. The laws are much the same for both, and
    take most of the time: a default run tries one of them.
    """
    root = installed.example(tmp_path, yaml=yaml)
    if not yaml:
        add_modes_and_servers(installed.folder / "my_tool_agents")
    some = ["-k", "not laws"] if yaml and not THOROUGH else []
    told = installed.python(f"import pytest; raise SystemExit(pytest.main(['-q', '-p', 'no:cacheprovider', *{some}]))", root)
    shown = installed.codes(["formats my-tool", "rule MYTOOL001"], root)

    assert ("31 passed, 5 deselected" if some else "36 passed") in told
    assert shown[0] == [0, 0]
    assert "commands: .my-tool/commands/*.md, ~/.my-tool/commands/*.md" in shown[1]
    assert f"My Tool 1.0.0, in .my-tool/agents/{files}" in shown[1]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["codex"], "there is a format `codex` already"),
        (["My_Tool"], "`My_Tool` is no id of a format"),
        (["my-tool", "."], "there is `.` already"),
        ([], "usage: python -m agentconv.testing.example ID [FOLDER]"),
        (["ya", "--yml"], "usage: python -m agentconv.testing.example ID [FOLDER]"),
    ],
)
def test_an_example_that_cannot_be_written_is_told(words, why, tmp_path, monkeypatch, capsys):
    """An id that is none, or taken, and a folder that is there are told, and nothing is written."""
    monkeypatch.chdir(tmp_path)

    assert example._main(words) == 2
    assert why in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("format_id", ["a", "b2", "ac", "acme", "acmeco", "ac-me-and-a-long-one", "my-tool"])
def test_the_codes_of_an_example_are_legal(format_id, tmp_path):
    """Whatever the id, the rule that is written has a code that a distribution may have, and its suite asks for that one."""
    root = example.write(format_id, tmp_path / "made")
    (code,) = re.findall('"([A-Z]+)001"', next(root.glob("src/*/rules.py")).read_text("utf-8"))

    assert re.fullmatch("(?!AC)[A-Z]{2,8}", code)
    assert f'rule_cases("{code}")' in next(root.glob("tests/*.py")).read_text("utf-8")


def test_every_command_knows_it(installed, project):
    """It is listed, found by its place and its alias, converted to and from, inspected and linted by its distribution's rules."""
    installed.toy()
    listed = installed.run("formats toybox", project)
    made = installed.run("convert -f claude -t toy . -o out", project), installed.run("convert .toy/agents -t claude,json -o out", project)
    inspected = installed.run("inspect .claude/agents --for toy", project)
    linted = installed.run("lint .toy --output-format concise", project)
    rule = installed.run("rule TOY001", project)

    assert "toy" in listed
    assert "1 file written: out/.toy/agents/calm.md" in made[0]
    assert (project / "out/.claude/agents/LOUD.md").is_file(), made[1]
    assert "Toy" in inspected
    assert ".toy/agents/LOUD.md:2:" in linted
    assert "warning[TOY001] Toy is shouted at by `LOUD`" in linted
    assert "Nobody likes to be shouted at." in rule


def test_a_format_is_imported_when_it_is_used(installed, project):
    """To know that there is a format imports its row; its module is imported by the first use."""
    installed.toy()
    code = (
        "import sys, agentconv; agentconv.read('.claude/agents'); print('toy_agents.rows' in sys.modules, 'toy_agents.toy' in sys.modules)"
    )

    assert installed.python(code, project) == "True False\n"


BROKEN = [
    ("toy = broken.gone:ROW", "ModuleNotFoundError: No module named 'broken.gone'"),
    ("toy = broken.raises", "RuntimeError: at import"),
    ("toy = broken.other", "is no format: the entry point names no agentconv.FormatRow"),
    ("codex = broken.row", "is called as another format is: codex"),
    ("Toy_1 = broken.row", "is no legal id of a format"),
    ("toy = broken.lazy", "cannot be loaded: ModuleNotFoundError: No module named 'broken.gone'"),
]
ROW = 'from agentconv import FormatRow\nROW = FormatRow({!r}, "Toy", (".toy/agents",), (".md",))\n'


@pytest.mark.parametrize(("entry", "why"), BROKEN, ids=[entry for entry, _ in BROKEN])
def test_a_broken_format_names_its_distribution_and_loses_nothing_else(installed, project, entry, why):
    """Whatever is wrong with it, the distribution is named, and agents of other formats are read and written as ever."""
    modules = {"raises": "raise RuntimeError('at import')", "other": "ROW = 1", "row": ROW.format(""), "lazy": ROW.format("broken.gone")}
    package = installed.distribution("broken-toy", f"[agentconv.formats]\n{entry}\n", **{"broken": "", **modules})
    installed.files(package)
    (installed.folder / "broken_toy").rename(installed.folder / "broken")
    told = installed.run("inspect .", project) if "lazy" in entry else installed.run("convert .claude/agents -t codex -o out", project)

    assert "broken-toy 1.0" in told
    assert why in told
    assert "bug in agentconv" not in told
    assert "lazy" in entry or (project / "out/.codex/agents/calm.toml").is_file()


@pytest.mark.parametrize("entry", ["toy = broken.gone:ROW", "toy = broken.lazy"])
def test_a_broken_format_is_told_to_programs(installed, project, entry):
    """The library has it in `diagnostics`, of a path and of a set, and so has JSON, which is all that a program or MCP sees."""
    package = installed.distribution("broken-toy", f"[agentconv.formats]\n{entry}\n", lazy=ROW.format("broken.gone"))
    installed.files(package)
    (installed.folder / "broken_toy").rename(installed.folder / "broken")
    (project / ".toy/agents").mkdir(parents=True, exist_ok=True)
    (project / ".toy/agents/one.md").write_text("---\nname: one\n---\nx")
    code = (
        "import agentconv; agents = agentconv.read('.')\n"
        "for found in (agents, agentconv.lint('.'), agentconv.lint(agents), agentconv.inspect('.'), agentconv.fix('.').left):\n"
        "    print(*(one.message for one in found.diagnostics if one.code == 'extension'))"
    )
    told = "`toy` of broken-toy 1.0 cannot be loaded: ModuleNotFoundError: No module named 'broken.gone'\n"

    assert installed.python(code, project) == told * 5
    for command in ("lint", "inspect"):
        assert '"code": "extension"' in installed.run(f"{command} . --output-format json", project)


ROWS = {
    "folders": ('"m", "Toy", ".toy/agents", (".md",)', "folders is a tuple of str, not a str", "(value,)"),
    "suffixes": ('"m", "Toy", (".toy/agents",), ".md"', "suffixes is a tuple of str, not a str", "(value,)"),
    "title": ('"m", 3, (".toy/agents",), (".md",)', "title is a str, not an int", "update or uninstall"),
    "no title": ('"m", "", (".toy/agents",), (".md",)', "title is empty", "what people call"),
    "absolute": ('"m", "Toy", ("/toy",), (".md",)', "folders: `/toy` is no path below a project's root", ".my-tool/agents"),
    "above": ('"m", "Toy", (".toy/../..",), (".md",)', "folders: `.toy/../..` is no path below", ".my-tool/agents"),
    "file": ('"m", "Toy", (), (".md",), ("",)', "files: `` is no path below", ".my-tool/agents"),
    "index": ('"m", "Toy", ("a",), (".md",), index="a/"', "index: `a/` is no path below", ".my-tool/agents"),
    "no dot": ('"m", "Toy", (".toy/agents",), ("md",)', "suffixes: `md` is nothing that a file's name ends in", "with its dot"),
    "looks": ('"m", "Toy", (".toy/agents",), (".md",), looks=b"("', "looks is no regular expression: missing )", "mend it"),
}


def test_a_row_is_held_to_the_types_of_its_fields_and_to_what_a_place_is(installed, project):
    """One forgotten comma loses that format alone: each is told with its distribution, field, and what its author does about it."""
    names = {number: f"toy-{number}" for number in range(len(ROWS))}
    rows = {f"row{number}": f"from agentconv import FormatRow\nROW = FormatRow({row})\n" for number, (row, *_) in enumerate(ROWS.values())}
    points = [f"{name} = toy_rows.row{number}" for number, name in names.items()]
    installed.distribution("toy-rows", "\n".join(["[agentconv.formats]", *points]), **rows)
    codes, told = installed.codes(
        ["convert .claude -t codex -o out", "lint .claude", *(f"inspect . --for {name}" for name in names.values())], project
    )
    suite = installed.python("from agentconv import testing; testing.cases('toy-0')", project)

    assert codes == [0, 0, *[2] * len(ROWS)]
    assert "bug in agentconv" not in told
    for name, (_, why, hint) in zip(names.values(), ROWS.values(), strict=True):
        (line,) = {text for text in told.split("error: ") if text.startswith(f"`{name}` of toy-rows 1.0 is no format: its row's {why}")}
        assert hint in line
    assert "`toy-0` of toy-rows 1.0 is no format: its row's folders is a tuple of str" in suite


FAULTS = {
    "schema": ("toy.schema.json", "{", "is no format: toy.schema.json: Expecting property name"),
    "type": ("toy.schema.json", None, "is no format: toy.schema.json: `name`: `type` is one of string, integer"),
    "no version": ("toy.schema.json", 5, "is no format: toy.schema.json: `x-verified` says client, version, date and page: texts"),
    "keys": ("toy.schema.json", '{"properties": {"name": 1}}', "is no format: toy.schema.json: `properties` is a map of keys"),
    "words": ("toy.toml", "x = [", "is no format: toy.toml: Invalid value"),
    "tools": ("toy.toml", "[tools]\nRead = 5\n", "is no format: toy.toml: `tools.Read` is text or a list of texts"),
    "capability": (
        "toy.toml",
        '[tools]\nlook = "fs.raed"\n',
        "is no format: toy.toml: `tools`: `look` is said to do `fs.raed`, which nothing is called; did you",
    ),
}

WORDS = {
    "user": ('user = ["~/.toy/agents"]', "user = 5", "`install.user` is a list"),
    "a text": ('user = ["~/.toy/agents"]', 'user = "~/.toy/agents"', "`install.user` is a list"),
    "no home": (
        'user = ["~/.toy/agents"]',
        'user = [".toy/agents"]',
        "each of `install.user` is a path that begins with `~/` or a variable, as",
    ),
    "program": ('program = "toy"', "program = 5", "`install.program` is text that is not empty"),
    "references": ("[references]", "[references]\nx = 5", "`references.x` is text that is not empty"),
    "models": ("[models.aliases]", "[models.aliases]\nx = []", "`models.aliases.x` is text"),
    "misspelled": ("asks_by_default", "ask_by_default", "there is no key `ask_by_default`; did you mean `asks_by_default`?"),
    "one letter": ("enforces_patterns", "enforce_patterns", "there is no key `enforce_patterns`; did you mean `enforces_patterns`?"),
    "no fact": ("enforces_patterns = false", 'enforces_patterns = "no"', "`enforces_patterns` is true or false"),
    "in a table": ("then = [", 'thn = ["x"]\nthen = [', "`install` has no key `thn`; did you mean `then`?"),
    "tier": ('large = "best"', 'lage = "best"', "`tiers` has no key `lage`; did you mean `large`?"),
    "no such model": ('large = "best"', 'large = "bset"', "`tiers.large`: the client serves no model `bset`; did you mean `best`?"),
    "another's model": ('large = "best"', 'large = "gpt-6-astra"', "`tiers.large`: the client serves no model `gpt-6-astra`; name one of"),
    "alias": ("[models]", '[aliases]\nlook = "Raed"\n[models]', "`aliases`: `look` stands for `Raed`, which is no word in `tools`"),
    "mode": (
        "[models]",
        '[modes]\nx = "byepass"\n[models]',
        "`modes.x` is default, accept-edits, plan, dont-ask, bypass, auto or read-only",
    ),
    "event": ("[models]", '[events]\nPre = "befor-tool"\n[models]', "`events.Pre` is before-tool,"),
    "no such format": (
        "then = [",
        'also_reads = ["codx"]\nthen = [',
        "`install.also_reads`: there is no format `codx`; did you mean `codex`?",
    ),
    "like nobody": ("", "", 'like = "claud-code"\n', "`like`: there is no format `claud-code`; did you mean `claude-code`?"),
    "itself": ("[models]", "[modes]\n[models]", 'like = "toy"\n', "`like` names the format itself"),
}
"""What stands in the words of the toy, what is written there instead (or above all of it), and what is told."""


@pytest.mark.parametrize("row", WORDS.values(), ids=WORDS)
def test_words_that_say_what_there_is_not_lose_that_format_alone(installed, project, row):
    """Every value of a format's words is held to its type, and every key to those that there are, by commands and by its suite."""
    place, (old, new, *above, why) = installed.toy() / "toy.toml", row
    text = place.read_text()
    assert old in text or above
    place.write_text("".join(above) + text.replace(old, new))
    codes, told = installed.codes(["lint .claude", "doctor", "convert .claude -t codex -o out", "convert .claude -t toy -o out"], project)

    assert codes[-1] == 2
    assert 3 not in codes
    assert f"`toy` of toy-agents 1.0 is no format: toy.toml: {why}" in told
    assert why in installed.python("from agentconv import testing; testing.cases('toy')", project)


@pytest.mark.parametrize(("name", "text", "why"), FAULTS.values(), ids=FAULTS)
def test_a_format_whose_files_are_broken_loses_nothing_else(installed, project, name, text, why):
    """A schema, or words, that are none are told with their distribution by what lists formats, and everything else works."""
    place = installed.toy() / name
    known = place.read_text()
    place.write_text(known.replace('"string"', '"text"') if text is None else known.replace('"1.0.0"', "5") if text == 5 else text)
    told = installed.run("formats", project)

    assert f"`toy` of toy-agents 1.0 {why}" in told
    assert "Claude Code" in told
    assert "1 file written" in installed.run("convert .claude -t codex -o out", project)


def edited(schema, **changes):
    """Return a schema's text with other annotations of its key `name`, or of itself."""
    found = json.loads(schema)
    row = found["properties"]["name"]
    row |= {f"x-{key}": value for key, value in changes.items() if key != "without"}
    found.pop(changes.get("without"), None)
    return json.dumps(found)


ANNOTATIONS = {
    "x-invalid": ({"invalid": "ignore-value"}, "toy.schema.json: `name`: `x-invalid` is one of drop-key,"),
    "x-field": ({"field": ["name"]}, "toy.schema.json: `name`: `x-field` is the path of a field of an agent"),
    "no such field": ({"field": "nmae"}, "toy.schema.json: `name`: `x-field` is the path of a field of an agent"),
    "x-paths": ({"paths": 5}, "toy.schema.json: `name`: `x-paths` is a list"),
    "missing": ({"without": "additionalProperties"}, "toy.schema.json: it has no `additionalProperties`"),
}


@pytest.mark.parametrize(("changes", "why"), ANNOTATIONS.values(), ids=ANNOTATIONS)
def test_a_schema_that_says_what_there_is_not_is_told_by_key_and_file(installed, project, changes, why):
    """What a schema says of a key is held to what can be said, before anything relies on it."""
    place = installed.toy() / "toy.schema.json"
    place.write_text(edited(place.read_text(), **changes))

    assert why in installed.run("formats", project)
    assert why in installed.python("from agentconv import testing; testing.cases('toy')", project)


def test_a_schema_is_held_to_every_annotation_by_its_suite(installed, project):
    """An annotation that there is not stops nobody, and the suite tells it with the file and its place."""
    place = installed.toy() / "toy.schema.json"
    place.write_text(edited(place.read_text(), effect="none"))
    told = installed.python("from agentconv import testing; testing.cases('toy')[0]()", project)

    assert "schema follows the annotations" in told
    assert "toy.schema.json, $.properties.name: " in told
    assert "'x-effect'" in told


@pytest.mark.parametrize("name", ["toy.schema.json", "toy.toml"])
@pytest.mark.parametrize("ask", ["formats", "lint .", "import agentconv; print(len(agentconv.formats()) > 30)"])
def test_a_format_without_its_files_is_told(installed, project, name, ask):
    """A schema or words that were not put beside the module are told as what is missing, with the distribution, and the rest works."""
    (installed.toy() / name).unlink()
    told = installed.python(ask, project) if "import" in ask else installed.run(ask, project)
    toy = installed.run("inspect . --for toy", project)

    assert "bug in agentconv" not in told + toy
    assert "Traceback" not in told + toy
    assert f"`toy` of toy-agents 1.0 is no format: there is no {name} beside the module toy_agents.rows" in toy
    assert {"formats": "Claude Code", "lint .": "1 file looked at: nothing found"}.get(ask, "True") in told


def test_a_format_without_folders_breaks_nothing(installed, tmp_path):
    """A client whose agents are in one file at the root has none of the user's own, and every command works beside it and with it."""
    installed.example(tmp_path, yaml=True)
    package = installed.folder / "my_tool_agents"
    for name, old, new in (
        ("row.py", '(".my-tool/agents",), (".yaml",)', '(), (".yaml",), ("hub.yaml",)'),
        ("format.py", 'Roster("", by_name=False, document=True)', 'Roster("/agents", by_name=False)'),
    ):
        (package / name).write_text((package / name).read_text().replace(old, new))
    folder = tmp_path / "here"
    (folder / ".claude/agents").mkdir(parents=True)
    (folder / ".claude/agents/a.md").write_text("---\nname: a\ndescription: Reads\n---\n\nRead.\n")
    codes, told = installed.codes(
        [
            "inspect .",
            "lint . --for my-tool",
            "doctor",
            "init --from claude -t my-tool",
            "sync",
            "sync --check",
            "convert .claude -t my-tool -o out",
            "convert .claude -t my-tool --scope user",
        ],
        folder,
    )

    assert codes == [0, 0, 0, 0, 0, 0, 0, 2]
    assert "My Tool takes no agents in user scope: it has no such folder" in told
    assert (folder / "hub.yaml").read_bytes() == (folder / "out/hub.yaml").read_bytes()


def test_parts_of_a_distribution_go_both_ways(installed, tmp_path):
    """Commands that come with a format are found, converted both ways, and looked at, as those of our own clients are."""
    installed.example(tmp_path)
    for place, text in {".my-tool": "Fix $ARGUMENTS here.", ".claude": "Fix $ARGUMENTS."}.items():
        (tmp_path / place / "commands").mkdir(parents=True)
        (tmp_path / place / "commands/fix.md").write_text(f"---\ndescription: Fixes\n---\n\n{text}\n")
    codes, told = installed.codes(
        [
            *(f"convert . -f {client} -o out --with all" for client in ("my-tool -t opencode", "claude -t my-tool")),
            "lint . --output-format concise",
        ],
        tmp_path,
    )

    assert codes == [0, 0, 1]
    assert (tmp_path / "out/.my-tool/commands/fix.md").read_text() == "---\ndescription: Fixes\n---\n\nFix <arguments>.\n"
    assert "Fix $ARGUMENTS here." in (tmp_path / "out/.opencode/command/fix.md").read_text()
    assert ".my-tool/commands/fix.md:5:5: warning[AC542] My Tool sends `$ARGUMENTS` as it stands" in told


OF_PARTS = {
    "skills": (
        "my_tool_agents.gone",
        "",
        "has no skills: my_tool_agents.gone cannot be loaded: ModuleNotFoundError: No module named 'my_tool_agents.gone'",
    ),
    "commands": ("my_tool_agents.commands", None, "has no commands: there is no my-tool.commands.schema.json beside my-tool.schema.json"),
    "servers": ("my_tool_agents.commands", "", "has no servers: what BY_FORMAT has for `my-tool` is no format of them: its `format` and"),
    "hooks": ("my_tool_agents.rules", "", "has no hooks: the entry point names no module whose BY_FORMAT has `my-tool`"),
    "permissions": ("my_tool_agents.commands", "{", "has no permissions: my-tool.permissions.schema.json: Expecting property name"),
    "instructions": ("my_tool_agents.bare", "", "has no instructions: what BY_FORMAT has for `my-tool` is no format of them: it has no"),
}
"""By kind what its entry point names, what is in its schema (empty: that of commands), and what is wrong."""


def test_parts_that_are_broken_lose_only_themselves(installed, tmp_path):
    """Each kind of part that is none is told with its distribution, by every command and the library; the agents are read all the same."""
    root = installed.example(tmp_path)
    package = installed.folder / "my_tool_agents"
    schema = (package / "my-tool.commands.schema.json").read_text()
    (package / "bare.py").write_text("BY_FORMAT = {'my-tool': object()}\n")
    (package / "my-tool.commands.schema.json").unlink()
    for kind, (_, text, _) in OF_PARTS.items():
        if text is not None:
            (package / f"my-tool.{kind}.schema.json").write_text(text or schema)
    points = "".join(f"[agentconv.{kind}]\nmy-tool = {module}\n" for kind, (module, *_) in OF_PARTS.items())
    place = installed.folder / "my_tool_agents-1.0.dist-info/entry_points.txt"
    formats = place.read_text().partition("[agentconv.commands]")[0]
    place.write_text(f"{formats}\n{points}[agentconv.rules]\nmine = my_tool_agents.rules\n")
    (root / ".my-tool/agents").mkdir(parents=True)
    (root / ".my-tool/agents/one.md").write_text("---\nname: one\ndescription: Reads.\n---\nRead.\n")
    commands = ["formats my-tool", "convert . -t codex -o out", "lint .", "inspect .", "doctor"]
    codes, told = installed.codes(commands, root)
    library = (
        "import agentconv; from agentconv import testing; found = agentconv.read('.')\n"
        "print(*(one.message for one in found.diagnostics), *map(str, testing.cases('my-tool')), len(found), sep='\\n')"
    )
    in_library = installed.python(library, root)

    assert codes == [0] * len(commands)
    assert "Traceback" not in told + in_library
    assert "internal error" not in told
    for why in (f"`my-tool` of my-tool-agents 1.0 {why}" for *_, why in OF_PARTS.values()):
        assert (told.count(why), in_library.count(why)) == (len(commands), 1)
    assert (root / "out/.codex/agents/one.toml").is_file()
    assert in_library.endswith("\n1\n")
    assert in_library.count(": it is there") == len(OF_PARTS)


HOOKS = """\
from agentconv.core.part_format import Place
from agentconv.json.jsonc import JSONC
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

BY_FORMAT = {"my-tool": HookFormat(Client("my-tool", "My Tool"), (Place(".my-tool/settings.json", mixed=True),), (), JSONC)}
"""
OF_HOOKS = """
[hooks]
variables = []
matches = "expression"
handlers = ["command"]
blocks = ["before-tool"]
payload = "snake"
decides = ["reason"]
"""


def test_hooks_without_words_of_what_runs_are_told_by_the_suite(installed, tmp_path):
    """No hook of anybody would be written, and the case of these parts was green."""
    installed.example(tmp_path)
    package = installed.folder / "my_tool_agents"
    (package / "hooks.py").write_text(HOOKS)
    schema = (package / "my-tool.commands.schema.json").read_text()
    (package / "my-tool.hooks.schema.json").write_text(schema.replace("commands", "hooks"))
    points = installed.folder / "my_tool_agents-1.0.dist-info/entry_points.txt"
    points.write_text(f"{points.read_text()}\n[agentconv.hooks]\nmy-tool = my_tool_agents.hooks\n")
    code = "from agentconv import testing\nprint([one() for one in testing.cases('my-tool') if 'hooks: it is there' in str(one)])"
    without = installed.python(code, tmp_path)
    words = package / "my-tool.toml"
    words.write_text(words.read_text() + OF_HOOKS)

    assert "AssertionError: hooks: it is there" in without
    assert "my-tool.toml has no table `[hooks]`" in without
    assert installed.python(code, tmp_path) == "[None]\n"


def test_parts_of_a_format_of_somebody_else_are_told(installed, project):
    """A distribution brings parts of its own formats alone: what is another's, or ours, stays what it is."""
    installed.distribution("greedy-parts", "[agentconv.commands]\ncodex = greedy_parts.commands\n")
    told = installed.run("convert .claude -t codex -o out", project)

    assert "`codex` of greedy-parts 1.0 is no format of its own, and so it brings no commands of it" in told
    assert "1 file written" in told


FAILING_PARTS = {
    "read": ("def boom(self, *given, **named): raise ZeroDivisionError('boom')", "while it was read"),
    "to_project": ("def boom(self, *given, **named): raise ZeroDivisionError('boom')", "on the way of the command to my-tool"),
}


@pytest.mark.parametrize(("what", "code", "where"), [(name, *row) for name, row in FAILING_PARTS.items()], ids=FAILING_PARTS)
def test_a_part_that_fails_is_its_distributions(installed, tmp_path, what, code, where):
    """What a format of parts raises, or does against the law, is told with its distribution, and costs that part alone."""
    installed.example(tmp_path)
    module = installed.folder / "my_tool_agents/commands.py"
    text = module.read_text().replace(
        "BY_FORMAT = {", f"class Mine(Client):\n    __slots__ = ()\n\n\n{code}\nMine.{what} = boom\nBY_FORMAT = {{"
    )
    module.write_text(text.replace('"my-tool": Client(', '"my-tool": Mine('))
    for place in (".my-tool", ".claude"):
        (tmp_path / place / "commands").mkdir(parents=True)
        (tmp_path / place / "commands/fix.md").write_text("---\ndescription: Fixes\n---\n\nFix it.\n")
    words = (
        "convert . -f my-tool -t claude -o out --with all"
        if what == "read"
        else "convert . -f claude -t my-tool,opencode -o out --with all"
    )
    (_,), told = installed.codes([words], tmp_path)

    assert f"{where}: `my-tool` of my-tool-agents 1.0 failed: " in told
    assert "report it to my-tool-agents" in told
    assert "internal error" not in told
    assert what == "read" or (tmp_path / "out/.opencode/command/fix.md").is_file()


FAILING = {
    "read": "def read(source):\n    raise ZeroDivisionError('boom')",
    "exit": "def read(source):\n    raise SystemExit(0)",
    "nothing": "def read(source):\n    return None",
}


@pytest.mark.parametrize("code", FAILING.values(), ids=FAILING)
def test_a_format_that_fails_loses_no_finding_of_another(installed, project, code):
    """Whatever a format's reader does, it is told as its distribution's, once for each file, and what our own rules find is there."""
    module = installed.toy() / "toy.py"
    module.write_text(f"{module.read_text()}\n\n{code}\n")
    (project / ".claude/agents/calm.md").write_text("---\nname: calm\ndescription: Reads: all\n---\n\nRead.\n")
    told = installed.run("lint . --output-format concise", project)

    assert ".claude/agents/calm.md:3:14: warning[AC101]" in told
    assert told.count("`toy` of toy-agents 1.0 failed") == 2
    assert "bug in agentconv" not in told


@pytest.mark.parametrize(("what", "returned"), [("write", "None"), ("project", "1 / 0")])
def test_a_format_that_cannot_write_loses_its_own_agents_alone(installed, project, what, returned):
    """An agent that another distribution's format cannot write is told with that distribution's name; one in another format is written."""
    module = installed.toy() / "toy.py"
    module.write_text(f"{module.read_text()}\n\ndef {what}(*_given, **_named):\n    return {returned}\n")
    told = installed.run("convert .claude -t toy,codex -o out", project)

    code = "import agentconv; print(agentconv.write(agentconv.read('.claude'), 'toy').failed)"

    assert installed.python(code, project) == "('calm',)\n"
    assert "on the way to toy: `toy` of toy-agents 1.0 failed" in told
    assert "report it to toy-agents, with " in told
    assert "bug in agentconv" not in told
    assert "please report this" not in told
    assert (project / "out/.codex/agents/calm.toml").is_file()


READING = ["convert . -t codex -o out", "to-json . -o all.json", "inspect .", "inspect .claude --for toy", "lint .", "report . -o r.html"]
WRITING = [
    "convert .claude -t toy -o out",
    "convert .claude -t toy,codex -o both",
    "report .claude -t toy -o r.html",
    "sync",
    "sync --check",
]


@pytest.mark.parametrize(("what", "commands"), [("read", READING), ("write", WRITING)], ids=["read", "write"])
def test_a_bug_of_a_distribution_is_told_alike_by_every_command(installed, project, what, commands):
    """It is none of ours: the distribution is named, the exit code is that of what is lost, and everything else is done."""
    module = installed.toy() / "toy.py"
    module.write_text(f"{module.read_text()}\n\ndef {what}(*_given):\n    raise ZeroDivisionError('boom')\n")
    (project / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["toy", "codex"]\n')
    codes, told = installed.codes(commands, project)

    assert codes == [1] * len(commands)
    assert told.count("`toy` of toy-agents 1.0") >= len(commands)
    assert told.count("report it to toy-agents") >= len(commands)
    assert "internal error" not in told
    assert "bug in agentconv" not in told
    assert (project / "all.json").is_file() or (project / ".codex/agents/calm.toml").is_file()


def test_a_target_that_cannot_be_read_stays(installed, project):
    """What sync has written into a format that fails from then on is left as it is, with the distribution's name."""
    module = installed.toy() / "toy.py"
    (project / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["toy"]\n')
    installed.run("sync", project)
    written = (project / ".toy/agents/calm.md").read_bytes()
    module.write_text(f"{module.read_text()}\n\ndef read(source):\n    raise ZeroDivisionError('boom')\n")
    source = project / ".claude/agents/calm.md"
    source.write_text(source.read_text().replace("changed", "was changed"))
    codes, told = installed.codes(["sync"], project)

    assert codes == [1]
    assert "`toy` of toy-agents 1.0" in told
    assert (project / ".toy/agents/calm.md").read_bytes() == written


def test_a_module_that_ends_python_ends_nothing(installed, project):
    """A module that leaves Python as it is imported is told as any other that cannot be imported."""
    module = installed.toy() / "toy.py"
    module.write_text("raise SystemExit(0)\n")
    told = installed.run("lint .", project)

    assert "`toy` of toy-agents 1.0 cannot be loaded: SystemExit: 0" in told
    assert "1 file looked at: nothing found" in told


def test_the_rule_of_the_guide_finds_what_it_says(installed, project):
    """The rule that the guide shows, in a distribution as it stands, finds its bad example and is silent on a good one."""
    guide = (CHECKOUT / "docs/library.md").read_text("utf-8")
    (rules,) = [block.partition("```")[0] for block in guide.split("```python\n") if '"TEAM001"' in block]
    installed.distribution("team-rules", "[agentconv.rules]\nteam = team_rules.rules\n", rules=rules)
    (project / ".claude/agents/LOUD.md").write_text("---\nname: LOUD\ndescription: Reads.\n---\nRead.\n")
    told = installed.run("lint .claude --select TEAM --output-format concise", project)

    assert ".claude/agents/LOUD.md:2:7: warning[TEAM001] [?] `LOUD` shouts" in told
    assert "calm.md" not in told


def test_broken_rules_name_their_distribution_and_lose_nothing_else(installed, project):
    """Rules that cannot be imported, have codes of ours, or break on a file are told; our own are checked all the same."""
    points = "[agentconv.rules]\none = broken_rules.gone\ntwo = broken_rules.ours\nthree = broken_rules.breaks\n"
    breaks = OURS.replace("AC101", "BR001").replace('"ours"', '"breaks"').replace("iter(())", "1 / 0")
    installed.distribution("broken-rules", points, ours=OURS, breaks=breaks)
    (project / ".claude/agents/calm.md").write_text("---\nname: calm\ndescription: Use when: always\n---\n\nRead.\n")
    told = installed.run("lint .claude --output-format concise", project)

    assert "warning[AC101] [*]" in told
    assert "`one` of broken-rules 1.0 cannot be loaded: ModuleNotFoundError" in told
    assert "`two` of broken-rules 1.0 has a rule with the code AC101" in told
    assert "BR001 breaks of broken-rules 1.0 failed: ZeroDivisionError" in told
    assert installed.codes(["lint .claude --select BR"], project)[0] == [1]


YIELDING = {
    "no finding": ("yield 'x'", "TypeError: it yielded a str: a rule yields what `self.find(message, place, help)` returns"),
    "out of the text": ("yield self.find('x', (0, 10_000), 'y')", "ValueError: its finding is at 0 to 10000, which is no place"),
    "of a set": ("yield self.find('x', (0, 10_000), 'y')", "ValueError: its finding is at 0 to 10000, which is no place"),
    "raising of a set": ("1 / 0", "ZeroDivisionError: division by zero"),
    "exiting": ("import sys; sys.exit(0); yield", "SystemExit: 0"),
    "exiting of a set": ("import sys; sys.exit(0); yield", "SystemExit: 0"),
    "nothing": ("return None", "TypeError: 'NoneType' object is not iterable"),
    "returning": ("return self.find('x', (0, 0), 'y')", "TypeError: it returned a finding: a rule yields what"),
    "severity": ("yield self.find('x', (0, 0), 'y', severity='note')", "TypeError: its finding's severity is a Severity, not a str"),
    "clients": ("yield self.find('x', (0, 0), 'y', clients=('codx',))", "TypeError: its finding's clients are a tuple of ids"),
    "agent": ("yield self.find('x', (0, 0), 'y', agent=3)", "TypeError: its finding's agent is a name"),
}


@pytest.mark.parametrize(("name", "code", "why"), [(name, *row) for name, row in YIELDING.items()], ids=YIELDING)
def test_what_a_rule_yields_is_held_to_what_a_finding_is(installed, project, name, code, why):
    """A rule that yields something else is told as one that fails, with its distribution, in every form of the report."""
    rules = OURS.replace("AC101", "TOY001").replace('"ours"', '"mine"').replace("return iter(())", code)
    rules = rules.replace("severity", 'about="set", severity') if "set" in name else rules
    installed.distribution("team-rules", "[agentconv.rules]\nteam = team_rules.rules\n", rules=rules)
    codes, told = installed.codes([f"lint .claude --output-format {kind}" for kind in ("concise", "sarif", "github", "junit")], project)

    assert codes == [1] * 4
    assert "looked at: nothing found; 1 check failed" in told
    assert told.count(f"TOY001 mine of team-rules 1.0 failed: {why}") >= 4


def test_ours_are_held_to_the_same():
    """What is refused of a row or a rule of others is nothing that our own have."""
    rules, own = catalogue.rules(), [row for row in registry.FORMATS.values() if not row.distribution]

    assert [fault for row in own for fault in row_faults.faults(row)] == []
    assert [(code, fault) for code, rule in rules.items() if (fault := given.fault(rule) or catalogue._unknown_word(rule))] == []


DECLARED = {
    "severity": ('severity="warning"', "severity is a Severity, not a str", "Severity.WARNING"),
    "source": ("source=3", "source is a str, not an int", "update or uninstall"),
    "fix": ('fix="saef"', "fix is `saef`, which nothing is called", "did you mean `safe`?"),
    "about": ('about="agent"', "about is `agent`, which nothing is called", "one of file, set, left, part"),
    "protects": ('protects="everything"', "protects is `everything`", "one of hidden characters, secrets"),
    "kind": ('kind="skill"', "kind is `skill`", "did you mean `skills`?"),
    "example": ('example="claude-cod"', "example is `claude-cod`", "did you mean `claude-code`?"),
    "clients": ('clients="codex"', "clients is a tuple of str, not a str", "(value,)"),
    "client": ('clients=("codx",)', "clients is `codx`", "did you mean `codex`?"),
    "beside": ('beside={"a": "b"}', "beside is a tuple of tuple, not a dict", "(value,)"),
    "code": ("code=5", "code is a str, not an int", "update or uninstall"),
}


def test_a_rule_is_held_to_what_can_be_declared(installed, project):
    """A word in place of a value, and one that nothing is called, lose that rule alone: it is told with its distribution and its field."""
    rules = OURS.replace("AC101", "TOY999").replace('"ours"', '"sound"')
    for number, (wrong, *_) in enumerate(DECLARED.values()):
        fields = {"code": f'"TOY{number:03}"', "source": '"c"', "severity": "Severity.NOTE"} | dict([wrong.split("=", 1)])
        said = ", ".join(f"{name}={value}" for name, value in fields.items())
        rules += f"\n@rule(name='r{number}', bad='a', good='b', verified='2026-11-29', {said})\ndef r{number}(self, subject): ...\n"
    installed.distribution("team-rules", "[agentconv.rules]\nteam = team_rules.rules\n", rules=rules)
    codes, told = installed.codes(["lint .claude", "rule TOY999"], project)

    assert codes == [1, 0]
    assert "bug in agentconv" not in told
    for why, hint in (row[1:] for row in DECLARED.values()):
        (line,) = [text for text in told.split("error: ") if f", whose {why}" in text]
        assert line.startswith("`team` of team-rules 1.0 has a rule ")
        assert hint in line


def test_rules_that_cannot_be_loaded_fail_the_check(installed, project):
    """A check whose rules are not there has not been made, although nothing was found: on the command line and in the library."""
    installed.distribution("team-rules", "[agentconv.rules]\nteam = team_rules.gone\n")
    asked = (
        "import agentconv; print(*(one.severity for name in ('lint', 'fix') for one in getattr(agentconv, name)('.claude').diagnostics))"
    )
    codes, told = installed.codes(["lint .claude", "convert .claude -t codex -o out"], project)

    assert codes == [1, 0]
    assert "error: `team` of team-rules 1.0 cannot be loaded: ModuleNotFoundError" in told
    assert installed.python(asked, project) == "error error\n"


OURS = """\
from agentconv.core.diagnostics import Severity
from agentconv.lint.rule import rule

@rule("AC101", "ours", bad="a", good="b", source="c", verified="2026-11-29", severity=Severity.NOTE)
def ours(self, subject):
    '''Nothing.'''
    return iter(())
"""


def ours(code, name, function):
    """Return a rule for a module after `OURS`, which has its imports."""
    text = OURS.partition("\n\n")[2].replace("AC101", code).replace('"ours"', f'"{name}"')
    return "\n" + text.replace("def ours", f"def {function}")


TAKEN = {
    "code": (ours("TOY001", "second", "second"), "choose another code"),
    "name": (ours("TOY002", "first", "second"), "choose another name"),
    "ours": (ours("AC101", "second", "second"), "choose another prefix, such as MYAC"),
    "begins like ours": (ours("ACME001", "second", "second"), "choose another prefix, such as MYAC"),
    "none": (ours("toy-1", "second", "second"), "choose another: TEAM001"),
}


@pytest.mark.parametrize(("second", "hint"), TAKEN.values(), ids=TAKEN)
def test_a_rule_that_cannot_be_called_as_it_is_loses_only_itself(installed, project, second, hint):
    """A code or a name that is taken, in its own module too, is told by `lint` and fails the rule's suite; the module's others run."""
    rules = OURS.replace("AC101", "TOY001").replace('"ours"', '"first"').replace("iter(())", "iter([self.find('x', (0, 0), 'y')])")
    installed.distribution("team-rules", "[agentconv.rules]\nteam = team_rules.rules\n", rules=rules + second)
    told = installed.run("lint .claude --select TOY --output-format concise", project)
    code = "from agentconv import testing; found = testing.rule_cases({}); print(*found, sep='\\n'); found[0]()"
    suites = [installed.python(code.format(word), project) for word in ("'TOY001'", "")]

    assert "note[TOY001] x" in told
    assert "error: `team` of team-rules 1.0 has a rule" in told
    for suite in suites:
        assert ": it is there\n" in suite
        assert "rules: TOY001: the good example is not\n" in suite
        assert "AssertionError: rules: " in suite
        assert "`team` of team-rules 1.0 has a rule" in suite


@pytest.mark.parametrize("word", [None, "", 3])
def test_rules_are_asked_for_by_words(word):
    """What is no word names no rule, rather than all of them."""
    with pytest.raises(InputError, match="a rule is named by a word, not "):
        rule_cases(word)


@pytest.mark.parametrize("command", ["lint .claude --select TOY", "lint .claude --ignore TOY001", "rule TOY001"])
def test_a_rule_that_is_asked_for_and_could_not_be_loaded_is_told_with_its_cause(installed, project, command):
    """Who names a rule learns why it is not there, and not only that."""
    installed.distribution("team-rules", "[agentconv.rules]\nteam = team_rules.rules\n", rules="import gone\n")
    codes, told = installed.codes([command], project)

    assert codes == [2]
    assert "there is no rule" in told
    assert "`team` of team-rules 1.0 cannot be loaded: ModuleNotFoundError: No module named 'gone'" in told
    assert "update or uninstall team-rules" in told


FIXTURES = {
    "no folder": ({}, "there is no file of the format in fixtures/valid: name a folder with such files in `valid`"),
    "empty": ({".gitkeep": ""}, "there is no file of the format in fixtures/valid"),
    "of another format": ({"x.txt": "x"}, "valid/x.txt is no file of the format, whose files end in .md"),
    "not loaded": ({"x.md": "---\ntools: [\n---\n"}, "valid/x.md does not load: "),
    "no agent": ({"x.md": ""}, "valid/x.md does not load: "),
}


@pytest.mark.parametrize(("given", "why"), FIXTURES.values(), ids=FIXTURES)
def test_a_fixture_that_proves_nothing_fails_the_suite(installed, project, given, why):
    """A folder without fixtures, and a file that is none of the format's or does not load, are cases that fail."""
    installed.toy()
    for name, text in given.items():
        (project / "fixtures/valid").mkdir(parents=True, exist_ok=True)
        (project / "fixtures/valid" / name).write_text(text)
    code = "from agentconv import testing\nfor case in testing.cases('toy', fixtures='fixtures'):\n  if 'fixtures' in case.name: case()"

    assert why in installed.python(code, project)


_TURNS = 'simple("limits.max_turns", keys.count("maxTurns"))'
_TWO = """Key(
        ("limits.max_turns", "limits.timeout_seconds"),
        lambda value: {"limits.max_turns": keys.count("maxTurns")(value)},
        lambda agent: agent.limits.max_turns or keys.ABSENT,
    )"""
_ELSEWHERE = """
    if not projection.at_home and projection.get("limits.max_turns") is not None:
        projection.change("limits.max_turns", None, "field-dropped", "turns")
    finish(projection, DIALECT)
"""
DROPPING = {
    "one of a key's fields": ("toy.py", _TURNS, _TWO, "`maxTurns`: no example of the schema says limits.timeout_seconds"),
    "without an example": (
        "toy.schema.json",
        '"examples": [5]',
        '"examples": []',
        "`maxTurns`: no example of the schema says limits.max_turns",
    ),
    "of other clients": ("toy.py", "    finish(projection, DIALECT)\n", _ELSEWHERE, "`project` keeps it of no agent from elsewhere"),
    "as it is written": ("toy.py", _TURNS, f"{_TURNS[:-1]}, lambda _: keys.ABSENT)", "contract: written from nothing reads back"),
}


@pytest.mark.parametrize("case", DROPPING.values(), ids=DROPPING)
def test_the_contract_fails_a_format_that_drops_a_field_of_its_keys(installed, project, case):
    """What a format promises in KEYS is exercised, whichever way it gets lost: each is a case that fails, and no other error."""
    name, old, new, why = case
    place = installed.toy() / name
    assert old in place.read_text()
    place.write_text(place.read_text().replace(old, new))
    code = """
from agentconv import testing
for case in testing.cases("toy"):
    try:
        case() if case.suite != "laws" else None
    except AssertionError as error:
        print(error)
"""
    told = installed.python(code, project)

    assert why in told
    assert "Traceback" not in told


@pytest.mark.parametrize("name", ["rows.py", "toy.py"])
def test_debug_shows_why_a_distribution_cannot_be_loaded(installed, project, name):
    """Its traceback is printed once, although formats are looked for before anybody can ask for it, and not without being asked for."""
    module = installed.toy() / name
    module.write_text(f"{module.read_text()}\n\nraise ZeroDivisionError('boom')\n")
    codes, told = installed.codes(["lint .claude", "lint .claude --debug"], project)

    assert codes == [0, 0]
    assert told.count("raise ZeroDivisionError('boom')") == 1
    assert f'{name}", line ' in told
    assert told.count("`toy` of toy-agents 1.0 cannot be loaded: ZeroDivisionError: boom") == 2


RAISING = {
    "read": ("toy.py", "def read(source):\n    raise ZeroDivisionError('boom')", "inspect .toy"),
    "project": ("toy.py", "def project(projection):\n    raise ZeroDivisionError('boom')", "convert .claude -t toy -o out"),
    "write": ("toy.py", "def write(set_, source):\n    raise ZeroDivisionError('boom')", "convert .claude -t toy -o out"),
    "rule": ("rules.py", "def _broken(subject):\n    raise ZeroDivisionError('boom')", "lint .toy"),
}


@pytest.mark.parametrize(("name", "code", "command"), RAISING.values(), ids=RAISING)
def test_debug_shows_where_a_distribution_fails(installed, project, name, code, command):
    """Its traceback is printed once, and not without being asked for; the hint says how."""
    module = installed.toy() / name
    text = module.read_text().replace("for number, agent, _ in subject.agents():", "for number, agent, _ in _broken(subject):")
    module.write_text(f"{text}\n\n{code}\n")
    codes, told = installed.codes([f"{command} --debug", command], project)

    assert len(codes) == 2
    assert told.count("raise ZeroDivisionError('boom')") == 1
    assert f'{name}", line ' in told
    assert told.count("--debug shows its traceback") == 2


ONCE = {
    "": 0,
    "formats toy": 2,
    "init --dry-run": 2,
    "inspect .": 0,
    "inspect .toy": 2,
    "lint . --for toy": 2,
    "convert .toy -t codex -o out": 2,
    "convert .claude -t toy -o out": 2,
}


def test_a_module_that_cannot_be_loaded_is_told_once_by_every_command(installed, project):
    """Each says the cause, once, whatever else there is to say; one that names the format stops."""
    (installed.toy() / "toy.py").write_text("def (:\n")
    code = "from agentconv.cli import main\nfor words in {!r}: print('exit:', int(main(words.split())), flush=True); print('next')"
    told = installed.python(code.format([*ONCE]), project)
    codes, errors = [int(line[6:]) for line in told.splitlines() if line.startswith("exit: ")], told.split("next\n")[-1]

    assert codes == [*ONCE.values()]
    assert errors.count("`toy` of toy-agents 1.0 cannot be loaded: SyntaxError: invalid syntax (toy.py, line 1)") == len(ONCE)


def test_what_lies_in_a_project_is_never_loaded(installed, project):
    """A distribution's metadata among somebody's files is data, even where `python -m` looks for modules there first."""
    here = type(installed)(project)
    here.distribution("evil", "[agentconv.formats]\nevil = evil.row\n", row="import os; os.mkdir('ran')")
    code = "import sys; sys.path.insert(0, ''); from agentconv.cli import main; main(['inspect', '.claude'])"
    told = installed.python(code, project) + installed.python(code.replace("''", repr(str(project))), project)

    assert "evil" not in told
    assert not (project / "ran").exists()
