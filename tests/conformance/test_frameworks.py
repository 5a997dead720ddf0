"""The recipes of docs/library.md for frameworks, with the real packages: what a model is offered is what the agent may use."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from recipes import EVERY, TARGET, fixtures, recipe, text

import agentconv
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.conformance, pytest.mark.filterwarnings("default")]
CAPABILITIES = {
    "Read": "fs.read",
    "Glob": "fs.list",
    "Grep": "fs.search",
    "Write": "fs.write",
    "Edit": "fs.edit",
    "Bash": "shell",
    "WebFetch": "web.fetch",
    "WebSearch": "web.search",
}
"""What each word of Claude Code's is."""
CLIENTS = [client for client in registry.CLIENTS if registry.FORMATS[client].has_agents and client != TARGET]


def words(written: agentconv.AgentSet) -> dict[str, set[str]]:
    """Return by agent the tools that Claude Code gives it, of those that are asked about, and that are open to it for all uses."""
    (file,) = agentconv.inspect(written, for_=TARGET)
    found = {}
    for reading, agent in zip(file.readings, written, strict=True):
        whole = {grant.native for grant in agent.tools.allow if grant.pattern is None}
        narrowed = {grant.native.partition("(")[0] for grant in (*agent.tools.allow, *agent.tools.deny) if grant.pattern is not None}
        found[agent.name] = {word for word, one in CAPABILITIES.items() if one in reading.capabilities} - (narrowed - whole)
    return found


def made(make: Callable[[], Any]) -> tuple[Any, str]:
    """Return what a recipe makes, or why it does not."""
    try:
        return make(), ""
    except TypeError as error:
        return None, str(error)


def offered_by_openai(agent: Any) -> tuple[str, set[str]]:
    """Run an agent with a model of ours, and return the instructions and the tools that it is offered."""
    from agents import Model, ModelResponse, RunConfig, Runner, Usage
    from openai.types.responses import ResponseOutputMessage, ResponseOutputText

    seen: dict[str, Any] = {}

    class Listening(Model):
        async def get_response(self, system_instructions: Any, *given: Any, tools: Any = None, **_more: Any) -> ModelResponse:
            seen["prompt"], seen["tools"] = system_instructions, tools if tools is not None else given[2]
            text = ResponseOutputText(text="done", type="output_text", annotations=[])
            message = ResponseOutputMessage(id="1", role="assistant", status="completed", type="message", content=[text])
            return ModelResponse(output=[message], usage=Usage(), response_id=None)

        def stream_response(self, *_given: Any, **_more: Any) -> Any:
            raise NotImplementedError

    asyncio.run(Runner.run(agent, "go", run_config=RunConfig(model=Listening(), tracing_disabled=True)))
    return seen["prompt"], {tool.name for tool in seen["tools"]}


@pytest.mark.parametrize("client", CLIENTS)
def test_openai_agents(client: str) -> None:
    """An object of the OpenAI Agents SDK is offered the program's tools that the agent may use, with its prompt; else it is refused."""
    from agents import FunctionTool

    objects = recipe("openai-agents")["objects"]

    async def nothing(*_given: Any) -> str:
        return ""

    tools = {word: FunctionTool(word, word, {"type": "object", "properties": {}}, nothing) for word in CAPABILITIES}
    for path, agents, written in fixtures(client):
        found, refusal = made(lambda agents=agents: objects(agents, tools, accept=EVERY))
        if refusal:
            assert ": nothing here holds it to" in refusal, path
            continue
        expected = {agent.name: (agent.prompt.text, words(written)[agent.name]) for agent in written if agent.prompt}

        assert {name: offered_by_openai(found[name]) for name in expected} == expected, path


class Listened(list):
    """What a model of ours was asked with: the text at the top, and the tools; it calls those that it is told to, one after the other."""

    def model(self, *calls: tuple[str, dict[str, Any]]) -> Any:
        """Return the model."""
        from langchain_core.language_models import BaseChatModel
        from langchain_core.messages import AIMessage
        from langchain_core.outputs import ChatGeneration, ChatResult

        asked = self

        class Listening(BaseChatModel):
            bound: tuple[str, ...] = ()

            @property
            def _llm_type(self) -> str:
                return "listening"

            def bind_tools(self, tools: Any, **_more: Any) -> Listening:
                return Listening(bound=tuple(tool["name"] if isinstance(tool, dict) else tool.name for tool in tools))

            def _generate(self, messages: Any, *_given: Any, **_more: Any) -> ChatResult:
                asked.append((str(messages[0].text), set(self.bound)))
                turn = calls[len(asked) - 1 : len(asked)]
                message = AIMessage("done", tool_calls=[{"name": name, "args": given, "id": str(len(asked))} for name, given in turn])
                return ChatResult(generations=[ChatGeneration(message=message)])

        return Listening()


def own_tools(*names: str) -> dict[str, Any]:
    """Return tools of a program, by the words that they stand for, which do nothing."""
    from langchain_core.tools import StructuredTool

    return {word: StructuredTool.from_function(lambda what: what, name=word, description=word) for word in names}


