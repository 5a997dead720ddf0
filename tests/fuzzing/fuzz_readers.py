"""Coverage-guided fuzzing of one format's reader, and of what it reads on its way to other formats.

    pip install -e '.[fuzz]'
    python tests/fuzzing/fuzz_readers.py codex --seconds 120
    python tests/fuzzing/fuzz_readers.py codex --seconds 600 --convert --findings /tmp/findings
    python tests/fuzzing/fuzz_readers.py codex --again /tmp/findings/codex-0123456789ab

Each input is held to the laws of `file_laws.py` and to a time. The first input for each cause is kept in the folder of
findings and the run goes on; the exit code is 1 when there is one. What was found becomes a fixture of the format.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconv.conversion.converting import Converted
    from agentconv.core.source import SourceText

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "converters")]
SECONDS = 1.0
"""CPU time above which an input is slow."""
INSTRUMENTED = 4.0
"""How many times as long code takes that tells which way it went."""
LONGEST = 20_000
TOKENS = ["---\n", ": ", "- ", "|-\n", ">\n", "'", '"', "{", "}", "[", "]", "#", "&a", "*a", "<<", "!!", "\\u", "\r\n", "\ufeff", "\0"]


def main() -> int:
    """Run the fuzzer in a process of its own, for it ends its process, and say what it found."""
    options = arguments()
    if options.again:
        return again(options)
    if options.worker:
        fuzz(options)
    with tempfile.TemporaryDirectory() as scratch:
        findings = Path(options.findings or f"{scratch}/findings")
        findings.mkdir(parents=True, exist_ok=True)
        before = set(findings.iterdir())
        corpus = Path(options.corpus or f"{scratch}/corpus")
        prepare(corpus, Path(scratch) / "words", options.format)
        words = [*sys.argv[1:], "--worker", f"--findings={findings}", f"--corpus={corpus}", f"--words={scratch}/words"]
        code = subprocess.run([sys.executable, __file__, *words], check=False).returncode
        found = sorted(set(findings.iterdir()) - before)
    for path in found:
        print(path)
    return 1 if found or code else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    from agentconv.formats import registry

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("format", choices=registry.FORMATS)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--convert", action="store_true", help="also convert what is read to a format that the input chooses")
    parser.add_argument("--findings", help="a folder that keeps the inputs that were found")
    parser.add_argument("--corpus", help="a folder that keeps the inputs that reached new code")
    parser.add_argument("--again", metavar="INPUT", help="try one input, with a traceback")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--words", help=argparse.SUPPRESS)
    return parser.parse_args()


def prepare(corpus: Path, words: Path, format_id: str) -> None:
    """Write the fixtures as inputs, and the format's keys and their values as words to put in."""
    from agentconv.core import schema_files
    from file_laws import HUBS, check_converting, places, seeds

    corpus.mkdir(parents=True, exist_ok=True)
    found = seeds(format_id)
    if format_id in HUBS:
        done = [one for source in seeds("claude-code") for one in check_converting("claude-code", source, format_id)]
        found = [source for source in (_of(one) for one in done) if source]
    known = places(format_id)
    for source in found:
        data = bytes([known.index(source.path), 0]) + source.data
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    schema = schema_files.load("bundle" if format_id in HUBS else format_id)
    keys = [*schema["properties"], *(str(value) for row in schema["properties"].values() for value in row.get("examples", []))]
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in dict.fromkeys([*TOKENS, *keys]) if 0 < len(word) < 60))


def _escaped(word: str) -> str:
    """Spell a word as a dictionary of libFuzzer holds it."""
    return "".join(chr(byte) if byte < 128 and chr(byte).isalnum() else f"\\x{byte:02x}" for byte in word.encode())


def _of(done: Converted) -> SourceText | None:
    from agentconv.core.source import SourceText

    return SourceText(done.file.path, done.file.data) if done.file else None


def check(options: argparse.Namespace, data: bytes) -> None:
    """Hold one input to the laws; its first two bytes choose the kind of file and the target."""
    from agentconv.core.source import SourceText
    from agentconv.formats import registry
    from file_laws import HUBS, check_converting, check_hub, check_reading, places

    known, targets = places(options.format), list(registry.FORMATS)
    source = SourceText(known[data[0] % len(known)], data[2:])
    check_reading(options.format, source)
    if options.convert:
        target = targets[data[1] % len(targets)]
        if target in HUBS and options.format not in HUBS:
            check_hub(options.format, source, target)
        else:
            check_converting(options.format, source, target)


def fuzz(options: argparse.Namespace) -> None:
    """Fuzz until the time is over; ends the process."""
    import atheris

    with atheris.instrument_imports(include=["agentconv"]):
        from agentconv.formats import registry

        for format_id in registry.FORMATS if options.convert else [options.format]:
            registry.load(format_id)
        import file_laws  # noqa: F401 - what it imports is to be instrumented
    causes: set[str] = set()
    sys.setrecursionlimit(1000)

    def one(data: bytes) -> None:
        if len(data) < 2:
            return
        began = time.process_time()
        try:
            check(options, data)
            cause = "slow" if time.process_time() - began > SECONDS * INSTRUMENTED else ""
        except Exception as error:  # noqa: BLE001 - every exception is a finding
            cause = f"{type(error).__name__}: {error}"[:60] + "".join(traceback.format_tb(error.__traceback__)[-1:])
        if cause and cause not in causes:
            causes.add(cause)
            keep(options, data, cause)

    flags = [f"-max_total_time={options.seconds}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=4096", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *flags, f"-dict={options.words}", f"-artifact_prefix={options.findings}/", options.corpus], one)
    atheris.Fuzz()
    os._exit(0)


def keep(options: argparse.Namespace, data: bytes, cause: str) -> None:
    """Keep an input that broke a law."""
    path = Path(options.findings) / f"{options.format}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    print(f"FOUND {path}: {cause}", flush=True)


def again(options: argparse.Namespace) -> int:
    """Try one input and let its traceback be seen."""
    began = time.process_time()
    check(options, Path(options.again).read_bytes())
    seconds = time.process_time() - began
    print(f"nothing wrong, {seconds:.2f} s")
    return int(seconds > SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
