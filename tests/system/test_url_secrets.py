"""A password or key in what names a model: refused before anything repeats it."""

from __future__ import annotations

import pytest

from trusteval.engines.routing import create_backend
from trusteval.engines.served.endpoint import parse_endpoint
from trusteval.errors import VariantError
from trusteval.run.subjects import parse_ensembles, parse_references, parse_variants
from trusteval.system.url_secrets import HIDDEN, refuse_secrets, without_secrets

SECRETS = [
    "https://me:hunter2@host/v1#m",
    "http://hunter2@host#m",
    "HTTPS://Me:hunter2@[::1]:8000/v1#m",
    "http://:hunter2@host#m",
    "http://me:hunter2@@host#m",
    "http://me%3Ahunter2%40host/v1#m",
    "http://me:hunter2%40host/v1#m",
    "http://me:hunter2",
    "http://me:hun#ter2@host#m",
    "http://me:123#hunter2@host#m",
    "http://me:hun/ter2@host#m",
    "http://me:hun?ter2@host#m",
    "http://me:hun,ter2@host#m",
    "http://me:hun ter2@host#m",
    "http://me:hun\nter2@host#m",
    "http://m\x1be:hunter2@host#m",
    "http://me:1@hunter2#x@host#m",
    "https:me:hunter2@host#m",
    "https:/me:hunter2@host#m",
    "//me:hunter2@host#m",
    "vllm:http://me:hunter2@host#m",
    "openai:openai:http://me:hunter2@host#m",
    "me:hunter2@127.0.0.1:8000#m",
    "me:hunter2@localhost#m",
    "me:hunter2@[::1]#m",
    "http://host/v1?api_key=hunter2#m",
    "http://host/v1#m?api_key=hunter2",
    "http://host#m?system=fold&X-Access-Token=hunter2",
]
HARMLESS = [
    "dense,gptq-8,gptq-4,gptq-3",
    "gptq-8:g64:asym@2,awq-4:actorder@3",
    "east=openai:http://127.0.0.1:8000/v1#org/model@rev",
    "east=openai:http://host:8000#model@rev,gptq-8:sym@2",
    "east=openai:http://host#model:tag@rev?system=fold&route=completions&listed=no",
    "a=openai:http://[::1]:80#m@rev,b=openai:https://host/api/v3/#m@rev",
    "a=openai:http://host:80,gptq-4@2=openai:http://host:81#m",
    "a=openai:http://host#/models/with a blank/m@2.0",
    "small=/models/m@2.0,other=org/model@v1.0",
    "tests/test_a.py::test_b[gptq-8:sym@2-mmlu.score]",
    "--junitxml=/home/me@work/junit.xml",
    "a=openai:http://host#tokenizer-key?listed=no",
]


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("lead", ["", "openai:", "gptq-4=", "dense,gptq-4=openai:"])
def test_secret_of_a_url_is_refused_in_one_line_that_does_not_repeat_it(
    text: str, lead: str
) -> None:
    with pytest.raises(VariantError) as raised:
        refuse_secrets(lead + text, "variants")
    message = str(raised.value)
    assert message.isprintable()
    assert not any(part in message for part in ("hun", "ter2"))
    assert "TRUSTEVAL_API_KEY" in message


@pytest.mark.parametrize("text", SECRETS)
def test_no_way_to_name_a_model_repeats_a_secret(text: str) -> None:
    ways = (
        lambda: parse_endpoint(f"openai:{text}"),
        lambda: parse_variants(text),
        lambda: parse_variants(f"dense,gptq-4={text}"),
        lambda: parse_variants(f"gptq-4=openai:{text},gptq-8"),
        lambda: parse_references(text),
        lambda: parse_references(f"small=openai:{text}"),
        lambda: parse_ensembles(f"all={text}", variants=parse_variants("gptq-8,gptq-4")),
        lambda: create_backend("openai", text, variants=(), concurrency=1),
        lambda: create_backend("scripted", text, variants=(), concurrency=1),
        lambda: create_backend("hf", text, variants=(), concurrency=1),
    )
    for way in ways:
        with pytest.raises(VariantError) as raised:
            way()
        assert not any(part in str(raised.value) for part in ("hun", "ter2"))


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_one_is_no_secret(text: str) -> None:
    refuse_secrets(text, "variants")
    assert without_secrets(text) == text


@pytest.mark.parametrize("text", SECRETS)
def test_word_of_a_command_is_shown_without_its_secret(text: str) -> None:
    assert without_secrets(f"--trust-model={text}") == f"--trust-model={HIDDEN}"
    assert without_secrets(text) == HIDDEN


@pytest.mark.parametrize(
    "url",
    [
        *("http://h\x1b[2J", "http://h\u202e", "http://h\\x", "http://a%41", "http://h\x00"),
        *("http://[::1]x:y", "http://[::1", "http://", "http://h:99999", "http:///v1"),
    ],
)
def test_host_that_is_none_is_no_endpoint(url: str) -> None:
    with pytest.raises(VariantError) as raised:
        parse_endpoint(f"openai:{url}#m")
    assert str(raised.value).isprintable()


def test_address_with_a_zone_is_an_endpoint() -> None:
    assert parse_endpoint("http://[fe80::1%25eth0]:80#m").url == "http://[fe80::1%25eth0]:80/v1"
