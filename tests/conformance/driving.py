"""What driving a client gives, and what all drivers share: a scratch project, processes that end, a model that calls every agent.

Each client is started once for all agents of a project. Its model is ours: it calls every agent that the client lists,
and what each agent then asks the model for is what the client made of its file.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from model_server import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from model_server import Call, Model, Request

SECONDS = 900
"""How long a client may take for everything; on a machine that has nothing else to do, the largest set takes a tenth of it."""
SERVER = "github"
"""The MCP server that every client is given."""
SERVER_TOOLS = ("get_issue", "create_issue")
SERVER_COMMAND = (sys.executable, str(Path(__file__).parent / "mcp_server.py"), *SERVER_TOOLS)
BEFORE = "before"
"""What is in a file that a tool is to change."""
SECRET, SECRET_TEXT = "secret", "conformance-secret"
"""A file of the project, and what only who may read can know."""
_MARK = re.compile(r"conformance-agent-(\d+)-")
_NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Seen:
    """One agent as the client has it."""

    name: str
    description: str | None = None
    tools: frozenset[str] | None = None
    """The tools it is really offered, by the client's names; None when it cannot be started."""
    prompt: str | None = None
    """What the client sends as the agent's own prompt, after whatever it does to it."""
    model: str | None = None
    unattended: frozenset[str] = frozenset()
    """Effects (write, run) that it has in a session whose user is to be asked."""
    ran: frozenset[str] = frozenset()
    """The tools that did what they were called for, by the client's names."""
    called: frozenset[str] = frozenset()
    """Those that it called and had an answer from."""
    error: str | None = None
    """Why it cannot be started."""


@dataclass
class Session:
    """What one start of a client gave."""

    agents: dict[str, Seen] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    """What the client complains about, loading the files."""
    failed: str | None = None
    """Why the client did not start at all."""


@dataclass(frozen=True)
class Place:
    """A scratch home and a scratch project, whose folder holds agents where the client looks for them."""

    home: Path
    project: Path

    @staticmethod
    def make(folder: Path) -> Place:
        place = Place(folder / "home", folder / "project")
        for path in (place.home, place.project):
            path.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "init", "-q", str(place.project)], check=True, timeout=SECONDS)
        return place

    def environment(self, **more: str) -> dict[str, str]:
        """Return an environment in which nothing of the user's is seen and nothing but the loopback is reached."""
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NOWHERE)
        bare = {"HOME": str(self.home), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb", "NO_COLOR": "1"}
        return {**bare, **proxies, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "npm_config_offline": "true", **more}

    def write(self, path: str, value: str | dict[str, Any]) -> Path:
        target = self.home.parent / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
        return target

    def run(self, command: list[str | Path], **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command],
            cwd=self.project,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )

    @contextmanager
    def talk(self, command: list[str | Path], **environment: str) -> Iterator[Talk]:
        """Start a process that is talked to in lines; it is ended when its time or the talk is over."""
        with (self.home / "stderr").open("w") as errors:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=self.project,
                env=self.environment(**environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                errors="replace",
            )
            timer = threading.Timer(SECONDS, process.kill)
            timer.start()
            try:
                yield Talk(process)
            finally:
                timer.cancel()
                process.kill()
                process.communicate()

    @property
    def stderr(self) -> str:
        return (self.home / "stderr").read_text("utf-8", "replace")


@dataclass
class Talk:
    """A running client: lines of JSON go in and come out."""

    process: subprocess.Popen[str]
    heard: list[Any] = field(default_factory=list)

    def say(self, value: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(value) + "\n")
        self.process.stdin.flush()

    def until(self, wanted: Callable[[Any], bool]) -> Any:
        """Read until a line is the one that is waited for; None when the client ends before it."""
        assert self.process.stdout
        for line in self.process.stdout:
            try:
                value = json.loads(line)
            except ValueError:
                value = line
            self.heard.append(value)
            if wanted(value):
                return value
        return None


@dataclass(frozen=True)
class Try:
    """A call of a client's tool that leaves a trace when it runs, whatever the client answers."""

    tool: str
    """The tool, by the client's name."""
    effect: str
    """What the agent has done when there is a trace."""
    arguments: Callable[[str], dict[str, Any] | str]
    """The tool's arguments for what it is about: a path or an address."""
    trace: Literal["made", "changed", "shown", "fetched"] = "made"
    """What there is when it has run: a file that was not there, one that is not as it was, the project's secret in its answer, or a
    page that was asked for."""


