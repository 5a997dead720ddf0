"""The policies of a user of Gemini CLI: what is read of a file, as the client's own engine was asked."""

import pytest

from agentconv.core.format import State
from agentconv.core.part_format import PartSource, Place
from agentconv.core.source import SourceText
from agentconv.parts import registry
from agentconv.parts.permissions import deciding
from agentconv.sources import user_places
from agentconv.sources.parts_on_disk import PartsOnDisk

_RM = 'toolName = "run_shell_command"\ncommandPrefix = "rm"\ndecision = "deny"\npriority = 100'


def table(**keys):
    """Return a rule as a file has it; what is given as text stands there as it is."""
    given = {"toolName": '"write_file"', "decision": '"deny"', "priority": "100", **keys}
    return "[[rule]]\n" + "".join(f"{key} = {value}\n" for key, value in given.items() if value)


def read(text):
    """Read a file."""
    place = Place(".gemini/policies", "*.toml")
    return registry.part_format("gemini-cli", "permissions").read(PartSource(SourceText(".gemini/policies/a.toml", text.encode()), place))


@pytest.mark.parametrize(
    ("keys", "rules"),
    [
        ({}, ["deny write_file"]),
        ({"decision": '"ask_user"'}, ["ask write_file"]),
        ({"toolName": '["write_file", "replace"]'}, ["deny write_file", "deny replace"]),
        ({"toolName": '"*"'}, ["deny *"]),
        ({"toolName": '"run_shell_command"', "commandPrefix": '"rm"'}, ["deny commandPrefix(rm:*)"]),
        (
            {"toolName": '"run_shell_command"', "commandPrefix": '["rm", "git push"]'},
            ["deny commandPrefix(rm:*)", "deny commandPrefix(git push:*)"],
        ),
        ({"toolName": '"run_shell_command"', "commandPrefix": '""'}, ["deny run_shell_command"]),
        ({"toolName": '"run_shell_command"', "commandRegex": '"rm .*x"'}, ["deny commandRegex(rm .*x)"]),
        ({"toolName": '"run_shell_command"', "argsPattern": '"x"'}, ["deny argsPattern(x)"]),
        ({"argsPattern": '"secret"'}, ["deny write_file(secret)"]),
        ({"toolName": '"*"', "mcpName": '"db"'}, ["deny mcp_db_*"]),
        ({"toolName": '"get"', "mcpName": '"db"'}, ["deny mcp_db_get"]),
        ({"toolName": '"*"', "mcpName": '"*"'}, ["deny mcp_*"]),
        ({"toolName": '"mcp_db_get"'}, ["deny mcp_db_get"]),
        ({"modes": '["plan"]'}, ["deny write_file"]),  # held at all times elsewhere, which is more
        ({"modes": '["plan"]', "decision": '"allow"'}, []),
        ({"nope": "5"}, ["deny write_file"]),
    ],
)
def test_what_a_rule_says(keys, rules):
    """Each says which tools it is about, and of commands which; what narrows it narrows no prohibition."""
    found = read(table(**keys))

    assert [deciding.text_of(rule) for part in found.parts for rule in part.rules] == rules
    assert all(rule.native != "run_shell_command" or rule.pattern is None for part in found.parts for rule in part.rules)
    assert found.states in ((State.LOADS,), ())


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (table() + table(decision='"block"'), State.NOT_LOADED),
        (table() + table(priority=""), State.NOT_LOADED),
        (table() + table(priority="1000"), State.NOT_LOADED),
        (table() + table(toolName=""), State.NOT_LOADED),
        (table() + table(modes='["no"]'), State.NOT_LOADED),
        (table().replace("[[rule]]", "[rule]"), State.NOT_LOADED),
        (table() + table(toolName='""'), State.STOPS),
        (table() + table(commandPrefix='"rm"'), State.DEGRADED),
    ],
)
def test_what_one_wrong_rule_costs(text, state):
    """Its file, or the start of the client; what the other rule forbids is read as it is meant."""
    found = read(text)

    assert found.states == (state,)
    assert "deny write_file" in [deciding.text_of(rule) for rule in found.parts[0].rules]
    assert found.diagnostics


@pytest.mark.parametrize(("priority", "hidden"), [("200", True), ("50", False)])
def test_a_prohibition_that_never_counts_is_told(priority, hidden):
    """What is allowed with a higher priority is asked first."""
    allowed = table(toolName='"run_shell_command"', decision='"allow"', priority=priority)
    found = read(f"[[rule]]\n{_RM}\n{allowed}")

    assert [told.span.line for told in found.diagnostics] == ([1] if hidden else [])


def test_a_policy_is_read_where_it_lies_and_held_elsewhere(tmp_path):
    """Gemini reads all files of its folder in the user's home; a broken one costs itself alone."""
    folder = tmp_path / ".gemini" / "policies"
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text(f"[[rule]]\n{_RM}\n")
    (folder / "b.toml").write_text("[[rule]]\ntoolName = = 1\n")
    (folder / "c.txt").write_text("nothing")
    disk = PartsOnDisk(tmp_path, user_places.Home(tmp_path, {}))
    found = disk.of("gemini-cli", "permissions")

    assert [(one.path, one.taken) for one in found] == [(".gemini/policies/a.toml", True)]
    assert [(told.span.path.rpartition("/")[2], told.span.line) for told in disk.diagnostics] == [("b.toml", 2)]


@pytest.mark.parametrize(
    ("name", "server", "tool"), [("mcp_db_get", "db", "get"), ("mcp_db_*", "db", None), ("mcp_my_db_*", "my_db", None)]
)
def test_the_name_of_a_tool_says_its_server(name, server, tool):
    """What settings exclude by such a name is closed, as their client closes it."""
    source = SourceText(".gemini/settings.json", f'{{"tools": {{"exclude": ["{name}"]}}}}'.encode())
    (part,) = registry.part_format("gemini-cli", "permissions").read(PartSource(source, Place(".gemini/settings.json"))).parts

    assert [(rule.server, rule.tool) for rule in part.rules] == [(server, tool)]
    assert [one.server for one in deciding.restraints(part)] == [server]
