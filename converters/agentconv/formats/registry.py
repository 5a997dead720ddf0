"""Which formats there are; a module is imported when its format is used."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from agentconv.core import enforcement, extensions, looks, losses, schema_files, vocabulary
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.extensions import Extension
from agentconv.core.suggestions import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from agentconv.core.format import Format, Index, Offered
    from agentconv.core.includes import Include
    from agentconv.core.ir import Agent
    from agentconv.core.source import SourceText
    from agentconv.families.keys import Dialect


@dataclass(frozen=True, slots=True)
class Row:
    """One format: its module, and where its files are below a project's root."""

    module: str
    title: str
    folders: tuple[str, ...] = ()
    """Folders that the client reads; the first is where we write."""
    suffixes: tuple[str, ...] = ()
    """What its files end in; the first is what we write. `/AGENTS.md` where each agent has a folder, with a file of that name."""
    files: tuple[str, ...] = ()
    """Files of several agents, below the project's root; the first is where we write when there are no folders."""
    others: tuple[str, ...] = ()
    """Files of another client at the project's root, in which the client finds agents, too."""
    looks: bytes = b""
    """Regular expression for the first lines of such a file in no client's location; empty where they tell nothing."""
    index: str = ""
    """A file at the root that lists the agents' files; where it is not there, the folders are no location of the client."""
    catalog: str = ""
    """A file at the root that lists folders in which there is such an index, or the first of the client's folders."""
    plugins: tuple[str, ...] = ()
    """Files that each make a folder a plugin of the client, which has the agents in its `agents`, too."""
    settings: str = ""
    """A file of the client's configuration at the root that may name agents' files, too, and keys of theirs."""
    common: tuple[str, ...] = ()
    """Those of its suffixes that so many other files have that they tell nothing of one that lies elsewhere."""
    portable: bool = False
    """Whether the folder is everybody's: what a client reads of it through a link of its own is that client's."""
    includes: bool = False
    """Whether its files may include others (the module's `INCLUDES`)."""
    bundle: bool = False
    """Whether it is a form of our own, which no client reads."""
    aliases: tuple[str, ...] = ()
    distribution: str = ""
    """The distribution that brings it; empty for our own. Its `module` is then a whole name, by default that of its entry point."""

    @property
    def has_agents(self) -> bool:
        """Whether there are agents in it, rather than only what they need."""
        return bool(self.folders or self.files)

    @property
    def place(self) -> str:
        """Where the client's agents are, for people."""
        return self.index or (self.folders[0] if self.folders else self.files[0])

    @property
    def ends(self) -> tuple[str, ...]:
        """What the names of all its files end in, those of several agents included."""
        return tuple(dict.fromkeys((*self.suffixes, *(f".{name.rpartition('.')[2]}" for name in self.files))))

    @property
    def in_folders(self) -> bool:
        """Whether each agent has a folder of its own."""
        return any(suffix.startswith("/") for suffix in self.suffixes)

    def has(self, path: str) -> bool:
        """Whether a file in one of its folders, by its path below that, is one of its own."""
        return path.endswith(self.suffixes)

    def is_place(self, path: str) -> bool:
        """Whether a path is below one of the client's folders, or that of one of its files."""
        place = (file_place(path) or ("", ""))[1]
        return place in self.files or any(f"/{folder}/" in f"/{path}" for folder in self.folders)

    def end(self, path: str) -> str:
        """Return what comes behind the stem in a file's path."""
        own = [suffix for suffix in self.suffixes if path.endswith(suffix)]
        return max(own, key=len) if own else PurePosixPath(path).suffix

    def project_of(self, path: str) -> str | None:
        """Return what a path has before the client's folder, or that of its configuration: agents of several projects do not meet."""
        whole = f"/{path}"
        folders = (*self.folders, *([self.settings.rpartition("/")[0]] if self.settings else ()))
        cuts = [whole.find(f"/{folder}/") for folder in folders]
        return whole[: max(cuts)] if any(cut >= 0 for cut in cuts) else None

    def is_index(self, path: str) -> bool:
        """Whether a file of this format, by its path, is one that lists the agents' files, or folders with such, and so no agent's."""
        return any(f"/{path}".endswith(f"/{name}") for name in (self.index, self.catalog) if name)

    def holds_several(self, path: str) -> bool:
        """Whether a file of this format, by its path, holds several agents rather than one."""
        return not self.folders or (bool(self.files) and not path.endswith(self.suffixes))


