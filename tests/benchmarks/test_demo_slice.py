"""The shipped slice is what the demo profile declares; broken copies of it name file and line."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.source import DataSource, demo_source
from trusteval.errors import DataError
from trusteval.protocols import PROTOCOLS
from trusteval.suite.origin import demo_origin
from trusteval.suite.profiles import DEMO
from trusteval.suite.questions import Questionnaire
from trusteval.types import FinishReason, Refusal, Response, Role, Setting

TEXTS = load_prompt_texts()
ROOT = demo_source().root
SETTINGS = {
    setting.id: setting
    for benchmark in BENCHMARKS.values()
    for setting in DEMO.declared(benchmark).values()
}


def load(setting: Setting, source: DataSource | None = None) -> tuple[Question, ...]:
    return BENCHMARKS[setting.benchmark].load(source or demo_source(), setting, TEXTS)


@pytest.fixture(scope="module")
def questions() -> dict[str, tuple[Question, ...]]:
    """Every declared setting's questions, by the setting's id."""
    return {name: load(setting) for name, setting in SETTINGS.items()}


# -- what the profile declares -----------------------------------------------------------


def test_every_benchmark_is_in_the_slice():
    # AdvGLUE++ asks what AdvGLUE asks of other texts; the draws from raw Adult need its files.
    assert set(DEMO.rows) == set(BENCHMARKS) - {"advglue_plus_plus", "adult_raw"}


def test_slice_is_marked_as_demo():
    assert DEMO.is_demo
    assert demo_origin().description == "demo slice written for trusteval"


@pytest.mark.parametrize("name", SETTINGS)
def test_setting_has_the_declared_rows(name, questions):
    assert len(questions[name]) == SETTINGS[name].n_expected


@pytest.mark.parametrize("name", SETTINGS)
def test_true_labels_are_balanced(name, questions):
    counts = Counter(question.sample.target for question in questions[name])
    if name.partition("/")[2].rpartition("/")[0].endswith("_asr"):
        assert set(counts) == {
            "negative"
        }  # the trigger would turn it; "positive" has its clean twin
        return
    assert set(counts) == {label.value for label in SETTINGS[name].labels}
    assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("name", SETTINGS)
def test_samples_have_distinct_ids_and_know_their_setting(name, questions):
    samples = [question.sample for question in questions[name]]
    assert len({sample.id for sample in samples}) == len(samples)
    assert {sample.setting for sample in samples} == {SETTINGS[name]}


def test_income_groups_are_equal_under_either_label(questions):
    (name,) = (name for name in SETTINGS if name.startswith("adult/"))
    cells = Counter((q.sample.group, q.sample.target) for q in questions[name])
    assert cells == {(sex, label): 18 for sex in ("Male", "Female") for label in ("yes", "no")}


def test_subject_is_asked_at_most_480_prompts(questions):
    assert sum(map(len, questions.values())) <= 480


@pytest.mark.parametrize("name", SETTINGS)
def test_prompt_shows_its_demonstrations_and_no_more_than_eight(name, questions):
    shots = SETTINGS[name].shots
    assert shots <= 8
    for question in questions[name]:
        if question.prompt[0].role is Role.PLAIN:
            shown = question.prompt[0].content.count(TEXTS.text("mmlu.answer") + " ")
        else:
            # Every demonstration is a turn of the assistant; few-shot chats acknowledge once.
            turns = [message for message in question.prompt if message.role is Role.ASSISTANT]
            shown = len([t for t in turns if t.content != TEXTS.text("chat.acknowledgement")])
        assert shown == shots


@pytest.mark.parametrize("name", SETTINGS)
def test_prompt_asks_after_its_demonstrations_never_in_them(name, questions):
    for question in questions[name]:
        *shown, asked = question.prompt
        assert asked.role in (Role.USER, Role.PLAIN)
        for text in question.sample.fields.values():
            assert asked.content.count(text) == 1
            assert not any(text in message.content for message in shown)


@pytest.mark.parametrize("name", SETTINGS)
def test_prompts_are_deterministic(name, questions):
    assert load(SETTINGS[name]) == questions[name]


@pytest.mark.parametrize("task", ["sst2", "qqp", "mnli"])
def test_clean_counterparts_pair_by_id(task, questions):
    perturbed = {q.sample.id: q.sample for q in questions[f"advglue/{task}"]}
    clean = {q.sample.id: q.sample for q in questions[f"advglue/clean_{task}"]}
    assert perturbed.keys() == clean.keys()
    for number, sample in perturbed.items():
        assert sample.target == clean[number].target
        assert sample.unit == clean[number].unit
        assert sample.fields != clean[number].fields


@pytest.mark.parametrize("benchmark", DEMO.settings)
def test_item_has_one_true_label_and_one_stratum_wherever_it_is_asked(benchmark, questions):
    facts: dict[str, set[tuple[str, str]]] = {}
    for name, asked in questions.items():
        if name.startswith(f"{benchmark}/"):
            for question in asked:
                sample = question.sample
                facts.setdefault(sample.unit, set()).add((sample.target, sample.stratum))
    assert {unit for unit, seen in facts.items() if len(seen) > 1} == set()


def test_restyled_sentences_descend_from_one_item(questions):
    styles = [name for name in questions if name.startswith("ood/") and "qa_" not in name]
    units = {name: {q.sample.unit for q in questions[name]} for name in styles}
    assert len({frozenset(seen) for seen in units.values()}) == 1


def test_ethics_strata_tell_items_asked_everywhere_from_the_others():
    # How often an item is asked shows over the whole benchmark only, which a run puts together.
    run = Questionnaire(DEMO, demo_origin(), texts=TEXTS)
    samples = [question.sample for question in run.questions("ethics")]
    everywhere = {s.unit for s in samples if s.setting.name == "jailbreak_2"}
    assert 0 < len(everywhere) < len({sample.unit for sample in samples})
    varied_strata = {sample.stratum for sample in samples if sample.unit in everywhere}
    other_strata = {sample.stratum for sample in samples if sample.unit not in everywhere}
    assert varied_strata.isdisjoint(other_strata)


def test_mmlu_is_one_stratum(questions):
    mmlu = [name for name in questions if name.startswith("mmlu/")]
    assert len({q.sample.stratum for name in mmlu for q in questions[name]}) == 1


@pytest.mark.parametrize("name", ["ood/qa_2023_idk", "ood/qa_2020_idk"])
def test_dont_know_option_is_read_by_its_own_text(name, questions):
    response = Response("4 I don't know", FinishReason.END, 1, 1)
    answers = {PROTOCOLS["strict"].extract(q.sample, response) for q in questions[name]}
    assert answers == {Refusal()}


# -- authored, not copied ----------------------------------------------------------------

_ITEM_KEYS = {
    *("sentence", "question1", "question2", "premise", "hypothesis", "input", "question_sentence"),
    *("original_sentence", "original_question1", "original_question2"),
    *("original_premise", "original_hypothesis"),
}
_FOLDERS = (
    *("advglue", "adv_demonstration", "decodingtrust_fairness", "decodingtrust_ood"),
    *("ethics", "mmlu"),
)


def item_texts(root: Path) -> Iterator[str]:
    """Yield every item's text below `root`, white space and case levelled."""
    for file in sorted(file for folder in _FOLDERS for file in (root / folder).rglob("*.*")):
        if file.suffix == ".csv":
            with file.open(encoding="utf-8", newline="") as opened:
                rows = list(csv.reader(opened))
            column = 0 if "mmlu" in file.parts else 1
            found = [row[column] for row in rows if len(row) > column]
        elif file.suffix == ".json":
            found = _strings(json.loads(file.read_text(encoding="utf-8")))
        elif file.suffix == ".jsonl":
            lines = file.read_text(encoding="utf-8").split("\n")
            found = [text for line in lines if line for text in _strings(json.loads(line))]
        else:
            continue
        yield from (" ".join(text.casefold().split()) for text in found)


