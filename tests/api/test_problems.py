"""What an error says to a client, and what it keeps to itself."""

from __future__ import annotations

import logging

import pytest

from iargus import errors
from iargus.api.problems import TABLE, from_error

SECRET = "10.0.0.5: password of the house"


class Unforeseen(errors.IArgusError):
    """Of no row in the table."""


def test_an_error_that_is_not_in_the_table_says_nothing_internal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = from_error(Unforeseen(SECRET))
    assert answer.status_code == 500
    assert SECRET.encode() not in bytes(answer.body)
    assert SECRET in caplog.text


@pytest.mark.parametrize(
    "kind",
    [
        errors.DatabaseUnavailable,
        errors.SchemaMissing,
        errors.ModelBusy,
        errors.ModelNotLoaded,
        errors.SigningKeyMissing,
    ],
)
def test_what_is_meant_for_administrators_is_logged_and_hidden(
    kind: type[errors.IArgusError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    answer = from_error(kind(SECRET))
    assert answer.status_code == TABLE[kind][0] == 503
    assert SECRET.encode() not in bytes(answer.body)
    assert answer.headers["retry-after"]
