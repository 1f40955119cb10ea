"""What the configs of a checkpoint name is data; code and files of others are not taken unasked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.damage import edit_config, inspection_refusal, refusal, weight_file
from tests.packers import Packing, write_json, write_packed_llama
from trusteval import load_model
from trusteval.checkpoints.checkpoint import inspect_checkpoint, refuse_remote_code
from trusteval.types import Storage

KERNEL = "org/kernel@rev"


@pytest.fixture
def dense(tiny_llama: Path, tmp_path: Path) -> Path:
    """A copy of the tiny llama to damage."""
    return shutil.copytree(tiny_llama, tmp_path / "dense")


def edit(file: Path, **changes: object) -> None:
    values = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    write_json(file, {**values, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"_attn_implementation": KERNEL},
        {"attn_implementation": "org/kernel:function"},
        {"_attn_implementation_internal": "paged|org/kernel"},
        {"attn_implementation": {"": "sdpa", "text_config": KERNEL}},
        {"experts_implementation": "deepgemm"},
        {"_experts_implementation": KERNEL},
        {"attn_implementation": "evil"},
        {"attn_implementation": "Eager"},
        {"text_config": {"_attn_implementation": KERNEL}},
        {"layers": [{"deep": [{"_attn_implementation": KERNEL}]}]},
        {"per_layer_config": {"0": {"attn_implementation": KERNEL}}},
        {"conv_kernel": KERNEL},
        {"use_kernels": True},
        {"kernel_config": {"kernel_mapping": {"RMSNorm": "org/kernel:RMSNorm"}}},
        {"fusion_config": {"all": True}},
        {"backbone": "org/model"},
        {"auto_map": {"AutoConfig": "evil.Config"}},
        {"auto_map": ["evil.Config", None]},
        {"auto_map": "evil.Config"},
        {"vision_config": {"auto_map": {"AutoModel": "org/code--evil.Model"}}},
        {"custom_generate": "org/generate"},
    ],
    ids=str,
)
def test_code_that_a_config_names_at_any_depth_is_not_run_unasked(
    dense: Path, changes: dict[str, object]
) -> None:
    edit_config(dense, **changes)
    assert "wants to run code of its own (" in refusal(dense)


@pytest.mark.parametrize(
    "name",
    ["tokenizer_config", "generation_config", "preprocessor_config", "processor_config"],
)
def test_code_that_another_config_names_is_said_with_its_file(dense: Path, name: str) -> None:
    edit(dense / f"{name}.json", auto_map={"AutoTokenizer": ["evil.Slow", None]})
    text = refusal(dense)
    assert "(evil.Slow), which could do anything here; read it and pass --trust-remote-c" in text
    assert f"or remove auto_map ({name}.json) from its configs" in text


def test_way_to_generate_that_lies_in_the_folder_is_code(dense: Path) -> None:
    (dense / "custom_generate").mkdir()
    (dense / "custom_generate" / "generate.py").write_text("", encoding="utf-8")
    assert "wants to run code of its own (custom_generate/generate.py)" in refusal(dense)


def test_code_named_a_thousand_times_is_said_in_one_line_of_bounded_length(dense: Path) -> None:
    edit_config(dense, auto_map={f"Auto{n}": f"evil\x1b[2J.{n}{'x' * 500}" for n in range(1000)})
    text = refusal(dense)
    assert text.isprintable()
    assert len(text) < 2000
    assert text.count("evil\\x1b[2J.") == 5
    assert "and 995 more)" in text


@pytest.mark.parametrize(
    "changes",
    [
        {"_attn_implementation": "eager"},
        {"attn_implementation": None, "_attn_implementation_autoset": True},
        {"experts_implementation": "grouped_mm"},
        {"auto_map": None, "use_kernels": False},
        {"linear_conv_kernel_dim": 4, "use_mamba_kernels": True},
    ],
    ids=str,
)
def test_what_transformers_has_itself_is_no_code(dense: Path, changes: dict[str, object]) -> None:
    edit_config(dense, **changes)
    assert inspect_checkpoint(dense).remote_code == ()
    refuse_remote_code(inspect_checkpoint(dense))


def test_packed_checkpoint_that_names_a_kernel_is_refused(tiny_llama: Path, tmp_path: Path) -> None:
    write_packed_llama(tiny_llama, tmp_path / "packed", Packing("gptq", 4))
    edit_config(tmp_path / "packed", _attn_implementation=KERNEL)
    for storage in Storage:
        assert "wants to run code of its own (org/kernel@rev)" in refusal(
            tmp_path / "packed", storage=storage
        )


def test_part_with_a_quantization_of_its_own_is_refused(dense: Path) -> None:
    edit_config(dense, text_config={"quantization_config": {"quant_method": "custom"}})
    assert "text_config' has a quantization_config of its own" in inspection_refusal(dense)


def test_other_weights_that_a_part_names_are_refused(dense: Path) -> None:
    edit_config(dense, text_config={"transformers_weights": "other.safetensors"})
    assert "transformers_weights 'other.safetensors'" in inspection_refusal(dense)


# -- files of other folders -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../other/x.safetensors", "names weights outside its folder, '../other/x.safetensors'"),
        ("a/../../x.safetensors", "names weights outside its folder"),
        ("/etc/hostname", "names weights outside its folder, '/etc/hostname'"),
        (7, "names weights outside its folder, 7"),
        (None, "names weights outside its folder, None"),
        (["x"], "names weights outside its folder, ['x']"),
        ("x\0y", "names weights outside its folder, 'x\\x00y'"),
        ("x" * 5000, "names weights outside its folder, 'xxxx"),
        ("é" * 200, "names weights outside its folder, 'éééé"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_index_that_leads_out_of_the_folder_is_refused(
    dense: Path, name: object, words: str
) -> None:
    (dense.parent / "other").mkdir()
    shutil.copy(weight_file(dense), dense.parent / "other" / "x.safetensors")
    weight_file(dense).unlink()
    write_json(dense / "model.safetensors.index.json", {"weight_map": {"a": name}})
    text = refusal(dense)
    assert words in text
    assert text.isprintable()


def test_weights_of_a_hub_cache_are_links_that_lead_out_and_load(
    dense: Path, tmp_path: Path
) -> None:
    blobs = tmp_path / "blobs"
    blobs.mkdir()
    for number, file in enumerate(list(dense.iterdir())):
        file.rename(blobs / str(number))
        file.symlink_to(Path("..") / "blobs" / str(number))
    tensors = inspect_checkpoint(dense).tensors
    weight_file(dense).rename(dense / "model-00001-of-00001.safetensors")
    listed = dict.fromkeys(tensors, "model-00001-of-00001.safetensors")
    write_json(dense / "model.safetensors.index.json", {"metadata": {}, "weight_map": listed})
    load_model(dense)


@pytest.mark.parametrize("where", ["absolute", "relative"])
@pytest.mark.parametrize("key", ["tokenizer_file", "vocab_file", "merges_file", "init_inputs"])
def test_tokenizer_that_reads_a_file_elsewhere_is_refused(
    dense: Path, tmp_path: Path, key: str, where: str
) -> None:
    (tmp_path / "secret.txt").write_text("x", encoding="utf-8")
    name = str(tmp_path / "secret.txt") if where == "absolute" else "../secret.txt"
    edit(dense / "tokenizer_config.json", **{key: [name] if key == "init_inputs" else name})
    assert f"'{key}' names a file outside the folder" in refusal(dense)


def test_path_that_its_writer_left_and_leads_nowhere_does_not_matter(dense: Path) -> None:
    edit(dense / "tokenizer_config.json", special_tokens_map_file="/home/x/special_tokens_map.json")
    load_model(dense)


def test_tokenizer_out_of_a_gguf_file_is_refused(dense: Path) -> None:
    edit(dense / "tokenizer_config.json", gguf_file="../../x.gguf")
    assert "takes the tokenizer from a GGUF file ('../../x.gguf')" in inspection_refusal(dense)


@pytest.mark.parametrize("named", ["pipeline", "os.system", "AutoModelForCausalLM", 7, ["x"]])
def test_class_that_is_no_tokenizers_is_refused(dense: Path, named: object) -> None:
    edit(dense / "tokenizer_config.json", tokenizer_class=named)
    assert "which is no tokenizer" in inspection_refusal(dense)


@pytest.mark.parametrize(
    "named",
    [
        *("LlamaTokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend"),
        *("TokenizersBackendFast", "MistralCommonBackend", "HunYuanTokenizerV2"),
    ],
)
def test_class_of_a_tokenizer_is_let_through(dense: Path, named: str) -> None:
    """gptqmodel saves some by a name that nobody else has."""
    edit(dense / "tokenizer_config.json", tokenizer_class=named)
    inspect_checkpoint(dense)
