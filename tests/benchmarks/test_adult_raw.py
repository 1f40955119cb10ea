"""People drawn from the raw Adult files: exact counts, stable people, every bad line or name."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.benchmarks.adult_raw import ADULT_RAW, Draw, parse_draw
from trusteval.benchmarks.benchmark import Pool, Question
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.source import DataSource, Row
from trusteval.errors import DataError, GateError, MissingDataError
from trusteval.run import Run
from trusteval.run.configure import prepare_run
from trusteval.run.evaluating import evaluation_of
from trusteval.run.options import Options
from trusteval.store import ResponseStore
from trusteval.suite.profiles import QUICK
from trusteval.system.progress import no_progress
from trusteval.types import Role

TEXTS = load_prompt_texts()
PERSON = {
    "age": "39",
    "workclass": "Private",
    "fnlwgt": "77516",
    "education": "Bachelors",
    "education_num": "13",
    "marital_status": "Never-married",
    "occupation": "Sales",
    "relationship": "Not-in-family",
    "race": "White",
    "sex": "Female",
    "capital_gain": "2174",
    "capital_loss": "0",
    "hours_per_week": "40",
    "native_country": "Peru",
    "income": "<=50K",
}
STRATA = [(sex, income) for sex in ("Male", "Female") for income in ("yes", "no")]
EACH = 20


def person(**changes: str) -> str:
    """Write one line of adult.data."""
    return ", ".join({**PERSON, **changes}.values())


def crowd() -> list[str]:
    """Write EACH people of every sex and income, in turns."""
    return [
        person(fnlwgt=str(1000 * i + j), sex=sex, income={"yes": ">50K", "no": "<=50K"}[label])
        for i in range(EACH)
        for j, (sex, label) in enumerate(STRATA)
    ]


def write(root: Path, data: Iterable[str], test: Iterable[str] = ()) -> Path:
    """Write adult.data and adult.test as UCI does; lines are given as in adult.data."""
    folder = root / "adult"
    folder.mkdir()
    (folder / "adult.data").write_text("".join(f"{line}\n" for line in data), encoding="utf-8")
    lines = ["|1x3 Cross validator", *(f"{line}." for line in test)]
    (folder / "adult.test").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A directory with the crowd, half of it in either file."""
    people = crowd()
    half = len(people) // 2
    return write(tmp_path_factory.mktemp("data"), people[:half], people[half:])


def ask(root: Path, name: str) -> tuple[Question, ...]:
    return ADULT_RAW.load(DataSource(root), ADULT_RAW.setting(name), TEXTS)


def ask_everybody(root: Path) -> tuple[Question, ...]:
    return ask(root, f"per_group_{2 * EACH}_gap_0.0")


def pool(source: DataSource) -> Pool:
    assert ADULT_RAW.pool is not None
    return ADULT_RAW.pool(source)


def strata(questions: Iterable[Question]) -> Counter[tuple[str | None, str]]:
    return Counter((q.sample.group, q.sample.target) for q in questions)


def people(questions: Iterable[Question]) -> set[str]:
    return {question.sample.fields["input"] for question in questions}


def refusal(root: Path, name: str = "per_group_2_gap_0.0") -> str:
    with pytest.raises(DataError) as caught:
        ask(root, name)
    return str(caught.value)


# -- names -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("per_group_1000_gap_0.0", Draw(1000, Fraction(0), 0)),
        ("per_group_1000_gap_0.5", Draw(1000, Fraction(1, 2), 0)),
        ("per_group_1000_gap_0.5_seed_3", Draw(1000, Fraction(1, 2), 3)),
        ("per_group_1000_gap_0.5_seed_0", Draw(1000, Fraction(1, 2), 0)),
        ("per_group_2000_gap_0.123", Draw(2000, Fraction(123, 1000), 0)),
        ("per_group_7_gap_1", Draw(7, Fraction(1), 0)),
        ("per_group_2_gap_0", Draw(2, Fraction(0), 0)),
    ],
)
def test_name_says_people_gap_and_seed(name, draw):
    assert parse_draw(name) == draw


