"""Names that a client does not take, mixes up, or has given to an agent of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import schema_files
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause, Code, Effect, Severity
from agentconv.core.format import ENTRY
from agentconv.core.names import same_elsewhere, stem_of
from agentconv.formats import registry
from agentconv.lint import headers, remarks
from agentconv.lint.passages import do, shown, title, titles
from agentconv.lint.rule import SET, Fix, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconv.core.format import State
    from agentconv.core.ir import Agent
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject


def name_key(client: str) -> str:
    """Return the key of a client's file that holds the name; empty where the file's own name is the only one."""
    return next((key for key, row in schema_files.load(client)["properties"].items() if row["x-field"] == "name"), "")


def _place(subject: Subject, number: int) -> tuple[int, int]:
    key = subject.key_of("name")
    if key and subject.has(number, key):
        return subject.place(number, key)
    return (subject.header.start, subject.header.start) if subject.header else subject.place(number, ENTRY)


def _drops(subject: Subject, client: str) -> bool:
    return any(remark.drops and remark.field == "name" for remark in remarks.of(subject, client))


@rule(
    "AC201",
    "missing-name",
    bad="""
        ---
        description: Reviews changes before a merge
        tools: Read, Grep
        ---

        You review changes.
        """,
    good="""
        ---
        description: Reviews changes before a merge
        tools: Read, Grep
        name: reviewer
        ---

        You review changes.
        """,
    source="each client's own reader, run on the same file",
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="unsafe",
)
def missing_name(self: Rule, subject: Subject) -> Iterator[Finding]:
    """An agent without a name, for a client that takes it from nowhere else.

    Claude Code 2.1.329, Gemini CLI, Qwen Code and Cline know an agent by the `name` in its header, never by its file, and
    drop one without. OpenCode, Kilo, Copilot and Cursor fall back to the file's name.
    """
    if subject.header and headers.lacks(subject) == (name_key(subject.format) or None):
        place, key = (subject.header.start, subject.header.start), name_key(subject.format)
        yield self.find(
            f"{title(subject)} sees no agent here: the header has no `{key}`",
            place,
            f"add a `{key}`, or move the file",
            clients=(subject.format,),
        )
    for number, agent, _ in subject.agents():
        if agent.name is not None:
            continue
        clients = tuple(
            client
            for client in (subject.format, *subject.alike())
            if name_key(client) in schema_files.load(client).get("required", ())
            and _drops(subject, client)
            and _is_nameless(subject, client)
        )
        if not clients:
            continue
        stem = stem_of(subject.path, registry.FORMATS[subject.format].ends)
        legal = registry.load(subject.format).SPEC.legal_name(stem)
        yield self.find(
            f"the agent has no name: {do(clients, 'drops')} it",
            _place(subject, number),
            f"add `{name_key(clients[0])}: {shown(legal)}`",
            clients=clients,
            fix=_named(subject, number, legal),
        )


def _is_nameless(subject: Subject, client: str) -> bool:
    return any(agent.name is None for agent in subject.reading(client).set.agents)


def _named(subject: Subject, number: int, name: str) -> Fix | None:
    edits = subject.changed(number, lambda agent: replace(agent, name=name)) if name else None
    return Fix(f"name it `{name}`", edits, frozenset({"name"}), safe=False) if edits else None


@rule(
    "AC202",
    "illegal-name",
    bad="""
        ---
        name: "team:reviewer"
        description: Reviews changes before a merge
        ---

        You review changes.
        """,
    good="""
        ---
        name: team-reviewer
        description: Reviews changes before a merge
        ---

        You review changes.
        """,
    source="each client's own reader, run on the same file",
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="unsafe",
)
def illegal_name(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A name that a client does not take.

    Claude Code 2.1.329 drops an agent whose name has a colon or starts with a dash, Gemini CLI one with a capital letter
    or a blank, Qwen Code one with a dot; each without a word in the conversation. For a client that only gets the agent
    by conversion it is a note: the name becomes another one there.
    """
    for number, agent, state in subject.agents():
        if not agent.name:
            continue
        dropping = tuple(client for client in (subject.format, *subject.alike()) if _refuses(subject, client, agent, state))
        others = [client for client in subject.asked if client not in (*dropping, subject.format) and _is_illegal(client, agent.name)]
        for clients, severity in ((dropping, Severity.ERROR), (tuple(others), Severity.NOTE)):
            if not clients:
                continue
            legal = registry.load(clients[0]).SPEC.legal_name(agent.name)
            what = _lost(subject, clients) if severity is Severity.ERROR else ""
            effect = f"{do(clients, 'drops')} {what}" if what else f"no name for {_askers(clients)}"
            fix = _named(subject, number, legal) if severity is Severity.ERROR else None
            yield self.find(
                f"`{shown(agent.name)}`: {effect}",
                _place(subject, number),
                f"name it `{shown(legal)}`" if legal else "give it another name",
                severity=severity,
                clients=clients,
                agent=agent.name,
                fix=fix,
            )


