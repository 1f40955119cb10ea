"""Add noise to a model's layers, 0.35 of each matrix' deviation: `noised_model.py DENSE NOISED`."""

from __future__ import annotations

import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

SHARE = 0.35


def main() -> None:
    dense, noised = sys.argv[1:]
    model = AutoModelForCausalLM.from_pretrained(dense, dtype=torch.float32)
    torch.manual_seed(0)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.ndim == 2 and "layers" in name:
                weights += SHARE * weights.std() * torch.randn_like(weights)
    model.to(torch.bfloat16).save_pretrained(noised)
    AutoTokenizer.from_pretrained(dense).save_pretrained(noised)


if __name__ == "__main__":
    main()
