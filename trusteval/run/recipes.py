"""Reads how a variant is to be quantized: METHOD-BITS[:gN][:sym|:asym][:actorder][@SEED]."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from trusteval.errors import VariantError
from trusteval.quantizers import QUANTIZERS
from trusteval.run.names import shown
from trusteval.suggestion import nearest
from trusteval.types import DENSE, Recipe

_RECIPE = re.compile(r"([a-z]+)-([1-9][0-9]?)((?::[a-z0-9-]+)*)(?:@([0-9]{1,9}))?")


def parse_recipe(word: str) -> Recipe:
    """Read a recipe.

    Raises VariantError if it is none, or the method cannot build these bits.
    """
    match = _RECIPE.fullmatch(word)
    if match is None or match[1] not in QUANTIZERS:
        known = ", ".join(
            [DENSE, *(f"{name}-{b}" for name, q in QUANTIZERS.items() for b in q.bits)]
        )
        raise VariantError(
            f"unknown variant {shown(word)!r}; known: {known} (with :gN, :sym, :asym, "
            ":actorder, @SEED), NAME=PATH for a checkpoint directory, .gguf file or hub id, or "
            "NAME=openai:URL#MODEL"
            f"{_meant_recipe(word)}"
        )
    method, bits = match[1], int(match[2])
    quantizer = QUANTIZERS[method]
    if bits not in quantizer.bits:
        raise VariantError(
            f"variant {word!r}: {method} builds {', '.join(map(str, quantizer.bits))} bit, got "
            f"{bits}"
        )
    plain = Recipe(method=method, bits=bits, seed=int(match[4] or 0))
    recipe = _with_options(plain, filter(None, match[3].split(":")), word=word)
    if recipe.act_order and not quantizer.has_act_order:
        raise VariantError(f"variant {word!r}: {method} has no act-order")
    # What the method does anyway needs no saying, so that one recipe has one spelling.
    is_usual = recipe.symmetric == quantizer.symmetric
    return replace(recipe, symmetric=None) if is_usual else recipe


def _with_options(recipe: Recipe, options: Iterable[str], *, word: str) -> Recipe:
    for option in options:
        if re.fullmatch(r"g(-1|[1-9][0-9]{0,5})", option) and recipe.group_size is None:
            recipe = replace(recipe, group_size=int(option[1:]))
        elif option in ("sym", "asym") and recipe.symmetric is None:
            recipe = replace(recipe, symmetric=option == "sym")
        elif option == "actorder" and not recipe.act_order:
            recipe = replace(recipe, act_order=True)
        else:
            raise VariantError(
                f"variant {word!r}: expected :gN, :sym or :asym, :actorder, each once, got "
                f":{option}"
            )
    return recipe


def _meant_recipe(word: str) -> str:
    """Say which recipe a word was probably meant to be, with the options that it has."""
    name = re.split("[:@]", word)[0]
    close = nearest(name, [DENSE, *(f"{m}-{b}" for m, q in QUANTIZERS.items() for b in q.bits)])
    return "" if close in (None, name) else f" (did you mean '{close}{word[len(name) :]}'?)"