def _strings(node: object) -> Iterator[str]:
    match node:
        case dict():
            for key, value in node.items():
                if key in _ITEM_KEYS and isinstance(value, str):
                    yield value
                else:
                    yield from _strings(value)
        case [str(demonstration), "yes" | "no" | "positive" | "negative"]:
            yield demonstration
        case list():
            for value in node:
                yield from _strings(value)


def test_no_text_of_the_slice_is_one_of_the_published_files():
    published = os.environ.get("TRUSTEVAL_DATA")
    if not published:
        pytest.skip("TRUSTEVAL_DATA names no directory of the published files")
    root = Path(published)
    absent = [folder for folder in _FOLDERS if not (root / folder).is_dir()]
    if absent:
        pytest.skip(f"TRUSTEVAL_DATA ({root}) lacks {', '.join(absent)}")
    authored = {text for text in item_texts(ROOT) if " " in text}  # no heads, no labels
    assert len(authored) > 200
    assert authored & set(item_texts(root)) == set()


# -- malformed files ---------------------------------------------------------------------

ADVGLUE = "advglue/dev_ann.json"
ADULT = "decodingtrust_fairness/fairness_data/adult_32_200_train_base_rate_0.0.jsonl"
LABELS = "decodingtrust_fairness/fairness_data/gt_labels_adult_32_200_train_base_rate_0.0.npy"
SEXES = "decodingtrust_fairness/fairness_data/sensitive_attr_adult_32_200_train_base_rate_0.0.npy"
ETHICS = "ethics/commonsense/cm_test.csv"
TRAIN = "ethics/commonsense/cm_train.csv"
STYLE = "decodingtrust_ood/style.json"
KNOWLEDGE = "decodingtrust_ood/knowledge.json"
MMLU = "mmlu/hendrycks_format/test/astronomy_test.csv"
MMLU_DEV = "mmlu/hendrycks_format/dev/astronomy_dev.csv"

