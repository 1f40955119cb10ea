"""Runs a batch of trials in a process of its own: python -m bench.fuzzing.worker JOB.json

Writes down each input before it tries it, and says so on standard output, so that whoever watches
knows what killed it. A batch is decided by its target, seed and number alone.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import random
import re
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.fuzzing.layout import lay_out
from bench.fuzzing.mutation import mutated
from bench.fuzzing.trial import (
    Files,
    InternalFaultError,
    Kind,
    Outcome,
    RawControlsError,
    Target,
    WarnedError,
    packed,
    unpacked,
)

CURRENT, STACK = "current.zip", "stack.txt"
_MIB = 1 << 20
_LARGEST_FILE = 1 << 31
_MOST_SAID = 400
_LONGEST_CORPUS = 400
_FRAME = re.compile(r'File "([^"]*trusteval/[^"]*)", line (\d+), in (\S+)')
_STOOD = re.compile(r'File "([^"]*trusteval/[^"]*)", line (\d+) in (\S+)')
_RAISED = re.compile(
    r"^([\w.]+(?:Error|Exception|Warning|Interrupt|Exit|Panic)\w*)\b", re.MULTILINE
)


Say = Callable[..., None]
"""Tells whoever watches."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker does: of each target so many trials, or so long, or the one input at `replay`.

    `inputs` is a folder of further ones; `skipped` of them were tried before. `table` names where
    targets are, "module:attribute"; `memory` is in MiB, beyond what the process takes once its
    seeds have run.
    """

    table: str
    targets: Sequence[str]
    folder: str
    seed: int = 0
    batch: int = 0
    trials: int = 10_000
    seconds: float = 10.0
    memory: int = 512
    inputs: str | None = None
    skipped: int = 0
    replay: str | None = None


def main() -> None:
    job = Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    noise = os.open(os.devnull, os.O_WRONLY)
    os.dup2(noise, 1)
    os.dup2(noise, 2)

    def say(**words: Any) -> None:
        print(json.dumps(words), file=told, flush=True)

    try:
        _work(job, say)
    except BaseException:
        say(broken=traceback.format_exc())
        raise


def _work(job: Job, say: Say) -> None:
    folder = Path(job.folder)
    folder.mkdir(parents=True, exist_ok=True)
    settle(folder)
    # Whoever watches asks where this is before it kills it, even within a loop of C.
    faulthandler.register(signal.SIGUSR1, file=(folder / STACK).open("w", encoding="utf-8"))
    for name in job.targets:
        target = targets(job.table)[name]
        if job.replay is None:
            _search(job, target, folder, say)
        else:
            _replay(job, target, folder, say)


def _replay(job: Job, target: Target, folder: Path, say: Say) -> None:
    assert job.replay is not None
    _, files = unpacked(Path(job.replay))
    limit_memory(job.memory, target, known_seeds(target, folder)[0], folder)
    say(target=target.name, trial="replay")
    outcome, shown = tried(target, files, folder, with_traceback=True)
    say(outcome=asdict(outcome), traceback=shown)


def _search(job: Job, target: Target, folder: Path, say: Say) -> None:
    """Try what is in order, then change it, and go on from what ends in a way that none did."""
    corpus = known_seeds(target, folder)
    limit_memory(0, target, corpus[0], folder)
    for number, files in enumerate(corpus):
        _told(target, files, folder, say, f"seed {number}")
    limit_memory(job.memory, target, corpus[0], folder)
    chance = random.Random(f"{job.seed} {target.name} {job.batch}")
    seen: set[tuple[str, ...]] = set()
    ends = time.monotonic() + job.seconds
    waiting = further(target, corpus[0], job.inputs)[job.skipped :]
    for number in range(job.trials):
        if time.monotonic() > ends:
            break
        if number < len(waiting):
            name, files = f"input {number}", waiting[number]
        else:
            name = str(number)
            files = mutated(chance.choice(corpus), chance.choice(corpus), target, chance)
        outcome = _told(target, files, folder, say, name)
        shape = (*outcome.signature, re.sub(r"[\d'\"].*", "", outcome.said)[:80])
        is_new = shape not in seen
        seen.add(shape)
        if is_new and not outcome.kind.is_finding and len(corpus) < _LONGEST_CORPUS:
            corpus.append(files)


def _told(target: Target, files: Files, folder: Path, say: Say, name: str) -> Outcome:
    """Try an input and tell, before it and after it; what is found has a file of its own."""
    content = packed(files, comment=target.name)
    (folder / CURRENT).write_bytes(content)
    say(target=target.name, trial=name)
    outcome, _ = tried(target, files, folder)
    own = folder / f"found-{name.replace(' ', '-')}.zip"
    if outcome.kind.is_finding:
        own.write_bytes(content)
    say(outcome=asdict(outcome), input=own.name)
    return outcome


def settle(folder: Path) -> None:
    """Keep what trials write, remember and ask within a folder."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    os.environ.update(
        HOME=str(home), TRUSTEVAL_CACHE=str(folder / "cache"), CI="true", HF_HUB_OFFLINE="1"
    )
    for name in ("TRUSTEVAL_DATA", "PYTEST_ADDOPTS", "TRUSTEVAL_API_KEY", "OPENAI_API_KEY"):
        os.environ.pop(name, None)


