"""One contract for every engine, and what the transformers engine promises beyond it."""

from __future__ import annotations

import json
import random
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.doubles import build_tiny_llama
from tests.fault_server import MODEL, serving
from tests.gguf_files import write_gguf
from trusteval.checkpoints.loading import load_model
from trusteval.engines import ENGINES
from trusteval.engines.chat import fold_system, plain_layout, render
from trusteval.engines.local.backend import HFBackend
from trusteval.engines.local.engine import HFEngine
from trusteval.engines.replay import ReplayBackend, recording_line
from trusteval.engines.scripted import ScriptedBackend
from trusteval.engines.served.openai import OpenAIBackend
from trusteval.errors import EngineError, ModelError, PromptError
from trusteval.run.subjects import dense_variant
from trusteval.types import FinishReason, Message, Prompt, Response, Role, Variant

DENSE = dense_variant()
LIMIT = 6
WORDS = ("wrong", "not", "positive", "negative", "yes", "no", "film", "was", "good", "bad", "who")


def _prompts(count: int, *, seed: int = 0) -> list[Prompt]:
    chance = random.Random(seed)
    return [
        (
            Message(Role.SYSTEM, "answer wrong or not wrong"),
            Message(Role.USER, " ".join(chance.choices(WORDS, k=chance.randint(1, 40)))),
        )
        for _ in range(count)
    ]


def _answers(engine, prompts, *, limit: int = LIMIT, done=()) -> dict[int, Response]:
    answers: dict[int, Response] = {}
    for batch in engine.generate(prompts, max_new_tokens=limit, done=done):
        assert not answers.keys() & batch.keys()
        answers |= batch
    return answers


@pytest.fixture(scope="session")
def hf_engine(tiny_llama: Path) -> HFEngine:
    model, tokenizer = load_model(tiny_llama, dtype="float32")
    return HFEngine(model, tokenizer, name="tiny")


@pytest.fixture
def opened(request, tmp_path: Path, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch):
    """The dense variant opened by each engine of the table, able to answer _prompts(80)."""
    resources = ExitStack()
    if request.param == "hf":
        backend = HFBackend.create(
            str(tiny_llama), device="cpu", dtype="float32", cache=tmp_path / "cache"
        )
    elif request.param == "scripted":
        script = {"dense": [{"match": "yes", "say": "wrong or not or wrong or not"}, {"say": "no"}]}
        (tmp_path / "script.json").write_text(json.dumps(script), encoding="utf-8")
        backend = ScriptedBackend.create(str(tmp_path / "script.json"))
    elif request.param == "openai":
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        server = resources.enter_context(serving())
        backend = OpenAIBackend.create(f"{server.url}#{MODEL}")
    else:
        said = Response("wrong", FinishReason.END, 9, 2)
        lines = [recording_line("dense", prompt, said) for prompt in _prompts(80)]
        (tmp_path / "recording.jsonl").write_text("\n".join(lines), encoding="utf-8")
        backend = ReplayBackend.create(str(tmp_path / "recording.jsonl"))
    with resources:
        engine = backend.open(DENSE)
        yield backend, engine
        engine.close()


every_engine = pytest.mark.parametrize("opened", ENGINES, indirect=True)
# A server forms its own batches; its answers come as they are ready.
every_batching_engine = pytest.mark.parametrize(
    "opened", sorted(ENGINES.keys() - {"openai"}), indirect=True
)


@every_engine
def test_every_prompt_is_answered_once_within_the_limit(opened) -> None:
    _, engine = opened
    answers = _answers(engine, _prompts(80))
    assert sorted(answers) == list(range(80))
    for response in answers.values():
        assert 0 <= response.n_new_tokens <= LIMIT
        assert response.n_prompt_tokens > 0
        if response.finish_reason is FinishReason.LENGTH:
            assert response.n_new_tokens == LIMIT


@every_engine
def test_no_prompt_gives_no_batch(opened) -> None:
    _, engine = opened
    assert _answers(engine, []) == {}


@every_batching_engine
def test_batches_depend_on_the_whole_list_not_on_what_is_done(opened) -> None:
    _, engine = opened
    prompts = _prompts(80)
    whole = list(engine.generate(prompts, max_new_tokens=LIMIT))
    rest = list(engine.generate(prompts, max_new_tokens=LIMIT, done=set(whole[0])))
    assert rest == whole[1:]
    assert list(engine.generate(prompts, max_new_tokens=LIMIT, done=range(80))) == []
    every_second = _answers(engine, prompts, done=range(0, 80, 2))
    assert sorted(every_second) == list(range(1, 80, 2))


