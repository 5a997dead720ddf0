"""Speed and memory as ratios, measured in one run, against their budgets. A script that a person runs, not a test:

    python tests/benchmarks/bench.py [--agents 2000] [--runs 5] [--only small,convert,lint] [--beside CHECKOUT] [--corpus FOLDER]

CPU seconds, user and system, of whole processes; commands are run in turn, and the medians count. Small runs are held against
`python -c pass`, conversions against a bare loop over the same files (`agent_sets.BARE_LOOP`), all of them against another checkout
where one is named, and other converters run beside ours where they are installed (`peers`). README.md says how to read it.
"""

from __future__ import annotations

import argparse
import functools
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import agent_sets
import peers
from measuring import Job, Taken, environment, in_turn, measure, median, ratio, waited, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

AGENTCONV = (sys.executable, "-m", "agentconv")
CLIENTS = ("codex", "copilot", "gemini-cli", "qwen-code", "opencode", "kilo", "roo", "cursor", "cline")
FEW, LINTED, PACKED, MANY = 5, 1000, 500, 10


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    work: str
    found: float | None
    """None where it was not measured."""
    unit: str
    budget: float | None = None
    remark: str = ""

    @property
    def verdict(self) -> str:
        """Whether the figure is within its budget."""
        if self.found is None:
            return "skipped"
        return "" if self.budget is None else "pass" if self.found <= self.budget else "MISS"


class Bench:
    """What all benchmarks need."""

    def __init__(self, root: Path, options: argparse.Namespace) -> None:
        self.root, self.options, self.runs = root, options, options.runs
        self.env = environment(root)
        self.target = root / "out"

    @functools.cache  # noqa: B019 - there is one of these
    def project(self, number: int, *, real: bool = False) -> Path:
        """Return a Claude Code project of so many agents."""
        return agent_sets.make_agents(self.root / f"in-{number}{'-real' * real}", number, real=real)

    def bare(self, project: Path) -> Job:
        """Return the bare loop over a project's agents."""
        command = [sys.executable, "-c", agent_sets.BARE_LOOP, str(project / ".claude" / "agents"), str(self.target)]
        return Job(command, before=without(self.target))

    def convert(self, project: Path, target: str) -> Job:
        """Return our own conversion of a project."""
        command = [*AGENTCONV, "convert", str(project), "-f", "claude-code", "-t", target, "-o", str(self.target), "-q", "--isolated"]
        return Job(command, before=without(self.target))

    def twice(self, jobs: Mapping[str, Job]) -> dict[str, Job]:
        """Return jobs, each of ours with the same of another checkout at its side, where one is named."""
        other = self.options.beside
        if not other:
            return dict(jobs)
        path = {"PYTHONPATH": str(Path(other, "converters"))}
        ours = {name: job for name, job in jobs.items() if tuple(job.command[: len(AGENTCONV)]) == AGENTCONV}
        return {**jobs, **{f"{name} there": replace(job, env=path) for name, job in ours.items()}}

    def beside(self, found: Mapping[str, Sequence[Taken]], name: str) -> str:
        """Say what a job takes beside the same in the other checkout."""
        return f", {ratio(found[name], found[f'{name} there']):.2f} x the other checkout" if f"{name} there" in found else ""

    def has(self, command: str) -> bool:
        """Whether agentconv has a command."""
        return measure(Job([*AGENTCONV, command, "--help"]), self.env).code == 0


def start(bench: Bench) -> Iterator[Row]:
    """Measure starting, and one file."""
    one = bench.project(1)
    jobs = {"pass": Job([sys.executable, "-c", "pass"]), "version": Job([*AGENTCONV, "--version"])}
    jobs |= {target: bench.convert(one, target) for target in ("opencode", "codex")}
    found = in_turn(jobs, max(bench.runs, 9), bench.env)
    yield Row("agentconv --version", ratio(found["version"], found["pass"]), "x python -c pass", 2)
    for target in ("opencode", "codex"):
        yield Row(f"1 agent to {target}", median(found[target]), "s")


