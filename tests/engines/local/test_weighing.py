"""Log-probabilities of labels are those of a plain forward pass, whatever runs together."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from trusteval.checkpoints.loading import load_model
from trusteval.engines.local.batching import Limits, plan_batches, rows_of
from trusteval.engines.local.decoding import Decoder, PlainDecoder, Told
from trusteval.engines.local.engine import HFEngine
from trusteval.engines.local.label_tokens import LabelTokens, label_tokens
from trusteval.engines.local.packed_decoder import PackedDecoder
from trusteval.types import Draw, Message, Prompt, Role

NEW = 5
STOPS = frozenset(range(1, 300, 6))
LABELS: LabelTokens = ((60,), (60, 61), (60, 62, 63), (70, 71, 72, 73), (74,), (60, 62))
"""One is the beginning of another, some share their first tokens, one is long."""
FEW: LabelTokens = ((80,), (81,), (81,))
NONE: LabelTokens = ()


@pytest.fixture(scope="module", params=["llama", "gemma"])
def loaded(request: pytest.FixtureRequest, tiny_llama: Path, tiny_gemma: Path) -> tuple[Any, Any]:
    """A model and its tokenizer; the second has sliding windows of 64 tokens in a layer."""
    directory = {"llama": tiny_llama, "gemma": tiny_gemma}[request.param]
    return load_model(directory, dtype="float32")


def by_plain_passes(model: Any, prompt: Sequence[int], labels: LabelTokens) -> list[float]:
    """Sum the log-probabilities of each label's tokens over passes of one sequence each."""
    import torch

    sums = []
    for tokens in labels:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([[*prompt, *tokens]])).logits[0]
        logs = logits.log_softmax(-1)
        sums.append(sum(float(logs[len(prompt) - 1 + n, t]) for n, t in enumerate(tokens)))
    return sums


def prompts_of(prefixes: tuple[int, ...], *, rows: int, longest: int) -> list[list[int]]:
    """Make prompts over nested prefixes of these lengths."""
    chance = random.Random(18)
    shared: list[list[int]] = [[]]
    for length in prefixes:
        shared.append([*shared[-1], *(chance.randrange(50, 250) for _ in range(length))])
    return [
        [
            *chance.choice(shared),
            *(chance.randrange(50, 250) for _ in range(chance.randint(1, longest))),
        ]
        for _ in range(rows)
    ]


def weighed(
    decoder: Decoder,
    encoded: list[list[int]],
    labels: dict[int, LabelTokens],
    *,
    limits: Limits,
    answered: Sequence[int] = (),
) -> list[Told]:
    told: dict[int, Told] = {}
    for batch in plan_batches(encoded, new_tokens=NEW, limits=limits):
        found = decoder.weigh(
            encoded, batch, labels=labels, answered=set(answered), max_new_tokens=NEW
        )
        told |= zip(rows_of(batch), found, strict=True)
    return [told[row] for row in range(len(encoded))]


def answers(decoder: Decoder, encoded: list[list[int]], limits: Limits) -> list[list[int]]:
    new: dict[int, list[int]] = {}
    for batch in plan_batches(encoded, new_tokens=NEW, limits=limits):
        found = decoder.answer(encoded, batch, max_new_tokens=NEW)
        new |= zip(rows_of(batch), found, strict=True)
    return [new[row] for row in range(len(encoded))]


