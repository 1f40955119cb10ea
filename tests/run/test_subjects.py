"""The grammar of variants, recipes and ensembles, and every way to get it wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.builders import write_packed
from tests.gguf_files import write_gguf
from trusteval.errors import ModelError, TrustEvalError, VariantError
from trusteval.quantizers import QUANTIZERS
from trusteval.run.recipes import parse_recipe
from trusteval.run.subjects import (
    dense_variant,
    parse_ensembles,
    parse_references,
    parse_variants,
)
from trusteval.types import Ensemble, Recipe, Variant

DENSE = Variant(name="dense", method="dense", bits=16)


def built(name: str) -> Variant:
    """Build the variant that trusteval would quantize under this name."""
    recipe = parse_recipe(name)
    return Variant(
        name=name, method=recipe.method, bits=recipe.bits, seed=recipe.seed, recipe=recipe
    )


def refusal(error: type[TrustEvalError], call, *args, **kwargs) -> str:
    with pytest.raises(error) as caught:
        call(*args, **kwargs)
    return str(caught.value)


@pytest.fixture
def checkpoint(tmp_path):
    """Call to write a checkpoint directory: one packed layer, or with no config a dense one."""

    def write(quantization: dict | None = None, *, name: str = "model") -> Path:
        directory = tmp_path / name
        if quantization is not None:
            write_packed(directory, quantization)
            return directory
        directory.mkdir()
        (directory / "config.json").write_text("{}", encoding="utf-8")
        save_file({"lm_head.weight": np.ones((4, 4), np.float32)}, directory / "model.safetensors")
        return directory

    return write


# -- recipes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "recipe"),
    [
        ("gptq-8", Recipe("gptq", 8)),
        ("gptq-4", Recipe("gptq", 4)),
        ("gptq-3", Recipe("gptq", 3)),
        ("gptq-4:g64", Recipe("gptq", 4, group_size=64)),
        ("gptq-4:asym", Recipe("gptq", 4, symmetric=False)),
        ("gptq-4:actorder", Recipe("gptq", 4, act_order=True)),
        ("gptq-4:g-1", Recipe("gptq", 4, group_size=-1)),
        ("gptq-4:sym", Recipe("gptq", 4)),
        ("awq-8", Recipe("awq", 8)),
        ("awq-3:asym", Recipe("awq", 3)),
        ("awq-4:sym:g64@3", Recipe("awq", 4, group_size=64, symmetric=True, seed=3)),
        ("gptq-4@2", Recipe("gptq", 4, seed=2)),
        ("gptq-4@0", Recipe("gptq", 4, seed=0)),
        (
            "gptq-3:g128:asym:actorder@17",
            Recipe("gptq", 3, group_size=128, symmetric=False, act_order=True, seed=17),
        ),
        (
            "gptq-3:actorder:asym:g128@17",
            Recipe("gptq", 3, group_size=128, symmetric=False, act_order=True, seed=17),
        ),
    ],
)
def test_recipe_is_read_from_its_name(word, recipe):
    assert parse_recipe(word) == recipe


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(method, bits, group_size=group, symmetric=symmetric, act_order=order, seed=seed)
        for method, quantizer in QUANTIZERS.items()
        for bits in quantizer.bits
        for group in (None, 32, -1)
        for symmetric in (None, not quantizer.symmetric)
        for order in {False, quantizer.has_act_order}
        for seed in (0, 3)
    ],
    ids=str,
)
def test_recipe_reads_back_from_how_it_is_written(recipe):
    assert parse_recipe(str(recipe)) == recipe


@pytest.mark.parametrize(
    "word",
    [
        *("gptq", "gptq-", "gptq4", "gptq-4-", "gptq-four", "-4", "", "GPTQ-4", "gptq_4", "gguf-4"),
        *("gptq-4@", "gptq-4@x", "gptq-4@-1", "gptq-4@1:g64", "gptq-4:", "gptq-4:G64", "gptq-4 "),
        *("gptq-0", "gptq-04"),
    ],
)
def test_word_that_is_no_recipe_lists_the_known_variants(word):
    assert refusal(VariantError, parse_recipe, word).partition(" (did you mean")[0] == (
        f"unknown variant {word!r}; known: dense, gptq-8, gptq-4, gptq-3, awq-8, awq-4, awq-3 "
        "(with :gN, :sym, :asym, :actorder, @SEED), NAME=PATH for a checkpoint directory, .gguf "
        "file or hub id, or NAME=openai:URL#MODEL"
    )


def test_method_without_act_order_says_so():
    message = refusal(VariantError, parse_recipe, "awq-4:actorder")
    assert message == "variant 'awq-4:actorder': awq has no act-order"


@pytest.mark.parametrize("bits", [1, 2, 5, 16])
def test_unsupported_bits_list_the_supported_ones(bits):
    message = refusal(VariantError, parse_recipe, f"gptq-{bits}")
    assert message == f"variant 'gptq-{bits}': gptq builds 8, 4, 3 bit, got {bits}"


@pytest.mark.parametrize(
    ("word", "got"),
    [
        ("gptq-4:g0", "g0"),
        ("gptq-4:g", "g"),
        ("gptq-4:64", "64"),
        ("gptq-4:sym:asym", "asym"),
        ("gptq-4:g-2", "g-2"),
        ("gptq-4:asym:asym", "asym"),
        ("gptq-4:actorder:actorder", "actorder"),
        ("gptq-4:g64:nope", "nope"),
        ("gptq-4:g64:g32", "g32"),
    ],
)
def test_unknown_or_repeated_option_is_refused(word, got):
    message = refusal(VariantError, parse_recipe, word)
    assert (
        message
        == f"variant {word!r}: expected :gN, :sym or :asym, :actorder, each once, got :{got}"
    )


# -- variants ----------------------------------------------------------------------------


def test_dense_is_the_model_itself_at_16_bit():
    assert parse_variants("dense") == (DENSE,) == (dense_variant(),)


def test_variants_keep_their_order_and_lose_their_blanks():
    assert parse_variants(" gptq-3 ,dense,, gptq-4:g64@2,") == (
        built("gptq-3"),
        DENSE,
        built("gptq-4:g64@2"),
    )


@pytest.mark.parametrize("text", ["", " ", ",", " , ,"])
def test_no_words_are_no_variants(text):
    assert parse_variants(text) == ()


def test_variant_carries_its_recipe():
    (variant,) = parse_variants("gptq-4@2")
    assert variant == Variant(
        name="gptq-4@2", method="gptq", bits=4, seed=2, recipe=Recipe("gptq", 4, seed=2)
    )


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ("gptq-4,gptq-4", "gptq-4"),
        ("dense,gptq-4,dense", "dense"),
        ("gptq-4,gptq-3,gptq-3,gptq-4", "gptq-3, gptq-4"),
    ],
)
def test_variant_given_twice_is_refused(text, twice):
    message = refusal(VariantError, parse_variants, text)
    assert message == f"every variant needs to differ; given twice: {twice}"


@pytest.mark.parametrize(
    ("text", "recipe"),
    [
        ("gptq-4,gptq-4@0", "gptq-4"),
        ("gptq-4@2,gptq-4@02", "gptq-4@2"),
        ("gptq-4:g64:asym,gptq-4:asym:g64", "gptq-4:g64:asym"),
    ],
)
def test_one_recipe_under_two_spellings_is_refused(text, recipe):
    assert refusal(VariantError, parse_variants, text) == (
        "every recipe needs to differ (two spellings of one recipe would vote twice); "
        f"given twice: {recipe}"
    )


@pytest.mark.parametrize("text", ["dense,gptq-5", "gptq-4,awg-4", "gptq-4;gptq-3", "dense gptq-4"])
def test_one_bad_word_refuses_the_list(text):
    refusal(VariantError, parse_variants, text)


# -- checkpoints somebody made -----------------------------------------------------------

GPTQ_4 = {"quant_method": "gptq", "bits": 4, "group_size": 32}


def test_brought_checkpoint_tells_its_method_and_bits(checkpoint):
    path = checkpoint(GPTQ_4)
    assert parse_variants(f"theirs={path}") == (
        Variant(name="theirs", method="gptq", bits=4, path=path),
    )


def test_brought_dense_checkpoint_has_16_bit(checkpoint):
    path = checkpoint()
    (variant,) = parse_variants(f"smaller={path}")
    assert (variant.method, variant.bits, variant.recipe) == ("dense", 16, None)


def test_bits_are_read_from_quantize_config_too(checkpoint):
    path = checkpoint({"bits": 8, "group_size": 32})
    (path / "config.json").write_text("{}", encoding="utf-8")
    quantize = json.dumps({"bits": 8, "group_size": 32})
    (path / "quantize_config.json").write_text(quantize, encoding="utf-8")
    (variant,) = parse_variants(f"old={path}")
    assert (variant.method, variant.bits) == ("gptq", 8)


def test_blanks_around_name_and_path_are_dropped(checkpoint):
    path = checkpoint(GPTQ_4)
    (variant,) = parse_variants(f" theirs = {path} ")
    assert (variant.name, variant.path) == ("theirs", path)


def test_path_may_hold_an_equals_sign(checkpoint):
    path = checkpoint(GPTQ_4, name="bits=4")
    (variant,) = parse_variants(f"theirs={path}")
    assert variant.path == path


@pytest.mark.parametrize("name", ["a", "gptq-4", "theirs_4.bit:x@y-z", "4bit"])
def test_any_plain_name_will_do(checkpoint, name):
    (variant,) = parse_variants(f"{name}={checkpoint(GPTQ_4)}")
    assert variant.name == name


@pytest.mark.parametrize("name", ["", "dense", "a b", "a/b", "-a", ".a", "a+b", "ä", "../a"])
def test_name_that_could_mislead_is_refused(checkpoint, name):
    path = checkpoint(GPTQ_4)
    message = refusal(VariantError, parse_variants, f"{name}={path}")
    assert message == (
        f"variant {name}={path}: expected a name of letters, digits, _ . : @ - other than "
        f"'dense', got {name!r}"
    )


def test_brought_checkpoint_may_not_take_a_name_that_is_taken(checkpoint):
    message = refusal(VariantError, parse_variants, f"gptq-4,gptq-4={checkpoint(GPTQ_4)}")
    assert message == "every variant needs to differ; given twice: gptq-4"


def test_missing_directory_is_refused(tmp_path):
    message = refusal(ModelError, parse_variants, f"theirs={tmp_path / 'nowhere'}")
    assert message.startswith(f"no model directory at {tmp_path / 'nowhere'}; expected one with")


def test_directory_without_a_config_is_refused(tmp_path):
    message = refusal(ModelError, parse_variants, f"theirs={tmp_path}")
    assert message == f"{tmp_path} holds no config.json; it is no model directory"


def test_directory_without_weights_is_refused(checkpoint):
    path = checkpoint(GPTQ_4)
    (path / "model.safetensors").unlink()
    message = refusal(ModelError, parse_variants, f"theirs={path}")
    assert message == f"{path} holds no weights; expected *.safetensors"


@pytest.mark.parametrize("file", ["pytorch_model.bin", "model.pt", "model.pth", "model.ckpt"])
def test_pickled_weights_are_refused_by_name(checkpoint, file):
    path = checkpoint(GPTQ_4)
    (path / "model.safetensors").rename(path / file)
    message = refusal(ModelError, parse_variants, f"theirs={path}")
    assert message.startswith(f"{path} holds pickled weights only ({file}), which can run code")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '"gptq"'])
def test_config_that_is_no_object_is_refused(checkpoint, text):
    path = checkpoint()
    (path / "config.json").write_text(text, encoding="utf-8")
    message = refusal(ModelError, parse_variants, f"theirs={path}")
    assert message.startswith(f"{path / 'config.json'}")


@pytest.mark.parametrize(
    ("quantization", "said"),
    [
        (
            {"quant_method": "bitsandbytes"},
            "quantized with 'bitsandbytes'; trusteval reads gptq, awq",
        ),
        ({"quant_method": "gptq", "bits": 5}, "quantized at 5 bit; trusteval reads (2, 3, 4, 8)"),
        ({"quant_method": "gptq", "bits": "4"}, "has bits '4' in its quantization config"),
        ({"quant_method": "gptq"}, "has bits None in its quantization config"),
        ({"bits": 4}, "has group_size None in its quantization config"),
        ({"bits": 4, "group_size": 0}, "has group size 0; expected -1 or a positive number"),
        (
            {"bits": 4, "group_size": 32, "checkpoint_format": "marlin"},
            "stores gptq as 'marlin'; trusteval reads gptq, gptq_v2",
        ),
        (
            {"bits": 4, "group_size": 32, "dynamic": {"-:lm_head": {}, ".*down": {"bits": 8}}},
            "quantizes some layers otherwise (dynamic: .*down)",
        ),
    ],
)
def test_quantization_that_cannot_be_read_is_refused(checkpoint, quantization, said):
    path = checkpoint(GPTQ_4)
    config = json.dumps({"quantization_config": quantization})
    (path / "config.json").write_text(config, encoding="utf-8")
    message = refusal(ModelError, parse_variants, f"theirs={path}")
    assert message.startswith(str(path))
    assert said in message


@pytest.mark.parametrize("quantization", ["gptq", ["gptq", 4], 4])
def test_quantization_config_that_is_no_object_is_refused(checkpoint, quantization):
    path = checkpoint(GPTQ_4)
    config = json.dumps({"quantization_config": quantization})
    (path / "config.json").write_text(config, encoding="utf-8")
    message = refusal(ModelError, parse_variants, f"theirs={path}")
    assert message == f"{path / 'config.json'}: quantization_config is no object"


# -- references --------------------------------------------------------------------------


def test_reference_is_a_dense_subject_of_its_own_name(checkpoint):
    path = checkpoint()
    (reference,) = parse_references(f"small={path}")
    assert (reference.name, reference.method, reference.bits) == ("small", "dense", 16)
    assert reference.path == path


def test_reference_never_votes(checkpoint):
    variants, references = (
        parse_variants("gptq-8,gptq-4"),
        parse_references(f"small={checkpoint()}"),
    )
    assert names(parse_ensembles("auto", variants=variants, references=references)) == {
        "vote-gptq": ("gptq-8", "gptq-4")
    }
    with pytest.raises(VariantError, match="small is a reference, which never votes"):
        parse_ensembles("mine=gptq-8+small", variants=variants, references=references)
    with pytest.raises(VariantError, match="given twice: small"):
        parse_ensembles("small=gptq-8+gptq-4", variants=variants, references=references)


def test_quantized_reference_is_refused(checkpoint):
    with pytest.raises(VariantError, match="a reference is a dense model, this is quantized"):
        parse_references(f"small={checkpoint(GPTQ_4)}")


@pytest.mark.parametrize("text", ["small", "dense=x", "=x", "a b=x"])
def test_reference_needs_a_name_and_a_model(text):
    with pytest.raises(VariantError):
        parse_references(text)


# -- ensembles ---------------------------------------------------------------------------

ALL = parse_variants("dense,gptq-3,gptq-8,gptq-4,gptq-4@1,gptq-4@2")


def names(ensembles: tuple[Ensemble, ...]) -> dict[str, tuple[str, ...]]:
    return {e.name: tuple(member.name for member in e.members) for e in ensembles}


@pytest.mark.parametrize("text", ["", " ", ","])
def test_no_words_are_no_ensembles(text):
    assert parse_ensembles(text, variants=ALL) == ()


def test_vote_over_a_method_takes_its_default_seeds_highest_precision_first():
    ensembles = parse_ensembles("vote-gptq", variants=ALL)
    assert names(ensembles) == {"vote-gptq": ("gptq-8", "gptq-4", "gptq-3")}


def test_vote_over_a_method_takes_one_variant_per_bit_width_the_first_given():
    variants = parse_variants("gptq-4:g64,gptq-4,gptq-4:asym,gptq-3,dense")
    ensembles = parse_ensembles("vote-gptq", variants=variants)
    assert names(ensembles) == {"vote-gptq": ("gptq-4:g64", "gptq-3")}


def test_vote_over_a_method_takes_checkpoints_somebody_made(checkpoint):
    variants = parse_variants(f"gptq-8,theirs={checkpoint(GPTQ_4)}")
    ensembles = parse_ensembles("vote-gptq", variants=variants)
    assert names(ensembles) == {"vote-gptq": ("gptq-8", "theirs")}


def test_named_ensemble_takes_any_members_highest_precision_first():
    ensembles = parse_ensembles(" mine=gptq-3 + gptq-4@2+dense ", variants=ALL)
    assert names(ensembles) == {"mine": ("dense", "gptq-4@2", "gptq-3")}


@pytest.mark.parametrize(
    ("variants", "votes"),
    [
        ("dense", []),
        ("dense,gptq-4", []),
        ("gptq-4,gptq-4@1", []),
        ("dense,gptq-8,gptq-4", ["vote-gptq"]),
    ],
)
def test_auto_is_every_vote_the_variants_can_hold(variants, votes):
    given = parse_variants(variants)
    assert list(names(parse_ensembles("auto", variants=given))) == votes


def test_blanks_around_an_ensembles_name_are_dropped():
    assert names(parse_ensembles("mine = gptq-3+gptq-4", variants=ALL)).keys() == {"mine"}


def test_several_ensembles_keep_their_order():
    ensembles = parse_ensembles("seeds=gptq-4@1+gptq-4@2,vote-gptq", variants=ALL)
    assert list(names(ensembles)) == ["seeds", "vote-gptq"]


def test_members_of_equal_bits_stand_in_the_order_of_precedence():
    assert parse_ensembles("e=gptq-4@2+gptq-4@1", variants=ALL) == parse_ensembles(
        "e=gptq-4@1+gptq-4@2", variants=ALL
    )


@pytest.mark.parametrize(
    ("text", "variants", "message"),
    [
        (
            "vote-gptq",
            "dense,gptq-4",
            "ensemble 'vote-gptq' needs at least two members, got gptq-4; "
            "known variants: dense, gptq-4",
        ),
        (
            "vote-gptq",
            "gptq-4,gptq-4@1,gptq-3@1",
            "ensemble 'vote-gptq' needs at least two members, got gptq-4; "
            "known variants: gptq-4, gptq-4@1, gptq-3@1",
        ),
        (
            "vote-awq",
            "dense,gptq-4",
            "ensemble 'vote-awq' needs at least two members, got none; "
            "known variants: dense, gptq-4",
        ),
        (
            "mine=gptq-4",
            "dense,gptq-4",
            "ensemble 'mine=gptq-4' needs at least two members, got gptq-4; "
            "known variants: dense, gptq-4",
        ),
        (
            "mine=gptq-4+gptq-3",
            "dense,gptq-4",
            "ensemble 'mine=gptq-4+gptq-3': gptq-3 is no variant of this run; known: dense, gptq-4",
        ),
        (
            "mine=gptq-4+gptq-4",
            "dense,gptq-4",
            "every member of mine needs to differ; given twice: gptq-4",
        ),
        (
            "gptq",
            "dense,gptq-4",
            "unknown ensemble 'gptq'; expected vote-METHOD or NAME=a+b+c over the variants "
            "dense, gptq-4",
        ),
    ],
)
def test_ensemble_that_cannot_vote_is_refused(text, variants, message):
    given = parse_variants(variants)
    assert refusal(VariantError, parse_ensembles, text, variants=given) == message


@pytest.mark.parametrize("text", ["mine=", "mine=+", "mine=gptq-4+", "mine=+gptq-4+gptq-3"])
def test_ensemble_with_an_unnamed_member_is_refused(text):
    message = refusal(VariantError, parse_ensembles, text, variants=ALL)
    assert message.startswith(f"ensemble {text!r}: ")


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ("vote-gptq,vote-gptq", "vote-gptq"),
        ("vote-gptq,vote-gptq=dense+gptq-4", "vote-gptq"),
        ("gptq-4=dense+gptq-3", "gptq-4"),
    ],
)
def test_ensemble_needs_a_name_no_other_subject_has(text, twice):
    message = refusal(VariantError, parse_ensembles, text, variants=ALL)
    assert message == f"every subject needs to differ; given twice: {twice}"


@pytest.mark.parametrize("name", ["", "dense", "a b", "a/b", "../a", "a[b]"])
def test_ensemble_name_that_could_mislead_is_refused(name):
    word = f"{name}=gptq-4+gptq-3"
    assert refusal(VariantError, parse_ensembles, word, variants=ALL) == (
        f"ensemble {word!r}: expected a name of letters, digits, _ . : @ - other than 'dense', "
        f"got {name!r}"
    )


def test_no_ensemble_is_called_dense_even_where_no_variant_is():
    given = parse_variants("gptq-4,gptq-3")
    refusal(VariantError, parse_ensembles, "dense=gptq-4+gptq-3", variants=given)


def test_votes_order_gguf_members_by_what_their_tensors_hold(
    tiny_llama: Path, tmp_path: Path
) -> None:
    """The file that is called 8 bit holds four."""
    places = []
    for name, kind, called in (("a", "Q4_0", "MOSTLY_Q8_0"), ("b", "Q5_0", "MOSTLY_Q4_0")):
        file = tmp_path / f"{name}.gguf"
        write_gguf(tiny_llama, file, kinds={"ffn_up.weight": kind}, file_type=called)
        places.append(f"{name}={file}")
    variants = parse_variants(",".join(places))
    (vote,) = parse_ensembles("vote-gguf", variants=variants)
    assert [(m.name, m.bits) for m in vote.members] == [("b", 5.5), ("a", 4.5)]