FormatRow = Row
"""Its name for those who bring a format of their own: `agentconv.FormatRow`."""
_LEAVES = ("agents", "agent", "modes", "mode")
_OPENCODE = ("opencode.json", "opencode.jsonc")


def _below(roots: tuple[str, ...], leaves: tuple[str, ...]) -> tuple[str, ...]:
    """Return what has one of several names below a client's folders."""
    return tuple(f"{root}/{leaf}".lstrip("/") for root in roots for leaf in leaves)


_CODEX = (".codex-plugin/plugin.json",)
FORMATS: dict[str, Row] = {
    "claude-code": Row("claude.code", "Claude Code", (".claude/agents",), (".md",), looks=looks.HEADER, aliases=("claude",)),
    "codex": Row("codex.codex", "Codex", (".codex/agents",), (".toml",), looks=looks.ROLE, settings=".codex/config.toml", plugins=_CODEX),
    "copilot": Row(
        "copilot.copilot",
        "GitHub Copilot",
        (".github/agents", ".github/chatmodes"),
        (".agent.md", ".chatmode.md", ".md"),
        looks=looks.HEADER,
        plugins=(".plugin/plugin.json", ".github/plugin/plugin.json", "plugin.json"),
    ),
    "gemini-cli": Row("gemini.gemini", "Gemini CLI", (".gemini/agents",), (".md",), aliases=("gemini",)),
    "qwen-code": Row("gemini.qwen", "Qwen Code", (".qwen/agents",), (".md",), aliases=("qwen",)),
    "opencode": Row(
        "opencode.opencode", "OpenCode", _below((".opencode",), _LEAVES), (".md",), _below(("", ".opencode"), _OPENCODE), includes=True
    ),
    "kilo": Row(
        "opencode.kilo",
        "Kilo",
        _below((".kilo", ".kilocode"), _LEAVES),
        (".md",),
        ("kilo.json", "kilo.jsonc", ".kilocodemodes", *_below((".kilocode", ".kilo"), ("kilo.json", "kilo.jsonc", *_OPENCODE))),
        _OPENCODE,
        includes=True,
    ),
    "roo": Row("roo.roo", "Roo Code", (), (".yaml", ".yml", ".json"), (".roomodes",), looks=looks.MODES),
    "cursor": Row("cursor.cursor", "Cursor", (".cursor/agents",), (".md", ".mdc", ".markdown"), plugins=(".cursor-plugin/plugin.json",)),
    "cline": Row("cline.cline", "Cline", (".cline/agents",), (".yaml", ".yml"), looks=looks.HEADED),
    "droid": Row("droid.droid", "Factory Droid", (".factory/droids",), (".md",), aliases=("factory",)),
    "kiro": Row("kiro.kiro", "Kiro CLI", (".kiro/agents",), (".json",), includes=True, aliases=("kiro-cli",)),
    "kiro-ide": Row("kiro.kiro_ide", "Kiro IDE", (".kiro/agents",), (".md",)),
    "amazon-q": Row("kiro.amazon_q", "Amazon Q", (".amazonq/cli-agents",), (".json",), includes=True, aliases=("q",)),
    "agents-dir": Row("agents_dir.agents_dir", "the folder .agents", (".agents/agents",), (".md",), portable=True),
    "antigravity": Row("agents_dir.antigravity", "Antigravity", (".agents/agents",), ("/agent.md",), aliases=("agy",)),
    "goose": Row("goose.goose", "goose", (".goose/agents",), (".md",)),
    "goose-recipe": Row(
        "goose.recipes",
        "goose recipe",
        (".goose/recipes", ".agents/recipes"),
        (".yaml", ".json"),
        looks=looks.RECIPE,
        aliases=("goose-recipes", "recipe"),
    ),
    "kimi": Row("kimi.kimi", "Kimi Code", (".kimi-code/agents",), (".md",), aliases=("kimi-code",)),
    "kimi-cli": Row("kimi.kimi_cli", "kimi-cli", (".kimi/agents",), (".yaml", ".yml"), looks=looks.KIMI, includes=True),
    "auggie": Row(
        "auggie.auggie",
        "Auggie",
        (".augment/agents",),
        (".md", ".txt"),
        common=(".txt",),
        aliases=("augment",),
        plugins=(".augment-plugin/plugin.json",),
    ),
    "codebuddy": Row("codebuddy.codebuddy", "CodeBuddy", (".codebuddy/agents",), (".md",)),
    "trae": Row("trae.trae", "Trae", (".trae/agents",), (".md",)),
    "junie": Row("junie.junie", "Junie", (".junie/agents",), (".md",)),
    "vibe": Row("vibe.vibe", "Mistral Vibe", (".vibe/agents",), (".toml",), aliases=("mistral-vibe",)),
    "openhands": Row("openhands.openhands", "OpenHands", (".openhands/agents",), (".md",)),
    "deepagents": Row(
        "deepagents.deepagents", "deepagents-code", (".deepagents/agents",), ("/AGENTS.md",), aliases=("deepagents-code", "dcode")
    ),
    "letta": Row("letta.letta", "Letta Code", (".letta/agents",), (".md",), aliases=("letta-code",)),
    "docker-agent": Row(
        "docker.docker_agent", "Docker Agent", (), (".yaml", ".yml"), ("docker-agent.yaml",), looks=looks.DOCKER, aliases=("cagent",)
    ),
    "continue": Row("continuedev.continuedev", "Continue", (".continue/agents",), (".md",)),
    "claude-agents-json": Row("claude.agents_json", "Claude Code --agents", (), (".json",), ("claude-agents.json",), looks=looks.AGENTS),
    "claude-plugin": Row(
        "claude.plugin",
        "Claude Code plugin",
        ("agents",),
        (".md",),
        index=".claude-plugin/plugin.json",
        catalog=".claude-plugin/marketplace.json",
    ),
    "gemini-extension": Row("gemini.extension", "Gemini CLI extension", ("agents",), (".md",), index="gemini-extension.json"),
    "agent-plugin": Row("portable.plugin", "Agent Plugin", index="plugin.json"),
    "json": Row("canonical.json", "canonical JSON", (), (".json",), ("agents.json",), looks=looks.BUNDLE, bundle=True),
    "toml": Row("canonical.toml", "canonical TOML", (), (".toml",), ("agents.toml",), looks=looks.BUNDLE, bundle=True),
}
BROKEN: dict[str, Diagnostic] = {}
"""By id why formats that other distributions bring are not there."""