@pytest.mark.parametrize(
    "name",
    [
        *("", "per_group", "per_group_", "per_group_1000", "per_group_1000_gap_", "zero_shot"),
        *("per_group_0_gap_0.0", "per_group_010_gap_0.0", "per_group_-2_gap_0.0"),
        *("per_group_1.5_gap_0.0", "per_group_1e3_gap_0.0", "per_group_1000000_gap_0.0"),
        *("per_group_10_gap_-0.2", "per_group_10_gap_2", "per_group_10_gap_.5"),
        *("per_group_10_gap_0.", "per_group_10_gap_0.2000", "per_group_10_gap_0,2"),
        *("per_group_10_gap_0.2_seed_", "per_group_10_gap_0.2_seed_-1", "per_group_10_gap_nan"),
        *(" per_group_10_gap_0.2", "per_group_10_gap_0.2\n", "per_group_10_gap_0.2_seed_1_"),
        *("PER_GROUP_10_GAP_0.2", "per_group_\u0661\u0660_gap_0.2"),
    ],
)
def test_name_that_is_no_draw_is_refused_with_an_example(name):
    with pytest.raises(GateError) as caught:
        ADULT_RAW.setting(name)
    assert str(caught.value) == (
        "adult_raw: expected per_group_N_gap_G or per_group_N_gap_G_seed_S, for example "
        f"per_group_1000_gap_0.5, got {name!r}"
    )


@pytest.mark.parametrize("gap", ["1.5", "1.001", "1.999"])
def test_gap_over_1_is_refused(gap):
    with pytest.raises(GateError) as caught:
        ADULT_RAW.setting(f"per_group_1000_gap_{gap}")
    assert str(caught.value) == (
        f"adult_raw: a gap is between 0 and 1, got {gap} in 'per_group_1000_gap_{gap}'"
    )


@pytest.mark.parametrize(
    ("per_group", "gap"), [(3, "0.5"), (1, "0.0"), (1001, "0.0"), (10, "0.5"), (100, "0.123")]
)
def test_counts_that_are_no_whole_numbers_are_refused(per_group, gap):
    with pytest.raises(GateError) as caught:
        ADULT_RAW.setting(f"per_group_{per_group}_gap_{gap}")
    assert str(caught.value) == (
        f"adult_raw: {per_group} people with a gap of {gap} make no whole number per label; "
        "change one of them"
    )


def test_setting_declares_both_labels_and_everybody_asked():
    setting = ADULT_RAW.setting("per_group_1000_gap_0.5_seed_3")
    assert setting.id == "adult_raw/per_group_1000_gap_0.5_seed_3"
    assert [label.value for label in setting.labels] == ["yes", "no"]
    assert (setting.n_expected, setting.shots) == (2000, 0)


# -- who is drawn ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("per_group_2_gap_0.0", (1, 1, 1, 1)),
        ("per_group_40_gap_0.0", (20, 20, 20, 20)),
        ("per_group_20_gap_0.5", (15, 5, 5, 15)),
        ("per_group_20_gap_0.3", (13, 7, 7, 13)),
        ("per_group_20_gap_1.0", (20, 0, 0, 20)),
    ],
)
def test_each_group_has_the_people_and_the_gap_asked_for(root, name, counts):
    expected = {stratum: n for stratum, n in zip(STRATA, counts, strict=True) if n}
    assert strata(ask(root, name)) == expected


draws = st.builds(
    lambda per_group, gap, seed: (2 * per_group, Fraction(gap, per_group), seed),
    per_group=st.sampled_from([1, 2, 4, 5, 8, 10]),
    gap=st.integers(0, 1),
    seed=st.integers(0, 3),
)


@given(draws, draws)
def test_id_names_the_same_person_in_every_draw(root, one, other):
    met: dict[str, str] = {}
    for per_group, gap, seed in (one, other):
        questions = ask(root, f"per_group_{per_group}_gap_{float(gap)}_seed_{seed}")
        assert len(people(questions)) == len(questions) == 2 * per_group
        for question in questions:
            sample = question.sample
            assert met.setdefault(sample.id, sample.fields["input"]) == sample.fields["input"]


@given(st.integers(1, EACH), st.integers(0, EACH), st.integers(0, 3))
def test_larger_draw_contains_the_smaller(root, half, more, seed):
    small, large = (
        people(ask(root, f"per_group_{2 * n}_gap_0.0_seed_{seed}"))
        for n in (half, min(half + more, EACH))
    )
    assert small <= large


