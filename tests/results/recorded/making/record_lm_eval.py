"""Record a folder of lm-evaluation-harness: `python record_lm_eval.py MODEL OUT [--limit N]`.

MODEL is a directory, named `models/dense` or `models/noised` beside OUT, from where this is run:
no path of the machine comes into what is recorded. Needs the version of lm_eval to be recorded.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    model, out, *more = sys.argv[1:]
    for name in ("tasks", "items"):
        shutil.copytree(HERE / name, name, dirs_exist_ok=True)
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    if version("lm_eval") == "0.4.9":
        record_by_hand(model, out, limit=int(more[1]) if more else None)
    else:
        tasks = ",".join(str(path) for path in sorted(Path("tasks").glob("*.yaml")))
        asked = ["--model", "hf", "--model_args", f"pretrained={model},dtype=float32"]
        asked += ["--tasks", tasks, "--device", "cpu", "--batch_size", "16", "--log_samples"]
        command = [sys.executable, "-m", "lm_eval", *asked, "--output_path", out, *more]
        subprocess.run(command, check=True)
    for path in Path(out).glob("*/results_*.json"):
        results = json.loads(path.read_text(encoding="utf-8"))
        results["pretty_env_info"] = ""  # the machine's processor and libraries
        text = json.dumps(results, indent=2, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")


def record_by_hand(model: str, out: str, *, limit: int | None) -> None:
    """Do what the command does: that of 0.4.9 lays files of tasks over its own of the name."""
    from lm_eval import simple_evaluate
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    tracker = EvaluationTracker(output_path=out)
    results = simple_evaluate(
        model="hf",
        model_args=f"pretrained={model},dtype=float32",
        tasks=[path.stem for path in sorted(Path("tasks").glob("*.yaml"))],
        task_manager=TaskManager(include_path="tasks", include_defaults=False),
        device="cpu",
        batch_size="16",
        limit=limit,
        evaluation_tracker=tracker,
    )
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for task, said in samples.items():
        tracker.save_results_samples(task_name=task, samples=said)


if __name__ == "__main__":
    main()