def small(bench: Bench) -> Iterator[Row]:
    """Measure what is felt at once: commands on a few agents, and the table of formats."""
    project = bench.project(FEW)
    runs = {
        f"convert {FEW} agents": (bench.convert(project, "codex"), 0.11),
        f"lint {FEW} agents": (Job([*AGENTCONV, "lint", str(project), "--isolated"]), 0.18),
        f"inspect {FEW} agents --for all": (Job([*AGENTCONV, "inspect", str(project), "--for", "all"]), 0.17),
        "formats": (Job([*AGENTCONV, "formats"]), 0.08),
    }
    found = in_turn(
        {"pass": Job([sys.executable, "-c", "pass"])} | bench.twice({name: job for name, (job, _) in runs.items()}), bench.runs, bench.env
    )
    for name, (_, budget) in runs.items():
        remark = f"{ratio(found[name], found['pass']):.1f} x python -c pass{bench.beside(found, name)}"
        yield Row(name, median(found[name]), "s", budget, remark)


def convert(bench: Bench) -> Iterator[Row]:
    """Measure conversions of many agents beside the bare loop, and beside other converters."""
    number = bench.options.agents
    project = bench.project(number)
    jobs = {"bare": bench.bare(project)} | {target: bench.convert(project, target) for target in ("opencode", "codex", "json")}
    found_peers = dict(_peers(bench, project))
    found = in_turn(bench.twice(jobs) | found_peers, bench.runs, bench.env)
    for target, budget in (("opencode", 6.0), ("codex", 6.0), ("json", None)):
        seconds = f"{median(found[target]):.2f} s, the loop {median(found['bare']):.2f} s{bench.beside(found, target)}"
        yield Row(f"{number:,} agents to {target}", ratio(found[target], found["bare"]), "x bare loop", budget, seconds)
    for name in found_peers:
        peer, _, target = name.partition(" to ")
        failed = ", it failed" if any(one.code for one in found[name]) else ""
        yield Row(f"the same beside {name}", ratio(found[target], found[name]), f"x {peer}", 0.3, f"{median(found[name]):.2f} s{failed}")


def _peers(bench: Bench, project: Path) -> Iterator[tuple[str, Job]]:
    rulesync, apm = peers.words(bench.options.rulesync, "rulesync"), peers.words(bench.options.apm, "apm")
    for target in ("opencode", "codex"):
        if rulesync:
            yield f"rulesync to {target}", peers.rulesync(rulesync, project, target)
        if apm:
            yield f"apm to {target}", peers.apm(apm, project, target, bench.root / "apm")
    if not (rulesync and apm):
        print(f"not installed, or not named: {'' if rulesync else 'rulesync '}{'' if apm else 'apm'}\n{peers.HOW_TO}\n", file=sys.stderr)


def memory(bench: Bench) -> Iterator[Row]:
    """Measure the peak for ten times as many agents."""
    number = bench.options.agents
    for target in ("codex", "opencode"):
        few, many = (measure(bench.convert(bench.project(one), target), bench.env) for one in (number, number * MANY))
        yield Row(f"peak of {number * MANY:,} agents to {target}", many.memory, "MiB", 70)
        remark = f"{few.memory:.0f} MiB; {many.cpu / few.cpu:.1f} x the CPU"
        yield Row("  the same", many.memory / few.memory, f"x that of {number:,}", 1.3, remark)


def lint(bench: Bench) -> Iterator[Row]:
    """Measure the linter: for one client, and what each further one adds; on real files too, where a folder of some is named."""
    sets = {f"{LINTED:,} agents": bench.project(LINTED), f"{LINTED:,} agents, 6 % of them no YAML": bench.project(LINTED, real=True)}
    if bench.options.corpus:
        corpus = Path(bench.options.corpus)
        sets[f"the files of {corpus.name}"] = agent_sets.copied(bench.root / "corpus", corpus)
    for words, project in sets.items():
        command = [*AGENTCONV, "lint", str(project), "--isolated", "-q", "-f", "claude-code", "--for"]
        jobs = {"claude-code": Job([*command, "claude-code"])}
        jobs |= {client: Job([*command, f"claude-code,{client}"]) for client in CLIENTS}
        found = in_turn(bench.twice(jobs), bench.runs, bench.env)
        own = median(found["claude-code"])
        yield Row(f"lint {words}", own, "s", 2.0, bench.beside(found, "claude-code").lstrip(", "))
        for client in CLIENTS:
            yield Row(f"  and for {client}", median(found[client]) - own, "s more", 0.25)
    yield _hostile(bench)


