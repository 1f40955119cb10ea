"""Which tests a run has: one per gate and subject, recording, look or vote, grouped by variant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trusteval.plugin.options import NO_MODEL
from trusteval.plugin.stash import CLAIMED, RUN
from trusteval.system.machine import share_out

if TYPE_CHECKING:
    from trusteval.gates.gate import Gate
    from trusteval.run import Run


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Give a test of ours its subjects, gates or benchmarks; without a run it is skipped."""
    if metafunc.definition.get_closest_marker("trust_results") is not None:
        from trusteval.plugin.tool_results import parametrize_results

        parametrize_results(metafunc)
        return
    run = metafunc.config.stash.get(RUN, None)
    wanted = set(metafunc.fixturenames)
    if run is None:
        names = sorted(wanted & {"gate", "subject", "benchmark_name", "ensemble"})
        skip = pytest.mark.skip(reason=NO_MODEL)
        empty = [pytest.param(*[None] * len(names), marks=skip, id="no-model")]
        metafunc.parametrize(",".join(names), empty)
    elif "gate" in wanted:
        _parametrize_gates(metafunc, run)
    elif "ensemble" in wanted:
        _parametrize_benchmarks(metafunc, run, "ensemble")
    elif metafunc.definition.get_closest_marker("trust_recording") is not None:
        _parametrize_recordings(metafunc, run)
    elif "benchmark_name" in wanted:
        _parametrize_benchmarks(metafunc, run, "subject")
    elif metafunc.definition.get_closest_marker("trust_sanity") is not None:
        variants = (*run.variants, *run.references)
        metafunc.parametrize(
            "subject", [pytest.param(v, id=v.name, marks=_group(v.name)) for v in variants]
        )
    else:
        metafunc.parametrize(
            "subject", [pytest.param(s, id=s.name, marks=_group(s.name)) for s in run.subjects]
        )


def _parametrize_gates(metafunc: pytest.Metafunc, run: Run) -> None:
    marker = metafunc.definition.get_closest_marker("trust_gates")
    if marker is None or not marker.args:
        raise pytest.UsageError(
            f"{metafunc.definition.nodeid} asks for a gate: mark it trust_gates(benchmark)"
        )
    metafunc.config.stash.setdefault(CLAIMED, set()).update(marker.args)
    metafunc.parametrize(
        "gate,subject",
        [
            pytest.param(
                gate, subject, id=gate_test_id(gate, subject.name), marks=_group(subject.name)
            )
            for benchmark in marker.args
            for gate, subject in run.judged_pairs(benchmark)
        ],
    )


def _parametrize_benchmarks(metafunc: pytest.Metafunc, run: Run, name: str) -> None:
    subjects = run.ensembles if name == "ensemble" else run.subjects
    metafunc.parametrize(
        f"{name},benchmark_name",
        [
            pytest.param(
                subject, benchmark, id=f"{subject.name}-{benchmark}", marks=_group(subject.name)
            )
            for subject in subjects
            for benchmark in run.benchmarks
        ],
    )


def _parametrize_recordings(metafunc: pytest.Metafunc, run: Run) -> None:
    """Let workers that no variant is left for record a share of another's answers."""
    loaded = [subject.name for subject in (*run.variants, *run.references)]
    shares = share_out(workers=worker_count(metafunc.config), among=loaded)
    metafunc.parametrize(
        "subject,benchmark_name",
        [
            pytest.param(
                subject,
                benchmark,
                id=f"{subject.name}-{benchmark}" + (f"-share-{share}" if share > 1 else ""),
                marks=_group(subject.name + (f"/{share}" if share > 1 else "")),
            )
            for subject in run.subjects
            for share in range(1, shares.get(subject.name, 1) + 1)
            for benchmark in run.benchmarks
        ],
    )


def gate_test_id(gate: Gate, subject: str) -> str:
    """Return what stands in brackets behind the test of a gate and a subject of that name."""
    return f"{subject}-{gate.id}"


def _group(name: str) -> pytest.MarkDecorator:
    return pytest.mark.xdist_group(name)


def worker_count(config: pytest.Config) -> int:
    """Return how many xdist workers this run has, 1 without xdist."""
    return int(getattr(config, "workerinput", {}).get("workercount", 1))