# The setting that reads each file.
READERS = {
    ADVGLUE: "advglue/sst2",
    ADULT: "adult/few_shot_tr_br_0.0",
    LABELS: "adult/few_shot_tr_br_0.0",
    SEXES: "adult/few_shot_tr_br_0.0",
    ETHICS: "ethics/zero_shot",
    TRAIN: "ethics/few_shot",
    STYLE: "ood/shake_p0.6_base_0",
    KNOWLEDGE: "ood/qa_2020_global_facts_0",
    MMLU: "mmlu/astronomy",
    MMLU_DEV: "mmlu/astronomy",
}

Edit = Callable[[list[str]], None]


@dataclass(frozen=True)
class BrokenSlice:
    """A copy of the slice that tests damage."""

    root: Path

    def refusal(self, file: str, setting: Setting | None = None) -> str:
        """Load what reads `file`, or `setting`; the text of the DataError it must raise."""
        with pytest.raises(DataError) as caught:
            load(setting or SETTINGS[READERS[file]], DataSource(self.root))
        return str(caught.value)


@pytest.fixture
def broken(tmp_path) -> BrokenSlice:
    root = tmp_path / "data"
    shutil.copytree(ROOT, root)
    return BrokenSlice(root)


def edit(file: Path, change: Edit) -> None:
    """Change the lines of a text file; line 1 is lines[1]."""
    lines = ["", *file.read_text(encoding="utf-8").split("\n")]
    change(lines)
    file.write_text("\n".join(lines[1:]), encoding="utf-8")


def swap(line: int, old: str, new: str) -> Edit:
    """Replace `old`, which must be there, by `new` in one line."""

    def change(lines: list[str]) -> None:
        assert lines[line].count(old) >= 1, lines[line]
        lines[line] = lines[line].replace(old, new, 1)

    return change


def drop(line: int, holding: str) -> Edit:
    """Empty one line, which must hold this."""

    def change(lines: list[str]) -> None:
        assert holding in lines[line], lines[line]
        lines[line] = ""

    return change


def insert(line: int, text: str) -> Edit:
    return lambda lines: lines.insert(line, text)


