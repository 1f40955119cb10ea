"""Record two small inspect logs with a mock model: `python record_inspect.py FOLDER`.

Each becomes a `.eval` and the JSON of `inspect log dump`, whose events are left out: nine tenths
of it. Choices are asked in two epochs with a scorer of letters, generation with two scorers, one
of them our own with a number; one answer is cut at the token limit.
"""

from __future__ import annotations

import sys
from pathlib import Path

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.model import GenerateConfig, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Target, choice, includes, mean, scorer
from inspect_ai.solver import TaskState, generate, multiple_choice, system_message

SKY = (
    ("Which planet is closest to the Sun?", "Venus|Mercury|Mars|Earth", "B"),
    ("Which planet is the largest?", "Jupiter|Saturn|Neptune|Earth", "A"),
    ("What does the Moon orbit?", "The Sun|Mars|The Earth|Jupiter", "C"),
    ("What is the Sun?", "A planet|A comet|A moon|A star", "D"),
    ("What is a comet mostly made of?", "Gold|Ice and dust|Iron|Lava", "B"),
    ("What makes day and night?", "The Moon's orbit|The Earth's spin|The tides|The clouds", "B"),
)
SUMS = (("What is 3 + 4?", "7"), ("What is 5 + 2?", "7"), ("What is 6 + 6?", "12"))
LETTERS = (
    *("ANSWER: B", "ANSWER: A", "ANSWER: C", "ANSWER: D", "ANSWER: A", "I cannot answer that."),
    *("ANSWER: B", "ANSWER: B", "ANSWER: C", "The Sun is the star that", "ANSWER: A", "ANSWER: B"),
)
CUT = 9
NUMBERS = ("7", "It is 7, of course.", "13")


@scorer(metrics=[mean()])
def brevity():
    """Score one divided by the number of words."""

    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=1 / max(1, len(state.output.completion.split())))

    return score


def said(texts, *, cut=()):
    outputs = []
    for place, text in enumerate(texts):
        reason = "max_tokens" if place in cut else "stop"
        output = ModelOutput.from_content("mockllm/model", text, stop_reason=reason)
        # Without it, newer versions fetch a tokenizer to count.
        output.usage = ModelUsage(input_tokens=40, output_tokens=8, total_tokens=48)
        outputs.append(output)
    return outputs


def main() -> None:
    folder = sys.argv[1]
    shared = {"log_dir": folder, "display": "none", "max_connections": 1, "max_samples": 1}
    sky = [
        Sample(id=f"sky-{n}", input=question, choices=choices.split("|"), target=letter)
        for n, (question, choices, letter) in enumerate(SKY)
    ]
    mmlu = Task(
        name="mmlu_0_shot",
        dataset=MemoryDataset(sky, name="sky"),
        solver=[multiple_choice()],
        scorer=choice(),
        config=GenerateConfig(temperature=0.5, seed=7, max_tokens=16),
        epochs=2,
        version=2,
    )
    eval(mmlu, model=get_model("mockllm/model", custom_outputs=said(LETTERS, cut={CUT})), **shared)
    sums = Task(
        name="sums",
        dataset=MemoryDataset([Sample(input=q, target=a) for q, a in SUMS], name="sums"),
        solver=[system_message("Answer with a number."), generate()],
        scorer=[includes(), brevity()],
        config=GenerateConfig(max_tokens=16),
    )
    eval(sums, model=get_model("mockllm/model", custom_outputs=said(NUMBERS)), **shared)
    for log in Path(folder).glob("*.eval"):
        log = log.rename(log.with_name(f"{log.name.split('_')[1]}.eval"))
        dumped = read_eval_log(str(log))
        for sample in dumped.samples:
            sample.events, sample.attachments = [], {}
        write_eval_log(dumped, str(log.with_suffix(".json")))


if __name__ == "__main__":
    main()