@pytest.mark.parametrize("gap", ["0.0", "0.5", "1.0"])
def test_larger_draw_contains_the_smaller_at_every_gap(root, gap):
    drawn = [people(ask(root, f"per_group_{n}_gap_{gap}")) for n in (4, 8, 12, 16, 20)]
    assert all(small < large for small, large in pairwise(drawn))


def test_equal_names_draw_equal_people(root):
    name = "per_group_10_gap_0.2_seed_7"
    assert ask(root, name) == ask(root, name)


def test_draw_without_a_seed_has_seed_0(root):
    named, bare = (ask(root, f"per_group_10_gap_0.2{seed}") for seed in ("_seed_0", ""))
    assert people(named) == people(bare)


def test_another_seed_draws_other_people(root):
    drawn = {frozenset(people(ask(root, f"per_group_10_gap_0.0_seed_{i}"))) for i in range(5)}
    assert len(drawn) == 5


def test_people_come_in_the_order_of_the_files(root):
    everybody = [int(question.sample.id) for question in ask_everybody(root)]
    assert everybody == list(range(4 * EACH))
    some = [int(question.sample.id) for question in ask(root, "per_group_10_gap_0.0")]
    assert some == sorted(some)


def test_draw_does_not_depend_on_the_order_of_the_files(root, tmp_path):
    write(tmp_path, reversed(crowd()))
    assert people(ask(tmp_path, "per_group_10_gap_0.0")) == people(
        ask(root, "per_group_10_gap_0.0")
    )


def test_asking_for_more_people_than_there_are_says_who_is_there(root):
    assert refusal(root, "per_group_42_gap_0.0") == (
        f"{root / 'adult'}: 21 people of group Male labelled yes asked for, but it holds (complete "
        "and distinct): Male yes 20, Male no 20, Female yes 20, Female no 20"
    )


def test_rarest_people_are_named_where_they_alone_are_too_few(tmp_path):
    poor = [line for line in crowd() if "Female" not in line or "<=50K" in line]
    write(tmp_path, poor)
    assert refusal(tmp_path) == (
        f"{tmp_path / 'adult'}: 1 people of group Female labelled yes asked for, but it holds "
        "(complete and distinct): Male yes 20, Male no 20, Female yes 0, Female no 20"
    )
    assert strata(ask(tmp_path, "per_group_2_gap_1.0")) == {("Male", "yes"): 2, ("Female", "no"): 2}


# -- what is asked -----------------------------------------------------------------------


def test_prompt_tells_everything_but_the_income(tmp_path):
    write(tmp_path, [person(), person(sex="Male", income=">50K")])
    man, woman = sorted(
        ask(tmp_path, "per_group_1_gap_1.0"), key=lambda q: q.sample.group == "Female"
    )
    assert [message.role for message in woman.prompt] == [Role.SYSTEM, Role.USER]
    assert woman.prompt[-1].content == (
        f"{TEXTS.text('adult.instruction')}\n{woman.sample.fields['input']}"
    )
    text = woman.sample.fields["input"]
    assert all(value in text for key, value in PERSON.items() if key != "income")
    assert "50K" not in text
    assert man.sample.fields["input"] == text.replace("sex Female", "sex Male")


def test_every_person_is_a_source_item_of_group_and_label(root):
    samples = [question.sample for question in ask_everybody(root)]
    assert len({sample.unit for sample in samples}) == len(samples)
    assert {(s.group, s.target, s.stratum) for s in samples} == {
        (group, label, f"{group}/{label}") for group, label in STRATA
    }
    assert {s.setting for s in samples} == {ADULT_RAW.setting("per_group_40_gap_0.0")}


# -- who is left out ---------------------------------------------------------------------


@pytest.mark.parametrize("column", ["workclass", "occupation", "native_country"])
def test_person_with_an_unknown_value_is_never_drawn(root, tmp_path, column):
    unknown = [person(fnlwgt=str(i), sex="Male", **{column: "?"}) for i in range(9)]
    lines = crowd()
    write(tmp_path, [*lines[:30], *unknown, *lines[30:]], unknown)
    assert ask_everybody(tmp_path) == ask_everybody(root)
    assert pool(DataSource(tmp_path)).held == dict.fromkeys(STRATA, EACH)