@pytest.mark.parametrize("client", CLIENTS)
def test_langgraph(client: str) -> None:
    """A graph is offered the program's tools that the agent may use, with its prompt; else the agent is refused with its name."""
    from langgraph.checkpoint.memory import InMemorySaver

    graphs, tools = recipe("langgraph")["graphs"], own_tools(*CAPABILITIES)
    for path, agents, written in fixtures(client):
        asked = Listened()
        found, refusal = made(lambda agents=agents, asked=asked: graphs(agents, asked.model(), tools, InMemorySaver(), accept=EVERY))
        if refusal:
            assert ": nothing here holds it to" in refusal, path
            continue
        for agent in written:
            asked.clear()
            found[agent.name].invoke({"messages": [("user", "go")]}, {"configurable": {"thread_id": "1"}})

            assert asked[0][1] == words(written)[agent.name], path
            assert not agent.prompt or asked[0][0] == agent.prompt.text, path


ASKING = "---\ndescription: Reads.\nmode: subagent\npermission:\n  bash: ask\n---\nRead.\n"


@pytest.fixture
def asking() -> agentconv.AgentSet:
    """Return an agent whose client asks before it runs commands."""
    return agentconv.reads(ASKING, "opencode", path=".opencode/agents/one.md")


def test_what_is_asked_about_is_asked_about(asking: agentconv.AgentSet) -> None:
    """A command is not run before the program says so, in each of the frameworks; one that merely reads is."""
    from agents import FunctionTool
    from deepagents import create_deep_agent
    from langgraph.checkpoint.memory import InMemorySaver

    async def nothing(*_given: Any) -> str:
        return ""

    of_openai = {word: FunctionTool(word, word, {"type": "object", "properties": {}}, nothing) for word in ("Read", "Bash")}
    (agent,) = recipe("openai-agents")["objects"](asking, of_openai, accept=EVERY).values()

    assert {tool.name: tool.needs_approval for tool in agent.tools} == {"Read": False, "Bash": True}
    own, here = own_tools("Read", "Bash"), {"configurable": {"thread_id": "1"}}
    for name, stops in (("Read", False), ("Bash", True)):
        asked = Listened()
        model = asked.model((name, {"what": "x"}))
        (graph,) = recipe("langgraph")["graphs"](asking, model, own, InMemorySaver(), accept=EVERY).values()

        assert bool(graph.invoke({"messages": [("user", "go")]}, here).get("__interrupt__")) is stops
    with pytest.raises(TypeError, match=r"^one: it asks before it uses Bash, which needs a checkpointer$"):
        recipe("langgraph")["graphs"](asking, Listened().model(), own, accept=EVERY)
    for file, stops in (("read_file", False), ("write_file", True)):
        asked = Listened()
        given = {"file_path": "/a.txt", **({"content": "x"} if stops else {})}
        model = asked.model(("task", {"description": "go", "subagent_type": "one"}), (file, given))
        subagents = recipe("deep-agents")["subagents"](asking, accept=EVERY)
        graph = create_deep_agent(model=model, subagents=subagents, checkpointer=InMemorySaver())

        assert bool(graph.invoke({"messages": [("user", "go")]}, here).get("__interrupt__")) is stops


def offered_by_deep_agents(subagents: Any, name: str) -> tuple[str, set[str]]:
    """Let a main agent of ours call a subagent, and return the prompt and the tools that its model is offered."""
    from deepagents import create_deep_agent
    from langgraph.checkpoint.memory import InMemorySaver

    asked = Listened()
    model = asked.model(("task", {"description": "go", "subagent_type": name}))
    graph = create_deep_agent(model=model, subagents=subagents, checkpointer=InMemorySaver())
    graph.invoke({"messages": [("user", "go")]}, {"configurable": {"thread_id": "1"}})
    return asked[1]


@pytest.mark.parametrize("client", CLIENTS)
def test_deep_agents(client: str) -> None:
    """A subagent of Deep Agents is offered the tools that the agent may use, the harness's and the program's, and no other."""
    names = recipe("deep-agents")
    own = own_tools(*(word for word in CAPABILITIES if word not in names["FILES"]))
    of_words = {**names["FILES"], **{word: (word,) for word in own}}
    every = {one for several in of_words.values() for one in several}
    for path, agents, written in fixtures(client):
        found, refusal = made(lambda agents=agents: names["subagents"](agents, tools=own, accept=EVERY))
        if refusal:
            assert "nothing here holds it to" in refusal or "it may not read files" in refusal, path
            continue
        for agent in written:
            prompt, tools = offered_by_deep_agents(found, agent.name)
            expected = {one for word in words(written)[agent.name] for one in of_words[word]}

            assert tools & every == expected - {"execute"}, path  # which there is only where the backend runs commands
            assert agent.prompt is None or agent.prompt.text in prompt, path
            assert tools - every <= {"write_todos"}, path


PACKAGES = {"claude-agent-sdk": "claude_agent_sdk", "openai-agents": "agents", "langgraph": "langchain", "deep-agents": "deepagents"}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_recipe_is_typed_as_its_framework_is(name: str, tmp_path: Path) -> None:
    """Whoever pastes it into a program that `mypy --strict` looks at has nothing to mend."""
    api = pytest.importorskip("mypy.api")
    pytest.importorskip(PACKAGES[name])
    place = tmp_path / "recipe.py"
    place.write_text(text(name), "utf-8")
    told, wrong, _ = api.run(["--strict", "--config-file=", "--no-error-summary", f"--cache-dir={tmp_path / 'cache'}", str(place)])

    assert (told, wrong) == ("", "")