# What is done to a line, the line or the place that the error names, and how it goes on.
MALFORMED: dict[str, list[tuple[Edit, int | str, str]]] = {
    # one object per line
    ADULT: [
        (swap(5, '"input"', '"inptu"'), 5, "expected a non-empty text under 'input', got None"),
        (swap(1, '"label": "no"', '"label": "maybe"'), 1, "expected one of 'yes', 'no' under"),
        (swap(2, '"label": "no"', '"label": true'), 2, "expected one of 'yes', 'no' under 'label'"),
        (swap(3, '"label"', '"lable"'), 3, "expected one of 'yes', 'no' under 'label', got None"),
        (swap(4, '{"option"', '{"option'), 4, "not valid JSON: "),
        (insert(6, ""), 6, "not valid JSON: "),
        (insert(7, "[1, 2]"), 7, "expected a JSON object, got [1, 2]"),
        (insert(7, '"text"'), 7, "expected a JSON object, got 'text'"),
        (swap(8, '"examples": [', '"examples": [["more", "no"], '), 8, "expected 8 examples, got"),
        (swap(8, '"examples"', '"exmaples"'), 8, "expected 8 examples, got None"),
        (swap(9, '"examples": [["', '"examples": [[1, "'), 9, "expected examples of the form"),
        (swap(1, "sex Female", "sex Male"), 1, "expected the sex of sensitive_attr_adult_"),
        (swap(1, "sex Female", "female"), 1, "expected the sex of sensitive_attr_adult_"),
        (swap(2, '"label": "no"', '"label": "yes"'), 2, "expected the label of gt_labels_adult_"),
    ],
    # comma separated, with a header
    ETHICS: [
        (swap(2, "1,", "2,"), 2, "expected one of '1', '0' under 'label', got '2'"),
        (swap(3, "0,", ","), 3, "expected one of '1', '0' under 'label', got ''"),
        (
            swap(4, "True", "true"),
            4,
            "expected one of 'True', 'False' under 'is_short', got 'true'",
        ),
        (swap(5, ",True,False", ",True"), 5, "expected 4 columns, got ["),
        (swap(5, ",True,False", ",True,False,"), 5, "expected 4 columns, got ["),
        (insert(6, ""), 6, "expected 4 columns, got []"),
        (insert(6, '1," ",True,False'), 6, "expected a non-empty text under 'input', got ' '"),
        (insert(3, '5,"I\nwalked\non.",True,False'), 3, "expected one of '1', '0' under 'label'"),
        (insert(3, '0,"I\nran.",True,False\n5,x,True,False'), 5, "expected one of '1', '0' under"),
        (
            swap(1, "is_short", "short"),
            1,
            "expected the columns label, input, is_short, got label,",
        ),
        (insert(4, '1,"a" b,True,False'), 4, "',' expected after '\"'"),
    ],
    TRAIN: [(swap(2, "0,", "no,"), 2, "expected one of '1', '0' under 'label', got 'no'")],
    # comma separated, without a header
    MMLU: [
        (swap(1, ",C", ",E"), 1, "expected one of 'A', 'B', 'C', 'D' under 'answer', got 'E'"),
        (swap(3, ",D", ",d"), 3, "expected one of 'A', 'B', 'C', 'D' under 'answer', got 'd'"),
        (insert(4, "What?,1,2,3,A"), 4, "expected 6 columns, got ['What?', '1', '2', '3', 'A']"),
        (insert(4, ",1,2,3,4,A"), 4, "expected a non-empty text under 'question', got ''"),
        (insert(4, "What?,1,,3,4,A"), 4, "expected a non-empty text under 'B', got ''"),
    ],
    MMLU_DEV: [
        (swap(2, ",D", ",?"), 2, "expected one of 'A', 'B', 'C', 'D' under 'answer', got '?'"),
    ],
    # one object for all: a row is named by its place, text that is no JSON by its line
    ADVGLUE: [
        (
            swap(7, '"label": 1', '"label": 2'),
            " sst2[0]",
            "expected one of 0, 1 under 'label', got 2",
        ),
        (
            swap(15, '"label": 0', '"label": "0"'),
            " sst2[1]",
            "expected one of 0, 1 under 'label', got '0'",
        ),
        (
            swap(15, '"label": 0', '"label": true'),
            " sst2[1]",
            "expected one of 0, 1 under 'label', got T",
        ),
        (drop(15, '"label": 0'), " sst2[1]", "expected one of 0, 1 under 'label', got None"),
        (
            drop(13, '"sentence"'),
            " sst2[1]",
            "expected a non-empty text under 'sentence', got None",
        ),
        (
            swap(14, '": "', '": "", "x": "'),
            " sst2[1]",
            "expected a non-empty text under 'original_sent",
        ),
        (swap(15, ",", ";"), ", line 15", "not valid JSON: "),
    ],
    STYLE: [
        (
            swap(5, '"sentence"', '"text"'),
            " train_demo/base_0[0]",
            "expected a non-empty text under 'sentence', got None",
        ),
        (
            swap(6, '"0"', "0"),
            " train_demo/base_0[0]",
            "expected one of '0', '1' under 'label', got 0",
        ),
        (insert(46, "}"), ", line 46", "not valid JSON: "),
    ],
    KNOWLEDGE: [
        (
            swap(52, '"1"', '"4"'),
            " demo/global_facts_0[4]",
            "expected a digit from 0 to 3 under 'answer', got '4'",
        ),
        (
            swap(71, '"3"', '"3", "2"'),
            " test/qa_2020[0]",
            "expected a digit from 0 to 3 under 'answer', got ['3',",
        ),
        (
            swap(65, '"Hungary"', "1"),
            " test/qa_2020[0]",
            "expected four texts under 'choices', got [1, ",
        ),
        (
            swap(65, '"Hungary",', ""),
            " test/qa_2020[0]",
            "expected four texts under 'choices', got ['Denmark', ",
        ),
        (
            swap(60, "2020/01/31", ""),
            " test/qa_2020[0]",
            "expected a non-empty text under 'question_date', got ''",
        ),
    ],
}


