"""What a run of lm-evaluation-harness was asked with, as its results record it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.results.content import shown_facts
from trusteval.results.documents import Entry

_CHECKPOINT = {
    *("pretrained", "model", "revision", "subfolder", "peft", "delta", "gguf_file", "path"),
    *("filename", "base_url", "engine", "model_name", "autogptq", "gptqmodel", "quantization"),
    *("load_in_8bit", "load_in_4bit", "bnb_4bit_quant_type", "bnb_4bit_compute_dtype"),
}
"""Arguments of a model that say which one is under test; the others say how it is asked."""
_CONFIG = (
    *("limit", "gen_kwargs", "batch_size", "device"),
    *("random_seed", "numpy_seed", "torch_seed", "fewshot_seed"),
)
_RUN = (
    *("transformers_version", "max_length", "eot_token_id", "tokenizer_pad_token"),
    *("tokenizer_eos_token", "tokenizer_bos_token", "system_instruction", "chat_template_sha"),
)
_TASK = (
    *("dataset_path", "dataset_name", "test_split", "validation_split", "output_type"),
    *("description", "doc_to_text", "doc_to_choice", "fewshot_split", "generation_kwargs"),
    *("doc_to_target", "process_results", "fewshot_delimiter", "target_delimiter"),
    *("repeats", "metric_list", "filter_list"),
)


def model_of(results: Entry) -> str:
    """Return what the tool calls the model, with the revision where one was asked for."""
    arguments = _arguments(results)
    name = results.values.get("model_name") or arguments.get("pretrained") or arguments.get("model")
    if not isinstance(name, str):
        results.malformed("a model's name under 'model_name'", name)
    revision = arguments.get("revision")
    return f"{name}@{revision}" if revision else name


def version_of(results: Entry) -> str:
    """Return the tool's version, with the commit where it is none that was released."""
    version = results.optional_text("lm_eval_version") or "unknown"
    commit = results.optional_text("git_hash")
    return f"{version}, commit {commit}" if commit and "dev" in version else version


def run_facts(results: Entry) -> dict[str, str]:
    """Return what all tasks of a run were asked with."""
    config = results.part("config")
    asked = {name: config.values.get(name) for name in _CONFIG}
    how = {
        f"model_args.{name}": value
        for name, value in _arguments(results).items()
        if name not in _CHECKPOINT and name != "dtype"
    }
    dtype = config.values.get("model_dtype") or _arguments(results).get("dtype")
    recorded = {name: results.values.get(name) for name in _RUN}
    turns = results.values.get("fewshot_as_multiturn") or None  # false and null say the same
    return shown_facts(
        {
            "model_source": config.values.get("model"),
            "dtype": dtype,
            **how,
            **asked,
            **recorded,
            "fewshot_as_multiturn": turns,
        }
    )


def task_facts(results: Entry, task: str) -> dict[str, str]:
    """Return what one task was asked with."""
    config = results.part("configs").part(task).values
    return shown_facts(
        {
            "version": results.optional_part("versions").values.get(task),
            "n-shot": results.optional_part("n-shot").values.get(task),
            **{name: config.get(name) for name in _TASK},
        }
    )


def is_chat(results: Entry) -> bool:
    """Whether prompts went through a chat template."""
    return bool(results.values.get("chat_template_sha"))


def _arguments(results: Entry) -> Mapping[str, Any]:
    """Return a model's arguments, which older versions write as `name=value,...`."""
    arguments = results.part("config").values.get("model_args")
    if isinstance(arguments, str):
        pairs = [part.partition("=") for part in arguments.split(",") if part]
        return {name.strip(): value.strip() for name, _, value in pairs}
    if not isinstance(arguments, dict | None):
        results.malformed("arguments under 'model_args'", arguments)
    return arguments or {}
