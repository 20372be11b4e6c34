"""A schema that is short to write and endless to walk."""

from __future__ import annotations

from typing import Any

import pytest

from iargus.errors import ArtefactRejected
from iargus.registry.canonical_schema import check_schema


def doubled(times: int) -> dict[str, Any]:
    """Lists, each of which is the one before twice: the second time by its number alone."""
    node: dict[str, Any] = {"__id__": 1, "content": []}
    for number in range(2, times + 2):
        again = {"__id__": number - 1}
        node = {"__id__": number, "content": [node, again]}
    return node


def test_references_count_as_often_as_they_are_followed() -> None:
    check_schema(doubled(10), "model.skops")
    with pytest.raises(ArtefactRejected, match=r"model\.skops has \d+ nodes that stand for \d{10}"):
        check_schema(doubled(31), "model.skops")


def test_what_holds_itself_has_no_end() -> None:
    with pytest.raises(ArtefactRejected, match="holds itself"):
        check_schema({"__id__": 1, "content": [{"__id__": 1}]}, "model.skops")
