"""Runs of the job that draw nothing: of pictures, tests in `view` see more."""

from __future__ import annotations

import base64
from typing import Any, BinaryIO

import pytest

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)


@pytest.fixture(autouse=True)
def _nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half the time of a run goes into drawing."""
    from matplotlib.figure import Figure

    def save(_: object, place: BinaryIO, **__: Any) -> None:
        place.write(PIXEL)

    monkeypatch.setattr(Figure, "savefig", save)
