"""Secrets: long enough, readable, and compared as digests."""

from __future__ import annotations

import pytest

from iargus.auth.issuing import codes


def test_a_link_is_64_letters_and_digits_of_which_192_bits_are_secret() -> None:
    text = codes.link_text(codes.new_link())
    assert len(text) == 64
    assert text.isalnum()
    assert len(codes.new_link().secret) * 4 == 192
    assert codes.parse_link(text) is not None


@pytest.mark.parametrize("text", ["", "a", "g" * 64, "a" * 63, "a" * 65, "A" * 64, "٠" * 64])
def test_what_looks_like_no_link_is_none(text: str) -> None:
    assert codes.parse_link(text) is None


def test_an_invitation_has_140_secret_bits_and_no_letters_that_are_mistaken() -> None:
    texts = [codes.invitation_text(codes.new_invitation()) for _ in range(200)]
    assert len(codes.new_invitation().secret) * 5 == 140
    assert len(set(texts)) == 200
    for text in texts:
        assert [len(group) for group in text.split("-")] == [4] * 8
        assert not set(text) & set("ILOU")


def test_an_invitation_is_read_as_people_type_it() -> None:
    code = codes.Code("1A0B", "1" * 14 + "0" * 14)
    for text in (
        codes.invitation_text(code),
        codes.invitation_text(code).lower(),
        codes.invitation_text(code).replace("-", " ").replace("0", "o").replace("1", "l"),
        "\t" + codes.invitation_text(code).replace("-", "").replace("1", "I") + "\n",
    ):
        assert codes.parse_invitation(text) == code


@pytest.mark.parametrize("text", ["", "A" * 31, "A" * 33, "U" * 32, "é" * 32, "-" * 10_000])
def test_what_looks_like_no_invitation_is_none(text: str) -> None:
    assert codes.parse_invitation(text) is None


def test_only_the_secret_proves_and_no_row_proves_nothing() -> None:
    code, other = codes.new_link(), codes.new_link()
    assert code.proves(code.digest)
    assert not code.proves(other.digest)
    assert not code.proves(None)
    assert code.secret not in code.digest
