"""Runs batches in turn, watches over each, and keeps what was found, so that it may go on later."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from bench.fuzzing.trial import Kind, Outcome
from bench.fuzzing.worker import CURRENT, STACK, Job, where_it_stood

ROOT = Path(__file__).parents[2]
TABLE = "bench.fuzzing.targets:TARGETS"
_IDLE = 0.05
"""Who takes less than this share of the processor waits."""
_TO_TELL = 0.2
"""Seconds to write down where it is."""
_START = 120.0
"""Seconds until a worker that loads torch has to have begun."""


class BrokenError(Exception):
    """The campaign itself is at fault, not what it tries."""


@dataclass(slots=True)
class Tally:
    """What became of a target's trials so far; `batch` is the next one, `inputs` are behind it.

    `seconds` are the processor's, start-up included.
    """

    batch: int = 0
    inputs: int = 0
    trials: int = 0
    seconds: float = 0.0
    kinds: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Finding:
    """A way to end that should not be, how often it was met, and the input that showed it first."""

    target: str
    outcome: Outcome
    file: str
    times: int = 1
    trial: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return (self.target, *self.outcome.signature)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a trial may take: seconds, MiB beyond what the process has; `slice_` seconds a batch."""

    seconds: float = 10.0
    memory: int = 512
    slice_: float = 10.0
    trials: int = 1_000_000


@dataclass(slots=True)
class _Limit:
    """How long a worker may say nothing, by what it is at."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A trial of a target and how it ended; `input_` is the file that holds what was tried."""

    target: str
    trial: str
    outcome: Outcome
    input_: str = CURRENT
    traceback: str = ""


