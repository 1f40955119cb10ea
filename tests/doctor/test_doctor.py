"""`trusteval doctor`: what is judged a problem, with which fix, and what a real run prints."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from trusteval.benchmarks.source import demo_source
from trusteval.doctor.finding import (
    Finding,
    Status,
    Topic,
    finding_lines,
    findings_document,
    has_problem,
)
from trusteval.doctor.hardware import (
    Memory,
    Placement,
    device_findings,
    dtype_findings,
    kernel_findings,
    machine_finding,
)
from trusteval.doctor.probe import (
    DTYPES,
    KERNELS,
    Gpu,
    KernelChoice,
    Probed,
    TorchFacts,
    loading_failure,
    read_answers,
)
from trusteval.doctor.surroundings import cache_finding, data_findings
from trusteval.doctor.versions import Need, declared_needs, installed_versions, version_findings

OK, WARNING, PROBLEM = Status.OK, Status.WARNING, Status.PROBLEM
GET_TORCH = "https://pytorch.org/get-started/locally"

CPU_TORCH = TorchFacts(
    version="2.13.0+cpu",
    platform="",
    gpus=(),
    has_bfloat16=True,
    failures=dict.fromkeys(DTYPES, ""),
)
CUDA_TORCH = replace(
    CPU_TORCH, version="2.9.0", platform="CUDA 12.8", gpus=(Gpu("H100", 80 * 2**30),) * 2
)
ON_CPU = Placement("cpu", "bfloat16")
ON_GPU = Placement("cuda", "bfloat16", has_gpu=True)
ALL_KERNELS = tuple(KernelChoice(variant, "TorchLinear") for variant in KERNELS)


def judged(findings: Iterable[Finding]) -> list[tuple[Status, str]]:
    return [(finding.status, finding.detail) for finding in findings]


# -- device ------------------------------------------------------------------------------


def test_machine_without_a_gpu_runs_on_its_processor():
    assert list(device_findings(ON_CPU, Probed(CPU_TORCH, ()))) == [
        Finding(Topic.DEVICE, OK, "cpu (no GPU; torch 2.13.0+cpu is built for processors only)")
    ]


def test_every_gpu_is_named_with_its_memory():
    assert judged(device_findings(ON_GPU, Probed(CUDA_TORCH, ()))) == [
        (OK, "cuda (torch 2.9.0 is built for CUDA 12.8)"),
        (OK, "GPU 0: H100, 80.0 GiB"),
        (OK, "GPU 1: H100, 80.0 GiB"),
    ]


@pytest.mark.parametrize(
    ("placement", "torch", "status", "detail", "fix"),
    [
        (
            replace(ON_CPU, has_gpu=True),
            CPU_TORCH,
            PROBLEM,
            "cpu, although there is a GPU (torch 2.13.0+cpu is built for processors only)",
            f"install a torch built for your GPU: {GET_TORCH}",
        ),
        (
            replace(ON_CPU, has_gpu=True, is_hidden=True),
            replace(CUDA_TORCH, gpus=()),
            WARNING,
            "cpu (CUDA_VISIBLE_DEVICES hides the GPU)",
            "unset CUDA_VISIBLE_DEVICES, if that was not intended",
        ),
        (
            ON_GPU,
            replace(CUDA_TORCH, gpus=()),
            PROBLEM,
            "cuda (torch 2.9.0 is built for CUDA 12.8), but torch sees no GPU",
            "see that nvidia-smi lists the GPU, then update its driver or install a torch built "
            f"for the CUDA version it names ({GET_TORCH})",
        ),
        (
            ON_CPU,
            replace(CUDA_TORCH, platform="ROCm 6.4"),
            WARNING,
            "cpu, although torch sees a GPU (torch 2.9.0 is built for ROCm 6.4)",
            "pass --trust-device=cuda",
        ),
    ],
    ids=["CPU build", "hidden", "no driver", "not by default"],
)
def test_gpu_that_models_would_not_run_on_is_told_with_its_fix(
    placement, torch, status, detail, fix
):
    first = next(device_findings(placement, Probed(torch, ())))
    assert first == Finding(Topic.DEVICE, status, detail, fix)


def test_torch_that_cannot_be_imported_is_a_problem():
    probed = Probed(None, (), "ImportError: libcudart.so.12")
    [finding] = device_findings(ON_GPU, probed)
    assert (finding.status, finding.detail) == (
        PROBLEM,
        "torch cannot be used: ImportError: libcudart.so.12",
    )
    assert GET_TORCH in finding.fix


# -- dtypes ------------------------------------------------------------------------------


def dtypes(placement: Placement, torch: TorchFacts, *failing: str) -> dict[str, Finding]:
    failures = {dtype: "not implemented" if dtype in failing else "" for dtype in DTYPES}
    found = dtype_findings(placement, replace(torch, failures=failures))
    return dict(zip(DTYPES, found, strict=True))


def test_default_dtype_is_marked():
    assert judged(dtypes(ON_CPU, CPU_TORCH).values()) == [
        (OK, "bfloat16, the default: computes on cpu"),
        (OK, "float16: computes on cpu"),
        (OK, "float32: computes on cpu"),
    ]


def test_bfloat16_without_hardware_is_a_warning_and_needs_no_fix_where_it_is_not_chosen():
    torch = replace(CPU_TORCH, has_bfloat16=False)
    assert dtypes(Placement("cpu", "float32"), torch)["bfloat16"] == Finding(
        Topic.DTYPES, WARNING, "bfloat16: computes on cpu without support of the hardware, slowly"
    )


def test_older_gpu_is_told_to_use_float16():
    found = dtypes(ON_GPU, replace(CUDA_TORCH, has_bfloat16=False))["bfloat16"]
    assert (found.status, found.fix) == (WARNING, "pass --trust-dtype=float16")


def test_other_dtype_that_does_not_compute_is_a_warning():
    found = dtypes(ON_CPU, CPU_TORCH, "float16")
    assert [finding.status for finding in found.values()] == [OK, WARNING, OK]
    assert found["float16"].detail == "float16: does not compute on cpu: not implemented"


def test_default_dtype_that_does_not_compute_is_a_problem_with_the_one_to_pass():
    found = dtypes(ON_CPU, CPU_TORCH, "bfloat16")["bfloat16"]
    assert (found.status, found.fix) == (PROBLEM, "pass --trust-dtype=float16")


def test_gpu_on_which_nothing_computes_has_no_dtype_to_pass():
    found = dtypes(ON_GPU, CUDA_TORCH, *DTYPES)["bfloat16"]
    assert (found.status, found.fix) == (PROBLEM, "")


# -- kernels -----------------------------------------------------------------------------


def test_kernels_of_every_method_and_bit_width_are_named():
    probed = Probed(CPU_TORCH, ALL_KERNELS)
    assert judged(kernel_findings(probed, has_gptqmodel=True)) == [
        (OK, f"{method}-{bits}: TorchLinear") for method in ("gptq", "awq") for bits in (8, 4, 3)
    ]


def test_variant_without_a_kernel_is_told_to_be_dequantized():
    probed = Probed(CPU_TORCH, (KernelChoice("awq-3", None, "3 bit"), *ALL_KERNELS[:-1]))
    assert next(kernel_findings(probed, has_gptqmodel=True)) == Finding(
        Topic.KERNELS, WARNING, "awq-3: none (3 bit)", "pass --trust-storage=dequantized"
    )


def test_absent_gptqmodel_is_a_warning():
    [finding] = kernel_findings(Probed(CPU_TORCH, ()), has_gptqmodel=False)
    assert (finding.status, finding.fix) == (WARNING, "pip install 'trusteval[quantize]'")


@pytest.mark.parametrize(("is_late", "status"), [(False, PROBLEM), (True, WARNING)])
def test_kernels_that_gptqmodel_did_not_tell_are_named(is_late, status):
    probed = Probed(CPU_TORCH, ALL_KERNELS[:4], "crashed with SIGSEGV", is_late)
    *_, last = kernel_findings(probed, has_gptqmodel=True)
    assert (last.status, last.detail) == (
        status,
        "gptqmodel did not tell for awq-4, awq-3: crashed with SIGSEGV",
    )


def test_broken_torch_is_not_told_again_as_a_broken_gptqmodel():
    assert list(kernel_findings(Probed(None, (), "no torch"), has_gptqmodel=True)) == []


def test_half_a_line_of_a_killed_process_is_left_out():
    whole = '{"variant": "gptq-8", "kernel": "TorchLinear", "reason": ""}\n'
    assert read_answers(whole + whole[:20]) == (None, (KernelChoice("gptq-8", "TorchLinear"),))


# -- versions ----------------------------------------------------------------------------


def versions(installed: Mapping[str, str], *needs: Need) -> list[Finding]:
    return list(version_findings({"trusteval": "0.1.0", **installed}, needs))


def problem(detail: str, fix: str) -> Finding:
    return Finding(Topic.VERSIONS, PROBLEM, detail, fix)


def test_versions_that_meet_every_need_are_listed():
    needs = (Need("trusteval 0.1.0", "torch", ">=2.6"), Need("trusteval 0.1.0", "rich", ">=13.9"))
    assert versions({"torch": "2.13.0+cpu", "rich": "15.0"}, *needs) == [
        Finding(Topic.VERSIONS, OK, "torch 2.13.0+cpu")
    ]


def test_pre_release_of_a_container_meets_a_lower_bound():
    need = Need("trusteval 0.1.0", "torch", ">=2.6")
    assert judged(versions({"torch": "2.9.0a0+50eac811a6.nv25.09"}, need)) == [
        (OK, "torch 2.9.0a0+50eac811a6.nv25.09")
    ]


@pytest.mark.parametrize(
    ("package", "version", "specifier"),
    [("pytest", "9.2.0", "<9.2,>=8.4"), ("transformers", "4.57.1", ">=5.0")],
)
def test_version_that_trusteval_does_not_work_with_is_a_problem(package, version, specifier):
    need = Need("trusteval 0.1.0", package, specifier)
    assert versions({package: version}, need) == [
        problem(
            f"{package} {version}: trusteval 0.1.0 needs {specifier}",
            f"pip install '{package}{specifier}'",
        )
    ]


def test_fix_meets_all_that_are_not_met():
    needs = (
        Need("trusteval 0.1.0", "torch", ">=2.6"),
        Need("gptqmodel 7.7.0", "torch", ">=2.14.1"),
        Need("other 1", "torch", "<2.13"),
    )
    assert versions({"torch": "2.13.0"}, *needs) == [
        problem(
            "torch 2.13.0: gptqmodel 7.7.0 needs >=2.14.1; other 1 needs <2.13",
            "pip install 'torch>=2.14.1,<2.13'",
        )
    ]


def test_other_version_than_the_one_pinned_is_a_warning():
    assert versions({"numpy": "2.5.1"}, Need("gptqmodel 7.6.0", "numpy", "==2.2.6")) == [
        Finding(
            Topic.VERSIONS,
            WARNING,
            "numpy 2.5.1: gptqmodel 7.6.0 needs ==2.2.6",
            "pip install 'numpy==2.2.6'",
        )
    ]


@pytest.mark.parametrize("specifier", [">=4.0", "==4.0", ""])
def test_absent_package_is_a_problem(specifier):
    assert versions({}, Need("trusteval 0.1.0", "datasets", specifier)) == [
        problem(
            f"datasets is not installed: trusteval 0.1.0 needs {specifier or 'it'}",
            f"pip install 'datasets{specifier}'",
        )
    ]


def test_optional_package_may_be_absent_but_not_of_another_version():
    need = Need("trusteval 0.1.0", "gptqmodel", ">=7.6", is_optional=True)
    assert versions({}, need) == []
    assert versions({"gptqmodel": "4.0"}, need) == [
        problem("gptqmodel 4.0: trusteval 0.1.0 needs >=7.6", "pip install 'gptqmodel>=7.6'")
    ]


@pytest.mark.parametrize("package", ["auto-gptq", "autoawq"])
def test_abandoned_quantizer_is_a_warning(package):
    [finding] = versions({package: "0.7.1"})
    assert (finding.status, finding.fix) == (WARNING, f"pip uninstall {package}")


def test_trusteval_that_is_not_installed_is_a_problem():
    [finding] = version_findings({}, [])
    assert finding.status is PROBLEM
    assert finding.detail.endswith("pytest cannot find its plugin")


def test_needs_are_read_from_metadata_without_the_extras_of_developers():
    installed = installed_versions()
    needs = declared_needs(installed)
    ours = {n.package: n for n in needs if n.by == f"trusteval {installed['trusteval']}"}
    assert not ours["torch"].is_optional
    assert ours["gptqmodel"].is_optional
    assert "ruff" not in ours
    assert "numpy" in {n.package for n in needs if n.by.startswith("transformers ")}


# -- machine, data, cache ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("memory", "words"),
    [(Memory(8 * 2**30, 3 * 2**30), ", 8.0 GiB memory (3.0 GiB available)"), (None, "")],
)
def test_machine_is_described_in_a_line(memory, words):
    described = {"processor": "EPYC", "cores": 2, "system": "Linux", "python": "3.11.7"}
    assert machine_finding(described, memory).detail == f"EPYC, 2 cores{words}, Python 3.11.7"


def test_hub_is_used_where_no_directory_is_named():
    found = list(data_findings(None, {}))
    assert [finding.status for finding in found] == [OK, OK]
    assert found[0].detail.endswith("the files come from the Hugging Face hub")
    assert found[1].detail == "the demo profile needs none: its slice is shipped"


@pytest.mark.parametrize(("value", "status"), [("1", WARNING), ("true", WARNING), ("0", OK)])
def test_hub_that_is_switched_off_is_a_warning(value, status):
    assert next(data_findings(None, {"HF_HUB_OFFLINE": value})).status is status


def test_directory_that_is_not_there_is_a_problem(tmp_path):
    found = next(data_findings(None, {"TRUSTEVAL_DATA": str(tmp_path / "nowhere")}))
    assert (found.status, found.detail) == (PROBLEM, f"no data directory at {tmp_path / 'nowhere'}")
    assert "docs/benchmarks.md" in found.fix


def test_directory_without_any_file_is_a_problem(tmp_path):
    found = next(data_findings(tmp_path, {}))
    assert (found.status, found.detail) == (PROBLEM, f"{tmp_path} holds no benchmark's files")


def test_benchmarks_are_told_in_a_line_each_and_the_named_directory_is_preferred(tmp_path):
    data = tmp_path / "my data"
    shutil.copytree(demo_source().root / "ethics", data / "ethics")
    found = list(data_findings(data, {"TRUSTEVAL_DATA": str(tmp_path)}))
    by_name = {finding.detail.partition(":")[0]: finding for finding in found}
    damaged, absent = by_name["ethics"], by_name["mmlu"]
    assert damaged.detail.startswith("ethics: 11 of 12 settings, ")
    assert damaged.detail.endswith("; a file is malformed or deviates")
    assert (damaged.status, damaged.fix) == (
        PROBLEM,
        f"trusteval data check '{data}' names it",
    )
    assert (absent.status, absent.detail) == (WARNING, "mmlu: 0 of 57 settings, 0 rows")


def test_cache_that_does_not_exist_yet_can_be_made(tmp_path):
    finding = cache_finding(tmp_path / "not" / "yet")
    assert finding.status is not PROBLEM
    assert finding.detail.startswith(f"{tmp_path / 'not' / 'yet'}, ")
    assert list(tmp_path.iterdir()) == []


def test_cache_below_a_file_is_a_problem(tmp_path):
    (tmp_path / "file").touch()
    finding = cache_finding(tmp_path / "file" / "cache")
    assert (finding.status, finding.fix) == (PROBLEM, "name another one by TRUSTEVAL_CACHE")
    assert f"{tmp_path / 'file'} is no folder" in finding.detail


# -- words -------------------------------------------------------------------------------


def test_findings_are_aligned_with_fixes_below_and_a_count_at_the_end():
    findings = [
        Finding(Topic.DEVICE, OK, "cpu"),
        Finding(Topic.VERSIONS, WARNING, "numpy 3", "pip install 'numpy<3'"),
    ]
    assert list(finding_lines(findings)) == [
        "ok       device    cpu",
        "warning  versions  numpy 3",
        "                   fix: pip install 'numpy<3'",
        "1 ok, 1 warning, 0 problems",
    ]


@pytest.mark.parametrize(("status", "expected"), [(OK, False), (WARNING, False), (PROBLEM, True)])
def test_only_problems_fail(status, expected):
    findings = [Finding(Topic.CACHE, OK, "a"), Finding(Topic.CACHE, status, "b", "c")]
    assert has_problem(findings) is expected


# -- trusteval doctor --------------------------------------------------------------------


def run_doctor(folder: Path, *arguments: str, **environment: str) -> Any:
    """Run the command in `folder`, without the caller's data and caches."""
    ours = ("TRUSTEVAL_DATA", "HF_HUB_OFFLINE")
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, "-m", "trusteval", "doctor", *arguments],
        cwd=folder,
        env={**inherited, "TRUSTEVAL_CACHE": str(folder / "cache"), **environment},
        capture_output=True,
        text=True,
    )