@pytest.mark.parametrize(
    ("prefixes", "longest"), [((), 30), ((30, 50), 20), ((150,), 10), ((20,), 150)]
)
@pytest.mark.parametrize("is_packed", [True, False], ids=["packed", "plain"])
@pytest.mark.parametrize("limits", [Limits(128, 10**6), Limits(5, 10**6)])
def test_sums_are_those_of_plain_passes_and_answers_stay_the_same(
    loaded: tuple[Any, Any],
    prefixes: tuple[int, ...],
    longest: int,
    is_packed: bool,
    limits: Limits,
) -> None:
    model = loaded[0]
    decoder: Decoder = (
        PackedDecoder(model, stops=STOPS, tokens_at_once=100, threads=2)
        if is_packed
        else PlainDecoder(model, stops=STOPS)
    )
    encoded = prompts_of(prefixes, rows=16, longest=longest)
    labels = {row: (LABELS, LABELS, FEW, NONE)[row % 4] for row in range(len(encoded))}
    answered = range(0, len(encoded), 3)
    told = weighed(decoder, encoded, labels, limits=limits, answered=answered)
    for row, one in enumerate(told):
        assert one.logs == pytest.approx(
            by_plain_passes(model, encoded[row], labels[row]), abs=1e-4
        )
    alone = answers(decoder, encoded, limits)
    assert [one.new for one in told] == [
        [] if row in answered else new for row, new in enumerate(alone)
    ]


def test_only_labels_need_no_answer(loaded: tuple[Any, Any]) -> None:
    decoder = PackedDecoder(loaded[0], stops=STOPS, tokens_at_once=100)
    encoded = prompts_of((), rows=4, longest=9)
    told = weighed(
        *(decoder, encoded, dict.fromkeys(range(4), LABELS)),
        limits=Limits(4, 999),
        answered=range(4),
    )
    assert [one.new for one in told] == [[]] * 4


def test_first_tokens_cost_no_pass_and_a_shared_beginning_one(loaded: tuple[Any, Any]) -> None:
    model, read = loaded[0], list[int]()
    hook = model.register_forward_hook(
        lambda _module, _arguments, inputs, _output: read.append(inputs["input_ids"].numel()),
        with_kwargs=True,
    )
    decoder = PackedDecoder(model, stops=STOPS, tokens_at_once=999)
    encoded = prompts_of((), rows=6, longest=9)
    for labels, passes in ((((60,), (61,)), 0), (((60,), (61, 62), (61, 63)), 1)):
        read.clear()
        weighed(
            *(decoder, encoded, dict.fromkeys(range(6), labels)),
            limits=Limits(6, 999),
            answered=range(6),
        )
        assert read == [sum(map(len, encoded)), *[6] * passes]
    hook.remove()


# -- texts -------------------------------------------------------------------------------------

LABEL_TEXTS = ("wrong", "not wrong", "not", "A")
ASKED: list[Prompt] = [
    (Message(Role.SYSTEM, "Be good."), Message(Role.USER, f"Is it {word} ?"))
    for word in ("good", "bad", "true or false", "a film")
]
CONTINUED: list[Prompt] = [
    (Message(Role.PLAIN, text),)
    for text in ("Is it good? Answer:", "Is it bad?\nAnswer: ", "A film\n", "what is")
]


@pytest.mark.parametrize("prompts", [ASKED, CONTINUED], ids=["asked", "continued"])
def test_engine_weighs_whole_labels_as_they_go_on_behind_the_prompt(
    loaded: tuple[Any, Any], prompts: list[Prompt]
) -> None:
    model, tokenizer = loaded
    engine = HFEngine(model, tokenizer, name="tiny")
    found: dict[int, Any] = {}
    for batch in engine.weigh(prompts, labels=LABEL_TEXTS, max_new_tokens=4):
        found |= batch
    plain: dict[int, Any] = {}
    for answers in engine.generate(prompts, max_new_tokens=4):
        plain |= answers
    for row, tokens in enumerate(engine.encode(prompts)):
        text = tokenizer.decode(tokens)
        gap = "" if text.endswith((" ", "\n")) else " "
        labels = tuple(
            tuple(tokenizer(gap + label, add_special_tokens=False)["input_ids"])
            for label in LABEL_TEXTS
        )
        assert len(labels[1]) > 1
        assert found[row].logs.labels == LABEL_TEXTS
        assert found[row].logs.unknown == ""
        assert found[row].logs.log == pytest.approx(
            by_plain_passes(model, tokens, labels), abs=1e-4
        )
        assert found[row].response == plain[row]


