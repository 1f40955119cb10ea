"""Log-probabilities of labels in columns: a row per sample, unknown where nothing was told."""

from __future__ import annotations

import numpy as np

from tests.builders import judged, setting
from trusteval.answers.probabilities import LabelProbabilities
from trusteval.types import LabelLogs

YES_NO = setting("plain", labels=("yes", "no"))
THREE = setting("three", labels=("no", "yes", "maybe"))
SAMPLES = [
    row.sample for row in (*judged(YES_NO, [("yes", "yes")] * 3), *judged(THREE, [("no", "no")]))
]
TOLD = [
    LabelLogs(("yes", "no"), (-0.5, -1.5)),
    LabelLogs(("yes", "no"), (-0.25, None), unknown="not among the 20 likeliest"),
    None,
    LabelLogs(("no", "yes", "maybe"), (-3.0, -2.0, -1.0)),
]
TABLE = LabelProbabilities.of(SAMPLES, TOLD, missing="never recorded")
NAN = np.nan


def test_rows_are_those_of_the_samples_and_labels_of_other_settings_are_unknown() -> None:
    assert TABLE.labels == ("yes", "no", "maybe")
    np.testing.assert_array_equal(
        TABLE.log, [[-0.5, -1.5, NAN], [-0.25, NAN, NAN], [NAN, NAN, NAN], [-2.0, -3.0, -1.0]]
    )


def test_reasons_are_kept_each_once() -> None:
    assert TABLE.unknown == ("never recorded", "not among the 20 likeliest")
    assert LabelProbabilities.of(SAMPLES[:1], TOLD[:1], missing="never recorded").unknown == ()


def test_row_is_known_if_all_labels_of_its_own_setting_are() -> None:
    assert TABLE.known(SAMPLES).tolist() == [True, False, False, True]


def test_rows_can_be_picked_in_any_order() -> None:
    picked = TABLE.only(np.array([3, 0]))
    np.testing.assert_array_equal(picked.log, [[-2.0, -3.0, -1.0], [-0.5, -1.5, NAN]])
    assert (picked.labels, len(picked)) == (TABLE.labels, 2)