def test_this_machine_is_examined_without_a_word_of_the_libraries(tmp_path):
    done = run_doctor(tmp_path, "--json", "findings.json")
    text = (tmp_path / "findings.json").read_text(encoding="utf-8")
    documents = json.loads(text)
    assert text == json.dumps(documents, indent=2, sort_keys=True) + "\n"
    findings = [
        Finding(Topic(d["topic"]), Status(d["status"]), d["detail"], d["fix"]) for d in documents
    ]
    assert findings_document(findings) == documents
    assert done.stdout.splitlines() == list(finding_lines(findings))
    assert done.stderr == ""
    assert done.returncode == has_problem(findings)
    assert list(dict.fromkeys(finding.topic for finding in findings)) == list(Topic)
    assert [file.name for file in tmp_path.iterdir()] == ["findings.json"]

    told = {topic: [f.detail for f in findings if f.topic is topic] for topic in Topic}
    python = ".".join(map(str, sys.version_info[:3]))
    assert told[Topic.MACHINE][0].endswith(f", Python {python}")
    assert told[Topic.DEVICE][0].startswith(("cpu (", "cuda ("))
    assert [d.split(":")[0].split(",")[0] for d in told[Topic.DTYPES]] == list(DTYPES)
    if find_spec("gptqmodel") is not None:
        assert [detail.split(":")[0] for detail in told[Topic.KERNELS]] == list(KERNELS)
    assert told[Topic.VERSIONS][0].startswith("torch ")
    assert told[Topic.DATA][0].startswith("TRUSTEVAL_DATA is not set")
    assert told[Topic.CACHE][0].startswith(f"{tmp_path / 'cache'}, ")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            'raise ImportError("libcudart.so.12: not found")',
            "ImportError: libcudart.so.12: not found",
        ),
        ("import os\nos.abort()", "crashed with SIGABRT"),
    ],
    ids=["raises", "aborts"],
)
def test_torch_that_breaks_on_import_is_a_finding_not_a_crash(tmp_path, code, reason):
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text(code, encoding="utf-8")
    done = run_doctor(tmp_path, PYTHONPATH=str(tmp_path))
    assert f"problem  device    torch cannot be used: {reason}\n" in done.stdout
    assert (done.returncode, done.stderr) == (1, "")


