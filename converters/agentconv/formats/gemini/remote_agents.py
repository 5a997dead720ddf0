"""Agents that run elsewhere and are called over the A2A protocol: what a file says of them is their card and how to log in.

They have no prompt, and no client but their own can call them. Several may stand in the list that one header holds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agentconv.core import fields, schema_files, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Detail
from agentconv.core.expressions import expression
from agentconv.core.format import ReadResult, State, Whole, WriteResult
from agentconv.core.ir import AgentSet, Origin
from agentconv.core.source import SourceText, encode
from agentconv.families import frontmatter, keys, markdown, reading
from agentconv.families.frontmatter import Header
from agentconv.yaml import emitter, nodes
from agentconv.yaml.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping as MappingType

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json
    from agentconv.families.markdown import Dialect

CARDS = ("agent_card_url", "agent_card_json")
ONLY_REMOTE = (*CARDS, "auth")
_TEXTS = ("name", "display_name", "description")
_LIST = expression(r"(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*(?:-[ \t\r\n]|\[)")


def is_remote(values: MappingType[str, Json]) -> bool:
    """Whether a header is a remote agent's."""
    return values.get("kind") == "remote" or ("kind" not in values and any(card in values for card in CARDS))


def refuses(values: MappingType[str, Json], local: Collection[str]) -> Complaint | None:
    """Find what makes the client drop a remote agent: the keys of a local one, no card, or two."""
    for key in values:
        if key in local and key not in _TEXTS:
            return Complaint(f"`{key}` has no place in a remote agent", key)
    if sum(card in values for card in CARDS) != 1:
        return Complaint(f"a remote agent has either `{CARDS[0]}` or `{CARDS[1]}`", CARDS[0])
    card = values.get(CARDS[1])
    if isinstance(card, str) and not _is_json(card):
        return Complaint(f"`{CARDS[1]}` is not JSON", CARDS[1])
    return None


def _is_json(text: str) -> bool:
    def constant(_word: str) -> None:
        raise ValueError

    try:
        json.loads(text, parse_constant=constant)
    except (ValueError, RecursionError):
        return False
    return True


def said(agent: Agent, client: str) -> dict[str, tuple[str, Json]]:
    """Return the extras of an agent that mean the same to a client, with their formats: its own first, then those of its other forms."""
    forms = [form for form in agent.extras if vocabulary.words_of(form) == vocabulary.words_of(client)]
    found: dict[str, tuple[str, Json]] = {}
    for form in sorted(forms, key=lambda form: form != client):
        for key, value in agent.extras[form].items():
            found.setdefault(key, (form, value))
    return found


def refuse_in_local(projection: Projection) -> None:
    """Refuse what an agent of another form of the client says that no local one may; its own: where extras are held to the fields."""
    client = projection.target.id
    for key, (form, _) in said(projection.source, client).items():
        if form != client and key in ONLY_REMOTE:
            projection.refuse("refused-key", f"extras.{form}.{key}", Detail("{}", (no_place(key).reason,)))


def no_place(key: str) -> Complaint:
    """Say that a key has no place in a local agent."""
    return Complaint(f"`{key}` has no place in a local agent", key)


def project(projection: Projection) -> None:
    """Take a remote agent as it is, in its own client; what only a local one has, it cannot hold beside its card."""
    agent, client = projection.source, projection.target.id
    values = said(agent, client)
    places = {key: f"extras.{form}.{key}" for key, (form, _) in values.items()}
    card = next((card for card in CARDS if card in values), "kind")
    if card not in CARDS:
        projection.refuse("refused-key", places[card], "a remote agent without a card")
    for path in sorted(projection.target.holds - set(_TEXTS)):
        if not fields.is_absent(path, fields.get(agent, path)):
            projection.refuse("refused-key", places[card], Detail("`{}` has no place in a remote agent", (path,)))
            return
    for key, (form, value) in values.items():  # what is wrong with its own is told where extras are held to the fields
        complaint = schema_files.complaint(client, key, value) if form != client and schema_files.uses_key(client, key) else None
        if complaint:
            projection.refuse("refused-key", places[key], Detail("{}", (complaint.reason,)))
    wrong = refuses({key: value for key, (_, value) in values.items()}, ())
    if wrong and wrong.key in values and values[wrong.key][0] != client:
        projection.refuse("refused-key", places[wrong.key], Detail("{}", (wrong.reason,)))


