"""What is written as TOML is read back as it was."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from trusteval.system.toml_text import toml_list, toml_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS, st.lists(TEXTS))
def test_any_text_is_read_back(text: str, texts: list[str]) -> None:
    document = f"one = {toml_text(text)}\nmany = {toml_list(texts)}\n"
    assert tomllib.loads(document) == {"one": text, "many": texts}