def _take_in(extension: Extension) -> None:
    """Take in a format that another distribution brings: the entry point is its `Row`, or a module that has it as `ROW`.

    Raises:
        InputError: It is none, or takes what is another's.
    """
    found = extension.load()
    row = getattr(found, "ROW", found)
    format_id = extension.name
    if not isinstance(row, Row):
        raise extension.broken("is no format: the entry point names no agentconv.FormatRow, and no module that has one as ROW")
    from agentconv.core.row_faults import faults

    for wrong, hint in faults(row):
        raise extension.broken(f"is no format: its row's {wrong}", hint)
    if not re.fullmatch("[a-z][a-z0-9]*(-[a-z0-9]+)*", format_id):
        raise extension.broken("is no legal id of a format: lower-case letters, digits, and single hyphens between them")
    taken = {name for known, other in FORMATS.items() for name in (known, *other.aliases)}
    if {format_id, *row.aliases} & taken:
        raise extension.broken(f"is called as another format is: {', '.join(sorted({format_id, *row.aliases} & taken))}")
    if row.bundle or not (row.folders or row.files) or not row.suffixes:
        raise extension.broken("says no place of its files: folders or files, and suffixes")
    if fault := extensions.fault(extension):
        raise extension.broken(fault)
    module = row.module or extension.value.partition(":")[0].strip()
    FORMATS[format_id] = replace(row, module=module, distribution=extension.distribution)


