"""Real GPTQ and AWQ on a tiny llama: what is built, and that it is built whole or not at all."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from fixtures.doubles import build_tiny_llama
from tests.packers import Packing, write_packed_llama
from tests.small_disk import run_on_small_disk
from trusteval.checkpoints.checkpoint import inspect_checkpoint
from trusteval.checkpoints.loading import load_model
from trusteval.checkpoints.packed_loading import kernel_backend
from trusteval.engines.local.backend import HFBackend
from trusteval.errors import ModelError, QuantizationError, UsageError
from trusteval.quantizers import QUANTIZERS
from trusteval.quantizers.building import (
    Build,
    Source,
    cached_checkpoint,
    worker_environment,
    write_checkpoint,
)
from trusteval.quantizers.calibration import load_calibration
from trusteval.quantizers.job import Job
from trusteval.quantizers.layerwise import default_group_size
from trusteval.run.recipes import parse_recipe
from trusteval.types import Recipe, Storage

# One worker builds them all once.
pytestmark = pytest.mark.xdist_group("quantizers")

MOMENTS = (
    "*/log.txt",
    "*/checkpoint",
    "*/checkpoint/model.safetensors",
    "*/checkpoint/trusteval_build.json",
    "gptq-4_g32",
)
"""Files of a build, in the order in which they appear: it is killed up to 20 ms after one did."""

TEXTS = "\n\n".join(
    f"who was good and what was bad when the film was {word} , true or false ? yes , not {word} ."
    for word in ["wrong", "positive", "negative", "maybe", "true", "false", "good", "bad"]
)


@pytest.fixture(scope="session")
def workshop(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory):
    """Builds recipes over the tiny llama into one cache."""
    home = tmp_path_factory.mktemp("workshop")
    (home / "calibration.txt").write_text(TEXTS, encoding="utf-8")
    calibration = load_calibration(home / "calibration.txt")

    def build(recipe: Recipe, dense: Path = tiny_llama) -> Path:
        return cached_checkpoint(Build(recipe, dense, calibration, cache=home / "cache"))

    return build


# Every method and bit width, and what else a recipe can say.
RECIPES = (
    *(f"{method}-{bits}:g32" for method, q in QUANTIZERS.items() for bits in q.bits),
    *("gptq-4:g32:asym:actorder", "gptq-3:g-1:asym", "awq-4:g32:sym"),
)
BUILD_ALL = """
import sys
from pathlib import Path
from trusteval.quantizers.job import Job
from trusteval.quantizers.worker import build
for file in sys.argv[1:]:
    build(Job.read(Path(file)), lambda done, total: None)
"""
"""Builds many in one process, as a worker builds one: importing gptqmodel takes the longest."""


@pytest.fixture(scope="session")
def half_dense(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny llama in bfloat16."""
    path = tmp_path_factory.mktemp("half")
    dense, tokenizer = load_model(tiny_llama, dtype="bfloat16")
    dense.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