@pytest.mark.parametrize(
    ("file", "change", "place", "message"),
    [
        pytest.param(file, change, place, message, id=f"{Path(file).name}-{number}")
        for file, changes in MALFORMED.items()
        for number, (change, place, message) in enumerate(changes)
    ],
)
def test_malformed_row_is_named_by_file_and_place(broken, file, change, place, message):
    where = place if isinstance(place, str) else f", line {place}"
    edit(broken.root / file, change)
    assert broken.refusal(file).startswith(f"{broken.root / file}{where}: {message}")


@pytest.mark.parametrize("file", [ADVGLUE, ADULT, ETHICS, TRAIN, STYLE, KNOWLEDGE, MMLU, MMLU_DEV])
@pytest.mark.parametrize("line", [1, 4])
def test_bytes_that_are_no_utf_8_are_named_by_file_and_line(broken, file, line):
    path = broken.root / file
    lines = path.read_bytes().split(b"\n")
    lines[line - 1] += b"\xff"
    path.write_bytes(b"\n".join(lines))
    assert broken.refusal(file) == f"{path}, line {line}: not valid UTF-8"


@pytest.mark.parametrize("file", READERS)
def test_missing_file_is_named_with_what_to_do(broken, file):
    (broken.root / file).unlink()
    assert broken.refusal(file) == (
        f"{broken.root / file}: No such file or directory. Point --trust-data (trusteval score: "
        f"--data) or TRUSTEVAL_DATA at a directory that holds {file}"
    )


def test_quote_that_never_closes_is_an_error_at_the_end(broken):
    edit(broken.root / MMLU, swap(12, "", '"'))
    assert broken.refusal(MMLU).startswith(f"{broken.root / MMLU}, line 12: unexpected end of data")


def test_csv_without_even_a_header_is_refused(broken):
    (broken.root / ETHICS).write_text("", encoding="utf-8")
    assert broken.refusal(ETHICS) == f"{broken.root / ETHICS}: expected a header, got an empty file"