def _lost(subject: Subject, clients: tuple[str, ...]) -> str:
    """Return what a client drops for one name: some take a file as a whole, or nothing of it."""
    whole = subject.format in clients and any(remark.diagnostic.effect is Effect.DROPS_ALL for remark in remarks.of(subject))
    return f"all {len(subject.agents()):,} agents of the file" if whole and len(subject.agents()) > 1 else "the agent"


def _askers(clients: Sequence[str]) -> str:
    """Return who asks for legal names: the clients, or the one service of a client that does."""
    by = registry.load(clients[0]).SPEC.names_by if len(clients) == 1 else ""
    return f"{by}, though {titles(clients)} itself takes it" if by else titles(clients)


def _refuses(subject: Subject, client: str, agent: Agent, state: State) -> bool:
    """Whether a client drops an agent for a name that is none of its own agents'."""
    if client == subject.format and not state.dropped:
        return False
    spec = registry.load(client).SPEC
    return not _is_reserved(client, agent.name or "") and spec.legal_name(agent.name or "") != agent.name and _drops(subject, client)


def _is_illegal(client: str, name: str) -> bool:
    return not _is_reserved(client, name) and registry.load(client).SPEC.legal_name(name) != name


def _is_reserved(client: str, name: str) -> bool:
    return name.casefold() in registry.load(client).SPEC.reserved


