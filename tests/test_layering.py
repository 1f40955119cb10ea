"""The architecture's table of who may import whom, and what stays unimported."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "trusteval"
PLUGIN = (
    *("pytest_plugin", "pytest_fixtures", "pytest_keys", "pytest_options", "pytest_parametrizing"),
    *("pytest_laws", "pytest_readiness"),
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
    "stats.members": {"stats.estimate"},
    "stats.power": {"stats.estimate", "stats.paired"},
    "stats.retries": {"stats.estimate"},
    "stats.weighted": set(),
    "progress": set(),
    "machine": {"errors", "files"},
    "law_memory": {"files", "machine"},
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
        *("errors", "formulas", "rates", "sheet"),
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
    "preflight": {
        *("types", "estimates", "formulas", "gates", "metrics", "rates", "scoring", "sheet"),
        *("stats.clusters", "stats.power"),
    },
    "judgement": {
        *("types", "claims", "evidence", "gates", "stats.estimate", "stats.paired"),
    },
    "bounded": set(),
    "replacing": set(),
    "files": {"errors", "bounded", "replacing"},
    "cached_folder": {"errors"},
    "gates": {"types"},
    "gates_file": {
        *("types", "errors", "directions", "gates", "gates_limits", "metrics", "suggestion"),
    },
    "gates_limits": {
        *("errors", "directions", "disparities", "estimates", "gates", "stats.power"),
    },
    "gates_shipped": set(),
    "store": {f"store.{name}" for name in ("database", "keys", "leases", "responses", "schema")},
    "store.keys": {"types"},
    "store.database": {"errors"},
    "store.schema": {"errors", "store.database"},
    "store.leases": {"errors", "store.database"},
    "store.responses": {
        *("types", "errors"),
        *(f"store.{name}" for name in ("database", "keys", "leases", "schema", "stored")),
    },
    "store.stored": {"types", "store.keys", "store.schema"},
    "store.inventory": {"store.database", "store.responses", "store.stored"},
    "store.garbage": {"errors", "store.inventory", "store.responses"},
    "store.checkup": {"errors", "store.responses", "store.stored"},
    "store.entries": {"types", "errors", "files", "store.keys", "store.stored"},
    "store.jsonl_file": {"errors", "files", "store.entries"},
    "store.parquet_file": {"errors", "store.entries"},
    "store.exporting": {
        *("types", "errors", "store.database", "store.entries", "store.jsonl_file"),
        *("store.parquet_file", "store.responses", "store.stored"),
    },
    "store.importing": {
        *("errors", "store.database", "store.entries", "store.jsonl_file"),
        *("store.parquet_file", "store.responses", "store.schema"),
    },
    "store.command_line": {
        *("errors", "machine", "store.checkup", "store.command", "store.responses"),
    },
    "store.command": {
        *("errors", "files"),
        *(f"store.{name}" for name in ("exporting", "garbage", "importing", "inventory")),
        *(f"store.{name}" for name in ("leases", "responses", "schema")),
    },
    **{
        f"checkpoints.{name}": {"errors", *(f"checkpoints.{other}" for other in others)}
        for name, others in {
            "header": (),
            "quantization": (),
            "tokenizing": ("fingerprints",),
            "vocabulary": ("fingerprints",),
            "packed_layout": ("header", "quantization"),
            "packed_weights": ("header", "quantization", "packed_layout"),
            "pointers": (),
            "gguf_header": (),
            "gguf_file": ("checkpoint", "gguf_header", "pointers"),
            "packed_loading": ("checkpoint", "quantization", "packed_layout", "packed_weights"),
            "agreement": ("checkpoint", "packed_layout", "packed_weights"),
        }.items()
    },
    "checkpoints": set(),
    "checkpoints.fingerprints": {"files"},
    "checkpoints.checkpoint": {
        *("errors", "files"),
        *(f"checkpoints.{name}" for name in ("fingerprints", "header", "packed_layout")),
        *(f"checkpoints.{name}" for name in ("pointers", "quantization")),
    },
    "checkpoints.loading": {
        *("types", "errors", "suggestion"),
        *(f"checkpoints.{name}" for name in ("agreement", "checkpoint", "gguf_file")),
        *(f"checkpoints.{name}" for name in ("packed_loading", "packed_weights")),
    },
    "checkpoints.models": {
        *("errors", "cached_folder", "files"),
        *(f"checkpoints.{name}" for name in ("checkpoint", "fingerprints", "gguf_file", "loading")),
    },
    "subjects": {
        *("types", "errors", "files", "quantizers", "suggestion", "voting"),
        *("checkpoints.checkpoint", "checkpoints.models", "engines.endpoint"),
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
    "benchmarks.source": {"errors", "files"},
    "benchmarks.hub": {
        *("errors", "cached_folder", "benchmarks.hub_formats", "benchmarks.source"),
        *BENCHMARK_TABLES,
    },
    "benchmarks.hub_formats": {"benchmarks.source", *BENCHMARK_TABLES},
    "benchmarks.origin": {"errors", "files", "benchmarks.hub", "benchmarks.source"},
    "benchmarks.fingerprint": {"types", "benchmarks.benchmark"},
    "benchmarks.prompts": {"types", "errors"},
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
    "recordings.recording": {"types", "errors", "files"},
    "recordings.jsonl": {"types", "errors", "files", "recordings.recording"},
    "recordings.decodingtrust": {
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
    "doctor.probe": {"machine", "quantizers.layerwise", "checkpoints.packed_loading"},
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
    "quantizers.job": {"types"},
    "quantizers.calibration": {"errors"},
    "quantizers.layerwise": {"quantizers.job"},
    "quantizers.gptq": {"quantizers.job", "quantizers.layerwise"},
    "quantizers.awq": {
        *("errors", "checkpoints.checkpoint", "quantizers.job", "quantizers.layerwise"),
    },
    "quantizers.worker": {"quantizers", "quantizers.job"},
    "quantizers.building": {
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
    "engines.chat": {"types", "errors"},
    "engines.encoding": set(),
    "engines.shaken": {"types", "errors", "engines.engine"},
    "engines.scripted": {"types", "errors", "engines.batching"},
    "engines.replay": {"types", "errors", "store", "engines.batching"},
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
    "engines.endpoint": {"types", "errors", "suggestion"},
    "engines.api_key": {"errors"},
    "engines.concurrency": {"types"},
    "engines.thought": set(),
    "engines.template_complaints": set(),
    "engines.waiting": {"progress"},
    "engines.given_up": {"errors"},
    "engines.completions": {"types", "errors", "files", "engines.chat", "engines.thought"},
    "engines.json_client": {
        *("errors", "engines.api_key", "engines.template_complaints", "engines.waiting"),
    },
    "engines.listing": {"types", "errors", "engines.json_client"},
    "engines.openai": {
        *("types", "errors"),
        *(f"engines.{name}" for name in ("api_key", "completions", "concurrency", "endpoint")),
        *(f"engines.{name}" for name in ("given_up", "json_client", "listing")),
        *(f"engines.{name}" for name in ("template_complaints", "thought", "waiting")),
        "progress",
    },
    "engines.routing": {
        *("types", "errors", "engines", "engines.endpoint", "engines.engine", "progress"),
    },
    "engines.hf_engine": {
        *("types", "errors", "health"),
        *("engines.batching", "engines.chat", "engines.encoding", "engines.examination"),
        *("engines.decoding", "engines.memory", "engines.packed_decoding"),
    },
    "engines.hf": {
        *("types", "errors", "health", "machine", "progress"),
        *("engines.chat", "engines.encoding", "engines.engine"),
        *("engines.hf_engine", "engines.memory"),
        *(f"checkpoints.{n}" for n in ("checkpoint", "fingerprints", "loading", "models")),
        *("checkpoints.tokenizing", "checkpoints.vocabulary"),
        *("quantizers.building", "quantizers.calibration"),
    },
    "health": {"types", "store"},
    "benchmarks.spellings": {"types", "errors", "suggestion", "benchmarks.benchmark"},
    "questionnaire": {
        "benchmarks.spellings",
        *("types", "errors", "profiles", "scoring"),
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
    "tracking": set(),
    "tracking.columns": {"benchmarks.spellings", "types", "benchmarks", "grounds", "said", "sheet"},
    "tracking.answered_run": {"types", "grounds", "said", "sheet", "tracking"},
    "tracking.document_shape": set(),
    "tracking.answers_file": {
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
        *("errors", "sheet", "tracking.answered_run", "tracking.answers_file"),
        *("tracking.document_shape", "tracking.reader_version", "tracking.rereading"),
    },
    "tracking.confounds": set(),
    "tracking.change": {"claims", "stats.estimate"},
    "tracking.flips_reach": {"estimates", "formulas", "rates", "sheet"},
    "tracking.margins": {"errors", "benchmarks", "suggestion"},
    "tracking.comparison": {
        *("types", "errors", "estimates", "metrics", "protocols", "sheet"),
        *("stats.composition", "stats.estimate", "tracking.change"),
        *("tracking.answered_run", "tracking.baseline", "tracking.confounds"),
        *("tracking.flips_reach", "tracking.margins", "tracking.measured", "tracking.rereading"),
    },
    "tracking.comparison_lines": {
        *("claims", "stats.composition", "stats.estimate"),
        *("tracking.change", "tracking.comparison"),
    },
    "tracking.accepting": {
        *("printable", "tracking.change", "tracking.margins"),
        *("tracking.answered_run", "tracking.baseline", "tracking.comparison"),
    },
    "tracking.store_selection": {
        *("types", "errors", "machine", "profiles", "protocols", "questionnaire", "sheet"),
        *("benchmarks.benchmark", "benchmarks.origin", "benchmarks.prompts"),
        *("said", "store", "store.inventory", "tracking.answered_run"),
    },
    "tracking.selection": {
        *("errors", "tracking.answered_run", "tracking.answers_file", "tracking.comparison"),
        *("benchmarks", "protocols", "tracking.store_selection"),
    },
    "tracking.history": {"errors"},
    "tracking.trends": {"tracking.history"},
    "tracking.trend_lines": {"tracking.history", "tracking.trends"},
    "tracking.plot": {"errors", "printable", "tracking.history", "tracking.trends"},
    "tracking.vote_leads": {
        *("errors", "estimates", "metrics", "protocols", "sheet"),
        *("stats.estimate", "stats.members", "tracking.answered_run", "tracking.measured"),
    },
    "tracking.tries": {"tracking.baseline", "tracking.history"},
    "tracking.command_line": {
        *("errors", "files", "printable", "profiles", "protocols", "benchmarks.origin"),
        *("tracking.change", "tracking.margins"),
        *(f"tracking.{name}" for name in ("comparison", "comparison_lines", "history", "plot")),
        *(f"tracking.{n}" for n in ("item_options", "reader_change", "reader_lines")),
        "tracking.reader_version",
        *(f"tracking.{name}" for name in ("selection", "store_selection", "trend_lines")),
    },
    "audit": set(),
    "audit.drawing": set(),
    "audit.card": {"types"},
    "audit.table": {"errors", "files", "audit.card"},
    "audit.page": {"audit.card", "audit.table"},
    "audit.key": {"types", "errors", "files"},
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
        *("errors", "files", "protocols"),
        *("tracking.answered_run", "tracking.selection", "tracking.store_selection", "audit"),
        *(f"audit.{name}" for name in ("agreement", "document", "labelling", "lines")),
        *(f"audit.{name}" for name in ("population", "preparing", "single_reading", "table")),
    },
    "recorder": {
        *("types", "errors", "health", "progress", "store"),
        *("benchmarks.benchmark", "engines.engine"),
    },
    "options": {"types", "errors", "engines.engine", "engines.routing", "progress", "suggestion"},
    "gate_checks": {
        *("types", "errors", "benchmarks", "gates", "options", "profiles", "protocols"),
        *("gates_limits", "subjects", "suggestion"),
    },
    "readiness": {
        *("types", "errors", "files", "machine", "recorder", "run", "store"),
        *("benchmarks.benchmark", "engines.engine"),
    },
    "preparation": {
        *("types", "errors", "gate_checks", "gates", "gates_file", "options", "profiles", "run"),
        "gates_shipped",
        *("benchmarks.origin", "benchmarks.prompts", "checkpoints.vocabulary", "engines"),
        *("files", "machine", "protocols", "questionnaire", "subjects", "tracking.baseline"),
    },
    "run": {
        *("types", "errors", "evaluation", "gates", "options", "preflight", "profiles"),
        *("benchmarks", "benchmarks.origin", "benchmarks.prompts", "engines.engine"),
        *("engines.shaken", "progress", "protocols", "questionnaire", "sheet", "store"),
        *("subjects", "tracking.baseline"),
    },
    "report": set(),
    "report.unjudged": {"types"},
    "report.record": {"types", "report.unjudged"},
    "report.multiplicity": {"types"},
    "report.summary": {
        *("types", "gates"),
        *(f"report.{name}" for name in ("multiplicity", "record", "unjudged")),
    },
    "report.table": {"report.record", "report.summary", "report.tries"},
    "report.markdown": {
        *("report.record", "report.summary", "report.tries", "tracking.vote_leads"),
    },
    "report.tries": {"report.record", "stats.retries", "tracking.tries"},
    "report.trying": {
        *("errors", "report.tries", "run"),
        *(f"tracking.{name}" for name in ("baseline", "history", "tries")),
    },
    "report.collecting": {
        *("types", "errors", "files", "machine", "run"),
        *("report.record", "report.markdown", "report.summary", "report.unjudged", "store.keys"),
        *("report.tries", "report.trying", "tracking.vote_leads"),
        "benchmarks",
        *(f"tracking.{name}" for name in ("accepting", "answered_run", "answers_file")),
        *(f"tracking.{name}" for name in ("confounds", "history")),
    },
    "pytest_keys": {"report.collecting", "report.unjudged", "run", "tracking.answered_run"},
    "pytest_junit": set(),
    "pytest_scheduling": set(),
    "pytest_collecting": {"pytest_keys", "pytest_options", "report.unjudged"},
    "pytest_outcomes": {"errors", "pytest_parametrizing", "report.unjudged", "run"},
    "pytest_reporting": {
        *(f"pytest_{name}" for name in ("collecting", "junit", "keys", "options", "outcomes")),
        *("pytest_readiness", "report.collecting", "report.table", "report.unjudged"),
    },
    "pytest_options": {"files", "machine", "options"},
    "pytest_fixtures": {
        "pytest_options",
        *("types", "errors", "evaluation", "gates", "judgement", "machine", "progress"),
        *("pytest_junit", "pytest_keys", "run"),
        *("store", "report.record", "report.summary"),
    },
    "pytest_laws": {"errors", "law_memory", "machine", "pytest_keys", "pytest_options"},
    "pytest_readiness": {"errors", "files", "pytest_keys", "pytest_options", "readiness", "run"},
    "pytest_parametrizing": {"gates", "machine", "pytest_keys", "run", "types"},
    "pytest_plugin": {
        *("types", "errors", "files", "machine", "engines.memory", "preparation", "run"),
        *(f"pytest_{name}" for name in ("fixtures", "keys", "laws", "options", "parametrizing")),
        *(f"pytest_{name}" for name in ("collecting", "outcomes", "readiness", "reporting")),
        *("pytest_scheduling", "report.collecting"),
    },
    "cli": {
        *("errors", "files", "machine", "printable"),
        *(f"report.{name}" for name in ("record", "summary", "table")),
        *("protocols", "data_check"),
        *(f"recordings.{n}" for n in ("decodingtrust", "document", "items", "jsonl", "scoring")),
        *("benchmarks.origin", "doctor.examination", "doctor.finding"),
        *("progress", "quantizers.command", "subjects"),
        *("store.command_line", "tracking.command_line", "audit.command_line"),
    },
    "demo": set(),
    "__main__": {"cli"},
    "": {"checkpoints.loading"},
}
# Module -> packages it may import when it is itself imported; everything else loads on use.
EAGER = {
    **{
        name: {"numpy"}
        for name in (
            *("metrics", "disparities", "sheet", "election", "estimates", *STATS_OF_ARRAYS),
            *("preflight", "said", "tracking.answered_run", "tracking.baseline"),
            *("tracking.columns", "tracking.comparison", "tracking.flips_reach"),
            "audit.agreement",
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
