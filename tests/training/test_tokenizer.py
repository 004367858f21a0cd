"""The tokenizer: exact on every byte string, Elixir's words whole, the same from the same corpus."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("tokenizers", reason="tokenizers, of the training extras, is not installed")

from testgen.engines.tokenizer import Tokenizer
from testgen.prompt import CONTROL_TOKENS, END, PAD
from testgen_training import stage, tokenizer
from testgen_training.errors import ConfigInvalid, CorpusUnusable
from testgen_training.tokenizer.run import train
from testgen_training.tokenizer.wholes import OPERATORS, WHOLES
from tests.training.conftest import Small
from tests.training.repositories import CART, CART_TEST

TRAINED = Tokenizer.of_json(train([CART, CART_TEST] * 20, 1200))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_every_byte_string_comes_back(data: bytes) -> None:
    assert TRAINED.decode_bytes(TRAINED.encode_bytes(data)) == data


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_every_text_comes_back(text: str) -> None:
    assert TRAINED.decode_bytes(TRAINED.encode_bytes(text.encode("utf-8"))).decode("utf-8") == text


@pytest.mark.parametrize("whole", WHOLES)
@pytest.mark.parametrize("before", ["", " "])
def test_what_must_be_whole_is_one_token_alone_and_after_a_space(whole: str, before: str) -> None:
    assert len(TRAINED.encode(before + whole)) == 1


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_is_not_joined_with_what_stands_beside_it(operator: str) -> None:
    ids = TRAINED.encode(f"value {operator} other")
    assert TRAINED.encode(f" {operator}")[0] in ids


@pytest.mark.parametrize("token", CONTROL_TOKENS)
def test_a_control_token_is_one_id_in_a_prompt_and_bytes_in_a_source(token: str) -> None:
    number = TRAINED.id_of(token)
    assert TRAINED.encode(f"a{token}b").count(number) == 1
    assert number not in TRAINED.encode_bytes(f"a{token}b".encode())
    assert TRAINED.decode_bytes(TRAINED.encode_bytes(f"a{token}b".encode())) == f"a{token}b".encode()


def test_pad_is_0_and_end_is_1() -> None:
    assert (TRAINED.id_of(PAD), TRAINED.id_of(END)) == (0, 1)


def test_an_unknown_control_token_is_an_error() -> None:
    with pytest.raises(KeyError):
        TRAINED.id_of("<|pear|>")


def test_a_damaged_file_is_an_error() -> None:
    with pytest.raises(ValueError, match="no tokenizer"):
        Tokenizer.of_json('{"model": 3}')


def test_training_twice_gives_the_same_tokenizer() -> None:
    assert train([CART, CART_TEST], 1200) == train([CART, CART_TEST], 1200)


def test_the_stage_reports_bytes_per_token_of_held_out_repositories(small: Small) -> None:
    manifest = stage.manifest_of(small.tokenizer.parent)
    assert manifest is not None
    assert set(manifest["bytes_per_token"]) == {
        "validation code", "validation test", "test code", "test test",
    }  # fmt: skip
    assert all(1.0 < each["this"] < 10.0 for each in manifest["bytes_per_token"].values())
    assert Tokenizer.open(small.tokenizer).size == 1200


def test_another_tokenizer_stands_beside_it(small: Small, tmp_path: Path) -> None:
    made = tokenizer.run(
        tokenizer.Config(corpus=small.corpus, output=tmp_path / "t", size=1100, peer=small.tokenizer)
    )
    manifest = stage.manifest_of(made.parent)
    assert manifest is not None
    assert {"this", "peer"} == set(manifest["bytes_per_token"]["test code"])


def test_without_a_corpus_the_stage_says_which_to_make(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnusable) as caught:
        tokenizer.run(tokenizer.Config(corpus=tmp_path, output=tmp_path / "t"))
    assert caught.value.next_step == "Run `testgen-train corpus` first."


@pytest.mark.parametrize("size", [0, 999, 50_001])
def test_a_size_out_of_range_is_refused(tmp_path: Path, size: int) -> None:
    with pytest.raises(ConfigInvalid, match=f"size is {size}"):
        tokenizer.Config(corpus=tmp_path, output=tmp_path, size=size)