for _extension in extensions.of(extensions.FORMATS):
    try:
        _take_in(_extension)
    except InputError as _error:
        BROKEN[_extension.name] = _error.diagnostic
        extensions.GONE.add(_extension.name)
_ALIASES = {alias: format_id for format_id, row in FORMATS.items() for alias in row.aliases}
_FOLD = str.maketrans("_ ", "--")
_KNOWN = {
    **{row.title.casefold().translate(_FOLD): format_id for format_id, row in FORMATS.items()},
    **_ALIASES,
    **{format_id: format_id for format_id in FORMATS},
}
"""What a format may be called."""
NOT_YET = {
    "amp": "Amp",
    "chatgpt": "ChatGPT",
    "crush": "Crush",
    "warp": "Warp",
    "windsurf": "Windsurf",
    "zed": "Zed",
}
"""Assistants that people ask for, and that there is no format for."""
losses.TITLES.update({format_id: row.title for format_id, row in FORMATS.items()})
CLIENTS = tuple(format_id for format_id, row in FORMATS.items() if row.has_agents and not row.bundle)
"""They have agents."""
BUNDLES = tuple(format_id for format_id, row in FORMATS.items() if row.bundle)
READERS = tuple(format_id for format_id, row in FORMATS.items() if not row.bundle)
"""Those that somebody reads, be it for skills and servers alone."""