def test_person_described_twice_is_drawn_once(root, tmp_path):
    lines = crowd()
    write(tmp_path, [*lines, *lines[:7]], lines[::3])
    assert ask_everybody(tmp_path) == ask_everybody(root)
    assert pool(DataSource(tmp_path)).held == dict.fromkeys(STRATA, EACH)


def test_of_two_incomes_of_one_description_the_first_counts(tmp_path):
    write(tmp_path, [person(income=">50K")], [person(income="<=50K")])
    assert {who: n for who, n in pool(DataSource(tmp_path)).held.items() if n} == {
        ("Female", "yes"): 1
    }


# -- files -------------------------------------------------------------------------------


def test_first_line_of_the_test_file_and_its_dots_are_no_data(root):
    first, second, *_ = (root / "adult/adult.test").read_text(encoding="utf-8").split("\n")
    assert first == "|1x3 Cross validator"
    assert second.endswith("50K.")
    assert pool(DataSource(root)).held == dict.fromkeys(STRATA, EACH)


@pytest.mark.parametrize("name", ["adult.data", "adult.test"])
def test_missing_file_is_named(tmp_path, name):
    file = write(tmp_path, crowd(), crowd()) / "adult" / name
    file.unlink()
    with pytest.raises(MissingDataError) as caught:
        ask(tmp_path, "per_group_2_gap_0.0")
    assert str(caught.value).startswith(f"{file}: No such file or directory")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("39, Private", "expected 15 values, got '39, Private'"),
        (person() + ", 1", "expected 15 values, got '39, Private, 77516, "),
        ("not data", "expected 15 values, got 'not data'"),
        (person(sex="male"), "expected one of 'Male', 'Female' under 'sex', got 'male'"),
        (person(sex=""), "expected one of 'Male', 'Female' under 'sex', got ''"),
        (
            person(income="50K"),
            "expected one of '<=50K', '>50K', '<=50K.', '>50K.' under 'income', got '50K'",
        ),
        (person(income="?"), "expected one of '<=50K', '>50K', '<=50K.', '>50K.' under 'income'"),
    ],
)
def test_malformed_line_is_named_by_file_and_line(tmp_path, line, message):
    write(tmp_path, ["", person(fnlwgt="1"), line, person(fnlwgt="2")])
    file = tmp_path / "adult/adult.data"
    assert refusal(tmp_path).startswith(f"{file}, line 3: {message}")


def test_malformed_line_of_the_test_file_counts_its_first_line(tmp_path):
    write(tmp_path, crowd(), [person(), "39, Private"])
    file = tmp_path / "adult/adult.test"
    assert refusal(tmp_path) == f"{file}, line 3: expected 15 values, got '39, Private.'"


def test_bytes_that_are_no_utf_8_are_named_by_file_and_line(tmp_path):
    write(tmp_path, crowd())
    file = tmp_path / "adult/adult.data"
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join([*lines[:4], lines[4].replace(b"Peru", b"Per\xfa"), *lines[5:]]))
    assert refusal(tmp_path) == f"{file}, line 5: not valid UTF-8"


# -- tables of values --------------------------------------------------------------------


def table(root: Path, content: bytes, columns: Sequence[str] = ("name", "age")) -> list[Row]:
    (root / "table").write_bytes(content)
    return DataSource(root).table_rows("table", columns=tuple(columns), comment="|")


def test_table_leaves_out_comments_and_blank_lines_and_counts_them(tmp_path):
    content = b"|first\n\nAda, 36\n  \n| more\nAlan,41\n  Emmy ,  53 \n\n"
    file = tmp_path / "table"
    assert table(tmp_path, content) == [
        Row(f"{file}, line 3", {"name": "Ada", "age": "36"}),
        Row(f"{file}, line 6", {"name": "Alan", "age": "41"}),
        Row(f"{file}, line 7", {"name": "Emmy", "age": "53"}),
    ]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"], ids=ascii)
@pytest.mark.parametrize("last", [b"", b"Alan, 41"], ids=["ended", "open"])
def test_line_endings_are_no_part_of_a_value(tmp_path, ending, last):
    rows = table(tmp_path, ending.join([b"|first", b"Ada, 36", last]))
    assert [row.values["age"] for row in rows] == (["36", "41"] if last else ["36"])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"|only a comment"])
def test_table_without_data_has_no_rows(tmp_path, content):
    assert table(tmp_path, content) == []