def test_gptqmodel_that_breaks_on_import_leaves_what_torch_told(tmp_path):
    (tmp_path / "gptqmodel").mkdir()
    code = 'print("noise")\nraise ImportError("no symbol")'
    (tmp_path / "gptqmodel" / "__init__.py").write_text(code, encoding="utf-8")
    done = run_doctor(tmp_path, PYTHONPATH=str(tmp_path))
    names = ", ".join(KERNELS)
    assert (
        f"problem  kernels   gptqmodel did not tell for {names}: ImportError: no symbol\n"
        in done.stdout
    )
    assert "float32: computes on " in done.stdout
    assert "noise" not in done.stdout
    assert (done.returncode, done.stderr) == (1, "")


class FetchedLinear:
    """A kernel whose source is fetched when a layer is prepared, on a machine without a network."""

    def __init__(self, **_layer: object) -> None:
        self.error: Exception = URLError("Name or service not known")

    def to(self, _device: str) -> FetchedLinear:
        return self

    def post_init(self) -> None:
        raise self.error


class DemandingLinear(FetchedLinear):
    """A kernel that takes more than an empty layer."""

    def __init__(self, **_layer: object) -> None:
        self.error = TypeError("missing 1 required positional argument: 'scratch_space'")


def test_kernel_that_is_chosen_but_cannot_be_loaded_is_not_called_fine():
    options = {"bits": 4, "symmetric": True, "device": "cpu"}
    assert loading_failure(FetchedLinear, **options) == (
        "FetchedLinear is chosen, but cannot be loaded: <urlopen error Name or service not known>"
    )
    assert loading_failure(DemandingLinear, **options) == ""


def test_torch_kernel_can_be_loaded():
    from gptqmodel.nn_modules.qlinear.torch import TorchLinear

    assert loading_failure(TorchLinear, bits=4, symmetric=True, device="cpu") == ""