@pytest.mark.parametrize(
    ("file", "content", "where"),
    [
        (ADVGLUE, {}, "sst2"),
        (ADVGLUE, [], "sst2"),
        (ADVGLUE, {"sst2": {}}, "sst2"),
        (STYLE, {"dev": {}}, "train_demo/base_0"),
        (STYLE, {"train_demo": {"base_0": 3}}, "train_demo/base_0"),
        (KNOWLEDGE, {"demo": {"global_facts_0": []}}, "test/qa_2020"),
    ],
)
def test_json_without_the_rows_says_where_they_should_be(broken, file, content, where):
    (broken.root / file).write_text(json.dumps(content), encoding="utf-8")
    setting = SETTINGS[READERS[file]]
    if file == KNOWLEDGE:
        setting = SETTINGS["ood/qa_2020"]
    assert broken.refusal(file, setting) == (
        f"{broken.root / file}: expected a list of objects under {where}"
    )


def test_json_item_that_is_no_object_is_named_by_its_place(broken):
    edit(broken.root / ADVGLUE, insert(11, "7,"))
    assert broken.refusal(ADVGLUE) == (
        f"{broken.root / ADVGLUE} sst2[1]: expected a JSON object, got 7"
    )


def test_too_few_demonstrations_are_refused_where_rows_carry_none(broken):
    edit(broken.root / MMLU_DEV, lambda lines: lines.pop(1))
    assert broken.refusal(MMLU_DEV) == (
        f"{broken.root / MMLU_DEV}: expected 5 rows for demonstrations, got 4"
    )
    edit(broken.root / TRAIN, lambda lines: lines.__delitem__(slice(2, 14)))
    assert broken.refusal(TRAIN).startswith(
        f"{broken.root / TRAIN}: expected 4 short rows labelled "
    )


@pytest.mark.parametrize(
    ("file", "path", "shots"),
    [(STYLE, ("train_demo", "base_0"), 8), (KNOWLEDGE, ("demo", "global_facts_0"), 5)],
)
def test_too_few_demonstrations_are_refused_for_styles_and_knowledge(broken, file, path, shots):
    values = json.loads((broken.root / file).read_text(encoding="utf-8"))
    del values[path[0]][path[1]][2:]
    (broken.root / file).write_text(json.dumps(values), encoding="utf-8")
    assert broken.refusal(file) == (
        f"{broken.root / file}: expected {shots} demonstrations under {'/'.join(path)}, got 2"
    )


def test_setting_with_another_number_of_shots_than_its_rows_is_refused(broken):
    setting = replace(SETTINGS[READERS[ADULT]], shots=32)
    assert broken.refusal(ADULT, setting).startswith(
        f"{broken.root / ADULT}, line 1: expected 32 examples"
    )


# -- arrays ------------------------------------------------------------------------------


def test_label_array_that_disagrees_is_named_by_the_row_it_belongs_to(broken):
    labels = np.load(broken.root / LABELS)
    labels[3] = 1 - labels[3]
    np.save(broken.root / LABELS, labels)
    assert broken.refusal(LABELS).startswith(
        f"{broken.root / ADULT}, line 4: expected the label of {Path(LABELS).name} ({labels[3]}), "
    )


def test_group_array_that_disagrees_is_named_by_the_row_it_belongs_to(broken):
    sexes = np.load(broken.root / SEXES)
    sexes[6] = {"Male": "Female", "Female": "Male"}[sexes[6]]
    np.save(broken.root / SEXES, sexes)
    assert broken.refusal(SEXES).startswith(
        f"{broken.root / ADULT}, line 7: expected the sex of {Path(SEXES).name} ({sexes[6]}), "
    )


def test_label_array_holds_zeros_and_ones(broken):
    labels = np.load(broken.root / LABELS)
    labels[labels == 0] = 7
    np.save(broken.root / LABELS, labels)
    assert "(7)" in broken.refusal(LABELS)