@pytest.mark.parametrize("line", ["Ada", "Ada, 36, 1815", "Ada;36", ", ,"])
def test_line_with_another_number_of_values_is_refused(tmp_path, line):
    with pytest.raises(DataError) as caught:
        table(tmp_path, f"|first\nAda, 36\n{line}\n".encode())
    assert str(caught.value) == f"{tmp_path / 'table'}, line 3: expected 2 values, got {line!r}"


def test_table_that_is_read_is_fingerprinted(root):
    source = DataSource(root)
    pool(source)
    assert source.sha256.keys() == {"adult/adult.data", "adult/adult.test"}


# -- the draws that gates ask for --------------------------------------------------------


def row(setting: str | None = "per_group_1000_gap_0.0", **changes: str) -> str:
    """Write one gate, by default on a draw."""
    values = {"benchmark": "adult_raw", "metric": "score", "why": "because", **changes}
    if setting is not None:
        values["setting"] = setting
    return "\n".join(["[[gate]]", "at_least = 1", *(f'{k} = "{v}"' for k, v in values.items()), ""])


def prepare(directory: Path, *rows: str, profile: str = "quick", data: Path | None = None) -> Run:
    """Check a run of one variant against these gates; its model is a script."""
    (directory / "script.json").write_text('{"*": [{"say": "yes"}]}', encoding="utf-8")
    (directory / "gates.toml").write_text("".join(rows), encoding="utf-8")
    return prepare_run(
        Options(
            model=str(directory / "script.json"),
            variants="dense",
            ensembles="",
            references="",
            profile=profile,
            protocol="strict",
            engine="scripted",
            data=data or directory,
            gates=directory / "gates.toml",
            storage="auto",
            device="cpu",
            dtype="auto",
            prompts=None,
            calibration=None,
            inconclusive=None,
            trust_remote_code=False,
        )
    )


def gate_refusal(directory: Path, *rows: str, profile: str = "quick") -> str:
    with pytest.raises(GateError) as caught:
        prepare(directory, *rows, profile=profile)
    return str(caught.value)


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_run_asks_the_draw_that_a_gate_names(tmp_path, profile):
    run = prepare(tmp_path, row(), profile=profile)
    assert run.profile.settings["adult_raw"] == ("per_group_1000_gap_0.0",)
    assert "adult_raw" in run.benchmarks
    assert [(gate.id, subject.name) for gate, subject in run.judged_pairs("adult_raw")] == [
        ("adult_raw.per_group_1000_gap_0.0.score", "dense")
    ]


def test_run_asks_nobody_that_no_gate_names(tmp_path):
    run = prepare(tmp_path, row(None, benchmark="ethics"))
    assert run.profile.settings == QUICK.settings
    assert "adult_raw" not in run.benchmarks


def test_run_asks_every_draw_once_in_the_order_of_the_gates(tmp_path):
    names = ["per_group_100_gap_0.5", "per_group_1000_gap_0.0"]
    run = prepare(tmp_path, *map(row, names), row(names[0], metric="accuracy"))
    assert run.profile.settings["adult_raw"] == tuple(names)


def test_run_leaves_out_draws_of_gates_for_another_profile(tmp_path):
    for_full = row() + 'profiles = ["full"]\n'
    run = prepare(tmp_path, for_full, row(None, benchmark="ethics"))
    assert "adult_raw" not in run.benchmarks


def test_draw_changes_nothing_else_that_a_profile_asks(tmp_path):
    settings = dict(prepare(tmp_path, row()).profile.settings)
    del settings["adult_raw"]
    assert settings == QUICK.settings


def test_gate_without_a_setting_judges_the_draws_that_others_name(tmp_path):
    run = prepare(tmp_path, row(None), row())
    assert run.profile.settings["adult_raw"] == ("per_group_1000_gap_0.0",)
    assert len(run.judged_pairs("adult_raw")) == 2


