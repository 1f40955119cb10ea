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
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    model, out, *more = sys.argv[1:]
    for name in ("tasks", "items"):
        shutil.copytree(HERE / name, name, dirs_exist_ok=True)
    tasks = ",".join(str(path) for path in sorted(Path("tasks").glob("*.yaml")))
    said = ["--model", "hf", "--model_args", f"pretrained={model},dtype=float32", "--tasks", tasks]
    said += ["--device", "cpu", "--batch_size", "16", "--output_path", out, "--log_samples", *more]
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    subprocess.run(
        [sys.executable, "-m", "lm_eval", *said], env={**os.environ, **offline}, check=True
    )
    for path in Path(out).glob("*/results_*.json"):
        results = json.loads(path.read_text(encoding="utf-8"))
        results["pretty_env_info"] = ""  # the machine's processor and libraries
        text = json.dumps(results, indent=2, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