def targets(table: str) -> Mapping[str, Target]:
    """Return the targets of a table, "module:attribute"."""
    module, _, attribute = table.partition(":")
    found: Mapping[str, Target] = getattr(importlib.import_module(module), attribute)
    return found


def known_seeds(target: Target, folder: Path) -> list[Files]:
    """Return a target's seeds; they are built once."""
    kept = folder.parent / "seeds" / target.name.replace(" ", "-")
    if not (kept / "whole").exists():
        kept.mkdir(parents=True, exist_ok=True)
        scratch = folder / "scratch"
        scratch.mkdir(exist_ok=True)
        for number, files in enumerate(target.seeds(scratch)):
            (kept / f"{number:03}.zip").write_bytes(packed(files, comment=target.name))
        (kept / "whole").touch()
    return [unpacked(path)[1] for path in sorted(kept.glob("*.zip"))]


def further(target: Target, seed: Files, inputs: str | None) -> list[Files]:
    """Return the seed with what is hostile in its place, and each fitting file of a folder."""
    found: list[Files] = [{**seed, **files} for files in target.hostile]
    if inputs is not None:
        for pattern, name in target.inputs.items():
            for path in sorted(Path(inputs).glob(pattern)):
                found.append({**seed, name: path.read_bytes()})
    return found


def limit_memory(mebibytes: int, target: Target, seed: Files, folder: Path) -> None:
    """Let this process take so much more than it has now, with all loaded that a trial loads.

    Nothing is a bound that is lifted.
    """
    if mebibytes <= 0:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        return
    tried(target, seed, folder)
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    taken = int(re.findall(r"VmSize:\s+(\d+) kB", status)[0]) * 1024
    most = taken + mebibytes * _MIB
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))


def tried(
    target: Target, files: Files, folder: Path, *, with_traceback: bool = False
) -> tuple[Outcome, str]:
    """Try an input and tell how it ended."""
    trial = folder / "trial"
    lay_out(files, trial)
    here = Path.cwd()
    os.chdir(trial)
    try:
        outcome, shown = _ended(target, trial)
        return outcome, shown if with_traceback else ""
    finally:
        os.chdir(here)


def _ended(target: Target, trial: Path) -> tuple[Outcome, str]:
    try:
        return Outcome(Kind.ACCEPTED, target.run(trial)), ""
    except target.ours as error:
        return Outcome(Kind.OURS, type(error).__name__, said=_shown(error)), traceback.format_exc()
    except RawControlsError as error:
        return Outcome(Kind.PRINTED, "raw controls", _place(error), _shown(error)), ""
    except WarnedError as error:
        what = str(error).partition(":")[0]
        return Outcome(Kind.WARNED, what, "", _shown(error)), traceback.format_exc()
    except InternalFaultError as error:
        found = _FRAME.findall(error.traceback)
        raised = _RAISED.findall(error.traceback)
        where = _where(*found[-1]) if found else ""
        kind = Kind.MEMORY if raised and raised[-1] == "MemoryError" else Kind.FOREIGN
        what = raised[-1].rpartition(".")[2] if raised else "exit 10"
        return Outcome(kind, what, where, _shown(error)), error.traceback
    except (MemoryError, Exception, SystemExit) as error:
        kind = Kind.MEMORY if isinstance(error, MemoryError) else Kind.FOREIGN
        where = _place(error)
        return Outcome(kind, type(error).__name__, where, _shown(error)), traceback.format_exc()


def _shown(error: BaseException) -> str:
    try:
        return str(error)[:_MOST_SAID]
    except Exception as odd:  # an error that cannot be shown is a finding of its own
        return f"cannot be shown: {type(odd).__name__}"


def _place(error: BaseException) -> str:
    """Return the innermost place in trusteval, else in the campaign."""
    frames = traceback.extract_tb(error.__traceback__)
    for part in ("/trusteval/", "/bench/"):
        for frame in reversed(frames):
            if part in frame.filename:
                return _where(frame.filename, frame.lineno, frame.name)
    return ""


def where_it_stood(stack: str) -> str:
    """Return the innermost place in trusteval of a stack that faulthandler wrote."""
    found = _STOOD.search(stack)
    return "" if found is None else _where(*found.groups())


def _where(file: str, line: object, name: str) -> str:
    short = re.sub(r".*/(?=(?:trusteval|bench)/)", "", file)
    return f"{short}:{line} {name}"


if __name__ == "__main__":
    main()