def test_demo_draws_nobody(tmp_path):
    assert gate_refusal(tmp_path, row(), profile="demo").startswith(
        f"{tmp_path / 'gates.toml'}, gate 1 (adult_raw.per_group_1000_gap_0.0.score): "
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("everybody", "adult_raw: expected per_group_N_gap_G or per_group_N_gap_G_seed_S, for "),
        ("per_group_0_gap_0.0", "adult_raw: expected per_group_N_gap_G or "),
        ("per_group_10_gap_1.5", "adult_raw: a gap is between 0 and 1, got 1.5 in "),
        ("per_group_3_gap_0.5", "adult_raw: 3 people with a gap of 0.5 make no whole number "),
    ],
    ids=["no draw", "nobody", "gap", "uneven"],
)
@pytest.mark.parametrize("place", [1, 2])
def test_gate_on_a_bad_draw_is_named(tmp_path, name, message, place):
    rows = [row()] * (place - 1) + [row(name)]
    assert gate_refusal(tmp_path, *rows).startswith(
        f"{tmp_path / 'gates.toml'}, gate {place} (adult_raw.{name}.score): {message}"
    )


def test_gates_that_name_no_draw_are_told_how_to_name_one(tmp_path):
    assert "per_group_" in gate_refusal(tmp_path, row(None))


def test_draw_is_no_setting_of_another_benchmark(tmp_path):
    assert "adult has no setting or subscore 'per_group_1000_gap_0.0' in this profile" in (
        gate_refusal(tmp_path, row(benchmark="adult"))
    )


def test_evaluation_asks_everybody_drawn(tmp_path, root):
    names = ("per_group_40_gap_0.0", "per_group_20_gap_0.5_seed_2")
    run = prepare(tmp_path, *map(row, names), data=root)
    evaluation = evaluation_of(
        run, ResponseStore(tmp_path / "store"), device="cpu", progress=no_progress
    )
    asked = Counter(question.sample.setting.name for question in evaluation.questions("adult_raw"))
    assert asked == {names[0]: 80, names[1]: 40}
    declared = evaluation.scores.declared("adult_raw")
    assert {name: found.n_expected for name, found in declared.items()} == asked
    assert {found.targets for found in declared.values()} == {frozenset({"yes", "no"})}


# -- the published files -----------------------------------------------------------------


@pytest.fixture(scope="module")
def uci() -> Path:
    """The directory of the published files."""
    directory = os.environ.get("TRUSTEVAL_DATA")
    if not directory:
        pytest.skip("TRUSTEVAL_DATA names no directory of the published files")
    absent = [
        n for n in ("adult.data", "adult.test") if not (Path(directory) / "adult" / n).exists()
    ]
    if absent:
        pytest.skip(f"TRUSTEVAL_DATA ({directory}) lacks adult/{', adult/'.join(absent)}")
    return Path(directory)


def test_published_files_hold_45170_complete_and_distinct_people(uci):
    assert pool(DataSource(uci)).held == {
        ("Male", "yes"): 9530,
        ("Male", "no"): 20961,
        ("Female", "yes"): 1668,
        ("Female", "no"): 13011,
    }


@pytest.mark.parametrize(
    ("gap", "counts"),
    [
        ("0.0", (500, 500, 500, 500)),
        ("0.5", (750, 250, 250, 750)),
        ("1.0", (1000, 0, 0, 1000)),
    ],
)
def test_thousand_published_people_per_group_have_the_gap(uci, gap, counts):
    questions = ask(uci, f"per_group_1000_gap_{gap}")
    assert tuple(strata(questions)[stratum] for stratum in STRATA) == counts
    assert len(people(questions)) == 2000
    # The question's own mark, and no unknown value.
    assert all(question.sample.fields["input"].count("?") == 1 for question in questions)


def test_published_draws_are_seeded_nested_and_stable(uci):
    drawn = {
        name: {(q.sample.id, q.sample.unit) for q in ask(uci, name)}
        for name in ("per_group_500_gap_0.0", "per_group_1000_gap_0.0")
    }
    other = {(q.sample.id, q.sample.unit) for q in ask(uci, "per_group_1000_gap_0.0_seed_1")}
    assert drawn["per_group_500_gap_0.0"] < drawn["per_group_1000_gap_0.0"]
    # Of some 45,000 people two draws of 2,000 share few; of the 1,668 rich women more.
    assert 0 < len(other & drawn["per_group_1000_gap_0.0"]) < 500


def test_asking_for_too_many_published_people_says_who_is_there(uci):
    assert refusal(uci, "per_group_4000_gap_0.0") == (
        f"{uci / 'adult'}: 2000 people of group Female labelled yes asked for, but it holds "
        "(complete and distinct): Male yes 9530, Male no 20961, Female yes 1668, Female no 13011"
    )
