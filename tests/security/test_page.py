"""docs/reference/attacks.md lists the attacks that there are, and they are many."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.security.names import CONTROL, FOLDER, ROOT, Area, area_paths, areas, collect
from tests.security.page import PAGE, page
from tests.slow import NOT_SLOW

AT_LEAST = 150


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest) -> list[Area]:
    """Every area: from this run where it has all of them, else from a collection of its own."""
    config, session = request.config, request.session
    # `make test` leaves out whole files, which are missed below.
    narrowed = any("::" in argument for argument in config.args) or any(
        config.getoption(option, None) not in (None, "", False, [], NOT_SLOW)
        for option in ("keyword", "markexpr", "deselect", "lf")
    )
    whole = not narrowed and set(area_paths()) <= {item.path for item in session.items}
    if not whole:
        return areas(collect())
    return areas(item.nodeid for item in session.items if item.path.parent == FOLDER)


def test_there_are_many(found: list[Area]) -> None:
    assert sum(len(area.attacks) for area in found) >= AT_LEAST


def test_no_area_is_empty_and_no_name_comes_twice_in_one(found: list[Area]) -> None:
    for area in found:
        twice = [name for name, times in Counter(area.attacks).items() if times > 1]
        assert (twice, bool(area.attacks)) == ([], True), area.path.name


def test_every_area_at_the_door_sees_it_open(found: list[Area]) -> None:
    for area in found:
        source = area.path.read_text(encoding="utf-8")
        if "tests.security.door" in source:
            assert f"def {CONTROL}" in source, area.path.name


def test_titles_differ(found: list[Area]) -> None:
    assert len({area.title for area in found}) == len(found)


def test_the_page_lists_them(found: list[Area]) -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(found), (
        f"{PAGE.relative_to(ROOT)} is stale; `python -m tests.security.page` writes it anew"
    )
