"""Hypothesis strategies for the whole representation: every field, any text of Unicode scalars, any JSON value in extras."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from hypothesis import settings
from hypothesis import strategies as st

from agentconv.core import access, patterns, portable, vocabulary
from agentconv.core.ir import (
    Agent,
    AgentSet,
    Hook,
    Invocation,
    Limits,
    McpServer,
    Model,
    Origin,
    PermissionMode,
    Permissions,
    Prompt,
    Rule,
    Sandbox,
    Source,
    ToolGrant,
    Tools,
)
from agentconv.core.meant import Pattern
from agentconv.core.parts import (
    AllArguments,
    Argument,
    Body,
    Command,
    FileText,
    FolderFile,
    ForeignPlaceholder,
    NamedArgument,
    OwnFolder,
    Server,
    ShellOutput,
    Skill,
)
from agentconv.formats import registry
from agentconv.formats.canonical import bundle

if TYPE_CHECKING:
    from collections.abc import Sequence

CLIENTS = registry.CLIENTS
_AWKWARD = (
    "", " ", "\n", "\r\n", "\r", "\t", "---", "\n---\n", "'''", '"""', '"', "'", "\\", "\\n", "\0", "\x07", "\x85", "\u2028",
    "\ufeff", "\ufffe", "\ue000", "\U0010ff0d", "\U0001f600", ": ", " #", "$", "${HOME}", "{{x}}", "[Read]", "- a", "key: value",
    "null", "true", "12", "1e3", "~", "*", "&a", "!!python/object:os.system x", "|", ">-", "Read, Bash(git:*)", "mcp__a__b",
)  # fmt: skip
_CHARS = st.characters(exclude_categories=("Cs",))

