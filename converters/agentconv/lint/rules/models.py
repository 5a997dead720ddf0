"""Models that a client does not serve, or does not know by the word that is written."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv.core import known_models, vocabulary
from agentconv.core.diagnostics import Severity
from agentconv.core.expressions import expression
from agentconv.core.suggestions import nearest
from agentconv.lint import remarks
from agentconv.lint.passages import do, shown, title
from agentconv.lint.rule import rule

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from agentconv.core.ir import Model
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject


def _models(subject: Subject) -> Iterator[tuple[int, Model, tuple[int, int]]]:
    for number, agent, state in subject.agents():
        if agent.model is not None and agent.model.value and not state.dropped:
            yield number, agent.model, subject.place(number, subject.key_of("model"))


@cache
def _maker(word: str) -> str | None:
    """Return who makes a model, by its id, or by a client's alias for it."""
    bare = word.rpartition("/")[2]
    for client in vocabulary.known_elsewhere():
        meant = vocabulary.meanings(client).get("models", {}).get(bare.casefold())
        if meant and known_models.model_provider(meant[0]):
            return known_models.model_provider(meant[0])
    return known_models.model_provider(bare)


@cache
def _serves_maker(client: str, maker: str) -> bool:
    """Whether a client serves models of a maker, or does not say whose it serves."""
    served = known_models.makers_served(client)
    return not served or maker in served


def _serves(client: str, word: str, maker: str) -> bool:
    """Whether a client serves a model, as far as it says which it serves."""
    return known_models.serves_model(client, "id", word) if known_models.lists_models(client) else _serves_maker(client, maker)


