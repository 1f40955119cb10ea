"""What `trusteval ensemble` costs for a large run: seconds in all, and of every section.

    python -m bench.ensemble [ITEMS]

ITEMS of each of five benchmarks (default: 20,000) are answered by seven subjects. Answers lean on
how hard an item is, so that members err together, as real ones do.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.members import member
from trusteval.ensemble.panels import panels_of
from trusteval.ensemble.study import SECTIONS
from trusteval.protocols import PROTOCOLS
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME, read_answers, write_document
from trusteval.tracking.run_facts import PromptFacts, RunFacts
from trusteval.types import DENSE, Answer, Ensemble, FinishReason, Label, Refusal, Response, Sample

SEED = 2511
ASKED = ("adult", "advglue", "ethics", "mmlu", "ood")
SUBJECTS = (DENSE, "gptq-8", "gptq-4", "gptq-3", "awq-8", "awq-4", "awq-3")
_ITEMS, _LIMIT = 20_000, 20
"""Seconds that the command may take for so many items of each benchmark."""
_SKILL = {16: 1.0, 8: 0.95, 4: 0.7, 3: 0.1}
_REFUSES = {16: 0.03, 8: 0.03, 4: 0.05, 3: 0.25}
_WORDS_OF_REFUSAL = "I cannot say."


def samples_of(benchmark: str, n: int) -> list[Sample]:
    """Make `n` items, dealt to the settings that the strict score covers."""
    whole = BENCHMARKS[benchmark]
    scoring = PROTOCOLS["strict"].scoring(benchmark, settings=sorted(whole.settings))
    settings = [whole.setting(name) for name in scoring.settings]
    chance = np.random.default_rng(SEED)
    made = []
    for number in range(n):
        setting = settings[number % len(settings)]
        labels = [label.value for label in setting.labels]
        made.append(
            Sample(
                id=str(number),
                setting=setting,
                unit=f"{benchmark} {number // 2}",
                target=labels[chance.integers(len(labels))],
                stratum=setting.name,
                group=("Female", "Male")[chance.integers(2)] if benchmark == "adult" else None,
                options=("a", "b", "c", "d")[: len(labels)],
                fields={"text": f"item {number}"},
            )
        )
    return made


def answers_of(
    samples: list[Sample], bits: int, *, hard: np.ndarray, seed: int
) -> Iterator[Answer]:
    """Answer as a member of so many bits does; `hard` is how hard each item is for all."""
    chance = np.random.default_rng(seed)
    able = chance.normal(_SKILL[bits], 0.6, len(samples)) > hard
    refuses = chance.random(len(samples)) < _REFUSES[bits]
    guesses = chance.random(len(samples))
    for sample, right, refused, guess in zip(samples, able, refuses, guesses, strict=True):
        labels = [label.value for label in sample.setting.labels]
        if refused:
            yield Refusal()
        else:
            yield Label(sample.target if right else labels[int(guess * len(labels))])


def large_run(n: int) -> AnsweredRun:
    """Make a run of seven subjects on `n` items of each benchmark."""
    answer_tables, said = {}, {}
    for benchmark in ASKED:
        samples = samples_of(benchmark, n)
        table = SampleTable.of(samples)
        hard = np.random.default_rng(SEED).normal(0.3, 1.0, n)
        for place, name in enumerate(SUBJECTS):
            answers = list(
                answers_of(samples, member(name, bits={}).bits, hard=hard, seed=SEED + place)
            )
            words = [a.value if isinstance(a, Label) else _WORDS_OF_REFUSAL for a in answers]
            answer_tables[name, benchmark] = AnswerTable.of(table, answers)
            said[name, benchmark] = ResponseTable.of(
                [Response(word, FinishReason.END, 0, 0) for word in words]
            )
    facts = RunFacts(
        model="bench",
        engine="bench",
        profile="full",
        protocol="strict",
        reader=PROTOCOLS["strict"].reader_version,
        prompts=PromptFacts("prompts.toml", "aaaa"),
    )
    identities = {key: {"engine": "bench"} for key in answer_tables}
    data = {benchmark: DataFacts(sha256="dddd") for benchmark in ASKED}
    return AnsweredRun(facts, data, identities, answer_tables, said)


@contextmanager
def told(what: str, *, children: bool = False) -> Iterator[None]:
    """Print how long a step takes: seconds by the clock, and of the processor."""
    whose = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    before, started = resource.getrusage(whose), time.perf_counter()
    yield
    after, took = resource.getrusage(whose), time.perf_counter() - started
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{took:7.2f} s {busy:7.2f} s  {what}")


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else _ITEMS
    print(f"{n:,} items of each of {len(ASKED)} benchmarks, {len(SUBJECTS)} subjects")
    print("  clock processor")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        write_document(path, large_run(n).to_document(with_texts=True))
        with told("reading"):
            run = read_answers(path)
        votes = [
            Ensemble(f"vote-{method}", tuple(member(f"{method}-{b}", bits={}) for b in (8, 4, 3)))
            for method in ("gptq", "awq")
        ]
        with told("putting panels together"):
            panels = panels_of(run, votes, dense=DENSE)
        for name, section in SECTIONS.items():
            with told(f"section {name}"):
                section(panels)
        words = ["-m", "trusteval", "ensemble", folder, f"--json={Path(folder) / 'out.json'}"]
        limit = f"; {_LIMIT} s are allowed" if n == _ITEMS else ""
        with told(f"the command in all{limit}", children=True):
            subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
