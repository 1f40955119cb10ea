"""What others trained and packed: folders of weights, tokenizers and templates, .gguf files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.fuzzing.edge import refuse_raw_controls, strictly
from bench.fuzzing.trial import Files, Form, Target
from fixtures.doubles import build_tiny_llama
from tests.builders import write_packed
from tests.gguf_files import write_gguf
from trusteval.errors import TrustEvalError
from trusteval.types import Message, Role

_CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "max_position_embeddings": 128,
    "num_hidden_layers": 1,
    "hidden_size": 8,
    "eos_token_id": 1,
    "torch_dtype": "float32",
}
_GPTQ = {"quant_method": "gptq", "bits": 4, "group_size": 32, "desc_act": False, "sym": True}
_AWQ = {"quant_method": "awq", "bits": 4, "group_size": 32, "zero_point": True, "version": "gemm"}
_TOKENIZER = {
    "version": "1.0",
    "added_tokens": [{"id": 0, "content": "<s>", "special": True}],
    "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"}}]},
    "model": {"type": "BPE", "vocab": {"<s>": 0, "a": 1, "b": 2}, "merges": [["a", "b"]]},
}
_SETTINGS = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "bos_token": {"content": "<s>", "special": True},
    "chat_template": "{{ messages[0]['content'] }}",
    "model_max_length": 128,
}
_FORMS = {
    "*.safetensors": Form.SAFETENSORS,
    "*.json": Form.JSON,
    "*.jinja": Form.TEXT,
    "*.txt": Form.TEXT,
    "tokenizer.model": Form.BINARY,
}


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _folder_seeds(scratch: Path) -> Iterator[Files]:
    from safetensors.numpy import save

    about = {
        "tokenizer.json": json.dumps(_TOKENIZER).encode(),
        "tokenizer_config.json": json.dumps(_SETTINGS).encode(),
        "special_tokens_map.json": b'{"eos_token": "</s>"}',
        "generation_config.json": b'{"eos_token_id": [1, 2]}',
        "chat_template.jinja": b"{{ messages[0]['content'] }}",
    }
    config = json.dumps(_CONFIG).encode()
    tensors = {f"model.layers.0.w{n}.weight": np.ones((4, 4), np.float32) for n in range(3)}
    yield {**about, "config.json": config, "model.safetensors": save(tensors)}
    names = {name: f"model-{n}.safetensors" for n, name in enumerate(tensors)}
    index = {"metadata": {"total_size": 192}, "weight_map": names}
    parts = {names[name]: save({name: tensor}) for name, tensor in tensors.items()}
    yield {
        **about,
        **parts,
        "config.json": config,
        "model.safetensors.index.json": json.dumps(index).encode(),
    }
    for name, quantization in (("gptq", _GPTQ), ("awq", _AWQ)):
        write_packed(scratch / name, quantization)
        packed = _files(scratch / name)
        yield {**about, **packed}
        yield {
            **packed,
            "config.json": config,
            "quantize_config.json": json.dumps(quantization).encode(),
        }
    adapter = json.dumps({"base_model_name_or_path": "org/base", "peft_type": "LORA"}).encode()
    yield {
        "config.json": config,
        "adapter_config.json": adapter,
        "model.safetensors": save(tensors),
    }
    moe = {**_CONFIG, "text_config": _CONFIG, "auto_map": {"AutoModel": "modeling.Own"}}
    moe |= {"_attn_implementation": "sdpa", "transformers_weights": "model.safetensors"}
    yield {**about, "config.json": json.dumps(moe).encode(), "model.safetensors": save(tensors)}


def _inspect(folder: Path) -> str:
    """Look at a folder as a run does before it loads anything."""
    from trusteval.checkpoints.checkpoint import inspect_checkpoint, refuse_remote_code
    from trusteval.checkpoints.fingerprints import tokenizer_fingerprint, weights_fingerprint
    from trusteval.checkpoints.models import method_and_bits, refuse_missing_model
    from trusteval.checkpoints.tokenizing import tokenizing
    from trusteval.checkpoints.vocabulary import vocabularies
    from trusteval.system.digests import digest

    cache = folder.parent / "cache"
    with strictly():
        refuse_missing_model(str(folder))
        method, bits = method_and_bits(str(folder))
        checkpoint = inspect_checkpoint(folder)
        described: list[Any] = [checkpoint.context_length, checkpoint.dense_shapes]
        weights_fingerprint(checkpoint.weight_files, cache=cache)
        tokenizer_fingerprint(folder)
        described += [tokenizing(folder, cache=cache), vocabularies(folder, cache=cache)]
        digest(described)
        refuse_remote_code(checkpoint)
    return f"{method}-{bits}"


def _gguf_seeds(scratch: Path) -> Iterator[Files]:
    """Write a .gguf file by hand, smaller than any writer makes one."""
    yield {"m.gguf": _gguf({"general.file_type": 1, "llama.block_count": 1})}
    yield {
        "m.gguf": _gguf({"general.file_type": 15, "llama.block_count": 1, "general.alignment": 64})
    }
    yield {
        "m-00001-of-00002.gguf": _gguf({"general.file_type": 1, "split.count": 2, "split.no": 0})
    }


def _gguf(numbers: dict[str, int]) -> bytes:
    def text(value: str) -> bytes:
        return len(value).to_bytes(8, "little") + value.encode()

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little")

    settings = [text("general.architecture") + number(8, 4) + text("llama")]
    settings += [text(name) + number(4, 4) + number(value, 4) for name, value in numbers.items()]
    words = b"".join(map(text, ("<s>", "</s>", "a")))
    settings += [text("tokenizer.ggml.tokens") + number(9, 4) + number(8, 4) + number(3, 8) + words]
    settings += [
        text("tokenizer.ggml.scores") + number(9, 4) + number(6, 4) + number(3, 8) + bytes(12)
    ]
    names = ("token_embd.weight", "blk.0.attn_q.weight")
    tensors = [
        text(name)
        + number(2, 4)
        + number(32, 8)
        + number(2, 8)
        + number(0, 4)
        + number(256 * at, 8)
        for at, name in enumerate(names)
    ]
    counts = number(len(tensors), 8) + number(len(settings), 8)
    head = b"GGUF" + number(3, 4) + counts + b"".join((*settings, *tensors))
    return head + bytes(-len(head) % 64) + bytes(256 * len(names))


def _inspect_gguf(folder: Path) -> str:
    from trusteval.checkpoints.models import method_and_bits, refuse_missing_model

    file = next(folder.glob("*.gguf"), folder / "m.gguf")
    with strictly():
        refuse_missing_model(str(file))
        method, bits = method_and_bits(str(file))
    return f"{method}-{bits}"


def _memory_seeds(scratch: Path) -> Iterator[Files]:
    from trusteval.checkpoints.fingerprints import file_fingerprint, remembered
    from trusteval.plugin.law_memory import LawMemory, moment

    LawMemory(scratch / "vote_laws.json").learn(
        "k" * 64, held=["test_vote[a]", "test_vote[b]"], broken=[], when=moment(1e9)
    )
    (scratch / "weights").write_bytes(b"weights")
    remembered([scratch / "weights"], find=file_fingerprint, cache=scratch)
    yield {
        "vote_laws.json": (scratch / "vote_laws.json").read_bytes(),
        "fingerprints.json": (scratch / "fingerprints.json").read_bytes(),
        "weights": b"weights",
    }


def _remember(folder: Path) -> str:
    """Use what a cache remembers, learn more, and use that."""
    from trusteval.checkpoints.fingerprints import file_fingerprint, remembered
    from trusteval.plugin.law_memory import LawMemory, moment

    memory = LawMemory(folder / "vote_laws.json")
    with strictly():
        held = memory.held("k" * 64)
        memory.learn("other", held=["test_vote[c]"], broken=["test_vote[a]"], when=moment(2e9))
        memory.held("other")
        expected = file_fingerprint(folder / "weights")
        found = remembered([folder / "weights"], find=file_fingerprint, cache=folder)
        again = remembered([folder / "weights"], find=file_fingerprint, cache=folder)
    if found != [expected] or again != [expected]:
        raise AssertionError("a cache knows another fingerprint than the file has")
    return f"{len(held)} laws"


_TEMPLATES = (
    "{{ bos_token }}{% for m in messages %}<turn> {{ m['role'] }} : {{ m['content'] }}</s>"
    "{% endfor %}{% if add_generation_prompt %}<turn> assistant :{% endif %}",
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('none') }}{% endif %}"
    "{{ m['content'] | trim }}{% endfor %}{{ strftime_now('%d %b %Y') }}",
    "{% macro a(x) %}{{ x }}{% endmacro %}{% for m in messages %}{% for p in m.content %}"
    "{{ a(p.text) }}{% endfor %}{% endfor %}",
    "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{{ m.content }}"
    "{% endfor %}{{ ns.n }}{{ tools | tojson }}{{ range(10) | list }}",
)
_HOSTILE = (
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{{ 'x' * 999999999 }}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% include 'x' %}",
    "{{ messages.__class__.__mro__ }}",
)


def _template_seeds(scratch: Path) -> Iterator[Files]:
    for template in _TEMPLATES:
        yield {"chat_template.jinja": template.encode()}


def _render(folder: Path) -> str:
    """Word a conversation with a template; no model is needed for that."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    from trusteval.engines.chat import render

    raw = Tokenizer(models.WordLevel({"<s>": 0, "</s>": 1}, unk_token="<s>"))
    template = (folder / "chat_template.jinja").read_bytes().decode(errors="replace")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token="<s>", eos_token="</s>", chat_template=template
    )
    tokenizer.name_or_path = str(folder)
    asked = (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "sentence: fine"))
    with strictly():
        try:
            text, _ = render(asked, tokenizer)
        except TrustEvalError as error:
            refuse_raw_controls(str(error))
            raise
    return "rendered" if "sentence" in text else "without what is asked"