def _hostile(bench: Bench) -> Row:
    """Measure the linter on prompts that patterns try again and again, against as many of plain words: lines alone do not tell."""
    sys.path.append(str(Path(__file__).parents[1]))
    import hostile_prompts

    pieces = {"hostile": hostile_prompts.PIECES, "plain": ("You review one change at a time.\n",) * len(hostile_prompts.PIECES)}
    jobs = {}
    for name, several in pieces.items():
        folder = bench.root / name / ".claude" / "agents"
        folder.mkdir(parents=True)
        for number, piece in enumerate(several):
            data = hostile_prompts.prompt(piece, 131_072).encode("utf-8", "surrogateescape")
            (folder / f"{number}.md").write_bytes(data)
        jobs[name] = Job([*AGENTCONV, "lint", str(bench.root / name), "--isolated", "-q", "--for", "all"])
    found = in_turn(jobs, bench.runs, bench.env)
    work = f"lint {len(hostile_prompts.PIECES)} hostile prompts of 131 KB"
    return Row(work, ratio(found["hostile"], found["plain"]), "x plain words", 5, f"{median(found['hostile']):.2f} s")


def pack(bench: Bench) -> Iterator[Row]:
    """Measure building a pack, and installing it for three assistants."""
    dist, project = bench.root / "dist", bench.root / "project"
    if not bench.has("pack"):
        yield Row(f"pack {PACKED} agents", None, "s", 1.5, "there is no such command")
        return
    source = str(bench.project(PACKED))
    job = Job([*AGENTCONV, "pack", source, "-o", str(dist), "--name", "bench-agents", "--version", "1.0"], before=without(dist))
    yield Row(f"pack {PACKED} agents", waited(in_turn({"pack": job}, bench.runs, bench.env)["pack"]), "s wall", 1.5)
    wheel = next(dist.glob("*.whl"), None)
    if wheel is None or not bench.has("install"):
        yield Row(f"install {PACKED} agents", None, "s", remark="there is no such command" if wheel else "there is no wheel")
        return

    def clean() -> None:
        without(project)()
        project.mkdir()

    job = Job([*AGENTCONV, "install", str(wheel), "--to", "claude-code,codex,opencode", "--accept"], project, clean)
    clean()
    yield Row(f"install {PACKED} agents for three", waited(in_turn({"install": job}, bench.runs, bench.env)["install"]), "s wall", 2)


BENCHMARKS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "start": start,
    "small": small,
    "convert": convert,
    "memory": memory,
    "lint": lint,
    "pack": pack,
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default=",".join(BENCHMARKS), help="which: " + ", ".join(BENCHMARKS))
    parser.add_argument("--rulesync", default="", metavar="COMMAND", help="how rulesync is called (default: from PATH)")
    parser.add_argument("--apm", default="", metavar="COMMAND", help="how apm is called (default: from PATH)")
    parser.add_argument("--beside", metavar="CHECKOUT", help="another checkout of this project, of which the same is measured in turn")
    parser.add_argument("--corpus", metavar="FOLDER", help="real agents of Claude Code to lint as well")
    parser.add_argument("--folder", help="where the files are made and written (default: the system's folder for such)")
    return parser.parse_args()


def main() -> None:
    """Run the benchmarks and print a line for each figure as soon as it is known."""
    options = _options()
    print(f"{'work':44} {'found':>8} {'unit':18} {'budget':>6} {'':7} remark")
    if options.folder:
        Path(options.folder).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        bench = Bench(Path(folder), options)
        for name in options.only.split(","):
            for row in BENCHMARKS[name](bench):
                found = "" if row.found is None else f"{row.found:.2f}"
                budget = "" if row.budget is None else f"{row.budget:g}"
                print(f"{row.work:44} {found:>8} {row.unit:18} {budget:>6} {row.verdict:7} {row.remark}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
