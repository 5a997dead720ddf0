"""What a pack holds, for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Code, Severity
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.disk.saving import Fate
from agentconv.formats.registry import FORMATS
from agentconv.render import findings_machine, machine, text
from agentconv.render.table import table, width, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconv.pack.contents import Contents
    from agentconv.pack.outcome import Outcome
    from agentconv.pack.reach import Reach
    from agentconv.pack.sources import Sources
    from agentconv.packs.manifest import PackedAgent
    from agentconv.render.text import Style

_FATES = {Fate.CREATED: "written", Fate.SAME: "there already, with the same bytes", Fate.REPLACED: "replaced (a copy is kept)"}


def stopped(outcome: Outcome) -> str:
    """Say why no pack was built."""
    number = sum(len(one.findings) for one in outcome.stopping)
    if not number:
        errors = sum(1 for one in outcome.diagnostics if one.severity is Severity.ERROR)
        said = sum(1 for one in outcome.diagnostics if one.severity is Severity.ERROR and one.code is Code.CREDENTIAL)
        if said and said == errors:
            return f"not packed: {text.count(said, 'credential')} in what the pack says of itself; --no-lint packs it as it is"
        return f"not packed: {text.count(errors, 'error')}; mend the files, or leave them out with --no-lint"
    files = text.count(len(outcome.stopping), "file")
    fixable = sum(1 for one in outcome.stopping for finding in one.findings if finding.fix is not None and finding.fix.safe)
    mended = "all of them" if fixable == number else f"{fixable:,} of them"
    way = f"`agentconv lint --fix` mends {mended}" if fixable else "none of them is one that --fix mends: see to them"
    return f"not packed: {text.count(number, 'finding')} in {files}; {way}, --no-lint packs it as it is"


def listing(contents: Contents, sources: Sources) -> list[str]:
    """List what goes into a pack, and what does not."""
    about, manifest = contents.about, contents.manifest
    lines = [f"{text.safe(about.name)} {about.version}, import package {about.module}: {text.safe(about.description)}", ""]
    rows = [(text.safe(path), f"{len(data):,}") for path, data in sorted(contents.files.items())]
    lines += [*table([("FILE", "BYTES"), *rows]), ""]
    agents = [(text.shorten(agent.id, 60), text.safe(agent.source), _claude(agent)) for agent in manifest.agents]
    lines += table([("AGENT", "FROM", "FOR CLAUDE CODE"), *agents])
    if sources.parts:
        rows = [(f"{one.kind}/{text.shorten(one.part.name or '', 60)}", text.safe(one.path)) for one in sources.parts]
        lines += ["", *table([("ALONG", "FROM"), *rows])]
    if sources.left_out:
        lines += ["", *table([("LEFT OUT", "WHY"), *((text.safe(path), why) for path, why in sources.left_out)])]
    return lines


def _claude(agent: PackedAgent) -> str:
    return "also in the plugin" if agent.plugin else "yes" if agent.claude else "no"


def strictly(outcome: Outcome, *, quiet: bool) -> str:
    """Say why a pack that was built ends with 1."""
    about = outcome.contents.about if outcome.contents else None
    name = f"{text.safe(about.name)} {about.version}: " if about else ""
    return f"{name}--strict counts what is {'told without -q' if quiet else 'said above'}"


def summary(contents: Contents, outcome: Outcome, look: Style, *, verbose: bool = False) -> Iterator[str]:
    """Say what was built, what is particular about some agents, and what comes next."""
    sources, built = outcome.sources, outcome.built
    ids = {agent.id: agent for agent in contents.manifest.agents}
    for message, agents in _remarks(contents):
        names = text.names([ids[agent].name for agent in agents], every=True)
        yield f"{look.paint('warning', Severity.WARNING)}: {message.format(names=names)}"
    yield from _reach(contents.reach, verbose=verbose)
    yield from _containers(contents, look)
    about = contents.about
    held = ", ".join([*([text.count(len(ids), "agent")] if ids else []), *_along(sources)])
    head = f"{text.safe(about.name)} {about.version}: {held} from {text.count(len(sources.stored), 'file')}"
    left = f", {text.count(len(sources.left_out), 'file')} left out" if sources.left_out else ""
    fates = {fate for _, fate, _ in built}
    if Fate.KEPT in fates:
        yield f"{head}{left}; nothing written"
        return
    done = [f"{text.count(sum(1 for _, fate, _ in built if fate is one), 'file')} {words}" for one, words in _FATES.items() if one in fates]
    yield f"{head}{left}" + (f"; {', '.join(done)}" if done else "; nothing written")
    if outcome.strict:
        yield strictly(outcome, quiet=False)
    elif built:
        yield from ("next:", f"  pip install {text.safe(_quoted(built[0][0]))}", f"  agentconv install {text.safe(about.name)} --to auto")


def _reach(several: Sequence[Reach], *, verbose: bool) -> Iterator[str]:
    """Say which assistants get what of a pack that restrains the rest of itself, those together that get the same."""
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in several:
        reasons = tuple(dict.fromkeys(one.without.values())) if verbose else ()
        alike.setdefault((_gets(one, every=verbose), reasons), []).append(FORMATS[one.client].title)
    if alike:
        why_not = "" if verbose or not any(one.without for one in several) else " (-v says why not more, and so does its README)"
        yield f"what each assistant gets{why_not}:"
        for (gets, why), titles in alike.items():
            because = f" ({text.safe('; '.join(why))})" if why else ""
            yield wrapped(f"  {', '.join(titles)}: {gets}{because}", width())


def _gets(one: Reach, *, every: bool) -> str:
    """Say what comes to an assistant, and what does not by name."""
    if not one.without or one.gets_nothing:
        return "nothing" if one.without else "all"
    if not one.agents_away:
        return f"all but {text.names([*one.without], every=every)}"
    left = one.agents - one.agents_away
    names = [name for name in one.without if left or "/" in name]
    agents = f"{left:,} of {text.count(one.agents, 'agent')}" if left else "no agents"
    return f"{agents}; not {text.names(names, every=every)}" if names else agents


def _containers(contents: Contents, look: Style) -> Iterator[str]:
    """Say which plugins and extensions a pack with skills, commands or servers is, and why it is not the others."""
    laid = contents.laid
    if laid.made:
        yield f"{look.paint('note', Severity.NOTE)}: its folder is read as {', '.join(FORMATS[one].title for one in laid.made)}"
    for format_id, why in laid.without.items():
        severity = Severity.WARNING if format_id in laid.unaccepted else Severity.NOTE
        yield f"{look.paint(severity.value, severity)}: it is no {FORMATS[format_id].title}: {text.safe(why)}"
    for agent, server, called in laid.unreached:
        words = f"in the plugin, {text.safe(agent)} does not reach `{text.safe(server)}`, which is `{text.safe(called)}` there"
        yield f"{look.paint('warning', Severity.WARNING)}: {words}; once it is installed with agentconv, it does"
    for one in laid.lost:
        yield text.loss(one, look)
    for format_id, part, why in laid.left_out:
        yield f"{look.paint('note', Severity.NOTE)}: the {FORMATS[format_id].title} goes without {text.safe(part)}: {text.safe(why)}"


def _along(sources: Sources) -> list[str]:
    """Count what goes along with the agents."""
    counts = ((kind, sum(one.kind == kind for one in sources.parts)) for kind in KINDS)
    return [text.count(number, NOUNS[kind]) for kind, number in counts if number]


def _quoted(path: str) -> str:
    from shlex import quote

    return quote(path)


def _remarks(contents: Contents) -> Iterator[tuple[str, list[str]]]:
    """Yield what is to be said of several agents, as a text with a place for their names."""
    if contents.renamed:
        yield "the name is taken by another agent of the pack, and is now {names}", list(contents.renamed)
    grouped: dict[str, list[str]] = {}
    for agent, why in contents.refused.items():
        grouped.setdefault(f"Claude Code cannot hold {{names}}, other assistants can: {_literal(why)}", []).append(agent)
    for agent, why in contents.unlisted.items():
        grouped.setdefault(f"not offered as a Claude Code plugin: {{names}}: {_literal(why)}", []).append(agent)
    yield from grouped.items()
    if contents.literal:
        yield "as a Claude Code plugin, the `\\n` in the description is shown as it is written: {names}", list(contents.literal)


def _literal(words: str) -> str:
    return text.shorten(words, 200).replace("{", "{{").replace("}", "}}")


def plain(outcome: Outcome, where: Mapping[str, str]) -> str:
    """Write the whole report as JSON."""
    report: dict[str, Any] = {"exit_code": int(outcome.code)}
    if outcome.contents is not None:
        report["pack"] = _pack(outcome.contents, outcome.sources)
    report["results"] = [
        {"path": path, "fate": str(fate), "bytes": len(one.data), "sha256": one.sha256} for path, fate, one in outcome.built
    ]
    report |= findings_machine.plain((*outcome.stopping, *outcome.told), where)
    report["diagnostics"] = [machine.plain(one) for one in outcome.diagnostics]
    return machine.report(report)


def _pack(contents: Contents, sources: Sources) -> dict[str, Any]:
    return {
        "name": contents.about.name,
        "version": contents.about.version,
        "module": contents.about.module,
        "agents": [_agent(agent, contents) for agent in contents.manifest.agents],
        "parts": [{"kind": one.kind, "name": one.part.name, "source": one.path} for one in sources.parts],
        **({"containers": list(contents.laid.made)} if contents.laid.made else {}),
        **({"no_containers": dict(contents.laid.without)} if contents.laid.without else {}),
        **({"container_losses": [machine.plain(one) for one in contents.laid.lost]} if contents.laid.lost else {}),
        **({"assistants": {one.client: {"without": dict(one.without)} for one in contents.reach}} if contents.reach else {}),
        "files": [{"path": path, "bytes": len(data)} for path, data in sorted(contents.files.items())],
        "left_out": [{"path": path, "reason": reason} for path, reason in sources.left_out],
    }


def _agent(agent: PackedAgent, contents: Contents) -> dict[str, Any]:
    return {
        "id": agent.id,
        "name": agent.name,
        "source": agent.source,
        "claude": agent.claude,
        "plugin": agent.plugin,
        **({"refused": contents.refused[agent.id]} if agent.id in contents.refused else {}),
        **({"not_in_plugin": contents.unlisted[agent.id]} if agent.id in contents.unlisted else {}),
        **({"literal_in_plugin": True} if agent.id in contents.literal else {}),
        **({"renamed": True} if agent.id in contents.renamed else {}),
    }
