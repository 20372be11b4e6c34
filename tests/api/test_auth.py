"""The one token of a request: where it may stand, and that there is one."""

from __future__ import annotations

import pytest
from starlette.types import Scope

from iargus.api.gate.credentials import body_token, header_token, the_token
from iargus.errors import TokenAmbiguous, TokenMalformed, TokenMissing


def scope(*values: str) -> Scope:
    return {"headers": [(b"authorization", value.encode()) for value in values]}


@pytest.mark.parametrize("value", ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c "])
def test_the_scheme_may_be_in_any_case(value: str) -> None:
    assert header_token(scope(value)) == "a.b.c"


@pytest.mark.parametrize(
    "values",
    [
        ("Basic a.b.c",),
        ("Token a.b.c",),
        ("a.b.c",),
        ("Bearer",),
        ("Bearer a.b.c d.e.f",),
        ("Bearer a.b.c", "Bearer a.b.c"),
        ("Basic YTpi", "Bearer a.b.c"),
        ("Bearer a.b.c", "Bearer d.e.f"),
    ],
    ids=" and ".join,
)
def test_another_form_is_refused_and_not_taken_for_none(values: tuple[str, ...]) -> None:
    with pytest.raises(TokenMalformed):
        header_token(scope(*values))


@pytest.mark.parametrize("value", [7, True, ["a.b.c"], {"token": "a.b.c"}], ids=str)
def test_a_token_in_a_body_is_a_text(value: object) -> None:
    with pytest.raises(TokenMalformed):
        body_token({"security_token": value})


def test_an_empty_token_in_a_body_is_none_beside_that_of_the_header() -> None:
    assert the_token("a.b.c", body_token({"security_token": ""})) == "a.b.c"
    with pytest.raises(TokenMissing):
        the_token(None, body_token({"security_token": ""}))


def test_of_two_that_differ_none_is_chosen() -> None:
    assert the_token("a.b.c", "a.b.c") == "a.b.c"
    with pytest.raises(TokenAmbiguous):
        the_token("a.b.c", "d.e.f")
