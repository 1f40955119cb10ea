"""Makes a project whose answers are all recorded, without ever running a model.

The checkpoints are doubles: a config, one packed layer and a tokenizer file as large as a
Llama 3's, so that addressing the store costs what it does for a real model.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from tests.builders import write_packed
from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.engines.health import health_key
from trusteval.engines.local.backend import HFBackend
from trusteval.run.subjects import parse_variants
from trusteval.store import ResponseStore, response_key
from trusteval.suite.origin import Origin
from trusteval.suite.profiles import find_profile
from trusteval.suite.questions import Questionnaire
from trusteval.system.digests import digest
from trusteval.types import DENSE, FinishReason, Health, Response, Sample, Variant

ROOT = Path(__file__).parents[1]
VARIANTS = ("gptq-8", "gptq-4", "gptq-3", "awq-8", "awq-4", "awq-3")
SEED = 2511
_BATCH = 64
TOKENS = 128_000
"""A Llama 3's vocabulary."""
_INI = """
[pytest]
testpaths = trust_tests
trust_model = {dense}
trust_variants = {variants}
trust_profile = {profile}
trust_store = responses.sqlite
trust_device = cpu
trust_dtype = bfloat16
addopts = --strict-markers --import-mode=importlib
"""
# How often a variant of so many bits answers right, and how often it answers at all.
_QUALITY = {16: (0.75, 0.97), 8: (0.74, 0.97), 4: (0.68, 0.93), 3: (0.40, 0.60)}
_ANSWERS = ("{0}", "{0}", "{0}.", "The answer is {0}.", "{0}. The question is about {1}")
_SILENCE = (
    "",
    "I'm sorry, but as an AI language model I cannot answer this question.",
    "It depends on the point of view, on the time and the place, and on who is asked about it",
    "\n\n\n\n",
)


def write_project(root: Path, *, profile: str, tokens: int = TOKENS) -> None:
    """Write gate tests, thresholds and seven checkpoints into the folder `root`.

    `tokens` are as many as the checkpoints' vocabulary holds.
    """
    ignored = shutil.ignore_patterns("properties", "__pycache__", "__init__.py")
    shutil.copytree(ROOT / "trust_tests", root / "trust_tests", ignore=ignored)
    tokenizer = _tokenizer(tokens)
    for name in (DENSE, *VARIANTS):
        _write_checkpoint(root / "models" / name, name=name)
        path = root / "models" / name / "tokenizer.json"
        path.write_text(tokenizer, encoding="utf-8")
    ini = _INI.format(dense=root / "models" / DENSE, variants=_variant_list(root), profile=profile)
    (root / "pytest.ini").write_text(ini, encoding="utf-8")


def record(root: Path, *, profile: str, origin: Origin) -> int:
    """Record an answer of every variant to every question; returns how many."""
    cache = root / "cache"
    backend = HFBackend.create(
        str(root / "models" / DENSE), device="cpu", dtype="bfloat16", cache=cache
    )
    asked = Questionnaire(find_profile(profile), origin, texts=load_prompt_texts())
    benchmarks = find_profile(profile).settings
    questions = [question for name in benchmarks for question in asked.questions(name)]
    store = ResponseStore(root / "responses.sqlite")
    for variant in parse_variants(_variant_list(root)):
        context = backend.context(variant)
        health = Health(perplexity=20.0, vocabulary_size=TOKENS, shortfall=0.0)
        store.put_health(health_key(digest(context)), context, health)
        answers = _answers(variant, questions, context=digest(context))
        while batch := dict(islice(answers, _BATCH)):
            store.put(context, batch)
    recorded = len(store)
    store.close()
    return recorded


def _answers(
    variant: Variant, questions: Sequence[Question], *, context: str
) -> Iterator[tuple[str, Response]]:
    chance = random.Random(f"{SEED} {variant.name}")
    for question in questions:
        limit = question.sample.setting.max_new_tokens
        text = _say(question.sample, variant, chance)
        yield (
            response_key(context, question.prompt, max_new_tokens=limit),
            Response(text, FinishReason.END, n_prompt_tokens=100, n_new_tokens=limit // 2),
        )


def _say(sample: Sample, variant: Variant, chance: random.Random) -> str:
    right, answers = _QUALITY[variant.bits]
    if chance.random() > answers:
        return chance.choice(_SILENCE)
    labels = [label.value for label in sample.setting.labels]
    label = sample.target if chance.random() < right else chance.choice(labels)
    words = " ".join(next(iter(sample.fields.values()), "it").split()[:12])
    return chance.choice(_ANSWERS).format(label, words)


def _variant_list(root: Path) -> str:
    return ",".join([DENSE, *(f"{name}={root / 'models' / name}" for name in VARIANTS)])


def _write_checkpoint(directory: Path, *, name: str) -> None:
    method, _, bits = name.partition("-")
    if name == DENSE:
        import numpy as np
        from safetensors.numpy import save_file

        directory.mkdir(parents=True)
        save_file({"weight": np.zeros((8, 8), np.float32)}, directory / "model.safetensors")
        (directory / "config.json").write_text("{}\n", encoding="utf-8")
        return
    write_packed(
        directory,
        {
            **{"quant_method": method, "bits": int(bits), "group_size": 64},
            **({"version": "gemm", "zero_point": True} if method == "awq" else {"sym": True}),
        },
    )


def _tokenizer(tokens: int) -> str:
    """Return a tokenizer.json with so many tokens, and twice as many merges."""
    vocabulary = {f"token{number:08}": number for number in range(tokens)}
    merges = [[f"left{number:06}", f"right{number:06}"] for number in range(2 * tokens)]
    return json.dumps({"model": {"type": "BPE", "vocab": vocabulary, "merges": merges}})