@rule(
    "AC203",
    "name-not-file",
    bad="""
        ---
        name: critic
        description: Reviews changes before a merge
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        ---

        You review changes.
        """,
    source="each client's own reader, run on the same file",
    verified="2026-11-24",
    severity=Severity.NOTE,
)
def name_not_file(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A name that is not that of the file.

    Claude Code 2.1.329 calls the agent by its `name`; Copilot calls it by the file, OpenCode and Kilo do where no name is
    given. Whoever looks for the agent's file finds it only by searching. A title of several words is for people, and no name of a file.
    """
    row = registry.FORMATS[subject.format]
    if subject.nameless or not row.has(subject.path):
        return  # a text that came without a file's name has none
    if row.holds_several(subject.path) or len(subject.result.set.agents) != 1 or registry.load(subject.format).SPEC.named_by_stem:
        return
    for number, agent, state in subject.agents():
        stem = stem_of(subject.path, row.ends)
        is_title = len((agent.name or "").split()) > 1
        if agent.name and not is_title and not state.dropped and agent.name != stem and not _is_path(subject.path, agent.name):
            yield self.find(
                shown(f"{title(subject)} calls this agent `{shown(agent.name)}`, its file is called `{shown(stem)}`", 160),
                _place(subject, number),
                "give both the same name",
                clients=(subject.format,),
                agent=agent.name,
            )


def _is_path(path: str, name: str) -> bool:
    """Whether a name is the file's with folders before it, as OpenCode names agents."""
    return f"/{path}".rpartition(".")[0].endswith(f"/{name}")


@rule(
    "AC204",
    "reserved-name",
    bad="""
        ---
        name: plan
        description: Plans changes before they are made
        ---

        You plan changes.
        """,
    good="""
        ---
        name: change-planner
        description: Plans changes before they are made
        ---

        You plan changes.
        """,
    source="each client's list of its own agents",
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def reserved_name(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A name that a client has given to an agent of its own.

    In Claude Code 2.1.329 and OpenCode the agent takes the place of the client's own one, wherever the client itself calls
    that; Kilo drops a mode by the name of its own agents. Two agents that differ only in case are mistaken for each other.
    """
    for number, agent, _ in subject.agents():
        clients = tuple(client for client in subject.asked if agent.name and _is_reserved(client, agent.name))
        if not clients or agent.name is None or (agent.invocation and agent.invocation.disabled):
            continue  # a client's own agent is switched off by its name
        dropping = tuple(client for client in clients if _drops_for_name(subject, client, agent.name))
        told = dropping or clients
        effect = "and drops this one" if dropping else "which this one hides or is mistaken for"
        severity = Severity.ERROR if dropping else Severity.NOTE
        yield self.find(
            f"{do(told, 'has')} an agent `{shown(agent.name)}` of its own, {effect}",
            _place(subject, number),
            "give it another name, unless it is meant to take that place",
            severity=severity,
            clients=told,
            agent=agent.name,
        )


def _drops_for_name(subject: Subject, client: str, name: str) -> bool:
    if client not in (subject.format, *subject.alike()):
        return False
    said = [remark for remark in remarks.of(subject, client) if remark.drops and remark.diagnostic.agent in (None, name)]
    return any(remark.field == "name" or remark.diagnostic.cause is Cause.TAKEN_NAME for remark in said)


@rule(
    "AC205",
    "duplicate-name",
    bad="""
        ---
        name: reviewer
        description: Reviews changes, as another file's agent of this name does
        ---

        You review changes.
        """,
    good="""
        ---
        name: release-reviewer
        description: Reviews releases
        ---

        You review releases.
        """,
    source="each client, run on two files with one name",
    verified="2026-11-24",
    severity=Severity.ERROR,
    about=SET,
)
def duplicate_name(self: Rule, subjects: list[Subject]) -> Iterator[Finding]:
    """Two agents of one name in the same project: the client uses one of them.

    Claude Code 2.1.329 uses the one that the file system lists first, which differs from machine to machine; others use
    the last one, or the first in the order of the files' names. Nothing is said of the other one. OpenCode 1.18.33 and Kilo 7.7.9
    merge what `opencode.json` says of an agent with its file: each key is that of the last file that has it, which a note says.
    Two names that differ in upper and lower case alone are one file on macOS and Windows, and one name to some assistants: a warning.
    """
    found: dict[tuple[str, str, str], list[tuple[Subject, int]]] = {}
    for subject in subjects:
        for number, agent, state in subject.agents():
            if agent.name and not state.dropped:
                project = registry.FORMATS[subject.format].project_of(subject.path)
                folder = f"/{subject.path}".rpartition("/")[0]
                found.setdefault((subject.format, folder if project is None else project, agent.name), []).append((subject, number))
    for (client, _, name), places in found.items():
        spec = registry.load(client).SPEC
        for index, (subject, number) in enumerate(places):
            other = places[0 if index else 1][0].path if len(places) > 1 else ""
            if other:
                where = "twice in this file" if other == subject.path else f"in `…{other[-60:]}`" if len(other) > 60 else f"in `{other}`"
                message = f"`{shown(name)}` is also defined {where}; {spec.client} uses {spec.duplicates}"
                finding = self.find(
                    shown(message.replace("also defined twice", "defined twice"), 160),
                    _place(subject, number),
                    "rename all but one",
                    clients=(client,),
                    agent=name,
                )
                yield replace(finding, path=subject.path)
    yield from _merged(self, subjects)
    yield from _alike(self, found)


def _merged(self: Rule, subjects: Iterable[Subject]) -> Iterator[Finding]:
    """Yield out of which files a client puts an agent together."""
    for subject in subjects:
        told = (
            one for one in remarks.of(subject) if one.diagnostic.code is Code.DUPLICATE_NAME and one.diagnostic.severity is Severity.NOTE
        )
        for remark in told:
            said, place = remark.diagnostic, (remark.start, remark.end)
            hint = said.hint or ""
            finding = self.find(shown(said.message, 160), place, hint, severity=said.severity, clients=(subject.format,), agent=said.agent)
            yield replace(finding, path=subject.path)


def _alike(self: Rule, found: Mapping[tuple[str, str, str], list[tuple[Subject, int]]]) -> Iterator[Finding]:
    """Yield what is to be told of names of one client and project that are one on macOS and Windows."""
    projects: dict[tuple[str, str], list[str]] = {}
    for client, project, name in found:
        projects.setdefault((client, project), []).append(name)
    for (client, project), called in projects.items():
        for first, *others in same_elsewhere(called):
            for name in others:
                subject, number = found[client, project, name][0]
                where = found[client, project, first][0][0].path
                message = f"`{shown(name)}` and `{shown(first)}` in `{where[-60:]}` are one name on macOS and Windows"
                place = _place(subject, number)
                finding = self.find(
                    shown(message, 160), place, "rename one of them", severity=Severity.WARNING, clients=(client,), agent=name
                )
                yield replace(finding, path=subject.path)