def _loading_seeds(scratch: Path) -> Iterator[Files]:
    yield _files(build_tiny_llama(scratch / "tiny"))


def _load(folder: Path) -> str:
    """Load a checkpoint whole, and ask it."""
    from trusteval import load_model
    from trusteval.engines.local.engine import HFEngine

    with strictly():
        model, tokenizer = load_model(next(folder.glob("*.gguf"), folder))
        engine = HFEngine(model, tokenizer, name="dense", budget=64 << 20)
        asked = (Message(Role.USER, "sentence: fine"),)
        said = list(engine.generate([asked], max_new_tokens=3))
    return f"{len(said)} answers"


def _gguf_loading_seeds(scratch: Path) -> Iterator[Files]:
    model = build_tiny_llama(scratch / "tiny")
    yield {"m.gguf": write_gguf(model, scratch / "m.gguf").read_bytes()}


CHECKPOINTS = (
    Target(
        *("checkpoint", _folder_seeds, _inspect, _FORMS),
        inputs={"*.config.json": "config.json"},
    ),
    Target(
        *("gguf", _gguf_seeds, _inspect_gguf, {"*.gguf": Form.BINARY}),
        inputs={"*.gguf": "m.gguf", "gguf-*": "m.gguf"},
    ),
    Target(
        *("caches", _memory_seeds, _remember, {"*.json": Form.JSON}),
        inputs={"fingerprints-*": "fingerprints.json"},
    ),
    Target(
        *("template", _template_seeds, _render, {"*.jinja": Form.TEXT}),
        inputs={"*.jinja": "chat_template.jinja"},
        hostile=tuple({"chat_template.jinja": text.encode()} for text in _HOSTILE),
        reads_files=False,
        is_slow=True,
    ),
    Target(
        *("load checkpoint", _loading_seeds, _load, _FORMS),
        inputs={"*.config.json": "config.json", "*.jinja": "chat_template.jinja"},
        is_slow=True,
    ),
    Target(*("load gguf", _gguf_loading_seeds, _load, {"*.gguf": Form.BINARY}), is_slow=True),
)