class Campaign:
    """A folder with what was tried and found."""

    def __init__(self, folder: Path, *, table: str = TABLE, seed: int = 0) -> None:
        self.folder = folder.resolve()
        self.table, self.seed = table, seed
        self.tallies: dict[str, Tally] = {}
        self.findings: dict[tuple[str, ...], Finding] = {}
        self.unconfirmed: Counter[str] = Counter()
        self._state = self.folder / "state.json"
        (self.folder / "findings").mkdir(parents=True, exist_ok=True)
        if self._state.exists():
            self._load()

    def run_batch(self, target: str, bounds: Bounds, *, inputs: Path | None = None) -> None:
        """Run the next batch of a target."""
        self._run([target], bounds, inputs)

    def run_once(self, names: Sequence[str], bounds: Bounds) -> None:
        """Run a batch of each target in as few processes as can be: one, if none of them dies."""
        left = list(names)
        while left:
            reached = self._run(left, bounds, None)
            left = left[left.index(reached) + 1 :]

    def _run(self, names: Sequence[str], bounds: Bounds, inputs: Path | None) -> str:
        """Run a batch of each target; return which was the last that was begun."""
        scratch = self.folder / f"work-{os.getpid()}"
        first = self.tallies.get(names[0], Tally())
        batch = first.batch
        job = Job(
            table=self.table,
            targets=names,
            folder=str(scratch),
            seed=self.seed,
            batch=batch,
            trials=bounds.trials,
            seconds=bounds.slice_,
            memory=bounds.memory,
            inputs=None if inputs is None else str(inputs.resolve()),
            skipped=first.inputs,
        )
        reached, began = names[0], _children_seconds()
        for ended in self._watched(job, bounds):
            reached = ended.target
            tally = self.tallies.setdefault(reached, Tally())
            tally.batch = batch + 1
            tally.inputs += ended.trial.startswith("input ")
            tally.trials += 1
            kind = ended.outcome.kind.value
            tally.kinds[kind] = tally.kinds.get(kind, 0) + 1
            if ended.outcome.kind.is_finding:
                self._keep(ended, bounds, scratch / ended.input_, batch=batch)
        self.tallies.setdefault(reached, Tally()).seconds += _children_seconds() - began
        shutil.rmtree(scratch, ignore_errors=True)
        self._save()
        return reached

    def replay(self, target: str, file: Path, bounds: Bounds) -> tuple[Outcome, str]:
        """Try one input again; returns how it ended and the traceback."""
        scratch = self.folder / f"replay-{os.getpid()}"
        again = str(file.resolve())
        job = Job(self.table, [target], str(scratch), memory=bounds.memory, replay=again)
        *_, ended = self._watched(job, bounds)
        shutil.rmtree(scratch, ignore_errors=True)
        return ended.outcome, ended.traceback

    def _watched(self, job: Job, bounds: Bounds) -> Iterator[Ended]:
        """Yield each trial of a job; kill what takes too long."""
        scratch = Path(job.folder)
        scratch.mkdir(parents=True, exist_ok=True)
        order = scratch / "job.json"
        order.write_text(json.dumps(asdict(job)), encoding="utf-8")
        with subprocess.Popen(
            [sys.executable, "-m", "bench.fuzzing.worker", str(order)],
            cwd=scratch,
            env=_environment(),
            stdout=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            assert process.stdout is not None
            target, trial, limit = job.targets[0], "", _Limit(_START)
            for line in _lines(process, process.stdout, limit):
                if line is None:
                    stack = scratch / STACK
                    told = stack.read_text(encoding="utf-8") if stack.exists() else ""
                    hang = Outcome(Kind.HANG, "no end", where_it_stood(told))
                    yield Ended(target, trial or "between trials", hang)
                    return
                words = json.loads(line)
                if "broken" in words:
                    raise BrokenError(f"target {target}: {words['broken']}")
                if "trial" in words:
                    target, trial = words["target"], words["trial"]
                    # What runs first also loads what all others use.
                    limit.seconds = _START if trial == "seed 0" else bounds.seconds
                else:
                    outcome = _outcome(words["outcome"])
                    shown, input_ = words.get("traceback", ""), words.get("input", CURRENT)
                    yield Ended(target, trial, outcome, input_, shown)
                    trial, limit.seconds = "", _START
            code = process.wait()
        if code != 0 and not trial:
            raise BrokenError(f"target {target}: its worker ended with {code} outside of a trial")
        if code != 0:
            yield Ended(target, trial, Outcome(Kind.CRASH, f"died with {code}"))

    def _keep(self, ended: Ended, bounds: Bounds, file: Path, *, batch: int) -> None:
        target, outcome = ended.target, ended.outcome
        found = Finding(target, outcome, "", trial=f"{batch}/{ended.trial}")
        if found.key in self.findings:
            self.findings[found.key].times += 1
            return
        content = file.read_bytes()
        name = f"{target}-{outcome.kind}-{outcome.what}".replace(" ", "-").replace("/", "-")
        found.file = f"{name}-{hashlib.sha256(content).hexdigest()[:8]}.zip"
        path = self.folder / "findings" / found.file
        path.write_bytes(content)
        if outcome.kind in (Kind.HANG, Kind.CRASH, Kind.MEMORY):
            # A machine that is busy with other things makes trials slow, not wrong.
            patient = replace(bounds, seconds=3 * bounds.seconds)
            again, _ = self.replay(target, path, patient)
            if not again.kind.is_finding:
                self.unconfirmed[f"{target}: {outcome.kind} {outcome.what}"] += 1
                path.unlink()
                return
        self.findings[found.key] = found

    def _save(self) -> None:
        document = {
            "seed": self.seed,
            "table": self.table,
            "tallies": {name: asdict(tally) for name, tally in self.tallies.items()},
            "findings": [asdict(found) for found in self.findings.values()],
            "unconfirmed": dict(self.unconfirmed),
        }
        half = self._state.with_suffix(".half")
        half.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        half.replace(self._state)

    def _load(self) -> None:
        document = json.loads(self._state.read_text(encoding="utf-8"))
        self.seed = document["seed"]
        self.unconfirmed = Counter(document["unconfirmed"])
        for name, tally in document["tallies"].items():
            self.tallies[name] = Tally(**tally)
        for entry in document["findings"]:
            found = Finding(**{**entry, "outcome": _outcome(entry["outcome"])})
            self.findings[found.key] = found


def _environment() -> dict[str, str]:
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    own = {**dict.fromkeys(threads, "1"), "PYTHONPATH": path, "MPLBACKEND": "Agg"}
    return {**os.environ, **own}


def _outcome(entry: dict[str, Any]) -> Outcome:
    return Outcome(**{**entry, "kind": Kind(entry["kind"])})


def _lines(
    process: subprocess.Popen[bytes], stream: IO[bytes], limit: _Limit
) -> Iterator[bytes | None]:
    """Yield lines as they come; None, once the process is killed, where none came in time.

    Time is the processor's, so that a busy machine makes no hang; who waits for something that
    does not come has as much time of the clock.
    """
    waiting, rest = selectors.DefaultSelector(), b""
    waiting.register(stream, selectors.EVENT_READ)
    while True:
        began, spent = time.monotonic(), _processor_seconds(process.pid)
        while not waiting.select(limit.seconds):
            now = _processor_seconds(process.pid)
            idles = now - spent < _IDLE * (time.monotonic() - began) and _sleeps(process.pid)
            if now - spent >= limit.seconds or idles:
                os.kill(process.pid, signal.SIGUSR1)
                time.sleep(_TO_TELL)
                os.killpg(process.pid, signal.SIGKILL)
                yield None
                return
        piece = os.read(stream.fileno(), 1 << 16)
        if not piece:
            return
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole


def _children_seconds() -> float:
    """Return what all processes that were waited for have taken of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _processor_seconds(pid: int) -> float:
    """Return what a process has taken of the processor so far."""
    return sum(map(int, _stat(pid)[11:13])) / os.sysconf("SC_CLK_TCK")


def _sleeps(pid: int) -> bool:
    """Whether a process waits for something other than the processor, looked at repeatedly."""
    states = []
    for _ in range(10):
        states.append(_stat(pid)[0])
        time.sleep(0.02)
    return "R" not in states


def _stat(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return text.rpartition(")")[2].split()


def lines_of(campaign: Campaign) -> Iterator[str]:
    """Tell what was tried and found."""
    kinds = [kind.value for kind in Kind]
    yield f"{'target':24}{'trials':>8}{'s':>7}  " + "".join(f"{kind:>9}" for kind in kinds)
    total: Counter[str] = Counter()
    for name, tally in campaign.tallies.items():
        total.update(tally.kinds)
        counts = "".join(f"{tally.kinds.get(kind, 0):>9}" for kind in kinds)
        yield f"{name:24}{tally.trials:>8}{tally.seconds:>7.0f}  {counts}"
    trials = sum(tally.trials for tally in campaign.tallies.values())
    seconds = sum(tally.seconds for tally in campaign.tallies.values())
    yield f"{'all':24}{trials:>8}{seconds:>7.0f}  " + "".join(f"{total[k]:>9}" for k in kinds)
    for key, found in sorted(campaign.findings.items()):
        said = found.outcome.said.encode("unicode_escape").decode()[:160]
        where = found.outcome.where or "-"
        what = f"{key[0]}: {key[1]} {key[2]} at {where}"
        yield f"{what} ({found.times} times) {found.file}\n    {said}"
    for what, times in campaign.unconfirmed.items():
        yield f"not met again, so not counted: {what} ({times} times)"


def in_turn(names: Sequence[str], until: float) -> Iterator[str]:
    """Yield targets in turn until a moment of the monotonic clock."""
    while True:
        for name in names:
            if time.monotonic() >= until:
                return
            yield name