@cache
def _files() -> dict[str, list[tuple[str, str]]]:
    """Return by name the files of several agents, the deepest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for format_id, row in FORMATS.items():
        for place in row.files:
            found.setdefault(place.rpartition("/")[2], []).append((format_id, place))
    return {name: sorted(several, key=lambda one: -one[1].count("/")) for name, several in found.items()}


def file_place(path: str) -> tuple[str, str] | None:
    """Return the format whose file of several agents a path is, and its place in a project."""
    named = _files().get(path.rpartition("/")[2], ())
    return next((one for one in named if f"/{path}".endswith(f"/{one[1]}")), None)


@cache
def also_reads(client: str) -> tuple[str, ...]:
    """Return the formats whose folders in a project a client reads beside its own."""
    return tuple((vocabulary.installation(client) or {}).get("also_reads", ()))


def marks(client: str) -> tuple[str, ...]:
    """Return what tells in a project that a client is used there."""
    return tuple((vocabulary.installation(client) or {}).get("marks", ()))


@cache
def sharing(format_id: str) -> tuple[str, ...]:
    """Return the formats whose files lie in the same folders, told apart by their names; this one among them."""
    folders = FORMATS[format_id].folders
    return tuple(other for other in FORMATS if folders and FORMATS[other].folders == folders) or (format_id,)


LISTED, LISTED_IN_LIBRARY = "`agentconv formats` lists them", "agentconv.formats() lists them"
"""What to say in place of all formats, which are too many for a line."""


def _folded(name: str) -> str:
    return name.strip().casefold().translate(_FOLD)


def named() -> tuple[str, ...]:
    """Return what formats are called: their ids, and their other names."""
    return (*FORMATS, *_ALIASES)


def is_known(name: str) -> bool:
    """Whether a word names a format."""
    return _folded(name) in _KNOWN


def not_yet(name: str) -> str | None:
    """Return the assistant that a word names, if there is no format for it."""
    folded = _folded(name)
    return NOT_YET.get(folded) or next((title for title in NOT_YET.values() if _folded(title) == folded), None)


def resolve(name: str) -> str:
    """Return the format id for a name, alias or title, in any case, and with blanks or underscores for the dashes.

    Raises:
        InputError: There is no such format, or another distribution brings it, and it cannot be loaded.
    """
    folded = _folded(name)
    if folded in _KNOWN:
        if not is_loadable(_KNOWN[folded]):
            raise InputError(replace(BROKEN[_KNOWN[folded]], severity=Severity.ERROR))
        return _KNOWN[folded]
    if folded in BROKEN:
        raise InputError(replace(BROKEN[folded], severity=Severity.ERROR))
    other = not_yet(name)
    if other:
        hint = "json holds everything for a program of your own"
        raise usage(f"there is no format for {other} yet", f"{hint}; {LISTED}", f"{hint}; {LISTED_IN_LIBRARY}")
    hint, option = (did_you_mean(folded, named(), listed) for listed in (LISTED, LISTED_IN_LIBRARY))
    raise usage(f"there is no format `{name}`", hint, option)


def clients_named(given: Iterable[str], where: str = "--for") -> list[str]:
    """Return the clients that words name (`codex,opencode`, `all`), each once.

    Raises:
        InputError: There is no such client.
    """
    words = _words(given)
    named = [resolve(word) for word in words if word != "all"]
    for bundle in (one for one in named if one not in READERS):
        raise usage(f"no client reads {FORMATS[bundle].title}", f"name clients, or all; {', '.join(BUNDLES)} are for programs")
    if not words:
        raise usage(f"{where} has an empty value", f"name a client, or all; {LISTED}", f"name a client, or all; {LISTED_IN_LIBRARY}")
    return list(CLIENTS) if "all" in words else list(dict.fromkeys(named))


OWN = "own"
"""What stands for no other clients than those that files are of."""


def _words(given: Iterable[str]) -> list[str]:
    return [word.strip() for word in ",".join(given).split(",") if word.strip()]


def names_own(given: Iterable[str]) -> bool:
    """Whether words name the clients that files are of."""
    return OWN in _words(given)


def others_named(given: Iterable[str], where: str = "--for") -> list[str]:
    """Return the clients that words name besides those that files are of: none for `own`.

    Raises:
        InputError: There is no such client.
    """
    words = _words(given)
    others = [word for word in words if word != OWN]
    return clients_named(others, where) if others or not words else []


def usage(message: str, hint: str | None = None, option: str | None = None) -> InputError:
    """Make the error for something that a user asked for and cannot have; the option is the hint for a program."""
    return InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, hint=hint, option=option))


_LOOKS_LIKE = str.maketrans("oil", "011")


def _looks_of(word: str) -> str:
    return word.casefold().translate(_LOOKS_LIKE)


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return a hint that names the nearest known word, or else another hint; letters that look like digits count as these."""
    words = list(known)
    close = next((one for one in words if _looks_of(one) == _looks_of(word)), None) or nearest(word, words)
    return f"did you mean `{close}`?" if close else otherwise


def index_of(format_id: str) -> Index | None:
    """Return how a format's file that lists its agents' files is read and written; None where it has none."""
    found: Index | None = getattr(load(format_id), "INDEX", None)
    return found


def catalog_of(format_id: str) -> Callable[[SourceText], Sequence[Offered]]:
    """Return how a format's file is read that lists folders with agents."""
    found: Callable[[SourceText], Sequence[Offered]] = getattr(load(format_id), "CATALOG", lambda _source: ())
    return found


def catalog_writer(format_id: str) -> Callable[..., bytes] | None:
    """Return how a file is written that offers a set, or several by their paths; None of a format that has no such file."""
    found: Callable[..., bytes] | None = getattr(load(format_id), "MARKETPLACE", None)
    return found