@rule(
    "AC407",
    "foreign-model",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: gpt-6.1-sol
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: opus
        ---

        You review changes.
        """,
    source="the client sends the word as it is; the models that it serves are in its table of words",
    verified="2026-11-24",
    severity=Severity.WARNING,
)
def foreign_model(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A model whose maker the client does not serve.

    Claude Code 2.1.329 sends the word to its own provider as it is, and each call of the agent fails there, unless a gateway
    stands before it; so do Codex and Gemini CLI.
    """
    for number, model, place in _models(subject):
        word = model.value or ""
        maker = None if known_models.model_kind(subject.format, word) != "id" else _maker(word)
        if maker and not _serves(subject.format, word, maker) and not _choice(subject.format, word):
            tier = known_models.tier_of(None, word)
            own = known_models.tier_word(subject.format, tier) if tier else None
            yield self.find(
                f"`{shown(word)}` is a model of {maker}, which {title(subject)} does not serve",
                place,
                f"write `{own}`, its model of that size" if own else "write a model that the client serves",
                clients=(subject.format,),
                agent=subject.result.set.agents[number].name,
            )


_BETWEEN = expression(r" ?(?:[|,]|/|\bor\b) ?")


def _choice(client: str, word: str) -> list[str]:
    """Return the models that a template offers for a choice: `haiku | sonnet`."""
    parts = [part.strip("<>[]{}()\"' ") for part in _BETWEEN.split(" ".join(word.split())[:200])]
    known = [part for part in parts if part and (known_models.tier_of(client, part) or known_models.model_kind(client, part) != "id")]
    return known if len(known) > 1 and len(known) == len([part for part in parts if part]) else []


@rule(
    "AC408",
    "model-choice",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: haiku | sonnet | opus
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: sonnet
        ---

        You review changes.
        """,
    source="the client sends the word as it is",
    verified="2026-11-24",
    severity=Severity.WARNING,
)
def model_choice(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Several models where one was to be chosen: a template that nobody has filled in.

    Claude Code 2.1.329 takes `haiku | sonnet | opus` for the name of one model, which nobody serves.
    """
    for number, model, place in _models(subject):
        offered = _choice(subject.format, model.value or "")
        if offered:
            yield self.find(
                f"`{shown(model.value or '')}` is the name of one model to {title(subject)}, and there is none",
                place,
                f"choose one: {', '.join(f'`{word}`' for word in offered[:4])}",
                clients=(subject.format,),
                agent=subject.result.set.agents[number].name,
            )


@rule(
    "AC409",
    "model-display-name",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: Claude Sonnet 5.5
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: sonnet
        ---

        You review changes.
        """,
    source="the client sends the word as it is",
    verified="2026-11-24",
    severity=Severity.WARNING,
)
def model_display_name(self: Rule, subject: Subject) -> Iterator[Finding]:
    """The name of a model as it is shown to people, where the client wants its id or an alias.

    Claude Code 2.1.329 sends `Claude Sonnet 5.5` as it is written, and each call of the agent fails. Copilot takes such names.
    """
    for number, model, place in _models(subject):
        word = model.value or ""
        if " " not in word or vocabulary.fact(subject.format, "shows_model_names") or _choice(subject.format, word):
            continue
        tier = known_models.tier_of(subject.format, "-".join(word.split()))
        own = known_models.tier_word(subject.format, tier) if tier else None
        yield self.find(
            f"`{shown(word)}` is no id of a model, and {title(subject)} sends it as it is",
            place,
            f"write `{own}`" if own else "write the model's id",
            clients=(subject.format,),
            agent=subject.result.set.agents[number].name,
        )


@rule(
    "AC410",
    "bare-model-alias",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: sonnet
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
    severity=Severity.WARNING,
    clients=("opencode",),
)
def bare_model_alias(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A short name of a model that the file's own client knows, and another one that is asked about does not.

    OpenCode and Kilo want `provider/model`: with a bare `sonnet` each call of the agent fails. Gemini CLI and Qwen Code send
    the word to a provider that has no such model.
    """
    for number, model, place in _models(subject):
        word = model.value or ""
        maker = _maker(word) if model.kind == "alias" and subject.alike() else None
        breaking = [client for client in subject.alike() if maker and _breaks(subject, client, word, maker)]
        if breaking:
            yield self.find(
                f"{do(breaking, 'has')} no model `{shown(word)}`",
                place,
                "leave the model out, or let `agentconv convert --map-models` write that client's own",
                option='leave the model out, or let `agentconv.write(..., map_models="tier")` write that client\'s own',
                clients=tuple(breaking),
                agent=subject.result.set.agents[number].name,
            )


def _breaks(subject: Subject, client: str, word: str, maker: str) -> bool:
    if vocabulary.words_of(client) == vocabulary.words_of(subject.format) or known_models.model_kind(client, word) != "id":
        return False
    return not _serves(client, word, maker) or any(remark.field == "model" for remark in remarks.of(subject, client))


@rule(
    "AC411",
    "retired-model",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: claude-3-opus-20240229
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: opus
        ---

        You review changes.
        """,
    source="the client's own list; https://platform.claude.com/docs/en/about-claude/model-deprecations",
    verified="2026-11-24",
    severity=Severity.WARNING,
)
def retired_model(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A model that its maker no longer runs.

    Claude Code 2.1.329 has a list of them and warns. Of Opus 4 and 4.1 it makes its current Opus; with any other one of them
    each call of the agent fails. Other providers keep some models longer.
    """
    for number, model, place in _models(subject):
        day = known_models.retired_model(model.value or "") if model.kind == "id" else None
        if day:
            maker = _maker(model.value or "")
            alone = not any(_serves_maker(subject.format, other) for other in known_models.makers() if other != maker)
            effect = "gets another model in its place, or none" if alone else "gets it only from another provider, if at all"
            tier = known_models.tier_of(subject.format, model.value or "")
            own = known_models.tier_word(subject.format, tier) if tier else None
            yield self.find(
                f"`{shown(model.value or '')}` was retired on {day}, and {title(subject)} {effect}",
                place,
                f"write `{own}`" if own else "write a model of today",
                severity=Severity.WARNING if alone else Severity.NOTE,
                clients=(subject.format,),
                agent=subject.result.set.agents[number].name,
            )


@rule(
    "AC413",
    "misspelled-model",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: claude-sonet-5-5
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        model: claude-sonnet-5-5
        ---

        You review changes.
        """,
    source="the names that makers give their models, and the client's aliases",
    verified="2026-11-29",
    severity=Severity.WARNING,
)
def misspelled_model(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A model whose name is nearly one that there is.

    Claude Code 2.1.329 sends `claude-sonet-5-5` as it is written, and each call of the agent fails; so do the other clients.
    """
    for number, model, place in _models(subject):
        word = f"{model.provider}/{model.value}" if model.provider else model.value or ""
        meant = _meant_model(subject.format, word) if model.kind == "id" and not _choice(subject.format, word) else None
        if meant:
            yield self.find(
                f"{title(subject)} has no model `{shown(word)}`, and sends it as it is",
                place,
                f"did you mean `{meant}`?",
                clients=(subject.format,),
                agent=subject.result.set.agents[number].name,
            )


_WORDS = expression(r"[A-Za-z]{4,}")


@cache
def _meant_model(client: str, word: str) -> str | None:
    """Return a model's word with the one part set right that is nearly a maker's, or a client's alias; None where it is no slip."""
    if known_models.tier_of(client, word) or known_models.named_model(client, word) or known_models.retired_model(word):
        return None
    start = len(word) - len(_BEFORE_MODEL.split(word)[-1])
    maker = known_models.model_provider(word[start:])
    if maker is None:  # then it is how the word begins that is wrong, or all of it
        whole = nearest(word.casefold(), known_models.aliases(client), 0.8)
        first = _WORDS.match(word, start)
        return whole or (_set_right(word, first, known_models.starts_of_models()) if first else None)
    found = (_set_right(word, match, known_models.names_of_models(maker)) for match in _WORDS.finditer(word, start))
    return next(filter(None, found), None)


_BEFORE_MODEL = expression(r"[/:]")


def _set_right(word: str, part: re.Match[str], known: tuple[str, ...]) -> str | None:
    near = nearest(part[0].casefold(), known, 0.8) if part[0].casefold() not in known else None
    return f"{word[: part.start()]}{near}{word[part.end() :]}" if near else None
