"""Which subjects a run judges: reads the names of --trust-variants and --trust-ensembles.

A recipe is METHOD-BITS[:gN][:sym|:asym][:actorder][@SEED]; NAME=PATH is a checkpoint somebody made
(a directory, .gguf file or hub id), NAME=openai:URL#MODEL one that a server runs; vote-METHOD is
the default-seed variant of every bit width of a method (arXiv 2511.22483, section IV-B), `auto`
every such vote that the variants can hold; NAME=a+b+c is a vote over any members. A variant's name
may end in the draws that are asked of it (`run.draws`); they vote where they are named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from trusteval.answers.voting import precedence
from trusteval.checkpoints.checkpoint import DENSE_BITS
from trusteval.checkpoints.models import DEMO, method_and_bits, refuse_missing_model
from trusteval.engines.served.endpoint import is_endpoint, is_url, parse_endpoint, refuse_url
from trusteval.errors import VariantError
from trusteval.quantizers import QUANTIZERS
from trusteval.run.draws import drawn_names, parse_draws
from trusteval.run.names import refuse_name, refuse_twice, shown
from trusteval.run.recipes import parse_recipe
from trusteval.suggestion import meant
from trusteval.system.files import with_home
from trusteval.system.url_secrets import refuse_secrets
from trusteval.types import DENSE, Ensemble, Variant

AUTO = "auto"
UNKNOWN = "unknown"
"""The method of a served model whose name does not say how it is quantized."""
_SERVED = re.compile(r"([a-z]+)-(1[0-6]|[1-9])(?:[-:._].*?)?(?:@([0-9]{1,9}))?")


def parse_variants(text: str) -> tuple[Variant, ...]:
    """Read a comma list of variants, in the order given.

    Raises VariantError for an unknown name, bits a method does not support, a name given twice or
    to two models, or a URL that may hold a password, ModelError for a checkpoint that cannot be
    judged.
    """
    refuse_secrets(text, "variants")
    words = [word.strip() for word in text.split(",") if word.strip()]
    variants = [variant for word in words for variant in _variants(word)]
    refuse_twice([variant.name for variant in variants], "variant")
    recipes = [f"{variant.recipe}{variant.draw or ''}" for variant in variants if variant.recipe]
    refuse_twice(recipes, "recipe", why="two spellings of one recipe would vote twice")
    drawn_of: dict[str, Variant] = {}
    for variant in variants:
        if drawn_of.setdefault(variant.undrawn.name, variant.undrawn) != variant.undrawn:
            raise VariantError(
                f"variant {variant.name!r}: {variant.undrawn.name} is another model elsewhere in "
                "the list; draws of one variant are of one model"
            )
    return tuple(variants)


def parse_ensembles(
    text: str, *, variants: Sequence[Variant], references: Sequence[Variant] = ()
) -> tuple[Ensemble, ...]:
    """Read a comma list of ensembles over `variants`, or `auto`.

    Raises VariantError for an unknown member or method, fewer than two members, or a member or
    name that is one of the `references`, which never vote.
    """
    refuse_secrets(text, "ensembles")
    known = {variant.name: variant for variant in variants}
    words = [word.strip() for word in text.split(",") if word.strip()]
    if words == [AUTO]:
        methods = dict.fromkeys(v.method for v in variants if v.can_vote and v.method != DENSE)
        words = [f"vote-{method}" for method in methods if len(_members(method, known)) > 1]
    ensembles = [_ensemble(word, known, references) for word in words]
    others = [*(reference.name for reference in references), *(e.name for e in ensembles)]
    refuse_twice([*known, *others], "subject")
    return tuple(ensembles)


def dense_variant() -> Variant:
    """Return the model under test itself."""
    return Variant(name=DENSE, method=DENSE, bits=DENSE_BITS)


def _variants(word: str) -> list[Variant]:
    """Read a variant, or the draws of one."""
    if is_url(word):
        refuse_url(word, "variant without a name")
    name, given, model = word.partition("=")
    of, draws = parse_draws(name)
    variant = _variant(f"{of}{given}{model}")
    return [variant.drawn(draw) for draw in draws] or [variant]


def _variant(word: str) -> Variant:
    if word == DENSE:
        return dense_variant()
    if is_url(word) or ":openai:" in word:
        refuse_url("openai:", "variant without a name")
    name, given, path = word.partition("=")
    if given:
        return _brought(name.strip(), path.strip())
    recipe = parse_recipe(word)
    return Variant(
        name=word, method=recipe.method, bits=recipe.bits, seed=recipe.seed, recipe=recipe
    )


def _brought(name: str, model: str) -> Variant:
    if is_endpoint(model):
        return _served(name, model)
    refuse_url(model, f"variant {name}")
    refuse_name(name, f"variant {shown(f'{name}={model}')}")
    method, bits = method_and_bits(model)
    return Variant(name=name, method=method, bits=bits, path=with_home(model))


def _served(name: str, model: str) -> Variant:
    """Read method, bits and seed off the name, since a server does not tell them."""
    if name != DENSE:
        refuse_name(name, f"variant {shown(f'{name}={model}')}")
    endpoint = parse_endpoint(model)
    if name.partition("-")[0] == DENSE:
        return Variant(name=name, method=DENSE, bits=DENSE_BITS, served=endpoint)
    match = _SERVED.fullmatch(name)
    if match is None or match[1] not in QUANTIZERS:
        return Variant(name=name, method=UNKNOWN, bits=0, served=endpoint)
    seed = int(match[3] or 0)
    return Variant(name=name, method=match[1], bits=int(match[2]), seed=seed, served=endpoint)


def refuse_unserved(variants: Sequence[Variant]) -> None:
    """Raise VariantError for a variant that is not served, where dense is."""
    for variant in variants:
        if variant.served is None and not variant.is_under_test:
            raise VariantError(
                f"variant {variant.name!r} is not served; --trust-engine=openai judges dense and "
                "NAME=openai:URL#MODEL"
            )


def parse_references(text: str) -> tuple[Variant, ...]:
    """Read a comma list NAME=MODEL of further dense models, judged like any and never voting.

    Raises VariantError for a name given twice, a model that is quantized or a URL that may hold a
    password, ModelError for one that cannot be judged.
    """
    refuse_secrets(text, "references")
    references = []
    for word in filter(None, (word.strip() for word in text.split(","))):
        name, given, model = (part.strip() for part in word.partition("="))
        if not given:
            raise VariantError(f"reference {word!r}: expected NAME=MODEL, for example small=PATH")
        refuse_name(name, f"reference {shown(word)}")
        if is_endpoint(model):
            references.append(
                Variant(name=name, method=DENSE, bits=DENSE_BITS, served=parse_endpoint(model))
            )
            continue
        refuse_url(model, f"reference {name}")
        if model != DEMO and Path(model).suffix != ".gguf" and method_and_bits(model)[0] != DENSE:
            raise VariantError(f"reference {word}: a reference is a dense model, this is quantized")
        refuse_missing_model(model)
        references.append(Variant(name=name, method=DENSE, bits=DENSE_BITS, path=with_home(model)))
    refuse_twice([reference.name for reference in references], "reference")
    return tuple(references)


def _ensemble(word: str, known: Mapping[str, Variant], references: Sequence[Variant]) -> Ensemble:
    name, given, members = (part.strip() for part in word.partition("="))
    refuse_name(name, f"ensemble {shown(word)!r}")
    if given:
        names = [n for member in members.split("+") for n in drawn_names(member.strip())]
        never = [reference.name for reference in references if reference.name in names]
        if never:
            raise VariantError(f"ensemble {word!r}: {never[0]} is a reference, which never votes")
        unknown = [member for member in names if member not in known]
        if unknown:
            raise VariantError(
                f"ensemble {word!r}: {', '.join(unknown)} is no variant of this run; "
                f"known: {', '.join(known)}{meant(unknown[0], known)}"
            )
        refuse_twice(names, f"member of {name}")
        chosen = [known[member] for member in names]
    else:
        method = name.removeprefix("vote-")
        votes = [f"vote-{variant.method}" for variant in known.values() if variant.method != DENSE]
        if method == name:
            raise VariantError(
                f"unknown ensemble {word!r}; expected vote-METHOD or NAME=a+b+c over the variants "
                f"{', '.join(known)}{meant(name, [AUTO, *votes])}"
            )
        chosen = _members(method, known)
    if len(chosen) < 2:
        raise VariantError(
            f"ensemble {word!r} needs at least two members, got "
            f"{', '.join(variant.name for variant in chosen) or 'none'}; "
            f"known variants: {', '.join(known)}"
            f"{'' if chosen or given else meant(name, votes)}"
        )
    unranked = [variant.name for variant in chosen if not variant.can_vote]
    if unranked:
        raise VariantError(
            f"ensemble {word!r}: it is unknown how {unranked[0]} is quantized, which decides ties; "
            "name it as a recipe, for example gptq-4-server=openai:URL#MODEL"
        )
    return Ensemble(name, tuple(sorted(chosen, key=precedence)))


def _members(method: str, known: Mapping[str, Variant]) -> list[Variant]:
    """Return the first default-seed variant of every bit width of a method, no draw."""
    greedy = [variant for variant in known.values() if variant.draw is None]
    chosen = [v for v in greedy if v.method == method and v.seed == 0]
    return list({variant.bits: variant for variant in reversed(chosen)}.values())
