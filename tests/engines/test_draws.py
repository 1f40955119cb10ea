"""What engines and the store make of a draw: addresses, requests, scripts, shared models."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from trusteval.benchmarks.benchmark import Question
from trusteval.engines.engine import Backend
from trusteval.engines.local.backend import HFBackend
from trusteval.engines.replay import ReplayBackend, recording_line
from trusteval.engines.scripted import ScriptedBackend
from trusteval.engines.served.completions import completion
from trusteval.engines.served.endpoint import parse_endpoint
from trusteval.engines.served.openai import OpenAIBackend
from trusteval.errors import EngineError, ModelError
from trusteval.evaluation.recorder import Recorder
from trusteval.run.subjects import dense_variant
from trusteval.store import ResponseStore
from trusteval.store.keys import response_key
from trusteval.system.digests import digest
from trusteval.types import (
    Draw,
    FinishReason,
    Health,
    LabelSpec,
    Message,
    Prompt,
    Response,
    Role,
    Sample,
    Setting,
    Variant,
)

DENSE = dense_variant()
DRAWS = tuple(DENSE.drawn(Draw(0.7, number)) for number in (1, 2, 3))
WATER = (Message(Role.USER, "Is water wet?"),)
SETTING = Setting("ethics", "zero_shot", (LabelSpec("yes"),), max_new_tokens=4, n_expected=None)
ENDPOINT = parse_endpoint("http://127.0.0.1:1/v1#m")
SERVED = OpenAIBackend(dense=ENDPOINT, described={ENDPOINT: {"version": "1"}})
GREEDY_KEYS = {
    "scripted": "1b28cd83a04263df3340030b4f49ea8f4ea4c26688cf3a42be503633c1dc9ed0",
    "openai": "5d93faf45654c117f1ee6d39e5c5658956a2973296eaa055194867f8eb8cfb65",
    "hf": "28088512f8faa52e9cc9051812814321f296c4f8db69c626477928ca630d9c45",
}
"""Computed before anything could be drawn: whoever recorded answers finds them by these."""
_OF_THIS_MACHINE = ("versions", "weights", "tokenizer")


@pytest.fixture
def backends(tmp_path: Path, tiny_llama: Path) -> Mapping[str, Backend]:
    script = tmp_path / "script.json"
    script.write_text('{"*": [{"say": "yes"}]}', encoding="utf-8")
    cache = tmp_path / "cache"
    return {
        "scripted": ScriptedBackend.create(str(script)),
        "openai": SERVED,
        "hf": HFBackend.create(str(tiny_llama), device="cpu", dtype="float32", cache=cache),
    }


def _key(backend: Backend, variant: Variant) -> str:
    context = backend.context(variant)
    left_out = _OF_THIS_MACHINE if context["engine"] == "hf" else ()
    told = {name: value for name, value in context.items() if name not in left_out}
    return response_key(digest(told), WATER, max_new_tokens=8)


@pytest.mark.parametrize("engine", GREEDY_KEYS)
def test_greedy_answers_keep_their_addresses_and_draws_get_their_own(
    backends: Mapping[str, Backend], engine: str
) -> None:
    backend = backends[engine]
    assert _key(backend, DENSE) == GREEDY_KEYS[engine]
    warmer = DENSE.drawn(Draw(0.8, 1))
    assert len({_key(backend, one) for one in (DENSE, *DRAWS, warmer)}) == 5


@pytest.mark.parametrize("engine", ["openai", "hf"])
def test_reports_say_how_a_draw_was_drawn(backends: Mapping[str, Backend], engine: str) -> None:
    assert backends[engine].notes(DRAWS[1])["decoding"] == "drawn at temperature 0.7, draw 2"
    assert "decoding" not in backends[engine].notes(DENSE)


# -- servers -------------------------------------------------------------------------------


def _body(variant: Variant, prompt: Prompt = WATER) -> Mapping[str, Any]:
    return completion(prompt, ENDPOINT, max_new_tokens=6, draw=variant.draw).body


def test_server_is_sent_temperature_and_seed_and_cuts_nothing_off() -> None:
    greedy, drawn = _body(DENSE), dict(_body(DRAWS[0]))
    assert 0 <= drawn.pop("seed") < 2**31
    asked = {"temperature": 0.7, "top_p": 1, "top_k": -1, "min_p": 0}
    assert drawn == {name: value for name, value in greedy.items() if name != "seed"} | asked


def test_every_prompt_and_draw_has_a_seed_of_its_own() -> None:
    asked = [WATER, (Message(Role.USER, "Is fire wet?"),)]
    seeds = [_body(one, prompt)["seed"] for one in DRAWS for prompt in asked]
    assert len(set(seeds)) == 6
    assert _body(DRAWS[0])["seed"] == _body(DRAWS[0])["seed"]


# -- scripts and recordings ----------------------------------------------------------------


def _said(backend: Backend, variant: Variant) -> str:
    engine = backend.open(variant)
    (batch,) = engine.generate([WATER], max_new_tokens=8, draw=variant.draw)
    return batch[0].text


def test_scripts_and_recordings_hold_draws_by_name(tmp_path: Path) -> None:
    by_name = {"dense": "no", "dense~0.7#1": "yes"}
    script = {name: [{"say": said}] for name, said in by_name.items()}
    (tmp_path / "script.json").write_text(json.dumps(script), encoding="utf-8")
    lines = [
        recording_line(name, WATER, Response(said, FinishReason.END, 3, 1))
        for name, said in by_name.items()
    ]
    (tmp_path / "said.jsonl").write_text("\n".join(lines), encoding="utf-8")
    scripted = ScriptedBackend.create(str(tmp_path / "script.json"))
    replay = ReplayBackend.create(str(tmp_path / "said.jsonl"))
    for backend in (scripted, replay):
        assert [_said(backend, one) for one in (DENSE, DRAWS[0])] == ["no", "yes"]
        with pytest.raises(EngineError, match=r"dense~0\.7#2"):
            _said(backend, DRAWS[1])


def test_script_weighs_a_draw_as_its_variant(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    dense = {"say": "no", "probabilities": {"yes": 0.25}}
    path.write_text(json.dumps({"dense": [dense], "dense~0.7#1": [{"say": "yes"}]}), "utf-8")
    engine = ScriptedBackend.create(str(path)).open(DENSE)
    found = [
        batch[0]
        for draw in (None, DRAWS[0].draw)
        for batch in engine.weigh([WATER], labels=["yes"], max_new_tokens=8, draw=draw)
    ]
    assert [one.response.text for one in found if one.response] == ["no", "yes"]
    assert [one.logs.log for one in found] == [(math.log(0.25),)] * 2
    path.write_text(json.dumps({"dense": [dense], "dense~0.7#1": [dense]}), "utf-8")
    with pytest.raises(ModelError, match=r"a variant's, not those of a draw such as dense~0\.7#1"):
        ScriptedBackend.create(str(path))


# -- recording -----------------------------------------------------------------------------


class Gambler:
    """A backend and engine whose answers name the draw; counts loads and health checks."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.n_checked = 0

    def context(self, variant: Variant) -> Mapping[str, Any]:
        return {"engine": "gambler", "variant": variant.name}

    def open(self, variant: Variant) -> Gambler:
        self.opened.append(variant.name)
        return self

    def close(self) -> None:
        pass

    def check_health(self) -> Health:
        self.n_checked += 1
        return Health(perplexity=9.0, vocabulary_size=99, shortfall=0.0)

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int,
        done: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Response]]:
        for index in sorted(set(range(len(prompts))).difference(done)):
            yield {index: Response(f"drawn {draw}", FinishReason.END, 1, 2)}