@every_engine
def test_what_is_done_is_not_asked_again(opened) -> None:
    _, engine = opened
    assert _answers(engine, _prompts(80), done=range(80)) == {}
    assert sorted(_answers(engine, _prompts(80), done=range(64)))[-16:] == list(range(64, 80))


@every_engine
def test_context_names_what_decides_an_answer_and_is_plain_json(opened) -> None:
    backend, _ = opened
    context = backend.context(DENSE)
    assert json.loads(json.dumps(context)) == context
    assert context["engine"] in ENGINES
    assert all(isinstance(note, str) for note in backend.notes(DENSE).values())


def test_notes_say_what_a_model_is_expanded_from_and_bits_are_no_part_of_a_key(
    tiny_llama: Path, tmp_path: Path
) -> None:
    """What was recorded of a file is found again, however its bits were told before."""
    file = write_gguf(
        tiny_llama,
        tmp_path / "model.gguf",
        kinds={"ffn_up.weight": "Q8_0"},
        file_type="MOSTLY_Q4_0",
    )
    backend = HFBackend.create(str(file), device="cpu", dtype="float32", cache=tmp_path / "cache")
    said = "a .gguf file, 8.50 bits per weight, though its file type says Q4_0"
    assert backend.notes(DENSE)["expanded from"] == (
        f"{said}; what is called dense was quantized before"
    )
    now = Variant("theirs", "gguf", 8.5, path=file)
    assert backend.notes(now)["expanded from"] == said
    assert backend.context(now) == backend.context(replace(now, bits=4))
    plain = HFBackend.create(str(tiny_llama), device="cpu", cache=tmp_path / "cache")
    assert "expanded from" not in plain.notes(DENSE)


def test_batched_greedy_answers_equal_the_one_by_one_reference(hf_engine: HFEngine) -> None:
    prompts = _prompts(60, seed=3)
    together = _answers(hf_engine, prompts, limit=10)
    alone = [_answers(hf_engine, [prompt], limit=10)[0] for prompt in prompts]
    assert [together[i] for i in range(60)] == alone


def test_shared_prefix_decoding_equals_transformers_generate(hf_engine: HFEngine) -> None:
    prompts = _prompts(12, seed=4)
    answers = _answers(hf_engine, prompts, limit=8)
    model, tokenizer = hf_engine.model, hf_engine.tokenizer
    for index, prompt in enumerate(prompts):
        text, _ = render(prompt, tokenizer)
        ids = tokenizer(text, add_special_tokens=False, return_tensors="pt")
        new = model.generate(**ids, max_new_tokens=8, do_sample=False)[
            0, ids["input_ids"].shape[1] :
        ]
        assert answers[index].text == tokenizer.decode(new, skip_special_tokens=True)


def test_plain_prompts_without_a_common_start_are_answered_too(hf_engine: HFEngine) -> None:
    prompts = [(Message(Role.PLAIN, text),) for text in ("film was", "bad", "who was good ?")]
    together = _answers(hf_engine, prompts)
    assert [together[i] for i in range(3)] == [_answers(hf_engine, [p])[0] for p in prompts]


def test_prompt_longer_than_the_context_is_an_error_that_says_which(hf_engine: HFEngine) -> None:
    prompts = [*_prompts(2), (Message(Role.USER, "wrong " * 9000),)]
    with pytest.raises(PromptError, match="context is 8192") as raised:
        _answers(hf_engine, prompts)
    assert raised.value.index == 2


def test_nan_logits_are_an_engine_error_never_an_answer(tmp_path: Path) -> None:
    import torch

    model, tokenizer = load_model(build_tiny_llama(tmp_path / "broken"), dtype="float32")
    with torch.no_grad():
        model.model.layers[1].mlp.up_proj.weight[0, 0] = float("nan")
    with pytest.raises(EngineError, match="not finite"):
        _answers(HFEngine(model, tokenizer, name="broken"), _prompts(3))


