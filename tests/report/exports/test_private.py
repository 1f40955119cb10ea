"""What a machine's folders are called stays on the machine."""

from __future__ import annotations

import pytest

from trusteval.report.exports.private import file_stem, without_folders


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/home/jane/x", "…/x"),
        (
            "there is no /home/jane/b/mine.json.gz; run again",
            "there is no …/mine.json.gz; run again",
        ),
        ("`pytest --trust-model=/home/jane/m`", "`pytest --trust-model=…/m`"),
        ("~/models/m and ~jane/m", "…/m and …/m"),
        ("at [/home/jane/m], in:/home/jane/m", "at […/m], in:…/m"),
        ("'/home/jane doe/my models/m'", "'…/m'"),
        ("file:///home/jane/m", "…/m"),
        ("line\n/home/jane/m", "line\n…/m"),
        ("https://host/a/b, s3://bucket/key", "https://host/a/b, s3://bucket/key"),
        ("50 / 100 and/or 1/2", "50 / 100 and/or 1/2"),
        ("org/model", "org/model"),
    ],
)
def test_paths_keep_their_last_name_only(text: str, told: str) -> None:
    assert without_folders(text) == told


def test_names_of_files_lead_nowhere_and_differ_as_their_subjects_do() -> None:
    names = ["..", "../x", "a/b", "a%2Fb", "gptq-4~0.7#1", "a\0b"]
    stems = [f"trusteval-{file_stem(name)}.yaml" for name in names]
    assert len(set(stems)) == len(names)
    assert [stem for stem in stems if "/" in stem or "\0" in stem] == []
