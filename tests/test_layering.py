"""The architecture's table of who may import whom, and what stays unimported."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "trusteval"
PLUGIN = (
    "pytest_faults",
    *("pytest_plugin", "pytest_fixtures", "pytest_keys", "pytest_options", "pytest_parametrizing"),
    *("pytest_laws", "pytest_readiness"),
    *("pytest_showing", "pytest_collecting", "pytest_junit", "pytest_outcomes", "pytest_reporting"),
    *("pytest_laws", "pytest_leaving", "pytest_readiness"),
    *("pytest_collecting", "pytest_junit", "pytest_outcomes", "pytest_reporting"),
)
PURE = (
    *(
        "types",
        "errors",
        "answers.reader",
        "voting",
        "stats",
        "disparities",
        "rates",
        "directions",
        "suggestion",
        "metrics",
        "scoring",
    ),
    *("formulas", "estimates", "claims", "evidence", "gathering", "judgement", "preflight"),
    *("planning", "planner.table"),
    *("gates", "gates_file", "gates_limits", "protocols", "sampling"),
    *("stats.fairness", "stats.shifts", "stats.composition", "stats.members", "stats.power"),
    "stats.retries",
)
STATS_OF_ARRAYS = tuple(
    f"stats.{name}"
    for name in (
        *(
            "clusters",
            "composition",
            "contrasts",
            "fairness",
            "losses",
            "power",
            "shifts",
            "weighted",
        ),
    )
)
HEAVY = (
    *("torch", "transformers", "datasets", "gptqmodel", "matplotlib", "scipy", "jinja2", "rich"),
    *("httpx2", "statsmodels"),
)

LANGUAGES = ("english", "spanish", "french", "german", "chinese")
LANGUAGE = {"answers.family", "answers.languages.language", "answers.role"}
BENCHMARK = {"types", "errors", "benchmarks.benchmark", "benchmarks.prompts", "benchmarks.source"}
BENCHMARK_MODULES = {
    f"benchmarks.{name}"
    for name in ("adult", "adult_raw", "advglue", "advglue_plus_plus", "ethics", "mmlu", "ood")
}
# What names a benchmark's settings: the modules, which protocols and profiles build tables of.
BENCHMARK_TABLES = {"benchmarks", *BENCHMARK_MODULES}
PROTOCOLS = ("strict", "comptrust", "decodingtrust")
REFERENCE = {
    *("types", "scoring", "protocols", "protocols.protocol", "protocols.reference"),
    "protocols.reference_scoring",
}
# Module -> the trusteval modules it may import, at any depth of its code.
ALLOWED: dict[str, set[str]] = {
    "types": set(),
    "printable": set(),
    "errors": {"printable"},
    "url_secrets": {"errors"},
    "suggestion": set(),
    "directions": set(),
    "stats": set(),
    "stats.estimate": set(),
    "stats.proportion": set(),
    "stats.paired": {"stats.estimate"},
    "stats.losses": {"stats.estimate"},
    "stats.clusters": {f"stats.{name}" for name in ("estimate", "losses", "paired", "proportion")},
    "stats.contrasts": {"stats.clusters"},
    "stats.gaps": {"stats.estimate"},
    "stats.fairness": {f"stats.{name}" for name in ("clusters", "contrasts", "estimate", "gaps")},
    "stats.shifts": {f"stats.{name}" for name in ("clusters", "contrasts", "estimate")},
    "stats.composition": set(),
    "stats.members": {"stats.clusters", "stats.estimate"},
    "stats.power": {f"stats.{name}" for name in ("clusters", "estimate", "gaps", "paired")},
    "stats.weighted": set(),
    "progress": {"printable"},
    "machine": {"errors", "files"},
    "law_memory": {"bounded", "files", "machine"},
    "answers": set(),
    "answers.role": set(),
    "answers.family": set(),
    "answers.claim": set(),
    "answers.visible": set(),
    "answers.plain": set(),
    "answers.wordings": set(),
    "answers.languages.language": {"answers.family", "answers.role", "answers.wordings"},
    **{f"answers.languages.{name}": LANGUAGE for name in LANGUAGES},
    "answers.languages": {f"answers.languages.{name}" for name in ("language", *LANGUAGES)},
    "answers.detection": {"answers.languages", "answers.languages.language"},
    "answers.declining": {"answers.family", "answers.languages", "answers.languages.language"},
    "answers.words": {"types", "answers.role", "answers.languages", "answers.languages.language"},
    "answers.sign": set(),
    "answers.option_texts": {"answers.plain", "answers.sign"},
    "answers.announcement": {
        *("answers.claim", "answers.option_texts", "answers.sign", "answers.wordings"),
    },
    "answers.symbols": {
        *("answers.announcement", "answers.claim", "answers.option_texts", "answers.sign"),
    },
    "answers.sentence": {f"answers.{name}" for name in ("declining", "family", "role", "words")},
    "answers.clause": {
        *("types", "answers.claim", "answers.role", "answers.sentence", "answers.words"),
    },
    "answers.statements": {
        *("types", "answers.languages", "answers.languages.language"),
        *(f"answers.{name}" for name in ("claim", "clause", "declining", "family", "role")),
        *(f"answers.{name}" for name in ("sentence", "words")),
    },
    "answers.shown": {
        *("answers.detection", "answers.languages", "answers.languages.language"),
        *(f"answers.{name}" for name in ("plain", "visible", "wordings", "words")),
    },
    "answers.decision": {"types", "answers.claim", "answers.declining", "answers.family"},
    "answers.reader": {
        *("types", "answers.languages", "answers.languages.language"),
        *(f"answers.{name}" for name in ("claim", "decision", "declining", "family", "shown")),
        *(f"answers.{name}" for name in ("statements", "symbols", "words")),
    },
    "voting": {"types", "errors"},
    "sheet": {"types"},
    "election": {"types", "sheet", "voting"},
    "said": {"types", "sheet"},
    "grounds": {"types", "sheet"},
    "readings": {
        *("types", "election", "grounds", "said", "sheet", "protocols", "protocols.protocol"),
    },
    "disparities": {"types", "errors", "sheet"},
    "rates": {"sheet"},
    "formulas": {"rates"},
    "estimates": {
        *("errors", "formulas", "rates", "sheet", "stats.contrasts"),
        *("stats.clusters", "stats.estimate", "stats.fairness", "stats.shifts"),
    },
    "metrics": {
        *("types", "errors", "disparities", "estimates", "formulas", "rates", "sheet"),
        *("directions", "stats.clusters"),
    },
    "scoring": {"types", "errors", "directions", "formulas", "metrics", "sheet", "suggestion"},
    "claims": {"stats.estimate", "stats.shifts"},
    "evidence": {"types", "stats.estimate", "stats.shifts"},
    "gathering": {
        *("types", "errors", "disparities", "estimates", "evidence", "formulas", "gates"),
        *("metrics", "scoring", "sheet", "stats.estimate", "stats.proportion"),
    },
    "planning": {
        *("types", "errors", "estimates", "formulas", "gates", "metrics", "rates", "scoring"),
        *("sheet", "stats.clusters", "stats.estimate", "stats.gaps", "stats.power", "stats.shifts"),
    },
    "planner": set(),
    "planner.table": {"types", "planning", "preflight"},
    "planner.command_line": {
        "printing",
        *("errors", "files", "options", "planner.table", "preflight", "preparation", "printable"),
        *("profiles", "protocols"),
    },
    "preflight": {"types", "planning", "stats.power"},
    "judgement": {
        *("types", "claims", "evidence", "gates"),
        *("stats.estimate", "stats.losses", "stats.paired", "stats.proportion"),
    },
    "bounded": set(),
    "printing": {"printable"},
    "shape": set(),
    "faults": {"printable"},
    "pytest_faults": {"errors", "faults"},
    "replacing": set(),
    "as_declared": {"types", "bounded", "files", "printable"},
    "lasting": {"progress"},
    "failed_before": {"errors"},
    "files": {"errors", "bounded", "replacing"},
    "locking": set(),
    "cached_folder": {"errors", "locking", "replacing"},
    "gates": {"types"},
    "gates_file": {
        "bounded",
        *("types", "errors", "directions", "gates", "gates_limits", "metrics", "suggestion"),
    },
    "gates_limits": {
        *("errors", "directions", "disparities", "estimates", "gates", "stats.power"),
    },
    "gates_shipped": set(),
    "store": {f"store.{name}" for name in ("database", "keys", "leases", "responses", "schema")},
    "store.keys": {"types"},
    "store.database": {"bounded", "errors"},
    "store.schema": {"errors", "store.database"},
    "store.leases": {"errors", "printable", "store.database"},
    "store.responses": {
        *("types", "errors", "locking"),
        *("types", "as_declared", "errors"),
        *(f"store.{name}" for name in ("database", "keys", "leases", "schema", "stored")),
    },
    "store.stored": {"types", "as_declared", "bounded", "store.keys", "store.schema"},
    "store.inventory": {"store.database", "store.responses", "store.stored"},
    "store.garbage": {"errors", "store.inventory", "store.responses"},
    "store.checkup": {"errors", "store.responses", "store.stored"},
    "store.entries": {"types", "errors", "files", "store.keys", "store.stored", "as_declared"},
    "store.jsonl_file": {"bounded", "errors", "files", "store.entries"},
    "store.parquet_file": {"bounded", "errors", "store.entries"},
    "store.exporting": {
        *("errors", "files", "store.database", "store.entries", "store.jsonl_file"),
        *("store.parquet_file", "store.responses", "store.stored", "types"),
    },
    "store.importing": {
        *("errors", "store.database", "store.entries", "store.jsonl_file"),
        *("store.parquet_file", "store.responses", "store.schema"),
    },
    "store.command_line": {
        *("errors", "machine", "printing"),
        *("store.checkup", "store.command", "store.responses"),
    },
    "store.command": {
        *("errors", "files"),
        *(f"store.{name}" for name in ("exporting", "garbage", "importing", "inventory")),
        *(f"store.{name}" for name in ("leases", "responses", "schema")),
    },
    **{
        f"checkpoints.{name}": {"errors", *(f"checkpoints.{other}" for other in others)}
        for name, others in {
            "foreign": (),
            "quantization": (),
            "packed_layout": ("header", "quantization"),
            "packed_weights": ("header", "quantization", "packed_layout"),
            "gguf_file": ("checkpoint", "config_counts", "gguf_header", "pointers"),
            "packed_loading": ("checkpoint", "quantization", "packed_layout", "packed_weights"),
            "agreement": ("checkpoint", "packed_layout", "packed_weights"),
        }.items()
    },
    "checkpoints": set(),
    "checkpoints.fingerprints": {"bounded", "files"},
    "checkpoints.config_files": {"errors", "bounded"},
    "checkpoints.config_counts": {"errors", "files"},
    "checkpoints.named_code": {"errors", "files", "checkpoints.config_files"},
    "checkpoints.header": {"errors", "bounded", "files"},
    "checkpoints.gguf_header": {"errors", "bounded", "files"},
    "checkpoints.pointers": {"errors", "bounded"},
    "checkpoints.skeleton": {"errors", "bounded"},
    "checkpoints.tokenizing": {
        *("bounded", "checkpoints.config_files", "checkpoints.fingerprints"),
    },
    "checkpoints.vocabulary": {
        *("errors", "bounded", "files", "checkpoints.config_files", "checkpoints.fingerprints"),
    },
    "checkpoints.checkpoint": {
        *("errors", "files", "printable"),
        *(f"checkpoints.{name}" for name in ("config_counts", "config_files", "fingerprints")),
        *(f"checkpoints.{name}" for name in ("header", "named_code", "packed_layout")),
        *(f"checkpoints.{name}" for name in ("pointers", "quantization")),
    },
    "checkpoints.loading": {
        *("types", "errors", "suggestion"),
        *(f"checkpoints.{name}" for name in ("agreement", "checkpoint", "foreign", "gguf_file")),
        *(f"checkpoints.{name}" for name in ("packed_loading", "packed_weights", "skeleton")),
    },
    "checkpoints.models": {
        *("errors", "cached_folder", "files"),
        *(f"checkpoints.{name}" for name in ("checkpoint", "fingerprints", "foreign")),
        *(f"checkpoints.{name}" for name in ("gguf_file", "loading")),
    },
    "subjects": {
        *("types", "errors", "files", "quantizers", "suggestion", "voting"),
        *("checkpoints.checkpoint", "checkpoints.models", "engines.endpoint"),
        "url_secrets",
    },
    "protocols": {f"protocols.{name}" for name in ("protocol", *PROTOCOLS)},
    "protocols.protocol": {"types", "scoring"},
    "protocols.reference": {"types"},
    "protocols.strict": {
        *("types", "answers.reader", "scoring", "protocols.protocol", *BENCHMARK_TABLES),
    },
    "protocols.reference_scoring": {*REFERENCE, *BENCHMARK_TABLES},
    "protocols.comptrust": {*REFERENCE},
    "protocols.decodingtrust": {*REFERENCE},
    "benchmarks.source": {"bounded", "errors", "files"},
    "benchmarks.hub": {
        *("errors", "cached_folder", "benchmarks.hub_formats", "benchmarks.source"),
        *BENCHMARK_TABLES,
    },
    "benchmarks.hub_formats": {"benchmarks.source", *BENCHMARK_TABLES},
    "benchmarks.origin": {"errors", "files", "benchmarks.hub", "benchmarks.source"},
    "benchmarks.fingerprint": {"types", "benchmarks.benchmark"},
    "benchmarks.prompts": {"bounded", "files", "types", "errors"},
    "benchmarks.benchmark": {*BENCHMARK, "suggestion"} - {"benchmarks.benchmark"},
    **{f"benchmarks.{name}": BENCHMARK for name in ("advglue", "ethics", "mmlu", "ood")},
    "benchmarks.advglue_plus_plus": {*BENCHMARK, "benchmarks.advglue"},
    "benchmarks.adult": {*BENCHMARK, "disparities"},
    "benchmarks.adult_raw": {*BENCHMARK, "benchmarks.adult"},
    "benchmarks": {*BENCHMARK_MODULES, "benchmarks.benchmark"},
    "sampling": {"benchmarks.benchmark"},
    "profiles": {
        *("types", "errors", "sampling", "suggestion", "benchmarks.benchmark"),
        *BENCHMARK_TABLES,
    },
    "recordings": set(),
    "recordings.recording": {"bounded", "types", "errors", "files"},
    "recordings.jsonl": {"bounded", "types", "errors", "files", "recordings.recording"},
    "recordings.decodingtrust": {
        "bounded",
        *("types", "errors", "files", "benchmarks", "recordings.recording"),
    },
    "recordings.items": {
        *("types", "errors", "recordings.recording"),
        *("benchmarks", "benchmarks.origin", "benchmarks.prompts"),
    },
    "recordings.scoring": {
        *("types", "errors", "scoring", "protocols.protocol"),
        *("benchmarks", "benchmarks.adult", "benchmarks.benchmark"),
        *("recordings.items", "recordings.recording"),
    },
    "recordings.document": {"types", "benchmarks", "metrics", "recordings.scoring"},
    "data_check": {
        *("errors", "benchmarks", "benchmarks.adult_raw", "benchmarks.benchmark"),
        *("benchmarks.fingerprint", "benchmarks.origin", "benchmarks.prompts"),
        "benchmarks.source",
    },
    "doctor": set(),
    "doctor.finding": set(),
    "doctor.probe": {"bounded", "machine", "quantizers.layerwise", "checkpoints.packed_loading"},
    "doctor.hardware": {"doctor.finding", "doctor.probe"},
    "doctor.versions": {"doctor.finding"},
    "doctor.surroundings": {
        *("errors", "files", "machine", "checkpoints.models", "data_check", "benchmarks.origin"),
        *("doctor.finding", "doctor.hardware"),
    },
    "doctor.examination": {
        *(f"doctor.{name}" for name in ("finding", "hardware", "probe", "surroundings")),
        *("machine", "doctor.versions"),
    },
    "quantizers": set(),
    "quantizers.job": {"bounded", "types"},
    "quantizers.calibration": {"bounded", "errors"},
    "quantizers.layerwise": {"bounded", "quantizers.job"},
    "quantizers.gptq": {"quantizers.job", "quantizers.layerwise"},
    "quantizers.awq": {
        *("errors", "checkpoints.checkpoint", "quantizers.job", "quantizers.layerwise"),
    },
    "quantizers.worker": {"quantizers", "quantizers.job"},
    "quantizers.building": {
        "bounded",
        *("types", "errors", "cached_folder", "machine", "progress", "store"),
        *("checkpoints.checkpoint", "checkpoints.fingerprints"),
        *("quantizers", "quantizers.calibration", "quantizers.job"),
    },
    "quantizers.command": {
        *("types", "errors", "progress", "quantizers.building", "quantizers.calibration"),
        *("checkpoints.checkpoint", "checkpoints.models"),
    },
    "engines": set(),
    "engines.engine": {"types"},
    "engines.batching": set(),
    "engines.chat": {
        "types",
        "errors",
        *("types", "errors", "printable", "checkpoints.foreign", "engines.rendering"),
    },
    "engines.encoding": {"errors", "printable", "checkpoints.foreign"},
    "engines.shaken": {"types", "errors", "engines.engine", "engines.contract"},
    "engines.scripted": {"bounded", "shape", "types", "errors", "engines.batching"},
    "engines.replay": {"bounded", "shape", "types", "errors", "store", "engines.batching"},
    "engines.template_worker": set(),
    "engines.rendering": {"errors", "engines.template_worker"},
    "engines.examination": {"types", "health"},
    "engines.crew": set(),
    "engines.memory": {"machine", "engines.batching", "engines.crew"},
    "engines.decoding": {"errors", "engines.batching"},
    "engines.packed_attention": {"errors"},
    "engines.packed_passes": {"engines.packed_attention"},
    "engines.packed_decoding": {
        *("engines.batching", "engines.crew", "engines.decoding"),
        *("engines.packed_attention", "engines.packed_passes"),
    },
    "engines.endpoint": {"types", "errors", "suggestion", "url_secrets"},
    "engines.api_key": {"errors"},
    "engines.concurrency": {"types"},
    "engines.thought": set(),
    "engines.template_complaints": set(),
    "engines.waiting": {"progress"},
    "engines.given_up": {"errors"},
    "engines.completions": {
        "types",
        "errors",
        "files",
        "engines.chat",
        "engines.thought",
        *("types", "as_declared", "errors", "files", "engines.chat", "engines.thought"),
    },
    "engines.bounds": {"bounded"},
    "engines.preamble": {"errors"},
    "engines.reply": {"bounded", "engines.bounds", "printable"},
    "engines.contract": {"types", "as_declared", "errors", "engines.engine"},
    "engines.json_client": {
        *("bounded", "errors", "printable", "engines.api_key", "engines.bounds"),
        *("engines.preamble", "engines.reply", "engines.template_complaints", "engines.waiting"),
    },
    "engines.listing": {"bounded", "types", "errors", "engines.json_client", "printable"},
    "engines.openai": {
        *("types", "errors"),
        *(f"engines.{name}" for name in ("api_key", "completions", "concurrency", "endpoint")),
        *(f"engines.{name}" for name in ("bounds", "given_up", "json_client", "listing")),
        "printable",
        *(f"engines.{name}" for name in ("template_complaints", "thought", "waiting")),
        "progress",
    },
    "engines.routing": {
        *("types", "errors", "engines", "engines.endpoint", "engines.engine", "progress"),
        "url_secrets",
    },
    "engines.hf_engine": {
        *("types", "errors", "files", "health"),
        *("engines.batching", "engines.chat", "engines.encoding", "engines.examination"),
        *("engines.decoding", "engines.memory", "engines.packed_decoding"),
    },
    "engines.hf": {
        *("types", "errors", "health", "machine", "progress"),
        *("engines.chat", "engines.encoding", "engines.engine"),
        *("engines.hf_engine", "engines.memory"),
        *(f"checkpoints.{n}" for n in ("checkpoint", "fingerprints", "loading", "models")),
        *("checkpoints.foreign", "checkpoints.tokenizing", "checkpoints.vocabulary"),
        *("quantizers.building", "quantizers.calibration"),
    },
    "health": {"types", "store"},
    "benchmarks.spellings": {"types", "errors", "suggestion", "benchmarks.benchmark"},
    "questionnaire": {
        "benchmarks.spellings",
        *("types", "errors", "failed_before", "profiles", "scoring"),
        *("benchmarks", "benchmarks.benchmark", "benchmarks.prompts", "benchmarks.origin"),
        "benchmarks.fingerprint",
    },
    "evaluation": {
        *("types", "errors", "metrics", "progress", "questionnaire", "scoring", "store"),
        *("sheet", "readings", "recorder", "benchmarks", "benchmarks.benchmark"),
        *("protocols", "protocols.protocol", "engines.engine"),
        *("health", "checkpoints.vocabulary", "evidence", "gates", "gathering"),
        *("tracking.answered_run", "tracking.baseline", "tracking.confounds"),
    },
    "turns": set(),
    "tracking": set(),
    "tracking.columns": {"benchmarks.spellings", "types", "benchmarks", "grounds", "said", "sheet"},
    "tracking.answered_run": {"types", "grounds", "said", "sheet", "tracking"},
    "tracking.document_shape": {"bounded", "shape"},
    "tracking.answers_file": {
        "bounded",
        *("errors", "files", "replacing", "tracking.answered_run", "tracking.document_shape"),
    },
    "tracking.reader_version": {"protocols"},
    "tracking.rereading": {
        *("types", "election", "protocols", "protocols.protocol", "sheet"),
        *("tracking.answered_run", "tracking.confounds", "tracking.reader_version"),
    },
    "tracking.item_options": {
        *("errors", "profiles", "questionnaire", "sheet", "tracking.rereading"),
        *("benchmarks.origin", "benchmarks.prompts"),
    },
    "tracking.reader_change": {
        *("types", "protocols", "sheet"),
        *(f"tracking.{name}" for name in ("answered_run", "item_options", "measured")),
        "tracking.rereading",
    },
    "tracking.reader_lines": {"types", "tracking.reader_change"},
    "tracking.measured": {"types", "formulas", "metrics", "scoring", "sheet"},
    "tracking.baseline": {
        *("errors", "files", "sheet", "tracking.answered_run", "tracking.answers_file"),
        *("tracking.document_shape", "tracking.reader_version", "tracking.rereading", "turns"),
    },
    "tracking.confounds": set(),
    "tracking.change": {"claims", "stats.estimate"},
    "tracking.flips_reach": {"estimates", "formulas", "rates", "sheet"},
    "tracking.comparison": {
        *("errors", "estimates", "metrics", "protocols", "sheet", "stats.composition"),
        *("stats.estimate", "tracking.answered_run", "tracking.baseline", "tracking.change"),
        *("tracking.confounds", "tracking.flips_reach", "tracking.margins", "tracking.measured"),
        *("tracking.rereading", "types"),
    },
    "tracking.comparison_lines": {
        *("claims", "stats.composition", "stats.estimate"),
        *("tracking.change", "tracking.comparison"),
    },
    "tracking.accepting": {
        *("printable", "tracking.answered_run", "tracking.baseline", "tracking.change"),
        *("tracking.comparison", "tracking.margins"),
    },
    "tracking.store_selection": {
        *("types", "errors", "machine", "profiles", "protocols", "questionnaire", "sheet"),
        *("benchmarks.benchmark", "benchmarks.origin", "benchmarks.prompts"),
        *("said", "store", "store.inventory", "tracking.answered_run"),
    },
    "tracking.selection": {
        "files",
        *("errors", "tracking.answered_run", "tracking.answers_file", "tracking.comparison"),
        *("benchmarks", "bounded", "protocols", "tracking.store_selection"),
    },
    "tracking.history": {"errors", "printable", "tracking.reader_version", "bounded", "turns"},
    "tracking.trend_lines": {"tracking.history", "tracking.trends"},
    "tracking.plot": {
        *("errors", "files", "printable", "replacing", "tracking.history", "tracking.trends"),
    },
    "tracking.command_line": {
        *("benchmarks.origin", "errors", "files", "printing", "profiles", "protocols"),
        *("tracking.change", "tracking.comparison", "tracking.comparison_lines"),
        *("tracking.history", "tracking.item_options", "tracking.margins", "tracking.plot"),
        *("tracking.reader_change", "tracking.reader_lines", "tracking.reader_version"),
        *("tracking.selection", "tracking.store_selection", "tracking.trend_lines"),
    },
    "audit": set(),
    "audit.drawing": set(),
    "audit.card": {"types", "printable"},
    "audit.table": {"errors", "files", "audit.card", "bounded"},
    "audit.page": {"audit.card", "audit.table"},
    "audit.key": {"bounded", "shape", "types", "errors", "files"},
    "audit.population": {
        *("types", "errors", "protocols", "tracking.answered_run", "audit.drawing"),
    },
    "audit.preparing": {
        *("types", "answers.reader", "tracking.answered_run"),
        *(f"audit.{name}" for name in ("card", "drawing", "key", "population")),
    },
    "audit.labelling": {
        *("types", "errors", "files", "audit.card", "audit.key", "audit.table"),
    },
    "audit.agreement": {"types", "audit.labelling", "stats.weighted"},
    "audit.document": {
        *("tracking.answered_run", "audit.agreement", "audit.labelling", "stats.weighted"),
    },
    "audit.lines": {
        *("types", "stats.weighted", "tracking.answered_run"),
        *(f"audit.{n}" for n in ("agreement", "drawing", "labelling", "population", "preparing")),
    },
    "audit.single_reading": {
        "types",
        "errors",
        "benchmarks",
        "benchmarks.prompts",
        "benchmarks.spellings",
        "protocols",
        "suggestion",
    },
    "audit.command_line": {
        *("errors", "files", "printing", "protocols"),
        "bounded",
        *("errors", "files", "protocols"),
        *("tracking.answered_run", "tracking.selection", "tracking.store_selection", "audit"),
        *(f"audit.{name}" for name in ("agreement", "document", "labelling", "lines")),
        *(f"audit.{name}" for name in ("population", "preparing", "single_reading", "table")),
    },
    "recorder": {
        *("types", "errors", "failed_before", "health", "lasting", "progress", "store"),
        *("benchmarks.benchmark", "engines.contract", "engines.engine"),
    },
    "options": {"types", "errors", "engines.engine", "engines.routing", "progress", "suggestion"},
    "gate_checks": {
        *("types", "errors", "benchmarks", "gates", "options", "profiles", "protocols"),
        *("gates_limits", "subjects", "suggestion"),
    },
    "readiness": {
        *("types", "errors", "files", "machine", "recorder", "run", "store"),
        *("benchmarks.benchmark", "engines.contract", "engines.engine"),
    },
    "preparation": {
        "bounded",
        *("types", "errors", "gate_checks", "gates", "gates_file", "options", "profiles", "run"),
        "gates_shipped",
        *("benchmarks.origin", "benchmarks.prompts", "checkpoints.vocabulary", "engines"),
        *("files", "machine", "protocols", "questionnaire", "subjects", "tracking.baseline"),
    },
    "run": {
        *("types", "errors", "evaluation", "gates", "options", "planning", "profiles"),
        *("benchmarks", "benchmarks.origin", "benchmarks.prompts", "engines.engine"),
        *("engines.shaken", "progress", "protocols", "questionnaire", "sheet", "store"),
        *("subjects", "tracking.baseline"),
    },
    "report": set(),
    "report.unjudged": {"types"},
    "report.record": {
        "types",
        "printable",
        "report.unjudged",
        "files",
        "report.document_shape",
        "report.ledger",
    },
    "report.document_shape": {"types", "shape", "report.ledger", "report.unjudged"},
    "report.ledger": {"printable"},
    "report.standing": {
        *("report.ledger", "report.record", "report.summary", "report.tries", "report.unjudged"),
        *("tracking.accepting", "types"),
    },
    "report.artifacts": {
        *("bounded", "errors", "files", "printable"),
        *("report.ledger", "report.markdown", "report.record"),
        *("tracking.answered_run", "tracking.answers_file"),
    },
    "report.multiplicity": {"types"},
    "report.summary": {
        *("types", "gates"),
        *(f"report.{name}" for name in ("ledger", "multiplicity", "record", "unjudged")),
    },
    "report.table": {"printable", "report.record", "report.summary", "report.tries"},
    "report.markdown": {
        *("report.markup", "report.record", "report.summary", "report.tries"),
        "tracking.vote_leads",
    },
    "report.markup": {"printable"},
    "report.collecting": {
        *("benchmarks", "errors", "machine", "report.artifacts", "report.ledger"),
        *("report.record", "report.standing", "report.summary", "report.tries", "report.trying"),
        *("report.unjudged", "run", "store.keys", "tracking.accepting", "tracking.answered_run"),
        *("tracking.confounds", "tracking.history", "tracking.vote_leads", "types"),
        "url_secrets",
    },
    "pytest_keys": {
        "printing",
        "report.collecting",
        "report.unjudged",
        "run",
        "tracking.answered_run",
    },
    "pytest_junit": {"printable"},
    "pytest_showing": {"printable", "printing", "pytest_outcomes"},
    "pytest_scheduling": set(),
    "pytest_collecting": {"bounded", "files", "pytest_keys", "pytest_options", "report.unjudged"},
    "pytest_outcomes": {
        "errors",
        "printable",
        "pytest_parametrizing",
        "report.unjudged",
        "run",
    },
    "pytest_reporting": {
        *(f"pytest_{name}" for name in ("collecting", "junit", "keys", "options", "outcomes")),
        *("printable", "pytest_readiness", "report.collecting", "report.table", "report.unjudged"),
        *("pytest_readiness", "report.collecting", "report.table", "report.unjudged"),
        *("errors", "report.ledger", "run", "types"),
    },
    "pytest_options": {"files", "machine", "options"},
    "pytest_fixtures": {
        *("printable", "printing", "pytest_options"),
        *("types", "errors", "evaluation", "gates", "judgement", "machine", "progress"),
        *("pytest_junit", "pytest_keys", "run"),
        *("store", "report.record", "report.summary"),
    },
    "pytest_laws": {"errors", "law_memory", "machine", "pytest_keys", "pytest_options"},
    "pytest_readiness": {
        *("errors", "files", "preflight", "pytest_keys", "pytest_options", "readiness", "run"),
        *("tracking.answers_file", "tracking.history"),
    },
    "pytest_leaving": {"pytest_outcomes"},
    "pytest_parametrizing": {"gates", "machine", "pytest_keys", "run", "types"},
    "pytest_plugin": {
        "pytest_faults",
        *("types", "errors", "files", "machine", "engines.memory", "preparation", "run"),
        *("printable", "printing", "pytest_showing"),
        *(f"pytest_{name}" for name in ("fixtures", "keys", "laws", "options", "parametrizing")),
        *(f"pytest_{name}" for name in ("fixtures", "keys", "laws", "leaving", "options")),
        "pytest_parametrizing",
        *(f"pytest_{name}" for name in ("collecting", "outcomes", "readiness", "reporting")),
        *("pytest_scheduling", "report.collecting"),
    },
    "cli": {
        *("errors", "files", "machine", "printable", "url_secrets"),
        *("errors", "files", "machine", "printing"),
        "faults",
        "bounded",
        "report.document_shape",
        *("errors", "files", "machine", "printable"),
        *(f"report.{name}" for name in ("ledger", "record", "summary", "table")),
        *("protocols", "data_check"),
        *(f"recordings.{n}" for n in ("decodingtrust", "document", "items", "jsonl", "scoring")),
        *("benchmarks.origin", "doctor.examination", "doctor.finding"),
        *("progress", "quantizers.command", "subjects"),
        *("store.command_line", "tracking.command_line", "audit.command_line"),
        "planner.command_line",
    },
    "demo": set(),
    "__main__": {"cli"},
    "": {"checkpoints.loading"},
    "report.tries": {"report.record", "stats.retries", "tracking.tries"},
    "report.trying": {
        *("errors", "report.tries", "run", "tracking.baseline", "tracking.history"),
        "tracking.tries",
    },
    "stats.retries": {"stats.estimate"},
    "tracking.margins": {"benchmarks", "errors", "suggestion"},
    "tracking.trends": {"tracking.history"},
    "tracking.tries": {"tracking.baseline", "tracking.history"},
    "tracking.vote_leads": {
        *("errors", "estimates", "metrics", "protocols", "sheet", "stats.estimate"),
        *("stats.members", "tracking.answered_run", "tracking.measured"),
    },
}
# Module -> packages it may import when it is itself imported; everything else loads on use.
EAGER = {
    **{
        name: {"numpy"}
        for name in (
            *("metrics", "disparities", "sheet", "election", "estimates", *STATS_OF_ARRAYS),
            *(
                "planning",
                "planner.table",
                "preflight",
                "said",
                "tracking.answered_run",
                "tracking.baseline",
            ),
            *("tracking.columns", "tracking.comparison", "tracking.flips_reach"),
            *("audit.agreement", "tracking.baseline"),
        )
    },
    "machine": {"platformdirs"},
    **{name: {"pytest"} for name in PLUGIN},
    "pytest_junit": {"pytest", "_pytest"},
    "pytest_scheduling": {"pytest", "xdist"},  # itself imported under -n only
}


def _modules() -> dict[str, Path]:
    names = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        names[".".join(part for part in parts if part != "__init__")] = path
    return names


def _imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


class _AtImport(ast.NodeTransformer):
    """Keeps only what runs when a module is imported."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        return None

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        return None

    def visit_If(self, node: ast.If) -> ast.If | None:
        checked = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return None if checked else node


@pytest.mark.parametrize("name", _modules(), ids=lambda name: name or "trusteval")
def test_module_imports_only_what_the_table_allows(name: str) -> None:
    tree = ast.parse(_modules()[name].read_text(encoding="utf-8"))
    own = {
        module.removeprefix("trusteval").removeprefix(".")
        for module in _imports(tree)
        if module.split(".")[0] == "trusteval"
    }
    assert own <= ALLOWED[name]


@pytest.mark.parametrize("name", _modules(), ids=lambda name: name or "trusteval")
def test_module_loads_heavy_packages_on_use_only(name: str) -> None:
    tree = _AtImport().visit(ast.parse(_modules()[name].read_text(encoding="utf-8")))
    roots = {module.split(".")[0] for module in _imports(tree)}
    third_party = roots - set(sys.stdlib_module_names) - {"trusteval"}
    assert third_party <= EAGER.get(name, set())


def test_pure_core_and_plugin_leave_heavy_packages_alone() -> None:
    names = ", ".join(f"trusteval.{module}" for module in (*PURE, "pytest_plugin", "run"))
    script = f"import sys, {names}; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
