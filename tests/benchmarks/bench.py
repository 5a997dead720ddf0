"""Speed and memory as ratios, measured in one run. A script that a person runs, not a test:

    python tests/benchmarks/bench.py [--agents 2000] [--runs 5]

Each figure stands beside the bare loop of the same run: it reads each file, composes its YAML with the C loader, and
writes the file back. CPU seconds, user and system, of whole processes; the median of the runs is what counts.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BARE_LOOP = """
import os, sys, yaml
source, target = sys.argv[1:]
os.makedirs(target, exist_ok=True)
for name in sorted(os.listdir(source)):
    with open(os.path.join(source, name), "rb") as file:
        data = file.read()
    text = data.decode("utf-8", "replace")
    end = text.find("---", 3)
    yaml.compose(text[3:end], Loader=yaml.CSafeLoader)
    with open(os.path.join(target, name), "wb") as file:
        file.write(data)
"""
WORDS = [
    "review",
    "the",
    "change",
    "and",
    "report",
    "what",
    "matters",
    "first",
    "with",
    "file",
    "and",
    "line",
    "before",
    "any",
    "advice",
    "on",
    "style",
    "or",
    "naming",
    "of",
    "parts",
]
TOOLS = ("", "tools: Read, Grep, Glob\n", "tools: Read, Edit, Write, Bash\n", "tools: [Read, WebFetch]\n")
MODELS = ("", "model: sonnet\n", "model: inherit\n", "model: claude-opus-5-5\n")


def make_agents(folder: Path, number: int) -> None:
    """Write agents of realistic sizes: descriptions of about 200 characters, prompts of about 6 kB."""
    random.seed(7)
    folder.mkdir(parents=True)
    for index in range(number):
        description = " ".join(random.choices(WORDS, k=35))
        lines = [" ".join(random.choices(WORDS, k=random.randint(4, 18))) for _ in range(int(random.lognormvariate(4.2, 0.6)))]
        prompt = "\n".join(f"- {line}" if random.random() < 0.4 else line for line in lines)
        header = f"name: agent-{index}\ndescription: {description}\n{random.choice(TOOLS)}{random.choice(MODELS)}color: blue\n"
        (folder / f"agent-{index:05}.md").write_text(f"---\n{header}---\n\n# Agent {index}\n\n{prompt}\n", "utf-8")


def measure(command: list[str]) -> tuple[float, float]:
    """Run a command and return its CPU seconds and its peak memory in MiB."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)\n"
    )
    out = subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True, text=True).stdout
    cpu, memory = out.split()
    return float(cpu), float(memory)


def compare(name: str, bare: list[str], commands: dict[str, list[str]], runs: int, clean: Path) -> dict[str, tuple[float, float]]:
    """Measure commands and the bare loop in turn, and print the medians and the ratios."""
    taken: dict[str, list[tuple[float, float]]] = {label: [] for label in ("bare", *commands)}
    for _ in range(runs):
        for label, command in {"bare": bare, **commands}.items():
            subprocess.run(["rm", "-rf", str(clean)], check=True)
            taken[label].append(measure(command))
    medians = {label: (statistics.median(c for c, _ in found), statistics.median(m for _, m in found)) for label, found in taken.items()}
    for label, (cpu, memory) in medians.items():
        ratio = statistics.median(a[0] / b[0] for a, b in zip(taken[label], taken["bare"], strict=True))
        print(f"{name:28} {label:22} {cpu * 1000:8.1f} ms CPU {memory:7.1f} MiB {ratio:6.2f} x bare")
    return medians


LINT_BUDGET = 1.0
"""CPU seconds for 1,000 agents and one client."""


def lint(root: Path, runs: int) -> None:
    """Measure the linter on 1,000 agents: for their own client, and for each one more."""
    make_agents(root / "lint" / ".claude" / "agents", 1000)
    command = [sys.executable, "-m", "agentconv", "lint", str(root / "lint"), "--isolated", "-q", "--for"]
    others = ("codex", "cursor", "opencode")
    for clients in ("claude-code", *(f"claude-code,{other}" for other in others)):
        cpu = statistics.median(measure([*command, clients])[0] for _ in range(runs))
        verdict = (
            "" if clients != "claude-code" else " (within the budget)" if cpu <= LINT_BUDGET else f" (over the budget of {LINT_BUDGET} s)"
        )
        print(f"lint 1000 agents for {clients}: {cpu:.2f} s CPU{verdict}")


def main() -> None:
    """Run all benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--memory", action="store_true", help="also compare the peak for ten times as many agents")
    options = parser.parse_args()
    agentconv = [sys.executable, "-m", "agentconv"]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source, target = root / "in" / ".claude" / "agents", root / "out"
        make_agents(source, options.agents)
        compare(
            "start-up", [sys.executable, "-c", "pass"], {"agentconv --version": [*agentconv, "--version"]}, max(options.runs, 9), target
        )
        bare = [sys.executable, "-c", BARE_LOOP, str(source), str(target)]
        commands = {
            f"to {name}": [*agentconv, "convert", str(root / "in"), "-f", "claude-code", "-t", name, "-o", str(target)]
            for name in ("opencode", "codex", "claude-code", "json", "toml")
        }
        medians = compare(f"{options.agents} agents", bare, commands, options.runs, target)
        lint(root, options.runs)
        if options.memory:
            many = root / "many" / ".claude" / "agents"
            make_agents(many, options.agents * 10)
            command = [*agentconv, "convert", str(root / "many"), "-t", "codex", "-o", str(target)]
            _, memory = measure(command)
            growth = memory / medians["to codex"][1]
            print(f"{options.agents * 10} agents to codex: {memory:.1f} MiB, {growth:.2f} x the peak for {options.agents}")


if __name__ == "__main__":
    main()
