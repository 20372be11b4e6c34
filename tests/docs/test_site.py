"""The built site, in the folder that `IARGUS_SITE` names: complete, and without another host."""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.blocks import ROOT

SITE = (ROOT / os.environ["IARGUS_SITE"]).absolute()
HTML = sorted(SITE.rglob("*.html"))
# What a browser fetches by itself; a link that a person follows may lead anywhere.
FETCHED = {
    "audio": ("src",),
    "embed": ("src",),
    "form": ("action",),
    "iframe": ("src",),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "video": ("src", "poster"),
}


class Page(HTMLParser):
    """What a page fetches, where it leads, and what can be led to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors.update(values[name] for name in ("id", "name") if name in values)
        self.fetched += [values[name] for name in FETCHED.get(tag, ()) if name in values]
        if tag == "a" and "href" in values:
            self.links.append(values["href"])


@pytest.fixture(scope="module")
def read() -> dict[Path, Page]:
    return {path: Page(path) for path in HTML}


def test_there_is_a_page_for_every_page_of_the_documentation() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        assert (SITE / page.relative_to(ROOT / "docs").with_suffix(".html")).is_file(), page


def test_nothing_is_fetched_from_another_host(read: dict[Path, Page]) -> None:
    for path, page in read.items():
        for address in page.fetched:
            assert not urlsplit(address).netloc, f"{path}: {address}"
            assert not address.startswith("//"), f"{path}: {address}"


def test_no_style_or_script_fetches_from_another_host() -> None:
    for path in [*SITE.rglob("*.css"), *SITE.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        pattern = r"url\(\s*['\"]?(?:https?:)?//|@import\s+['\"](?:https?:)?//|fetch\(['\"]https?:"
        assert not re.search(pattern, text), path


def test_everything_that_is_fetched_or_linked_is_there(read: dict[Path, Page]) -> None:
    for path, page in read.items():
        for address in [*page.fetched, *page.links]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or address.startswith("data:"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            assert target.is_file(), f"{path.relative_to(SITE)}: {address}"
            if parts.fragment and target.suffix == ".html":
                found = read[target].anchors
                assert unquote(parts.fragment) in found, f"{path.relative_to(SITE)}: {address}"


def test_the_search_finds_generated_parts() -> None:
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    # As the index has them: in small letters and without their endings.
    for word in ("announce_expiry", "token_expir", "judge_perform", "champion"):
        assert word in index.casefold(), word


def test_nothing_is_left_to_be_generated(read: dict[Path, Page]) -> None:
    for path in read:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<!-- (generated|page): ", text), path
