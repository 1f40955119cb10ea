"""The pictures of a run: always all, with tables of the same figures, and saying what lacks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.answered_runs import INVALID, REFUSED, RIGHT, N, run_of, with_wrong
from tests.charts.pieces import NAMES as HOSTILE
from tests.drawings import refusals, texts
from tests.report.large import LARGE, N_GATES, SUBJECTS
from tests.report.parts import CIRCUMSTANCES, line, score, verdict
from tests.report.records import GREEN, INCOMPLETE, RECORDS, RED, VOTE
from tests.shipped import Shipped
from trusteval.report.finished_run import FinishedRun, finished_run
from trusteval.report.pictures.gallery import pictures_of
from trusteval.report.pictures.sketch import Picture
from trusteval.report.record import RunRecord
from trusteval.tables import Spread
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.points import Asked, Point
from trusteval.types import (
    Cost,
    Interval,
    LimitCheck,
    Outcome,
    Unavailable,
    Undecided,
    Variant,
)

NO_ANSWERS = Unavailable("answers.json.gz is not there")
ALL = ("scores", "non-answers", "ensemble", "verdicts", "composition", "agreement", "cost")
MEMBERS = tuple(Variant(f"gptq-{bits}", "gptq", bits) for bits in (8, 4))
VOTED = replace(
    run_of(
        {
            "dense": with_wrong(1, 2),
            "gptq-8": with_wrong(1),
            "gptq-4": [REFUSED, INVALID, *with_wrong(3)[2:]],
            "vote-gptq": with_wrong(1),
        }
    ),
    members={("vote-gptq", "mmlu"): MEMBERS},
)


def drawn(
    record: RunRecord, answers: AnsweredRun | Unavailable = NO_ANSWERS, *, history: tuple = ()
) -> dict[str, Picture]:
    run = FinishedRun(record, CIRCUMSTANCES, answers=answers, history=history)
    return {picture.name: picture for picture in pictures_of(run)}


def said(picture: Picture) -> list[str]:
    return [text for svg in picture.svgs for text in texts(svg)]


def column(picture: Picture, name: str) -> list[object]:
    place = [column.name for column in picture.table.columns].index(name)
    return [row[place] for row in picture.table.rows]


# -- all of them -----------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [NO_ANSWERS, VOTED], ids=["bare", "answered"])
@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_every_run_has_all_pictures_each_drawn_or_with_the_reason_why_not(
    record: RunRecord, answers: AnsweredRun | Unavailable
) -> None:
    pictures = drawn(record, answers)
    assert tuple(pictures) == (*ALL, "trend", "health")
    for picture in pictures.values():
        assert bool(picture.svgs) == bool(picture.table.rows) != bool(picture.missing)
        assert [refusal for svg in picture.svgs for refusal in refusals(svg)] == []
    ids = [
        one.attrib["id"]
        for picture in pictures.values()
        for svg in picture.svgs
        for one in ElementTree.fromstring(svg).iter()
        if "id" in one.attrib
    ]
    assert len(ids) == len(set(ids))


def test_same_run_gives_the_same_pictures() -> None:
    assert drawn(RED, VOTED) == drawn(RED, VOTED)


def test_names_of_others_stay_text() -> None:
    names = [name[:60] for name in HOSTILE]
    record = replace(
        GREEN,
        subjects=names,
        scores=[line("ethics", name, 50.0) for name in names],
        verdicts=[verdict("ethics", name, Outcome.PASS, limits=(held(50.0),)) for name in names],
    )
    answers = replace(
        run_of({name: [RIGHT] * N for name in (*names, "gptq-8", "gptq-4", "<i>vote</i>")}),
        members={("<i>vote</i>", "mmlu"): MEMBERS},
    )
    for picture in drawn(record, answers).values():
        assert [refusal for svg in picture.svgs for refusal in refusals(svg)] == []
        assert all(text.isprintable() for text in said(picture))
        assert not re.search(r"<(b|i|script)\b", "".join(picture.svgs))


def test_run_of_many_gates_draws_the_worst_says_what_it_leaves_out_and_tables_all() -> None:
    picture = drawn(LARGE)["verdicts"]
    assert len(picture.svgs) == 24
    assert f"36 of {N_GATES} charts are left out" in picture.caption
    assert len(picture.table.rows) == N_GATES * len(SUBJECTS)
    assert all("✗ FAIL" in texts(svg) for svg in picture.svgs)


def test_run_of_the_shipped_gate_is_drawn_from_its_folder(tmp_path: Path) -> None:
    shipped = Shipped(tmp_path)
    shipped.run("trust_tests", "--trust-profile=demo")
    pictures = {p.name: p for p in pictures_of(finished_run(tmp_path / "reports/latest"))}
    drawn_not = {name for name, picture in pictures.items() if not picture.svgs}
    assert drawn_not == {"trend", "health"}
    assert "✗ FAIL" in said(pictures["verdicts"])
    n_held = sum(len(one["limits"]) for one in shipped.verdicts["verdicts"])
    assert len(pictures["verdicts"].table.rows) == n_held


# -- scores and rates ------------------------------------------------------------------------


def test_scores_are_those_of_the_table_and_who_has_none_says_why() -> None:
    pictures = drawn(RED)
    table = pictures["scores"].table
    assert [row[:4] for row in table.rows] == [
        ("ethics", "machine ethics", "dense", Spread(51.25, 46.25, 56.25)),
        ("ethics", "machine ethics", "gptq-4", Spread(30.0, 25.0, 35.0)),
        ("mmlu", "mmlu", "dense", Unavailable("it was not asked")),
        ("mmlu", "mmlu", "gptq-4", Unavailable("undefined: missing settings: law")),
    ]
    lines = said(pictures["scores"])
    assert {"dense", "gptq-4", "30.0", "machine ethics: ethics", "mmlu"} <= set(lines)
    assert any(text.startswith("no value: undefined: miss") for text in lines)
    assert "ood: no gate asks" in pictures["scores"].caption


def test_subject_that_could_not_be_measured_has_its_cause_in_the_place_of_its_score() -> None:
    assert column(drawn(INCOMPLETE)["scores"], "score")[1:] == [
        Unavailable("ERROR: MemoryError: 2 GiB"),
        Unavailable("BROKEN: perplexity 9e+05"),
    ]


def test_refusals_are_shares_of_all_answers_beside_the_rate_of_the_report() -> None:
    picture = drawn(GREEN)["non-answers"]
    assert column(picture, "refused") == [2.0, 2.0]
    assert column(picture, "non-answers") == [2.0, 2.0]
    assert said(picture).count("2.0 / 2.0") == 2


# -- verdicts --------------------------------------------------------------------------------


def held(
    value: float, *, at_least: float | None = 40.0, at_most: float | None = None
) -> LimitCheck:
    bounds = Interval(value - 5, value + 5)
    return LimitCheck("score", value, bounds, at_least=at_least, at_most=at_most)


def test_verdicts_stand_beside_what_was_measured_signed_and_worst_first() -> None:
    drop = LimitCheck("drop", 4.0, Interval(1.0, 7.0), at_most=3.0, is_change=True)
    record = replace(
        GREEN,
        verdicts=[
            verdict("ethics", "dense", Outcome.PASS, limits=(held(50.0),)),
            verdict("ethics", "gptq-4", Outcome.FAIL, limits=(held(30.0),)),
            verdict(
                *("mmlu", "gptq-4", Outcome.INCONCLUSIVE),
                limits=(drop,),
                reference="dense",
                undecided=Undecided.SAMPLES,
                p=0.3,
            ),
        ],
    )
    picture = drawn(record)["verdicts"]
    first, second = map(texts, picture.svgs)
    assert {"ethics.score", "at least 40", "✓ PASS", "✗ FAIL"} <= set(first)
    assert {"mmlu.score against dense", "at most 3", "? INCONCLUSIVE"} <= set(second)
    assert picture.table.rows[2] == (
        *("mmlu.score", "gptq-4", "drop", "dense"),
        *(Spread(4.0, 1.0, 7.0), "at most 3", "? INCONCLUSIVE"),
    )
    assert "decided by the dot alone" in " ".join(first)
    assert "dot alone" not in " ".join(second)


def test_limit_that_holds_of_a_gate_that_fails_says_so() -> None:
    failed = verdict(
        "ethics", "gptq-4", Outcome.FAIL, limits=(held(60.0), held(60.0, at_least=70.0)), p=0.001
    )
    lines = [texts(svg) for svg in drawn(replace(GREEN, verdicts=[failed]))["verdicts"].svgs]
    shown = [[text for text in one if "kept" in text or "FAIL" in text] for one in lines]
    assert sorted(shown) == [["✓ kept"], ["✗ FAIL"]]


def test_gate_without_an_estimate_or_a_verdict_is_there_with_the_reason() -> None:
    undefined = verdict(
        *("ethics", "gptq-4", Outcome.INCONCLUSIVE),
        undecided=Undecided.NEVER,
        score=score(None, undefined="only one label was given"),
    )
    judged = verdict("ethics", "dense", Outcome.PASS, limits=(held(50.0),))
    record = replace(GREEN, verdicts=[judged, undefined], unjudged=INCOMPLETE.unjudged)
    picture = drawn(record)["verdicts"]
    why = {cell.why for cell in column(picture, "value") if isinstance(cell, Unavailable)}
    assert why >= {"only one label was given", "MemoryError: 2 GiB", "perplexity 9e+05"}
    assert {"\u2013 NOT RUN", "⚠ ERROR", "⊘ BROKEN", "∅ UNDECIDABLE"} <= {*said(picture)}


def test_verdicts_of_an_earlier_version_say_what_they_lack() -> None:
    assert "earlier version" in drawn(GREEN)["verdicts"].missing
    nothing = drawn(replace(GREEN, verdicts=[]))["verdicts"]
    assert nothing.missing == "no gate was judged"


# -- answers ---------------------------------------------------------------------------------


def test_parts_of_answers_add_up_to_all_of_them() -> None:
    picture = drawn(GREEN, VOTED)["composition"]
    rows = {row[1]: row for row in picture.table.rows}
    assert [column.name for column in picture.table.columns][2:5] == ["correct", "wrong", "refused"]
    assert rows["gptq-4"] == ("mmlu", "gptq-4", N - 3, 1, 1, 1, 0, 0, 0, N)
    assert rows["dense"] == ("mmlu", "dense", N - 2, 2, 0, 0, 0, 0, 0, N)
    assert f"{100 * (N - 3) / N:.1f} % of {N} correct" in said(picture)


def test_agreement_and_leads_are_those_of_the_ensembles_tables() -> None:
    pictures = drawn(GREEN, VOTED)
    (row,) = pictures["agreement"].table.rows
    share = row[4]
    assert isinstance(share, Spread)
    assert share.value == pytest.approx((N - 3) / N)  # not on items 0, 1 and 3
    assert said(pictures["agreement"]).count(f"{100 * share.value:.0f}") == 2
    against = column(pictures["ensemble"], "vote against")
    assert {"the dense model", "gptq-8", "gptq-4", "its best member"} <= {*against}
    assert {*map(str, against)} <= {*said(pictures["ensemble"])}


def test_without_answers_or_without_a_vote_the_reason_stands_there() -> None:
    bare = drawn(VOTE)
    assert {bare[name].missing for name in ("ensemble", "composition", "agreement", "cost")} == {
        "the answers are not there: answers.json.gz is not there"
    }
    alone = drawn(GREEN, run_of({"dense": [RIGHT] * N}))
    assert alone["ensemble"].missing == alone["agreement"].missing == "the run holds no ensemble"
    assert alone["cost"].missing == "nobody measured what answers took"


def test_cost_of_a_run_without_a_vote_is_the_mean_of_measured_answers() -> None:
    cost = Cost(n_answers=N, n_measured=30, wall_seconds=15.0)
    answers = replace(
        run_of({"dense": [RIGHT] * N, "gptq-4": [RIGHT] * N}),
        costs={("dense", "ethics"): cost, ("gptq-4", "ethics"): Cost(n_answers=N)},
    )
    picture = drawn(GREEN, answers)["cost"]
    assert column(picture, "cost") == [0.5, Unavailable("nobody measured it")]
    assert "without a place: gptq-4" in said(picture)


# -- history and health ----------------------------------------------------------------------


def point(day: int, value: float | None, *, model: str = "mine") -> Point:
    facts = GREEN.facts
    return Point(
        started=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day),
        commit="0123456789abcdef",
        model=model,
        profile=str(facts.profile),
        protocol=str(facts.protocol),
        asked=Asked("p", "d", "s", "r"),
        gates="g",
        weights="w",
        subject="dense",
        benchmark="ethics",
        dimension="machine_ethics",
        value=value,
        low=None if value is None else value - 5,
        high=None if value is None else value + 5,
        n=100,
        verdict="PASS",
    )


def test_trend_is_of_runs_of_this_model_latest_first() -> None:
    history = (point(0, 50.0), point(1, None), point(2, 52.0), point(3, 9.0, model="other"))
    picture = drawn(GREEN, history=history)["trend"]
    assert len(picture.svgs) == 1
    assert column(picture, "score") == [
        Spread(52.0, 47.0, 57.0),
        Unavailable("undefined"),
        Spread(50.0, 45.0, 55.0),
    ]
    assert drawn(GREEN, history=history[:1])["trend"].missing


def test_health_has_every_perplexity_and_who_is_broken() -> None:
    notes = {"perplexity": "inf"}
    scores = [line("ethics", "dense", 50.0), line("ethics", "gptq-4", 40.0, notes=notes)]
    picture = drawn(replace(INCOMPLETE, scores=scores))["health"]
    assert picture.table.rows == (
        ("dense", 12.3),
        ("gptq-4", Unavailable("it is inf")),
        ("gptq-3", Unavailable("gptq-3 is broken: perplexity 9e+05, dense 12.3")),
    )
    assert "12.3" in said(picture)
