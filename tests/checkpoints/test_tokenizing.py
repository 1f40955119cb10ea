"""Tokenizers are compared by what they do: saving one again is no other tokenizer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.answered_runs import HELD
from trusteval.checkpoints.fingerprints import tokenizer_fingerprint
from trusteval.checkpoints.tokenizing import tokenizing
from trusteval.engines.local.backend import HFBackend
from trusteval.run.subjects import dense_variant
from trusteval.tracking.confounds import TOKENIZING, VOTERS, confounds


@pytest.fixture
def model(tiny_llama: Path, tmp_path: Path) -> Path:
    """A copy of the tiny llama, to rewrite."""
    return shutil.copytree(tiny_llama, tmp_path / "model")


def parts(path: Path, cache: Path) -> dict[str, str]:
    return tokenizing(path, cache=cache / "cache")


def rewrite(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_tokenizer_that_is_saved_again_does_the_same(model: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    saved = tmp_path / "saved"
    AutoTokenizer.from_pretrained(model).save_pretrained(saved)
    for name in ("config.json", "generation_config.json"):
        if (model / name).is_file():
            shutil.copy(model / name, saved)
    rewrite(saved / "tokenizer_config.json", lambda o: o.update(fix_mistral_regex=True, new=None))
    rewrite(
        saved / "tokenizer_config.json", lambda o: o.update(tokenizer_class="TokenizersBackendFast")
    )
    assert tokenizer_fingerprint(saved) != tokenizer_fingerprint(model)
    assert parts(saved, tmp_path) == parts(model, tmp_path)


def test_notation_of_merges_and_a_template_in_a_file_of_its_own_are_no_difference(
    model: Path, tmp_path: Path
) -> None:
    settings = model / "tokenizer_config.json"
    rewrite(
        model / "tokenizer.json",
        lambda o: o["model"].update(merges=[["a", "b"], ["ab", "c"]], fuse_unk=False),
    )
    (model / "chat_template.jinja").unlink(missing_ok=True)
    rewrite(settings, lambda o: o.update(chat_template="{{ x }}", bos_token={"content": "<s>"}))
    first = parts(model, tmp_path)

    rewrite(
        model / "tokenizer.json",
        lambda o: (o["model"].update(merges=["a b", "ab c"]), o["model"].pop("fuse_unk")),
    )
    (model / "chat_template.jinja").write_text("{{ x }}", encoding="utf-8")
    rewrite(settings, lambda o: (o.pop("chat_template"), o.pop("bos_token")))
    special = {"bos_token": "<s>"}
    (model / "special_tokens_map.json").write_text(json.dumps(special), encoding="utf-8")
    assert parts(model, tmp_path) == first


CHANGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "another token": (
        "tokens",
        lambda at: rewrite(
            at / "tokenizer.json", lambda o: o["added_tokens"].append({"id": 9, "content": "<z>"})
        ),
    ),
    "another normalizer": (
        "tokens",
        lambda at: rewrite(
            at / "tokenizer.json", lambda o: o.update(normalizer={"type": "Lowercase"})
        ),
    ),
    "a beginning that is put before texts": (
        "tokens",
        lambda at: rewrite(
            at / "tokenizer.json",
            lambda o: o.update(
                post_processor={
                    "type": "TemplateProcessing",
                    "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}],
                }
            ),
        ),
    ),
    "another template": (
        "chat template",
        lambda at: (at / "chat_template.jinja").write_text("{{ other }}", encoding="utf-8"),
    ),
    "another end": (
        "settings",
        lambda at: rewrite(at / "tokenizer_config.json", lambda o: o.update(eos_token="<end>")),
    ),
    "a setting that nobody knows": (
        "settings",
        lambda at: rewrite(at / "tokenizer_config.json", lambda o: o.update(odd=True)),
    ),
    "another class": (
        "settings",
        lambda at: rewrite(
            at / "tokenizer_config.json", lambda o: o.update(tokenizer_class="OddTokenizerFast")
        ),
    ),
    "another token to stop at": (
        "stops at",
        lambda at: (at / "generation_config.json").write_text('{"eos_token_id": [7, 2]}'),
    ),
    "a tokenizer.json that is none": (
        "tokens",
        lambda at: (at / "tokenizer.json").write_text("[" * 100_000, encoding="utf-8"),
    ),
}


@pytest.mark.parametrize(("part", "change"), CHANGES.values(), ids=CHANGES)
def test_what_acts_on_a_text_is_a_difference_in_its_part(
    model: Path, tmp_path: Path, part: str, change: Callable[[Path], object]
) -> None:
    first = parts(model, tmp_path)
    change(model)
    now = parts(model, tmp_path)
    assert {name for name in {*first, *now} if first.get(name) != now.get(name)} == {part}


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"eos_token_id": {}}', "[" * 100_000])
def test_settings_that_are_none_are_left_out(model: Path, tmp_path: Path, text: str) -> None:
    for name in ("tokenizer_config.json", "generation_config.json", "special_tokens_map.json"):
        (model / name).write_text(text, encoding="utf-8")
    assert "tokens" in parts(model, tmp_path)
    assert parts(tmp_path / "nowhere", tmp_path) == {}


def test_backend_tells_what_a_tokenizer_does_beside_its_context(
    model: Path, tmp_path: Path
) -> None:
    backend = HFBackend.create(str(model), device="cpu", cache=tmp_path / "cache")
    assert backend.tokenizing(dense_variant()) == parts(model, tmp_path)
    assert TOKENIZING not in backend.context(dense_variant())  # it addresses the store


# -- confounds -------------------------------------------------------------------------------

DOES = {"tokens": "t", "chat template": "c"}


def test_files_that_do_the_same_are_no_confound() -> None:
    before = {**HELD, "tokenizer": "file1", TOKENIZING: DOES}
    assert confounds(before, {**before, "tokenizer": "file2"}) == ()
    votes = [{VOTERS: {"a": {**before, "tokenizer": name}}} for name in ("file1", "file2")]
    assert confounds(*votes) == ()


def test_tokenizer_that_does_otherwise_is_named_by_what() -> None:
    before = {**HELD, "tokenizer": "file1", TOKENIZING: DOES}
    other = {"tokens": "t", "settings": "s"}
    assert confounds(before, {**before, "tokenizer": "file2", TOKENIZING: other}) == (
        "tokenizer chat template: c before, none after",
        "tokenizer settings: none before, s after",
    )


def test_files_are_compared_where_one_run_does_not_know_more() -> None:
    before = {**HELD, "tokenizer": "file1"}
    for after, said in (
        ({**before, TOKENIZING: DOES}, ()),
        (
            {**before, "tokenizer": "file2", TOKENIZING: DOES},
            ("tokenizer: file1 before, file2 after",),
        ),
    ):
        assert confounds(before, after) == said