def is_list(dialect: Dialect, header: Header, agents: AgentSet) -> bool:
    """Whether a header holds a list; one that only looks like it may be what is left of a single agent's."""
    return _LIST.match(header.text) is not None and (len(agents.agents) > 1 or read_list(dialect, header) is not None)


def read_list(dialect: Dialect, header: Header) -> ReadResult | None:
    """Read a header that is a list of remote agents; one of them that is none costs the client the whole file."""
    if not _LIST.match(header.text):
        return None
    frontmatter.parse(header, None, dialect.grammar)
    if not isinstance(header.root, Sequence):
        return None
    agents: list[Agent] = []
    problem = None
    for number, item in enumerate(_items(header)):
        decoded = markdown.decode_header(dialect, item)
        if not is_remote(item):
            decoded.refused.setdefault("kind", Complaint(f"entry {number + 1} is no remote agent"))
        problem = problem or next(iter(decoded.refused.values()), None)
        extras = {dialect.spec.id: decoded.extras} if decoded.extras else {}
        agents.append(fields.build(decoded.values, extras, Origin(dialect.spec.id, header.source.path, f"/{number}")))
    if problem is None:
        return ReadResult(AgentSet(tuple(agents)), (State.LOADS,) * len(agents))
    span, state = header.source.span(header.start), State.NOT_LOADED
    remarks = tuple(reading.not_loaded(dialect.spec, agent.name, state, problem, span) for agent in agents)
    return ReadResult(AgentSet(tuple(agents)), (state,) * len(agents), remarks)


def _items(header: Header) -> list[dict[str, Json]]:
    try:
        found = nodes.value(header.root, [nodes.MAX_NODES], header.grammar) if header.root else []
    except nodes.YamlError:
        return []
    items = frontmatter.client_value(found)
    items = items if isinstance(items, list) else []
    return [item if isinstance(item, dict) else {} for item in items]


def write_list(dialect: Dialect, agents: AgentSet, header: Header) -> WriteResult:
    """Write a list of remote agents: single values that differ, or else the list anew; the rest of the file stays."""
    source = header.source
    before = read_list(dialect, header)
    old = before.set.agents if before else ()
    if len(old) == len(agents.agents) and all(map(fields.same, old, agents.agents)):
        return WriteResult(source.data)
    patched = _patched(dialect, header, old, agents.agents)
    if patched is not None:
        return WriteResult(encode(patched))
    entries: list[Json] = [keys.encode_header(dialect, agent) for agent in agents.agents]
    text = source.text[: header.start] + emitter.items(entries) + source.text[header.end :]
    return WriteResult(encode(text), whole=Whole.LIST)


def _patched(dialect: Dialect, header: Header, old: tuple[Agent, ...], new: tuple[Agent, ...]) -> str | None:
    """Change single values where no entry, and no key of one, comes or goes."""
    if len(old) != len(new) or not isinstance(header.root, Sequence):
        return None
    edits: list[frontmatter.Edit] = []
    for node, was, agent in zip(header.root.items, old, new, strict=True):
        before, after = keys.encode_header(dialect, was), keys.encode_header(dialect, agent)
        if before.keys() != after.keys() or not isinstance(node, Mapping):
            return None
        item = replace(header, root=node, nodes=nodes.entries(node, header.grammar))
        found = frontmatter.patch(item, {key: value for key, value in after.items() if before[key] != value})
        if found is None:
            return None
        edits.extend(found)
    text = frontmatter.apply(header.source.text, edits)
    again = dialect.find(SourceText(header.source.path, encode(text)))
    result = read_list(dialect, again) if isinstance(again, Header) else None
    whole = result is not None and len(result.set.agents) == len(new) and all(map(fields.same, result.set.agents, new))
    return text if whole else None
