"""Fingerprints follow content, whatever a file says of its own time, and are found once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from trusteval.checkpoints.fingerprints import (
    file_fingerprint,
    remembered,
    tokenizer_fingerprint,
    weights_fingerprint,
)
from trusteval.checkpoints.vocabulary import vocabularies

SIZE = 5 << 20
WHEN = 1_700_000_000_000_000_000


class Counting:
    """Finds a file's hash, and counts how often it had to."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, file: Path) -> str:
        self.count += 1
        return file_fingerprint(file)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    write(file, bytes(SIZE))
    return file


def write(file: Path, content: bytes) -> None:
    """Write a file as reproducible images do: all have the same time."""
    file.write_bytes(content)
    os.utime(file, ns=(WHEN, WHEN))


def changed(at: int) -> bytes:
    content = bytearray(SIZE)
    content[at] = 1
    return bytes(content)


def test_unchanged_file_is_hashed_once(weights: Path, tmp_path: Path) -> None:
    find = Counting()
    first = remembered([weights], find=find, cache=tmp_path)
    assert remembered([weights], find=find, cache=tmp_path) == first
    assert find.count == 1


@pytest.mark.parametrize("at", [0, 1000, SIZE // 2, SIZE - 1])
def test_file_written_over_with_its_old_size_and_time_is_another(
    weights: Path, tmp_path: Path, at: int
) -> None:
    before = weights_fingerprint([weights], cache=tmp_path)
    write(weights, changed(at))
    assert weights.stat().st_mtime_ns == WHEN
    assert weights_fingerprint([weights], cache=tmp_path) != before


def test_file_replaced_by_another_with_its_old_size_and_time_is_another(
    weights: Path, tmp_path: Path
) -> None:
    before = weights_fingerprint([weights], cache=tmp_path)
    write(tmp_path / "new", changed(SIZE // 3))
    (tmp_path / "new").replace(weights)
    assert weights_fingerprint([weights], cache=tmp_path) != before


def test_content_is_looked_at_even_if_every_time_and_number_is_the_same(
    weights: Path, tmp_path: Path
) -> None:
    """As in a container that is started anew: the same inode and times, and other weights."""
    before = weights_fingerprint([weights], cache=tmp_path)
    write(weights, changed(1000))
    known = tmp_path / "fingerprints.json"
    (entry,) = json.loads(known.read_text(encoding="utf-8")).items()
    stat = weights.stat()
    *old, blocks = entry[1]["traits"].split()
    old[-1] = str(stat.st_ctime_ns)
    entry[1]["traits"] = " ".join([*old, blocks])
    known.write_text(json.dumps(dict([entry])), encoding="utf-8")
    assert weights_fingerprint([weights], cache=tmp_path) != before


def test_link_that_points_elsewhere_is_another_file(weights: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", changed(SIZE // 3))
    link = tmp_path / "link"
    link.symlink_to(weights)
    before = weights_fingerprint([link], cache=tmp_path)
    link.unlink()
    link.symlink_to(tmp_path / "other")
    assert weights_fingerprint([link], cache=tmp_path) != before


def test_file_that_moved_keeps_its_fingerprint(weights: Path, tmp_path: Path) -> None:
    before = weights_fingerprint([weights], cache=tmp_path)
    (tmp_path / "elsewhere").mkdir()
    moved = weights.rename(tmp_path / "elsewhere" / weights.name)
    assert weights_fingerprint([moved], cache=tmp_path) == before


def test_file_that_is_written_to_while_it_is_hashed_is_not_remembered(
    weights: Path, tmp_path: Path
) -> None:
    def meanwhile(file: Path) -> str:
        found = file_fingerprint(file)
        write(file, changed(7))
        return found

    remembered([weights], find=meanwhile, cache=tmp_path)
    assert remembered([weights], find=file_fingerprint, cache=tmp_path) == [
        file_fingerprint(weights)
    ]


@pytest.mark.parametrize(
    "known",
    ["", "null", "[]", "{", "[" * 100_000, '{"%s": null}', '{"%s": {"traits": 1, "found": 2}}'],
    ids=["empty", "null", "list", "cut off", "nested", "no entry", "numbers"],
)
def test_damaged_memory_is_forgotten(weights: Path, tmp_path: Path, known: str) -> None:
    text = known.replace("%s", str(weights))
    (tmp_path / "fingerprints.json").write_text(text, encoding="utf-8")
    found = remembered([weights], find=file_fingerprint, cache=tmp_path)
    assert found == [file_fingerprint(weights)]
    assert len(json.loads((tmp_path / "fingerprints.json").read_text(encoding="utf-8"))) == 1


def test_vocabulary_replaced_with_its_old_size_and_time_is_another(tmp_path: Path) -> None:
    file = tmp_path / "tokenizer.json"
    found = []
    for tokens in ({"a": 0, "b": 1}, {"b": 0, "a": 1}):
        write(file, json.dumps({"model": {"vocab": tokens}}).encode())
        found.append(vocabularies(tmp_path, cache=tmp_path / "cache"))
    assert found[0] != found[1]


def test_named_chat_template_is_part_of_the_tokenizers_fingerprint(tmp_path: Path) -> None:
    before = tokenizer_fingerprint(tmp_path)
    (tmp_path / "additional_chat_templates").mkdir()
    (tmp_path / "additional_chat_templates" / "rag.jinja").write_text("x", encoding="utf-8")
    assert tokenizer_fingerprint(tmp_path) != before