@pytest.fixture(scope="session")
def built(
    tiny_llama: Path, half_dense: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """All recipes over the tiny llama, and `half`: awq-8:g32 over its bfloat16."""
    home, texts = tmp_path_factory.mktemp("built"), tuple(TEXTS.split("\n\n")[:4])
    wanted = {word: (parse_recipe(word), tiny_llama) for word in RECIPES}
    wanted["half"] = parse_recipe("awq-8:g32"), half_dense
    files, found = [], {}
    for name, (recipe, dense) in wanted.items():
        folder = home / name.replace(":", "_")
        folder.mkdir()
        files.append(str(folder / "job.json"))
        found[name] = folder / "checkpoint"
        Job(dense, recipe, texts, found[name]).write(folder / "job.json")
    subprocess.run(
        [sys.executable, "-c", BUILD_ALL, *files],
        cwd=home,
        env=worker_environment("cpu"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return found


def _logits(path: Path, **options):
    import torch

    model, tokenizer = load_model(path, **options)
    ids = tokenizer("who was good and what was not wrong ?", return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        return model(input_ids=ids).logits.float()


@pytest.mark.parametrize("word", RECIPES)
def test_built_checkpoint_is_what_its_recipe_says_and_runs_the_same_packed_and_expanded(
    built: dict[str, Path], word: str
) -> None:
    import torch
    from gptqmodel import GPTQModel

    recipe, path = parse_recipe(word), built[word]
    quantization = inspect_checkpoint(path).quantization
    assert quantization is not None
    assert (quantization.method, quantization.bits) == (recipe.method, recipe.bits)
    assert quantization.group_size == recipe.group_size
    assert quantization.act_order == recipe.act_order
    custom = QUANTIZERS[recipe.method].symmetric
    assert quantization.symmetric == (custom if recipe.symmetric is None else recipe.symmetric)

    ids = torch.arange(5, 45)[None]
    half = {"device": "cpu", "dtype": torch.float16}
    # The oracle is gptqmodel itself, on the folder it wrote.
    backend = kernel_backend(recipe.method, device="cpu")
    # gptqmodel compiles GPTQ's dequantization, for seconds per bit width and shape.
    stance = "default" if word == "gptq-4:g32" else "force_eager"
    with torch.inference_mode(), torch.compiler.set_stance(stance):
        oracle = GPTQModel.load(str(path), backend=backend, **half).model(input_ids=ids).logits
        for storage in Storage:
            model, _ = load_model(path, storage=storage, dtype="float16")
            ours = model(input_ids=ids).logits
            assert (ours - oracle).abs().max() <= 0.02 * oracle.abs().max()


@pytest.mark.parametrize("method", QUANTIZERS)
def test_more_bits_are_closer_to_dense(
    built: dict[str, Path], tiny_llama: Path, method: str
) -> None:
    dense = _logits(tiny_llama, dtype="float32")
    errors = [
        (_logits(built[f"{method}-{bits}:g32"], dtype="float32") - dense).norm()
        for bits in (8, 4, 3)
    ]
    assert errors == sorted(errors)


def test_awq_at_8_bit_keeps_the_largest_values_of_bfloat16_weights(
    built: dict[str, Path], half_dense: Path
) -> None:
    """Packed in bfloat16 they wrapped around to the smallest, which broke the model."""
    expected = _logits(half_dense, dtype="float32")
    found = _logits(built["half"], dtype="float32")
    assert (found - expected).norm() <= 0.05 * expected.norm()


def test_build_record_says_how_and_with_what(workshop) -> None:
    path = workshop(Recipe("gptq", 8, group_size=32))
    record = json.loads((path / "trusteval_build.json").read_text(encoding="utf-8"))
    assert record["recipe"] == "gptq-8:g32"
    assert record["calibration"] == {
        "origin": record["calibration"]["origin"],
        "texts": 4,
        "seed": 0,
    }
    assert record["seconds"] > 0
    assert 50 < record["peak_memory_mib"] < 20_000
    assert record["versions"]["gptqmodel"] != "absent"
    assert record["quantization"] == "gptq 8 bit, group 32, symmetric"


def test_second_request_builds_nothing(workshop) -> None:
    path = workshop(Recipe("gptq", 8, group_size=32))
    before = (path / "trusteval_build.json").stat().st_mtime_ns
    assert workshop(Recipe("gptq", 8, group_size=32)) == path
    assert (path / "trusteval_build.json").stat().st_mtime_ns == before


def test_failed_build_says_why_and_leaves_nothing(workshop, tmp_path: Path) -> None:
    uneven = build_tiny_llama(tmp_path / "uneven")
    with pytest.raises(QuantizationError, match="building gptq-4:g48 failed") as raised:
        workshop(Recipe("gptq", 4, group_size=48), uneven)
    first, *log = str(raised.value).splitlines()
    assert "Error: " in first
    assert log[0] == "Its log ends:"
    home = workshop(Recipe("gptq", 8, group_size=32)).parent
    assert not [path for path in home.iterdir() if "g48" in path.name and path.is_dir()]
    assert not list(home.glob(".building-*"))


def test_awq_of_narrow_layers_says_which(workshop, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = build_tiny_llama(tmp_path / "narrow") / "model.safetensors"
    tensors = load_file(weights)
    name = "model.layers.0.self_attn.v_proj.weight"
    save_file({**tensors, name: tensors[name][:48].contiguous()}, weights)
    with pytest.raises(QuantizationError) as raised:
        workshop(Recipe("awq", 4, group_size=32), tmp_path / "narrow")
    assert (
        str(raised.value)
        .splitlines()[0]
        .endswith(f"awq needs layers whose outputs are multiples of 64; {name} has 48")
    )


def test_damaged_dense_model_is_refused_before_it_is_quantized(workshop, tmp_path: Path) -> None:
    weights = build_tiny_llama(tmp_path / "broken") / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(ModelError, match="is truncated: 5000 bytes"):
        workshop(Recipe("gptq", 4, group_size=16), tmp_path / "broken")


def test_full_disk_is_one_clear_line_and_leaves_nothing(tiny_llama: Path, tmp_path: Path) -> None:
    """On a real file system of one megabyte, if this user may mount one."""
    quantize = f"""
import os, sys
from trusteval.cli import main
model, out = {str(tiny_llama)!r}, sys.argv[1]
code = main(["quantize", model, "--variants", "gptq-4:g32", "--out", out])
print(*(name for name in os.listdir(out) if "lock" not in name), end="")
sys.exit(code)
"""
    ran = run_on_small_disk(quantize, tmp_path / "small", size="100k")
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert re.fullmatch(
        r"trusteval: building gptq-4_g32 needs up to 0\.00 GB in \S+, 0\.00 GB are free; .*\n",
        ran.stderr,
    )


def test_build_killed_at_any_moment_leaves_nothing_or_a_whole_checkpoint(
    tiny_llama: Path, tmp_path: Path
) -> None:
    """And nothing, killed or not, where it was called."""
    out, here = tmp_path / "out", tmp_path / "here"
    here.mkdir()
    target = out / "gptq-4_g32"
    whole, chance = b"", random.Random(4)
    for seen in (*MOMENTS, None):
        shutil.rmtree(target, ignore_errors=True)
        with start_building(tiny_llama, out, cwd=here) as process:
            while seen and process.poll() is None and not any(out.glob(seen)):
                time.sleep(0.001)
            if seen:
                time.sleep(chance.uniform(0, 0.02))
                process.kill()
        if not seen:
            assert process.returncode == 0
        if target.exists():
            whole = whole or (target / "model.safetensors").read_bytes()
            assert (target / "model.safetensors").read_bytes() == whole
            assert inspect_checkpoint(target).bits == 4
    assert target.is_dir()
    assert {path.name for path in out.iterdir()} == {target.name, f"{target.name}.lock"}
    assert list(here.iterdir()) == []


def start_building(dense: Path, out: Path, *, cwd: Path) -> subprocess.Popen[bytes]:
    out.parent.mkdir(exist_ok=True)
    texts = out.parent / "calibration.txt"
    texts.write_text(TEXTS, encoding="utf-8")
    command = [
        *(sys.executable, "-m", "trusteval", "quantize", str(dense)),
        *("--variants", "gptq-4:g32", "--out", str(out)),
        *("--calibration", str(texts), "--device", "cpu"),
    ]
    environment = {**os.environ, "TRUSTEVAL_CACHE": str(out.parent / "cache")}
    return subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL)


def test_build_dies_with_the_process_that_asked_for_it(tiny_llama: Path, tmp_path: Path) -> None:
    job = Job(tiny_llama, Recipe("gptq", 4, group_size=32), (TEXTS, TEXTS), tmp_path / "s" / "out")
    (tmp_path / "s").mkdir()
    job.write(tmp_path / "s" / "job.json")
    command = [
        sys.executable,
        "-m",
        "trusteval.quantizers.worker",
        str(tmp_path / "s" / "job.json"),
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, stdin=subprocess.PIPE, **quiet) as worker:
        assert worker.stdin is not None
        worker.stdin.close()
        assert worker.wait(60) == 1
    assert list(tmp_path.iterdir()) == []


def test_checkpoint_brought_by_path_is_the_same_as_the_one_built(
    built: dict[str, Path], tmp_path: Path
) -> None:
    from trusteval.run.subjects import parse_variants

    path = built["gptq-4:g32"]
    (brought,) = parse_variants(f"mine={path}")
    assert (brought.method, brought.bits) == ("gptq", 4)
    backend = HFBackend.create(str(path), device="cpu", dtype="float32", cache=tmp_path)
    assert backend.directory(brought) == path
    assert backend.context(brought)["storage"] == "dequantized"


@pytest.mark.parametrize(
    ("config", "group_size"),
    [
        ({"hidden_size": 4096, "intermediate_size": 11008}, 128),
        ({"hidden_size": 576, "intermediate_size": 1536}, 64),
        (
            {
                "hidden_size": 640,
                "intermediate_size": 2048,
                "num_attention_heads": 3,
                "head_dim": 32,
            },
            32,
        ),
        ({"hidden_size": 100, "intermediate_size": 300}, -1),
        ({}, 128),
    ],
)
def test_default_group_size_divides_every_width(config: dict, group_size: int) -> None:
    assert default_group_size(config) == group_size


def test_calibration_seed_draws_another_sample(tmp_path: Path) -> None:
    calibration = load_calibration()
    assert calibration.draw(1) == calibration.draw(1)
    assert sorted(calibration.draw(1)) != sorted(calibration.draw(2))
    assert set(calibration.draw(1)) < set(calibration.texts)


@pytest.mark.parametrize("text", ["", "one paragraph only"])
def test_calibration_without_paragraphs_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calibration.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="separated by blank lines"):
        load_calibration(path)


def test_recipe_reads_back_from_its_name() -> None:
    for name in ("gptq-4", "gptq-3:g64", "gptq-8:asym", "gptq-4:g32:asym:actorder@7"):
        assert str(parse_recipe(name)) == name


def test_quantize_copies_what_the_cache_holds_and_builds_nothing(
    workshop, tiny_llama: Path, tmp_path: Path
) -> None:
    cached = workshop(parse_recipe("gptq-8:g32"))
    home = cached.parents[2]
    build = Build(
        parse_recipe("gptq-8:g32"),
        tiny_llama,
        load_calibration(home / "calibration.txt"),
        cache=home / "cache",
    )
    assert write_checkpoint(build, tmp_path / "out") is Source.CACHED
    assert {f.name for f in (tmp_path / "out").iterdir()} == {f.name for f in cached.iterdir()}
    for file in cached.iterdir():
        assert (tmp_path / "out" / file.name).read_bytes() == file.read_bytes()
        assert not (tmp_path / "out" / file.name).is_symlink()
    assert write_checkpoint(build, tmp_path / "out") is Source.THERE


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "from trusteval.cli import main; sys.exit(main(['quantize', sys.argv[1], '--variants',"
            " 'gptq-8', '--out', 'out', '--device', 'cpu']))",
            "building gptq-8 needs gptqmodel, which is not installed; "
            "pip install 'trusteval[quantize]'",
        ),
        (
            "from trusteval import load_model; load_model(sys.argv[2], storage='packed')",
            "needs gptqmodel to run packed, which is not installed; "
            "pip install 'trusteval[quantize]', or pass --trust-storage=dequantized",
        ),
    ],
    ids=["quantize", "packed"],
)
def test_without_gptqmodel_the_extra_that_brings_it_is_named_on_a_cpu_too(
    tiny_llama: Path, tmp_path: Path, code: str, words: str
) -> None:
    write_packed_llama(tiny_llama, tmp_path / "packed", Packing("gptq", 4))
    absent = "import sys; sys.modules['gptqmodel'] = None; "  # as if it were not installed
    ran = subprocess.run(
        [sys.executable, "-c", absent + code, str(tiny_llama), str(tmp_path / "packed")],
        cwd=tmp_path,
        env={**os.environ, "TRUSTEVAL_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode != 0
    assert words in ran.stderr
    extras = metadata_of_extras()
    assert extras["quantize"] == extras["gpu"]


def metadata_of_extras() -> dict[str, list[str]]:
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    return project["optional-dependencies"]