fewer = settings(max_examples=settings().max_examples // 2)
"""What is tried of each client is tried of more than thirty."""


def chosen(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    """One of many values, drawn by number: a strategy that names them all is slow to describe."""
    return st.integers(0, len(values) - 1).map(lambda number: values[number])


@cache
def texts(*, min_size: int = 0) -> st.SearchStrategy[str]:
    """Any text of Unicode scalars, with what parsers trip over more often than chance gives."""
    awkward = st.lists(st.one_of(chosen(_AWKWARD), st.text(_CHARS, max_size=6)), max_size=6).map("".join)
    plain = st.text("abcdefgh ijk\n", min_size=1, max_size=20)
    return st.one_of(plain, awkward).map(lambda text: text if len(text) >= min_size else text + "x")


@cache
def words() -> st.SearchStrategy[str]:
    """Short texts, mostly harmless."""
    return st.one_of(st.text("abcxyz-_09", min_size=1, max_size=8), texts())


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Absent, or a value."""
    return st.one_of(st.none(), strategy)


@cache
def json_values() -> st.SearchStrategy[Any]:
    """Any JSON value as the representation holds it."""
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        texts(),
        st.sampled_from([{"$float": "nan"}, {"$float": "inf"}, {"$float": "-inf"}, {"$datetime": "2026-11-20T12:00:00+00:00"}]),
    )
    return st.recursive(leaves, lambda inner: st.one_of(st.lists(inner, max_size=3), json_maps(inner)), max_leaves=6)


@cache
def keys() -> st.SearchStrategy[str]:
    """Keys of canonical maps: a user's key that starts with `$` has one more."""
    return texts().map(lambda key: "$" + key if key.startswith("$") else key)


def json_maps(values: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Maps of JSON values."""
    return st.dictionaries(keys(), json_values() if values is None else values, max_size=3)


def tuples(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Tuples of a few values."""
    return st.lists(strategy, max_size=3).map(tuple)


@cache
def format_ids() -> st.SearchStrategy[str]:
    """Formats, known and not."""
    return st.one_of(chosen(CLIENTS), words())


@cache
def known_grants() -> st.SearchStrategy[ToolGrant]:
    """Tools that some client has."""
    pairs = [(client, word) for client in CLIENTS for word in vocabulary.tool_words(client)]
    return chosen(pairs).map(lambda pair: ToolGrant(pair[1], pair[0], getattr(vocabulary.tool_word(*pair), "capability", None)))


@cache
def spoken() -> st.SearchStrategy[Pattern]:
    """Patterns in any language, and in none that is known."""
    languages = (*patterns.LANGUAGES, None)
    return words().map(lambda text: Pattern(text, languages[len(text) % len(languages)]))


@cache
def server_grants() -> st.SearchStrategy[ToolGrant]:
    """An MCP server, whole or a tool of it, as Claude Code spells it."""
    server, tool = st.text("abc-_", min_size=1, max_size=4), maybe(st.text("xyz_", min_size=1, max_size=4))
    return st.builds(
        lambda server, tool: ToolGrant("__".join(filter(None, ("mcp", server, tool))), "claude-code", "mcp", None, server, tool),
        server,
        tool,
    )


@cache
def grants() -> st.SearchStrategy[ToolGrant]:
    """Tool grants, sensible and not."""
    wild = st.builds(
        ToolGrant,
        words(),
        format_ids(),
        maybe(chosen(access.CAPABILITIES)),
        maybe(spoken()),
        maybe(words()),
        maybe(words()),
    )
    foreign = st.builds(ToolGrant, words(), st.just("acme"), st.just("acme-orbit"))
    return st.one_of(known_grants(), known_grants(), server_grants(), wild, foreign)


@cache
def rules() -> st.SearchStrategy[Rule]:
    """Permission rules."""
    return st.builds(
        Rule,
        st.sampled_from(["allow", "ask", "deny"]),
        words(),
        format_ids(),
        maybe(chosen(access.CAPABILITIES)),
        maybe(spoken()),
        maybe(words()),
        maybe(words()),
    )


@cache
def permissions() -> st.SearchStrategy[Permissions]:
    """Modes, rules and sandboxes in any combination."""
    sandbox = st.builds(Sandbox, st.sampled_from(["read-only", "workspace-write", "full"]), maybe(st.booleans()))
    return st.builds(
        Permissions,
        maybe(st.sampled_from(get_args(PermissionMode))),
        tuples(rules()),
        maybe(st.sampled_from(["first", "last", "deny"])),
        maybe(sandbox),
    )


@cache
def models() -> st.SearchStrategy[Model]:
    """Models, served by somebody or nobody."""
    values = st.one_of(st.sampled_from(["sonnet", "opus", "claude-opus-5-5", "gpt-6.1-sol", "gemini-3", "inherit", "large"]), words())
    return st.builds(Model, st.sampled_from(["inherit", "alias", "id", "tier"]), maybe(values), maybe(words()), tuples(words()))


@cache
def servers() -> st.SearchStrategy[McpServer]:
    """MCP servers, whole and broken."""
    maps = st.dictionaries(keys(), texts(), max_size=2)
    command = st.builds(McpServer, words(), st.just("stdio"), words(), maybe(tuples(texts())), maybe(maps))
    remote = st.builds(
        lambda name, kind, headers: McpServer(name, kind, url="https://mcp.example.com/x", headers=headers),
        words(), st.sampled_from(["http", "sse", "ws"]), maybe(maps),
    )  # fmt: skip
    wild = st.builds(
        McpServer,
        words(),
        maybe(st.sampled_from(["stdio", "http", "sse", "ws"])),
        maybe(texts()),
        maybe(tuples(texts())),
        maybe(maps),
        maybe(texts()),
        maybe(texts()),
        maybe(maps),
        maybe(tuples(words())),
        maybe(tuples(words())),
        maybe(st.booleans()),
        maybe(json_maps()),
    )
    return st.one_of(words().map(McpServer), command, remote, wild)


@cache
def hooks() -> st.SearchStrategy[Hook]:
    """Hooks, of clients and of nobody."""
    command = st.builds(lambda text: {"type": "command", "command": text}, texts())
    events = [(client, event) for client in CLIENTS for event in vocabulary.events(client)]
    known = st.builds(
        lambda pair, matcher, handlers: Hook(pair[1], pair[0], vocabulary.portable_event(*pair), matcher, handlers),
        chosen(events), maybe(words()), tuples(command),
    )  # fmt: skip
    wild = st.builds(Hook, words(), format_ids(), maybe(words()), maybe(texts()), tuples(json_values()), maybe(json_maps()))
    return st.one_of(known, known, wild)


@cache
def extras() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """Extras of clients and of formats that nobody knows (an id has no dot)."""
    return st.dictionaries(format_ids().map(lambda name: name.replace(".", "")), json_maps(), max_size=2)


@cache
def bodies() -> st.SearchStrategy[Body]:
    """Texts of skills and commands, with everything that a client may fill in."""
    inner = st.one_of(words(), st.builds(Argument, st.integers(0, 9), st.booleans()), st.just(AllArguments()))
    filled = [
        inner,
        st.builds(NamedArgument, words(), maybe(texts())),
        st.builds(ShellOutput, tuples(inner), st.booleans()),
        st.builds(FileText, tuples(inner)),
        st.just(OwnFolder()),
        st.builds(ForeignPlaceholder, texts(), words()),
    ]
    return st.builds(Body, tuples(st.one_of(*filled)), st.booleans())


@cache
def skills() -> st.SearchStrategy[Skill]:
    """Any skill."""
    return st.builds(
        Skill,
        id=texts(min_size=1),
        name=maybe(words()),
        description=maybe(texts()),
        body=maybe(bodies()),
        invoked_by=maybe(st.sampled_from(["user", "agents", "both"])),
        metadata=maybe(json_maps()),
        approved_tools=maybe(tuples(grants())),
        denied_tools=maybe(tuples(grants())),
        hooks=maybe(tuples(hooks())),
        arguments=maybe(tuples(words())),
        model=maybe(models()),
        paths=maybe(tuples(words())),
        files=tuples(st.builds(FolderFile, st.sampled_from(["a.md", "scripts/b.sh"]), st.binary(max_size=9), st.booleans())),
        extras=st.one_of(st.just({}), extras()),
        origin=maybe(st.builds(Origin, format_ids(), words())),
    )


@cache
def commands() -> st.SearchStrategy[Command]:
    """Any command."""
    return st.builds(
        Command,
        id=texts(min_size=1),
        name=maybe(words()),
        body=maybe(bodies()),
        agent=maybe(words()),
        isolated=maybe(st.booleans()),
        model=maybe(models()),
        approved_tools=maybe(tuples(grants())),
        arguments=maybe(tuples(words())),
        extras=st.one_of(st.just({}), extras()),
    )


@cache
def set_servers() -> st.SearchStrategy[Server]:
    """Any server of a whole project."""
    return st.builds(
        Server,
        id=texts(min_size=1),
        definition=servers(),
        timeout_seconds=maybe(st.floats(0.001, 1e9)),
        trusted=maybe(st.booleans()),
        unasked_tools=maybe(tuples(words())),
        extras=st.one_of(st.just({}), extras()),
    )


@cache
def agents() -> st.SearchStrategy[Agent]:
    """Any agent."""
    listed = st.builds(Tools, st.sampled_from(["list", "none"]), tuples(grants()), tuples(grants()))
    tools = st.one_of(listed, st.builds(Tools, st.just("inherit"), deny=tuples(grants())))
    prompt = st.builds(Prompt, texts(), st.one_of(st.just("literal"), words()), st.sampled_from(["replace", "append"]))
    invocation = st.builds(Invocation, maybe(st.sampled_from(["user", "agents", "both"])), maybe(st.booleans()), maybe(st.booleans()))
    limits = st.builds(Limits, maybe(st.integers(1, 2**53)), maybe(st.floats(0.001, 1e9)))
    number = st.floats(allow_nan=False, allow_infinity=False)
    origin = st.builds(Origin, format_ids(), words(), st.one_of(st.just(""), words()))
    return st.builds(
        Agent,
        id=texts(min_size=1),
        name=maybe(words()),
        display_name=maybe(texts()),
        description=maybe(texts(min_size=1)),
        prompt=maybe(prompt),
        invocation=maybe(invocation),
        tools=st.one_of(st.just(Tools()), tools),
        permissions=st.one_of(st.just(Permissions()), permissions()),
        model=maybe(models()),
        effort=maybe(st.one_of(st.sampled_from(["low", "medium", "high", "max", "minimal"]), words(), st.integers(-5, 10**6))),
        temperature=maybe(number),
        top_p=maybe(number),
        mcp_servers=maybe(tuples(servers())),
        skills=maybe(tuples(words())),
        hooks=maybe(tuples(hooks())),
        delegates=maybe(tuples(words())),
        limits=st.one_of(st.just(Limits()), limits),
        background=maybe(st.booleans()),
        color=maybe(st.one_of(st.sampled_from(["red", "cyan"]), words())),
        extras=st.one_of(st.just({}), extras()),
        origin=maybe(origin),
    )


@cache
def slips() -> st.SearchStrategy[Agent]:
    """Agents with a slip of whoever made them: a list of tools that is not heeded, or a capability that nothing is called."""
    wrong = st.builds(
        lambda grant, client, word: replace(grant, format=client, capability=word),
        grants(), chosen(CLIENTS), words().filter(lambda word: word not in portable.capabilities()),
    )  # fmt: skip
    one = wrong.map(lambda grant: (grant,))
    unheeded = st.builds(Tools, st.just("inherit"), tuples(grants()).filter(bool), tuples(grants()))
    misspelled = st.one_of(st.builds(Tools, st.just("list"), one), st.builds(Tools, st.just("inherit"), st.just(()), one))
    return st.builds(Agent, id=st.just("a"), name=st.just("a"), description=st.just("b"), tools=st.one_of(unheeded, misspelled))


@cache
def likely_agents() -> st.SearchStrategy[Agent]:
    """Agents that a target would mostly write: a name, a description and a prompt, and anything besides."""
    return st.builds(
        lambda agent, name, description, prompt: replace(
            agent, name=name, description=description, prompt=replace(agent.prompt or Prompt(""), text=prompt)
        ),
        agents(), words(), texts(min_size=1), texts(min_size=1),
    )  # fmt: skip


@cache
def sources() -> st.SearchStrategy[Source]:
    """Stored files: text, and bytes that are no text."""
    path = st.text("abc/-.", min_size=1, max_size=12).filter(bundle.is_safe)
    data = st.one_of(texts().map(lambda text: text.encode()), st.binary(max_size=40))
    return st.builds(Source, path, st.one_of(chosen(CLIENTS), words()), data)


def _linked(agents: AgentSet) -> AgentSet:
    """Let the first agent's prompt stand in the first source, as it does in a set that was read."""
    if not agents.agents or not agents.sources:
        return agents
    first, source = agents.agents[0], agents.sources[0]
    prompt = (first.prompt.text if first.prompt else "") + "p" * 40
    first = replace(first, prompt=Prompt(prompt), origin=Origin(source.format, source.path))
    source = replace(source, data=f"before {prompt} after {prompt}\n".encode())
    return replace(agents, agents=(first, *agents.agents[1:]), sources=(source, *agents.sources[1:]))


@cache
def agent_sets() -> st.SearchStrategy[AgentSet]:
    """Any set: unique ids and paths, and prompts that stand in their sources as well as those that do not."""
    plain = st.builds(
        AgentSet,
        agents=st.lists(agents(), max_size=2, unique_by=lambda agent: agent.id).map(tuple),
        name=maybe(texts()),
        version=maybe(texts()),
        description=maybe(texts()),
        license=maybe(texts()),
        authors=maybe(tuples(texts())),
        skills=st.lists(skills(), max_size=2, unique_by=lambda one: one.id).map(tuple),
        commands=st.lists(commands(), max_size=2, unique_by=lambda one: one.id).map(tuple),
        servers=st.lists(set_servers(), max_size=2, unique_by=lambda one: one.id).map(tuple),
        extras=st.one_of(st.just({}), extras()),
        further=st.dictionaries(st.sampled_from(["trophies", "medals", "rewards"]), tuples(json_maps()), max_size=2).map(
            lambda lists: dict(sorted(lists.items()))
        ),
        sources=st.lists(sources(), max_size=2, unique_by=lambda source: source.path).map(tuple),
    )
    return st.one_of(plain, plain.map(_linked))
