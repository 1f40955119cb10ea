"""Chat templates: what is asked arrives in the prompt, or nothing is asked, in one line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.project import Project
from trusteval.engines.chat import holds, render
from trusteval.errors import EngineError
from trusteval.store import ResponseStore
from trusteval.types import Message, Prompt, Role

HEAD = "{% for m in messages %}[{{ m['role'] }}]"
PARTS = (
    "{% for c in m['content'] %}{% if c['type'] == 'text' %}{{ c['text'] }}{% endif %}{% endfor %}"
)
TURNS = HEAD + "{{ m['content'] }}{% endfor %}"
ALL_IN_PARTS = HEAD + PARTS + "{% endfor %}"
USERS_IN_PARTS = (
    HEAD + "{% if m['role'] == 'user' %}" + PARTS + "{% else %}{{ m['content'] }}{% endif %}"
    "{% endfor %}"
)
SYSTEM = Message(Role.SYSTEM, "Be brief.")
ONE = (SYSTEM, Message(Role.USER, "Is it wrong?"))
MANY = (
    *ONE,
    Message(Role.ASSISTANT, "yes"),
    Message(Role.USER, "And  this\none?"),
    Message(Role.ASSISTANT, "yes"),
    Message(Role.USER, "What of the last?"),
)


class Tokenizer:
    """A tokenizer that is only a template, in a folder that is not there."""

    name_or_path = "/models/x"

    def __init__(self, chat_template: object) -> None:
        self.chat_template = chat_template


@pytest.mark.parametrize("prompt", [ONE, ONE[1:], MANY, MANY[1:]], ids=len)
@pytest.mark.parametrize(
    "template",
    [
        TURNS,
        ALL_IN_PARTS,
        USERS_IN_PARTS,
        HEAD + "{{ m['content'][0]['text'] }}{% endfor %}",
        HEAD + "{{ m['content'] | map(attribute='text') | join }}{% endfor %}",
        HEAD + "{{ m['content'] | trim }}{% endfor %}",
        HEAD + "{{ m['content'].split() | join(' ') }}{% endfor %}",
        "{% if messages[0]['content'] is string %}{{ raise_exception('parts, please') }}{% endif %}"
        + ALL_IN_PARTS,
    ],
    ids=["text", "parts", "parts of users", "first part", "map", "trim", "spaces", "demands"],
)
def test_every_turn_arrives_whatever_form_the_template_reads(template: str, prompt: Prompt) -> None:
    text, adds_special_tokens = render(prompt, Tokenizer(template))
    assert not adds_special_tokens
    assert all("".join(m.content.split()) in "".join(text.split()) for m in prompt)
    assert "'type'" not in text


@pytest.mark.parametrize(
    "template",
    [
        HEAD + "{% endfor %}",
        "Say something.",
        HEAD + "{{ m['content'][:5] }}{% endfor %}",
        "[{{ messages[-1]['role'] }}]{{ messages[-1]['content'] }}",
        "{% for m in messages if m['role'] != 'assistant' %}{{ m['content'] }}{% endfor %}",
        "{% for m in messages | reverse %}{{ m['content'] }}{% endfor %}",
        HEAD + "{{ m['content'] | upper }}{% endfor %}",
        HEAD + "{{ m['text'] }}{% endfor %}",
        HEAD + "{% for c in m['content'] %}{{ c }}{% endfor %}{{ m['content'][0]['text'] }}",
    ],
    ids=["roles", "fixed", "cut", "last", "no answers", "order", "case", "other key", "broken"],
)
def test_template_that_leaves_out_or_changes_a_turn_is_refused_with_its_place(
    template: str,
) -> None:
    with pytest.raises(EngineError) as raised:
        render(MANY, Tokenizer(template))
    assert str(raised.value).startswith("/models/x: the chat template ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{% for m in messages %}", "Unexpected end of template"),
        ("{{ raise_exception('user\\nonly') }}", "user\\nonly"),
        ("{{ raise_exception('\x1b[2Jgone') }}", "\\x1b[2Jgone"),
        ("{% include '/etc/passwd' %}", "no loader for this environment"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "recursion"),
        ("{{ messages[99]['content'] }}", "has no element 99"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ nothing.at.all }}", "'nothing' is undefined"),
        ("{{ messages | nofilter }}", "nofilter"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{% for i in range(10 ** 9) %}x{% endfor %}", "too big"),
        (7, ""),
    ],
    ids=str,
)
def test_template_with_a_mistake_is_one_line_with_its_place(template: object, words: str) -> None:
    with pytest.raises(EngineError) as raised:
        render(ONE, Tokenizer(template))
    assert str(raised.value).startswith("/models/x: the chat template fails: ")
    assert words.lower() in str(raised.value).lower()
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (
            "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
            "takes more than 2 s of processor time",
        ),
        (
            "{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}"
            "{{ a(90) }}",
            "takes more than 2 s of processor time",
        ),
        ("{{ 'a' * 10 ** 10 }}", "takes more memory than a template may"),
        ("{{ '%9999999999d' % 1 }}", "takes more memory than a template may"),
        ("{{ 'a' | center(10 ** 10) }}", "takes more memory than a template may"),
        ("{{ 'a' * 2 ** 25 }}", "makes a text of more than 16 MiB"),
    ],
    ids=["loops", "calls", "repeated", "formatted", "centred", "long"],
)
def test_template_without_an_end_is_ended_with_the_bound_it_went_beyond(
    template: str, words: str
) -> None:
    for _ in range(20):  # each but the first costs nothing more
        with pytest.raises(EngineError) as raised:
            render(ONE, Tokenizer(template))
        assert str(raised.value) == f"/models/x: the chat template fails: it {words}"
    assert render(ONE, Tokenizer(TURNS)) == ("[system]Be brief.[user]Is it wrong?", False)


EVERYTHING = """\
{%- set ns = namespace(turns=0, a=[]) -%}
{{ bos_token }}{{ tools is none }}{{ documents }}{{ enable_thinking }}{{ date_string }}
{% for m in messages -%}
    {%- set ns.turns = ns.turns + 1 %}
    {{ m | tojson }} {{ m | tojson(indent=2) }} {{ m.reasoning_content is defined }}
    {% if loop.last %}{% continue %}{% endif %}
  {% generation %}{{ m['content'] if m['content'] is string else m.content[0].text }}
  {% endgeneration %}
{%- endfor %}{{ ns.turns }}{{ dict(a=1) }}{{ dict.fromkeys([1]) }}{{ nothing }}{{ eos_token }}
{{ strftime_now('%d %b %Y') }}{% if add_generation_prompt %}<a & b>{% endif %}
"""


@pytest.mark.parametrize("template", [None, EVERYTHING], ids=["its own", "everything"])
@pytest.mark.parametrize("prompt", [ONE, MANY], ids=len)
def test_templates_say_what_they_say_in_transformers(
    tiny_llama: Path, template: str | None, prompt: Prompt
) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_llama)
    tokenizer.chat_template = template or tokenizer.chat_template
    clock = "{% macro strftime_now(format) %}01 Jan 2025{% endmacro %}"
    expected = tokenizer.apply_chat_template(
        [{"role": str(m.role), "content": m.content} for m in prompt],
        chat_template=clock + tokenizer.chat_template,
        tokenize=False,
        add_generation_prompt=True,
        enable_thinking=False,
        date_string="01 Jan 2025",
    )
    assert render(prompt, tokenizer)[0] == expected


def test_tokenizer_that_lays_out_in_its_own_way_is_let(tiny_llama: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_llama)

    class Own(type(tokenizer)):  # type: ignore[misc]
        def apply_chat_template(self, messages, **options) -> str:
            if len(messages) > 2:
                raise KeyError("long")
            return "|".join(message["content"] for message in messages)

    tokenizer.__class__ = Own
    assert render(ONE, tokenizer) == ("Be brief.|Is it wrong?", False)
    with pytest.raises(EngineError, match="the chat template fails: KeyError 'long'"):
        render(MANY, tokenizer)


def test_default_one_of_several_templates_is_taken() -> None:
    named = {"tool_use": "tools", "default": TURNS}
    assert render(ONE, Tokenizer(named)) == ("[system]Be brief.[user]Is it wrong?", False)
    assert render(ONE, Tokenizer({"chat": TURNS})) == render(ONE, Tokenizer(TURNS))
    with pytest.raises(EngineError, match=r"several chat templates \(rag, tool_use\), and none is"):
        render(ONE, Tokenizer({"tool_use": TURNS, "rag": TURNS}))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_prompt_laid_out_in_order_holds_every_turn(said: list[str]) -> None:
    prompt = tuple(Message(Role.USER, content) for content in said)
    assert holds("".join(f"<user>{content}</user>" for content in said), prompt)


# -- as its user meets it -------------------------------------------------------------------------


ETHICS = (
    '[[gate]]\nbenchmark="ethics"\nmetric="non_answer_rate"\nat_most=100\n'
    'why="its weights are random"\n'
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Gates the ETHICS answers of the checkpoint in its folder "model"."""
    project = Project(tmp_path)
    project.write("trust_tests/gates.toml", ETHICS)
    options = "trust_model = model\ntrust_device = cpu\ntrust_variants = dense\n"
    ini = (tmp_path / "pytest.ini").read_text(encoding="utf-8")
    ini = ini.replace("trust_model = script.json\ntrust_engine = scripted\n", options)
    project.write("pytest.ini", ini)
    return project