def includes_of(format_id: str) -> Callable[[SourceText], Sequence[Include]]:
    """Return how the places in a format's files are found where its client puts the text of other files."""
    if not FORMATS[format_id].includes:
        return lambda _source: ()
    found: Callable[[SourceText], Sequence[Include]] = load(format_id).INCLUDES  # type: ignore[attr-defined]
    return found


@cache
def load(format_id: str) -> Format:
    """Import a format's module.

    Raises:
        InputError: Another distribution brings it, and it cannot be imported.
    """
    row = FORMATS[format_id]
    if not row.distribution:
        return cast("Format", import_module(f"agentconv.formats.{row.module}"))
    try:
        return _brought(format_id, Extension(row.distribution, format_id, row.module))
    except InputError as error:
        BROKEN[format_id] = error.diagnostic
        raise


def _brought(format_id: str, extension: Extension) -> Format:
    found = extension.load()
    missing = [name for name in ("SPEC", "read", "project", "write") if not hasattr(found, name)]
    if missing or found.SPEC.id != format_id:
        raise extension.broken(f"is no format: its module has no {', '.join(missing) or f'SPEC of the id {format_id}'}")
    from agentconv.core.guarded import Guarded

    if not isinstance(getattr(found, "KEYS", {}), dict):
        raise extension.broken("is no format: KEYS is a map")
    return cast("Format", Guarded(found, format_id, extension.distribution))


def is_loadable(format_id: str) -> bool:
    """Whether a format's module is there; one of our own is."""
    if FORMATS[format_id].distribution:
        try:
            load(format_id)
        except InputError:
            return False
    return True


def broken() -> tuple[Diagnostic, ...]:
    """Return why formats and parts of other distributions are not there, whichever file met that."""
    return (*BROKEN.values(), *extensions.BROKEN_PARTS.values())


def unheld(format_id: str, agent: Agent) -> tuple[str, ...]:
    """Return the keys of an agent's file that limit it, and that its client does not hold it to."""
    if not vocabulary.unenforced(format_id).free:
        return ()
    dialect: Dialect = load(format_id).DIALECT  # type: ignore[attr-defined]
    return enforcement.unheld(format_id, dialect.encode(agent))


@dataclass(frozen=True, slots=True)
class FormatInfo:
    """One format."""

    id: str
    title: str
    """The client's name."""
    client: str
    """The same with the version that the format was last verified with, where there is a client."""
    where: str
    """Where a project has its agents: `.claude/agents/*.md`."""
    user: tuple[str, ...]
    """Where a user has agents for all projects, first where we write."""
    aliases: tuple[str, ...]
    verified: Mapping[str, str] | None
    """The client, its version, and the date."""
    evidence: str | None
    """`documentation` where the client itself was not asked; None where it was."""
    distribution: str | None
    """The distribution that brings it; None for our own."""
    is_client: bool
    """Whether a client reads it, so that `for_` takes it; `json` and `toml` are for programs."""


def formats() -> tuple[FormatInfo, ...]:
    """Return every format, our own first."""
    return tuple(info(format_id) for format_id in FORMATS)


def info(format_id: str) -> FormatInfo:
    """Return one format."""
    row = FORMATS[format_id]
    verified = None if row.bundle else schema_files.load(format_id if row.has_agents else f"parts/skills/{format_id}")["x-verified"]
    return FormatInfo(
        format_id,
        row.title,
        f"{verified['client']} {verified['version']}" if verified else row.title,
        f"{row.folders[0]}/*{row.suffixes[0]}" if row.folders else row.place,
        tuple((vocabulary.installation(format_id) or {}).get("user", ())) if row.folders else (),
        row.aliases,
        verified,
        "documentation" if vocabulary.is_documented_only(format_id) else None,
        row.distribution or None,
        format_id in READERS,
    )