@pytest.mark.parametrize("is_packed", [True, False], ids=["packed", "plain"])
def test_draw_is_weighed_before_the_temperature_and_answers_as_it_does_unweighed(
    loaded: tuple[Any, Any], is_packed: bool
) -> None:
    engine = HFEngine(*loaded, name="tiny")
    if not is_packed:
        engine.decoder = PlainDecoder(loaded[0], stops=STOPS)
    draw = Draw(1.7, 1)
    labels: dict[str, Any] = {"labels": LABEL_TEXTS, "max_new_tokens": 6}
    (greedy,) = engine.weigh(ASKED, **labels)
    (drawn,) = engine.weigh(ASKED, **labels, answered={2}, draw=draw)
    (alone,) = engine.generate(ASKED, max_new_tokens=6, draw=draw)
    for row, one in drawn.items():
        assert one.logs.log == pytest.approx(greedy[row].logs.log, abs=1e-5)
        assert one.response == (None if row == 2 else alone[row])
    assert [alone[row] for row in alone] != [greedy[row].response for row in greedy]


def test_what_is_done_is_left_out_and_what_is_answered_is_only_weighed(tiny_llama: Path) -> None:
    engine = HFEngine(*load_model(tiny_llama, dtype="float32"), name="tiny")
    given: dict[str, Any] = {"labels": ("wrong", "not wrong"), "max_new_tokens": 4}
    (whole,) = engine.weigh(ASKED, **given)
    (part,) = engine.weigh(ASKED, **given, done={0}, answered={2})
    assert part.keys() == {1, 2, 3}
    assert part[2].response is None
    assert [part[row].response for row in (1, 3)] == [whole[row].response for row in (1, 3)]
    for row in part:
        assert part[row].logs.log == pytest.approx(whole[row].logs.log, abs=1e-4)


def test_batch_that_does_not_fit_the_memory_is_halved(tiny_llama: Path) -> None:
    model, tokenizer = load_model(tiny_llama, dtype="float32")
    engine, forward = HFEngine(model, tokenizer, name="tiny"), model.forward
    given: dict[str, Any] = {"labels": ("wrong", "not wrong"), "max_new_tokens": 4}
    (whole,) = engine.weigh(ASKED, **given)
    most = max(map(len, engine.encode(ASKED)))

    def forward_in_little_memory(*arguments: Any, input_ids: Any, **others: Any) -> Any:
        if input_ids.shape[1] > most:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return forward(*arguments, input_ids=input_ids, **others)

    model.forward = forward_in_little_memory
    (halved,) = engine.weigh(ASKED, **given)
    assert halved.keys() == whole.keys()
    for row in halved:
        assert halved[row].logs.log == pytest.approx(whole[row].logs.log, abs=1e-4)


class _OfCharacters:
    """A tokenizer with a token per character, which begins every text with another one."""

    all_special_tokens = ("<turn>",)

    def __call__(self, texts: list[str], add_special_tokens: bool) -> dict[str, list[list[int]]]:
        return {"input_ids": [[0, *map(ord, text.replace("ab", "c"))] for text in texts]}


@pytest.mark.parametrize(
    ("text", "label", "written"),
    [
        ("Answer:", "b", " b"),
        ("Answer: ", "b", "b"),
        ("assistant\n", "b", "b"),
        ("assistant<turn>", "b", "b"),
        ("a long prompt " * 20 + "Answer:", "b b", " b b"),
    ],
)
def test_label_is_written_behind_a_space_unless_the_text_ends_in_one(
    text: str, label: str, written: str
) -> None:
    assert label_tokens([text], [label], _OfCharacters()) == [(tuple(map(ord, written)),)]


def test_label_that_changes_the_last_token_of_the_prompt_stands_on_its_own() -> None:
    assert label_tokens(["x\ta\n"], ["b"], _OfCharacters()) == [((ord("b"),),)]

    class Merging(_OfCharacters):
        all_special_tokens = ("a",)

    assert label_tokens(["xa"], ["b"], Merging()) == [((0, ord("b")),)]
