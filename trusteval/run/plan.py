"""Says what the limits of a run can show, before any model runs."""

from __future__ import annotations

from collections import Counter

from trusteval.answers.table import SampleTable
from trusteval.errors import TrustEvalError
from trusteval.gates.aims import Asked
from trusteval.gates.planning import Line, plan
from trusteval.protocols import PROTOCOLS
from trusteval.run.run import Run
from trusteval.types import DENSE, Unavailable


def plan_of(run: Run) -> list[Line]:
    """Return what each limit can show of each subject.

    Of a benchmark whose data cannot be read it is said; its own tests say so too.
    """
    gates = [gate for gate in run.gates if gate.benchmark in run.benchmarks]
    names = dict.fromkeys(gate.benchmark for gate in gates)
    return plan(
        gates,
        run.subjects,
        asked={name: _asked(run, name) for name in names},
        known={} if run.baseline is None else run.baseline.discordances(reference=DENSE),
        families={subject.name: run.family(subject.name) for subject in run.subjects},
    )


def budget_of(run: Run) -> str:
    """Say how many prompts a subject is asked, and how many tokens it may answer at most.

    Benchmarks whose data cannot be read are not among them; the plan says why.
    """
    prompts, limits = 0, Counter[str]()
    for name in run.benchmarks:
        try:
            questions = run.questionnaire.questions(name)
        except TrustEvalError:
            continue
        prompts += len(questions)
        limits[name] += sum(question.sample.setting.max_new_tokens for question in questions)
    shares = ", ".join(f"{name} {most:,}" for name, most in limits.most_common() if most)
    return (
        f"- each subject is asked {prompts:,} prompts and answers in at most {limits.total():,} "
        f"new tokens: {shares or 'none'}"
    )


def _asked(run: Run, benchmark: str) -> Asked | Unavailable:
    """Return what is asked of a benchmark, or why nothing can be."""
    try:
        sample_table = SampleTable.of(q.sample for q in run.questionnaire.questions(benchmark))
    except TrustEvalError as error:
        return Unavailable(f"not planned: {error}")
    scoring = PROTOCOLS[run.options.protocol].scoring(
        benchmark, settings=run.questionnaire.settings(benchmark)
    )
    return Asked(sample_table, scoring, run.questionnaire.declared(benchmark, scoring=scoring))