@dataclass
class Caller:
    """A model that calls every agent once, and keeps what each of them asks for, and what came of the tools that it calls in turn."""

    tool: str
    """The client's tool that starts an agent."""
    arguments: Callable[[str, str], dict[str, Any]]
    """The tool's arguments for an agent's name and what to tell it."""
    list_agents: Callable[[Request], Mapping[str, str | None]]
    """The names and descriptions that the client lists: read from what it first asks, or known from elsewhere."""
    tries: Sequence[Try]
    """What each agent calls, one after the other."""
    project: Path
    unoffered: bool = False
    """Whether it calls tools that it was not offered, too."""
    at_once: int | None = None
    """How many agents it calls at once; all of them, where it is not said."""
    listed: Mapping[str, str | None] = field(default_factory=dict)
    names: Sequence[str] = ()
    asked: dict[str, Request] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    model: Model = field(init=False)
    shown: dict[str, list[str]] = field(default_factory=dict)
    """By agent, what each of its calls has given."""

    def note(self, agents: Mapping[str, str | None]) -> None:
        """Note which agents there are, in the order in which they are told their place."""
        self.listed = agents
        self.names = [*agents]

    def word_for(self, name: str) -> str:
        """Return what an agent is told, by which its requests are known."""
        return f"conformance-agent-{self.names.index(name)}-"

    def answer(self, request: Request) -> Sequence[Call]:
        if marks := _MARK.findall(request.user):
            name = self.names[int(marks[-1])]
            self.asked.setdefault(name, request)
            self.shown[name] = [*request.results.values()]
            return [(one.tool, one.arguments(self._about(one, name))) for one in self._tries(name)[len(request.results) :][:1]]
        if self.tool not in request.tools or (self.listed and not request.results):
            return []
        if not self.listed:
            self.note(self.list_agents(request))
        self.results |= {self.names[int(call.rpartition("_")[2])]: text for call, text in request.results.items()}
        return [(self.tool, self.arguments(name, self.word_for(name))) for name in self.names[len(request.results) :][: self.at_once]]

    def _tries(self, name: str) -> list[Try]:
        return [one for one in self.tries if self.unoffered or one.tool in self.asked[name].tools]

    def _about(self, one: Try, name: str) -> str:
        """Return the path or the address that a call is about."""
        if one.trace == "fetched":
            return f"{self.model.url}/{self._place(one, name)}"
        path = self.project / (SECRET if one.trace == "shown" else self._place(one, name))
        if one.trace == "changed":
            path.write_text(BEFORE)
        return str(path)

    def _place(self, one: Try, name: str) -> str:
        return f"{self.tries.index(one)}-{self.names.index(name)}"

    def _ran(self, one: Try, name: str) -> bool:
        """Whether a call did what it was made for."""
        if one.trace == "fetched":
            return self._place(one, name) in self.model.fetched
        if one.trace == "shown":
            return any(SECRET_TEXT in text for text in self.shown[name])
        path = self.project / self._place(one, name)
        return path.exists() and not (one.trace == "changed" and path.read_text("utf-8") == BEFORE)

    @contextmanager
    def serve(self) -> Iterator[Model]:
        (self.project / SECRET).write_text(SECRET_TEXT)
        with serve(self.answer) as self.model:
            yield self.model

    def seen(self, prompt: Callable[[Request], str | None]) -> dict[str, Seen]:
        """Return every agent that was listed, as what it asked shows it."""
        agents = {}
        for name, description in self.listed.items():
            request = self.asked.get(name)
            if request is None:
                agents[name] = Seen(name, description, error=self.results.get(name) or "it asked for nothing")
            else:
                done = [one for one in self.tries if self._ran(one, name)]
                effects, tools = frozenset(one.effect for one in done), frozenset(one.tool for one in done)
                seen = Seen(name, description, frozenset(request.tools), prompt(request), request.model, effects)
                called = self._tries(name)[: len(self.shown[name])]
                agents[name] = replace(seen, ran=tools, called=frozenset(one.tool for one in called))
        return agents


def server_tries(names: Callable[[str], str]) -> tuple[Try, ...]:
    """Return a call of each tool of the server, which makes a file, by the names that the client gives them."""
    return tuple(Try(names(tool), "mcp", lambda path: {"path": path}) for tool in SERVER_TOOLS)


def make_file(path: str) -> str:
    """Return a command that makes a file in a way that no client takes for mere editing."""
    return f"python3 -c \"open('{path}', 'w')\""


def drive(format_id: str, place: Place, *, permissive: bool = False, hooks: bool = False) -> Session:
    """Start a client on a scratch project, and return what it made of it.

    Args:
        format_id: The client.
        place: The project.
        permissive: Whether the session that calls the agents asks for nothing and is confined by nothing, and each agent calls
            every tool, offered or not.
        hooks: Whether such a session runs the hooks of its agents, one agent after the other, in a client that has them.
    """
    module = import_module(f"drivers.{format_id.replace('-', '_')}")
    try:
        session: Session = module.drive(place, permissive=permissive, **({"hooks": True} if hooks else {}))
    except subprocess.TimeoutExpired:
        return Session(failed=f"it took more than {SECONDS} seconds")
    return session


def before_last(text: str, *tails: str) -> str:
    """Cut off what a client adds after the prompt: from the last place where one of its additions starts."""
    padded = f"\n\n{text}"  # an empty prompt leaves nothing before the blank line that every addition starts with
    for tail in tails:
        start = padded.rfind(tail)
        padded = padded[:start] if start >= 0 else padded
    return padded[2:]