class Unable(Gambler):
    """An engine from before there were draws."""

    def generate(  # type: ignore[override]
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        return super().generate(prompts, max_new_tokens=max_new_tokens, done=done)


QUESTIONS = [Question(Sample("0", SETTING, "0", "yes"), WATER)]


def _recorder(backend: Gambler, tmp_path: Path) -> Recorder:
    return Recorder(backend, ResponseStore(tmp_path / "store.sqlite"))  # type: ignore[arg-type]


def test_draws_of_one_variant_share_its_model_and_its_health_check(tmp_path: Path) -> None:
    gambler = Gambler()
    recorder = _recorder(gambler, tmp_path)
    subjects = (DENSE, *DRAWS)
    healths = {recorder.health(subject) for subject in subjects}
    said = [recorder.responses(subject, QUESTIONS)[0].text for subject in subjects]
    assert said == ["drawn None", "drawn ~0.7#1", "drawn ~0.7#2", "drawn ~0.7#3"]
    assert (gambler.opened, gambler.n_checked, len(healths)) == (["dense"], 1, 1)
    other = Variant("gptq-4", "gptq", 4)
    recorder.responses(other, QUESTIONS)
    recorder.responses(other.drawn(Draw(0.7, 1)), QUESTIONS)
    assert gambler.opened == ["dense", "gptq-4"]


def test_engine_that_cannot_draw_is_told_apart_from_one_that_did(tmp_path: Path) -> None:
    recorder = _recorder(Unable(), tmp_path)
    with pytest.raises(EngineError, match=r"dense~0\.7#1: engine Unable: generate raised.*draw"):
        recorder.responses(DRAWS[0], QUESTIONS)
    assert recorder.responses(DENSE, QUESTIONS)[0].text == "drawn None"
