"""Which tokenizers read the same tokens, whoever saved them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.packers import write_json
from trusteval.checkpoints.vocabulary import (
    refuse_mixed_vocabularies,
    vocabularies,
    vocabularies_differ,
)
from trusteval.errors import ModelError, VariantError


@pytest.fixture
def copied(tiny_llama: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_llama, tmp_path / "copied")


def edit_vocabulary(folder: Path, **renamed: str) -> None:
    """Rename tokens, each keeping its id."""
    file = folder / "tokenizer.json"
    tokenizer = json.loads(file.read_text(encoding="utf-8"))
    tokens = tokenizer["model"]["vocab"]
    tokenizer["model"]["vocab"] = {renamed.get(name, name): place for name, place in tokens.items()}
    write_json(file, tokenizer)


@pytest.mark.skipif(
    not os.environ.get("TRUSTEVAL_CHECKPOINTS"),
    reason="no checkpoints of other libraries at hand: set TRUSTEVAL_CHECKPOINTS",
)
def test_one_tokenizer_saved_by_several_libraries_is_one_vocabulary() -> None:
    home = Path(os.environ["TRUSTEVAL_CHECKPOINTS"])
    found = {file.parent.name: vocabularies(file.parent) for file in home.glob("*/tokenizer.json")}
    assert len(found) > 1
    refuse_mixed_vocabularies("all", found)


def test_another_token_is_another_vocabulary(tiny_llama: Path, copied: Path) -> None:
    assert not vocabularies_differ(vocabularies(tiny_llama), vocabularies(copied))
    edit_vocabulary(copied, Ġyes="Ġyep")
    assert vocabularies_differ(vocabularies(tiny_llama), vocabularies(copied))
    members = {"one": vocabularies(tiny_llama), "unknown": {}, "other": vocabularies(copied)}
    with pytest.raises(VariantError, match="ensemble both: other reads other tokens than one"):
        refuse_mixed_vocabularies("both", members)


def test_exchanged_ids_are_another_vocabulary(tiny_llama: Path, copied: Path) -> None:
    edit_vocabulary(copied, Ġyes="Ġno", Ġno="Ġyes")
    assert vocabularies_differ(vocabularies(tiny_llama), vocabularies(copied))


def test_tokens_that_were_added_later_do_not_count(tiny_llama: Path, copied: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(copied)
    tokenizer.add_special_tokens({"pad_token": "<pad>"})
    tokenizer.save_pretrained(copied)
    assert "<pad>" in (copied / "tokenizer.json").read_text(encoding="utf-8")
    assert not vocabularies_differ(vocabularies(tiny_llama), vocabularies(copied))


def test_order_within_the_file_does_not_count(tiny_llama: Path, copied: Path) -> None:
    file = copied / "tokenizer.json"
    tokenizer = json.loads(file.read_text(encoding="utf-8"))
    tokens = tokenizer["model"]["vocab"]
    tokenizer["model"]["vocab"] = dict(sorted(tokens.items()))
    assert list(tokenizer["model"]["vocab"]) != list(tokens)
    write_json(file, tokenizer)
    assert not vocabularies_differ(vocabularies(tiny_llama), vocabularies(copied))


def test_scores_of_pieces_do_not_count_but_their_order_does(tmp_path: Path) -> None:
    saved = {
        "one": [["a", -1.0], ["b", -2.0]],
        "rescored": [["a", 0], ["b", 0]],
        "exchanged": [["b", -2.0], ["a", -1.0]],
    }
    found = {}
    for name, pieces in saved.items():
        (tmp_path / name).mkdir()
        write_json(tmp_path / name / "tokenizer.json", {"model": {"vocab": pieces}})
        found[name] = vocabularies(tmp_path / name)
    assert not vocabularies_differ(found["one"], found["rescored"])
    assert vocabularies_differ(found["one"], found["exchanged"])


def test_one_kind_of_file_that_agrees_is_enough() -> None:
    fast, both = {"tokenizer.json": "1"}, {"tokenizer.json": "2", "tokenizer.model": "3"}
    pieces = {"tokenizer.model": "3"}
    assert vocabularies_differ(fast, both)
    assert not vocabularies_differ(both, {**fast, **pieces})
    # Nothing to compare is no difference.
    assert not vocabularies_differ(fast, pieces)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"model": {"vocab": 3}}', '{"model": {}}'])
def test_tokenizer_without_vocabulary_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "tokenizer.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"tokenizer\.json holds no vocabulary") as raised:
        vocabularies(tmp_path)
    assert "\n" not in str(raised.value)


def test_what_was_read_is_remembered_until_the_file_changes(tmp_path: Path, copied: Path) -> None:
    cache, file = tmp_path / "cache", copied / "tokenizer.json"
    first = vocabularies(copied, cache=cache)
    assert first == vocabularies(copied)
    known = cache / "fingerprints.json"
    text = known.read_text(encoding="utf-8")
    assert first[file.name] in text
    assert vocabularies(copied, cache=cache) == first
    assert known.read_text(encoding="utf-8") == text
    stat = file.stat()
    file.write_bytes(b" " * stat.st_size)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(ModelError, match="holds no vocabulary"):
        vocabularies(copied, cache=cache)