def test_context_changes_with_weights_tokenizer_and_dtype(tmp_path: Path) -> None:
    cache = tmp_path / "cache"

    def context(directory: Path, **options: str):
        return HFBackend.create(str(directory), device="cpu", cache=cache, **options).context(DENSE)

    directory = build_tiny_llama(tmp_path / "model")
    first = context(directory, dtype="float32")
    assert context(directory, dtype="bfloat16") != first
    (directory / "tokenizer_config.json").write_text("{}", encoding="utf-8")
    retokenized = context(directory, dtype="float32")
    assert retokenized["tokenizer"] != first["tokenizer"]
    build_tiny_llama(directory, seed=1)  # other weights in the same place
    assert context(directory, dtype="float32")["weights"] != first["weights"]


def test_scripted_engine_cuts_at_the_limit_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text('{"*": [{"say": "one two three"}]}', encoding="utf-8")
    engine = ScriptedBackend.create(str(path)).open(DENSE)
    (answer,) = _answers(engine, _prompts(1), limit=2).values()
    assert (answer.text, answer.finish_reason) == ("one two", FinishReason.LENGTH)


@pytest.mark.parametrize("text", ["[]", '{"dense": [{"match": "("}]}', "not json", '{"a": [1]}'])
def test_bad_script_is_a_model_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="script"):
        ScriptedBackend.create(str(path))


def test_bad_recording_line_is_named(tmp_path: Path) -> None:
    good = recording_line("dense", _prompts(1)[0], Response("x", FinishReason.END, 1, 1))
    path = tmp_path / "recording.jsonl"
    path.write_text(f"{good}\n{{}}\n", encoding="utf-8")
    with pytest.raises(ModelError, match="line 2"):
        ReplayBackend.create(str(path))


def test_replay_without_the_answer_is_an_error_not_a_guess(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    path.write_text("", encoding="utf-8")
    with pytest.raises(PromptError, match="no answer of dense"):
        _answers(ReplayBackend.create(str(path)).open(DENSE), _prompts(1))


# -- rendering -------------------------------------------------------------------------------


class _Template:
    """A tokenizer of nothing but a chat template, rendered as transformers does."""

    def __init__(self, chat_template: str | None) -> None:
        self.chat_template = chat_template

    def apply_chat_template(self, messages, **options) -> str:
        from transformers.utils.chat_template_utils import render_jinja_template

        options = {key: value for key, value in options.items() if key != "tokenize"}
        rendered, _ = render_jinja_template([messages], **options)
        return rendered[0]


ASKED = (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Is it wrong?"))
TURNS = "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}"


@pytest.mark.parametrize(
    ("template", "rendered"),
    [
        (TURNS, "[system]Be brief.[user]Is it wrong?"),
        (
            "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}"
            "{% endif %}" + TURNS,
            "[user]Be brief.\n\nIs it wrong?",
        ),
        (
            "{% for m in messages if m['role'] != 'system' %}[{{ m['role'] }}]{{ m['content'] }}"
            "{% endfor %}",
            "[user]Be brief.\n\nIs it wrong?",
        ),
        (
            "{{ strftime_now('%d %b %Y') }}|" + TURNS,
            "01 Jan 2025|[system]Be brief.[user]Is it wrong?",
        ),
        ("{{ date_string }}|" + TURNS, "01 Jan 2025|[system]Be brief.[user]Is it wrong?"),
        ("{{ enable_thinking }}|" + TURNS, "False|[system]Be brief.[user]Is it wrong?"),
    ],
    ids=["plain", "refuses system", "drops system", "prints date", "date string", "thinking"],
)
def test_template_surprises_are_defused(template: str, rendered: str) -> None:
    assert render(ASKED, _Template(template)) == (rendered, False)


def test_model_without_template_gets_a_plain_layout_and_its_special_tokens() -> None:
    prompt = (*ASKED, Message(Role.ASSISTANT, "Wrong"), Message(Role.USER, "And this?"))
    text = "Be brief.\n\nIs it wrong?\nAnswer: Wrong\n\nAnd this?\nAnswer:"
    assert render(prompt, _Template(None)) == (text, True)
    assert plain_layout(prompt) == text


def test_plain_text_is_never_wrapped_in_a_template() -> None:
    assert render((Message(Role.PLAIN, "2 + 2 ="),), _Template(TURNS)) == ("2 + 2 =", True)


def test_folding_keeps_every_word() -> None:
    assert fold_system(ASKED) == (Message(Role.USER, "Be brief.\n\nIs it wrong?"),)
