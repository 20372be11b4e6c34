"""Titles of statuses, as RFC 9110 has them.

`http.HTTPStatus` has other phrases for four of them until Python 3.12, and a client that reads
them would see another answer after an upgrade.
"""

from __future__ import annotations

from http import HTTPStatus

RFC_9110 = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


def title_of(status: int) -> str:
    """What a status means."""
    return RFC_9110.get(status) or HTTPStatus(status).phrase


def label_of(status: int) -> str:
    """The label of a problem that has no name of its own."""
    return title_of(status).upper().replace(" ", "_").replace("-", "_").replace("'", "")
