"""A vote against the best of its members, by the answers of one run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.answered_runs import REFUSED, RIGHT, WRONG, N, run_of, with_wrong
from tests.project import Project
from trusteval.stats.members import p_beats_best
from trusteval.stats.paired import Pairs
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.vote_leads import vote_leads
from trusteval.types import Variant

MEMBERS = tuple(Variant(name, "gptq", bits) for name, bits in (("gptq-8", 8), ("gptq-4", 4)))


def voted(**answers: list) -> AnsweredRun:
    """Build a run in which a vote over gptq-8 and gptq-4 answered too."""
    run = run_of({name.replace("_", "-"): said for name, said in answers.items()})
    return replace(run, members={("vote-gptq", "mmlu"): MEMBERS})


def test_lead_is_over_the_member_that_scored_best_and_its_p_over_all() -> None:
    run = voted(
        vote_gptq=with_wrong(1), gptq_8=with_wrong(1, 2, 3, 4), gptq_4=with_wrong(*range(9))
    )
    (lead,) = vote_leads(run)
    pairs = Pairs(3, 0, N), Pairs(8, 0, N)
    assert (lead.best, lead.value) == ("gptq-8", pytest.approx(5.0))
    assert (lead.low, lead.high) == pytest.approx((100 * pairs[0].low, 100 * pairs[0].high))
    assert lead.p_beats_every == pytest.approx(p_beats_best(pairs))
    assert lead.sentence.startswith(
        "vote-gptq against its best member on mmlu, gptq-8: +5.0 (90 % interval "
    )
    assert lead.p_behind_one == 1.0


def test_vote_behind_one_member_is_shown_to_be() -> None:
    run = voted(vote_gptq=[WRONG] * N, gptq_8=[RIGHT] * N, gptq_4=[WRONG] * N)
    (lead,) = vote_leads(run)
    assert (lead.best, lead.value) == ("gptq-8", pytest.approx(-100.0))
    assert (lead.p_behind_one < 0.001, lead.p_beats_every) == (True, 1.0)


def test_vote_without_all_its_members_is_not_compared() -> None:
    assert not list(vote_leads(voted(vote_gptq=[RIGHT] * N, gptq_8=[REFUSED] * N)))
    assert not list(vote_leads(voted(gptq_8=[RIGHT] * N, gptq_4=[RIGHT] * N)))


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_report_and_verdicts_say_it(tmp_path: Path, workers: tuple[str, ...]) -> None:
    project = Project(tmp_path)
    ran = project.run("-k", "ethics", *workers)
    assert ran.returncode == 0, ran.stdout
    facts = json.loads(project.verdicts_file.read_text(encoding="utf-8"))["facts"]
    told = {(lead["vote"], lead["benchmark"], lead["best"]) for lead in facts["vote_leads"]}
    assert told == {("vote-gptq", "ethics", "gptq-8")}
    said = (project.root / "reports/latest/report.md").read_text(encoding="utf-8")
    assert "- vote-gptq against its best member on ethics, gptq-8: +0.0 (90 % interval " in said