def write_model(tiny_llama: Path, project: Project, template: str) -> Path:
    model = Path(shutil.copytree(tiny_llama, project.root / "model"))
    (model / "chat_template.jinja").write_text(template, encoding="utf-8")
    return model


def recorded_prompt_lengths(project: Project) -> set[int]:
    store = ResponseStore(project.root / "responses.sqlite")
    return {n for (n,) in store.database.stream("SELECT n_prompt_tokens FROM responses")}


def test_model_whose_template_reads_parts_is_asked_what_the_questions_say(
    project: Project, tiny_llama: Path
) -> None:
    write_model(tiny_llama, project, ALL_IN_PARTS)
    ran = project.run_on_model("-k", "ethics")
    assert ran.returncode == 0, ran.stdout
    assert len(recorded_prompt_lengths(project)) > 20


@pytest.mark.parametrize(
    "template", [HEAD + "{% endfor %}", "{{ raise_exception('no') }}", "{% if"]
)
def test_model_whose_template_swallows_questions_is_not_asked(
    project: Project,
    tiny_llama: Path,
    template: str,
) -> None:
    write_model(tiny_llama, project, template)
    ran = project.run_on_model("-k", "ethics")
    assert ran.returncode == 10
    assert "model/chat_template.jinja: the chat template " in ran.stdout
    assert "Traceback" not in ran.stdout
    assert recorded_prompt_lengths(project) == set()


def test_answers_under_a_template_that_drops_demonstrations_are_not_recorded(
    project: Project, tiny_llama: Path
) -> None:
    last = "{% if messages | length > 2 %}{{ messages[-1]['content'] }}{% else %}" + TURNS
    write_model(tiny_llama, project, last + "{% endif %}")
    ran = project.run_on_model("-k", "ethics")
    assert ran.returncode == 10
    assert re.search(
        r"ethics/few_shot, item \d+: dense: \S+/chat_template.jinja: the chat template leaves out",
        ran.stdout,
    )


def test_model_with_named_templates_is_judged(project: Project, tiny_llama: Path) -> None:
    model = write_model(tiny_llama, project, "")
    (model / "chat_template.jinja").unlink()
    config = model / "tokenizer_config.json"
    named = [{"name": "default", "template": TURNS}, {"name": "tool_use", "template": "x"}]
    values = {**json.loads(config.read_text(encoding="utf-8")), "chat_template": named}
    config.write_text(json.dumps(values), encoding="utf-8")
    ran = project.run_on_model("-k", "ethics")
    assert ran.returncode == 0, ran.stdout
