"""The words of a status are those of RFC 9110, whatever Python calls it."""

from __future__ import annotations

import http
from enum import IntEnum

import pytest
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from iargus.api.problems import problem_response
from iargus.server import protocol
from iargus.server.http_status import RFC_9110, label_of, title_of


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (413, "Content Too Large"),
        (414, "URI Too Long"),
        (416, "Range Not Satisfiable"),
        (422, "Unprocessable Content"),
        (404, "Not Found"),
        (429, "Too Many Requests"),
    ],
)
def test_the_title_is_the_standards(status: int, title: str) -> None:
    assert title_of(status) == title
    assert f'"title":"{title}"' in bytes(problem_response(status, "X", "x").body).decode()


def test_every_phrase_that_differs_between_versions_of_python_is_in_the_table() -> None:
    """Until 3.12 these four were older ones; what a later version changes shows here."""
    old = ("Entity Too Large", "Request-URI", "Requested Range", "Unprocessable Entity")
    for status in http.HTTPStatus:
        assert not any(words in title_of(status) for words in old)
        assert status in RFC_9110 or title_of(status) == status.phrase


def test_the_line_on_the_wire_says_the_same() -> None:
    assert protocol.MAX_HEAD_BYTES
    for status, title in RFC_9110.items():
        assert STATUS_LINE[status] == f"HTTP/1.1 {status} {title}\r\n".encode()


def test_a_label_does_not_depend_on_python(monkeypatch: pytest.MonkeyPatch) -> None:
    class Renamed(IntEnum):
        UNPROCESSABLE_ENTITY = 422

    monkeypatch.setattr("iargus.server.http_status.HTTPStatus", Renamed)
    assert label_of(422) == "UNPROCESSABLE_CONTENT"