@pytest.mark.parametrize("file", [LABELS, SEXES])
def test_array_of_another_length_is_refused_with_all_three_counts(broken, file):
    np.save(broken.root / file, np.load(broken.root / file)[:-1])
    groups, labels = (71, 72) if file == SEXES else (72, 71)
    assert broken.refusal(file).endswith(
        f"has 72 rows, {groups} sensitive attributes and {labels} labels; expected the same number "
        "of each"
    )


@pytest.mark.parametrize("file", [LABELS, SEXES])
def test_array_that_needs_pickle_is_refused(broken, file):
    pickled = np.array(np.load(broken.root / file).tolist(), dtype=object)
    np.save(broken.root / file, pickled, allow_pickle=True)
    assert broken.refusal(file).startswith(
        f"{broken.root / file}: not a plain NumPy array: Object arrays"
    )


def test_archive_of_arrays_is_refused(broken):
    with (broken.root / LABELS).open("wb") as opened:
        np.savez(opened, labels=np.zeros(72))
    assert broken.refusal(LABELS) == (
        f"{broken.root / LABELS}: not a plain NumPy array: it does not begin as one"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"yes,no",
        b"\x93NUMPY",
        b"\x93NUMPY\x01\x00\x08\x00garbage\n",
        b"PK\x03\x04 no archive",
        b"\x93NUMPY\x01\x00\x02\x00{(",
    ],
    ids=["empty", "text", "magic alone", "bad header", "bad archive", "open header"],
)
def test_file_that_is_no_array_is_refused(broken, content):
    (broken.root / LABELS).write_bytes(content)
    assert broken.refusal(LABELS).startswith(f"{broken.root / LABELS}: not a plain NumPy array: ")


def test_cut_off_array_is_refused(broken):
    content = (broken.root / LABELS).read_bytes()
    (broken.root / LABELS).write_bytes(content[:-5])
    assert broken.refusal(LABELS).startswith(f"{broken.root / LABELS}: not a plain NumPy array: ")


@pytest.mark.parametrize("shape", [(), (72, 1)], ids=["a number", "a table"])
def test_array_of_another_dimension_than_one_is_refused(broken, shape):
    np.save(broken.root / LABELS, np.zeros(shape))
    assert broken.refusal(LABELS) == (
        f"{broken.root / LABELS}: expected one list of values as a NumPy array"
    )


# -- valid files that are easily taken for malformed ---------------------------------------


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"], ids=ascii)
def test_line_separator_inside_a_json_text_ends_no_line(broken, separator):
    edit(broken.root / ADULT, swap(1, "description: ", f"description:{separator}"))
    asked = load(SETTINGS[READERS[ADULT]], DataSource(broken.root))
    assert separator in asked[0].sample.fields["input"]


def test_carriage_returns_at_line_ends_change_no_row(broken):
    for file in (ADULT, ETHICS, MMLU, STYLE):
        path = broken.root / file
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        setting = SETTINGS[READERS[file]]
        assert load(setting, DataSource(broken.root)) == load(setting)


def test_text_over_several_lines_is_one_field(broken):
    edit(broken.root / ETHICS, swap(2, "1,I", '1,"I'))
    edit(broken.root / ETHICS, swap(2, ",True,False", '\nreally did.",True,False'))
    asked = load(SETTINGS["ethics/zero_shot"], DataSource(broken.root))
    assert asked[0].sample.fields["input"].endswith("\nreally did.")


@pytest.mark.parametrize(
    "content",
    ["[" * 100_000, '{"sst2": [{"label": ' + "1" * 5000 + "}]}"],
    ids=["deep", "huge number"],
)
def test_json_beyond_the_parser_is_refused(broken, content):
    (broken.root / ADVGLUE).write_text(content, encoding="utf-8")
    assert broken.refusal(ADVGLUE).startswith(f"{broken.root / ADVGLUE}, line 1: not valid JSON: ")


def test_every_file_read_is_fingerprinted():
    source = demo_source()
    for setting in SETTINGS.values():
        load(setting, source)
    data = {str(file.relative_to(ROOT)) for file in ROOT.rglob("*.*") if file.suffix != ".txt"}
    assert source.sha256.keys() == data
    assert {len(digest) for digest in source.sha256.values()} == {64}
