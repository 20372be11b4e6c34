"""The report of a month: one page that anyone can read, whatever the facts hold."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape, unescape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.view.month_view import MonthView, Retraining, Status
from iargus.monitoring.view.report import page as pages
from tests.monitoring.view.report import documents
from tests.monitoring.view.report.documents import Document, outcome
from tests.services.require import require_program

VOID = {"meta", "link", "br"}
LIMIT = 300_000
NEW_KEYS = {"interval", "lower_bound", "power", "evidence", "observed", "also", "report"}
UNKNOWN_OF_FILES = (
    *("period", "status", "threshold", "window_start", "window_end", "error", "interval"),
    *("lower_bound", "power", "evidence", "champion_version", "serving_version", "run_id"),
)
HOSTILE = '<script>alert("1")</script>&\u202egnirts\u2066\n\r\t\x00\x1b🚗'
# The contrast that WCAG 2.2 AA asks for: of text, and of parts of a picture.
TEXT = 4.5
GRAPHIC = 3.0
_STATES = ("healthy", "suspect", "breach", "unsure")
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((text, ground, TEXT) for text in ("ink", "muted", *_STATES) for ground in ("page", "soft")),
    *(("on", state, TEXT) for state in _STATES),
    *((part, "page", GRAPHIC) for part in ("now", "before")),
)


class Reader(HTMLParser):
    """Reads a page strictly: every element that opens closes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag != "bdi":
            self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if "body" in self.open:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def said(page: str) -> str:
    """What a reader sees of a page and hears of its pictures, on one line."""
    return " ".join("".join(Reader(page).text).split())


def render_report(document: Document, history: Sequence[Document] = ()) -> str:
    """The page of a month, and those before it, as they are stored."""
    earlier = [MonthView.from_json(each) for each in history]
    return pages.render_report(MonthView.from_json(document), earlier)


def breach(**given: Any) -> Document:
    return outcome(
        "breach",
        **{"error": 0.241, "interval": [0.232, 0.2505], "lower_bound": 0.229, **given},
    )


def mended() -> Document:
    return breach(
        serving_version="4",
        retraining=documents.retraining(),
        mail="breach_mended",
        also=["drift"],
        mail_queued=True,
        refused_rows=12,
        observed=documents.observed(drift=documents.drift(drifted_features())),
    )


def not_mended() -> Document:
    worse = {
        "segment": "make=ford",
        "rows": 212,
        "champion_error": 0.19,
        "challenger_error": 0.24,
        "p_value": 0.003,
    }
    contest = documents.retraining(decision="keep", serving_error=0.2613, worse=[worse])
    return breach(retraining=contest, mail="breach_not_mended", mail_queued=True)


def drifted_features() -> list[Document]:
    change, feature = documents.change, documents.feature
    ranges = documents.bars({"up to 21,000": (0.5, 0.3), "above 21,000": (0.5, 0.7)})
    return [
        feature("mileage", change("distribution", 0.42), bars=ranges),
        feature(
            "make",
            change("categories never seen", 0.06, names=["rivian", "vinfast"]),
            kind="category",
            bars=documents.bars({"rivian": (0.0, 0.06), "ford": (1.0, 0.94)}),
        ),
        feature("condition", change("missing values", 0.11), missing=[0.01, 0.12]),
        feature("year"),
    ]


def files(**given: Any) -> Document:
    """What a comparison of two files without labels knows."""
    return {
        **outcome(sentence="1 of 4 features drifted."),
        **dict.fromkeys(UNKNOWN_OF_FILES),
        "observed": documents.observed(
            drift=documents.drift(drifted_features()), segments=[], estimate=None
        ),
        **given,
    }


def few_rows() -> Document:
    facts = documents.drift([], reason="84 rows; 300 are needed.")
    return outcome("insufficient", rows=84, interval=None, observed=documents.observed(drift=facts))


CASES: Mapping[str, tuple[Document, list[Document]]] = {
    "healthy": (outcome(), documents.months(23)),
    "suspect": (outcome("suspect", error=0.208, power=0.21), documents.months(3)),
    "mended": (mended(), documents.months(23)),
    "not mended": (not_mended(), documents.months(8)),
    "few rows": (few_rows(), documents.months(2)),
    "failed": (outcome("failed", error=None, champion_version=None, observed=None), []),
    "not due": (outcome("not_due", error=None, champion_version=None, observed=None), []),
    "files": (files(), []),
    "files with labels": (files(status="suspect", error=0.208, threshold=0.2), []),
    "nothing known": ({}, [{}]),
}


@pytest.fixture(params=CASES, ids=lambda name: name.replace(" ", "-"))
def case(request: pytest.FixtureRequest) -> tuple[Document, list[Document]]:
    return CASES[request.param]


def test_every_page_is_well_formed_and_accessible(case: tuple[Document, list[Document]]) -> None:
    page = Reader(render_report(*case))
    assert page.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.seen if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(cell.get("scope") in ("col", "row") for cell in page.all("th"))
    names = [attributes["id"] for _, attributes in page.seen if "id" in attributes]
    assert len(names) == len(set(names))
    for picture in (each for each in page.all("svg") if each.get("role") == "img"):
        assert set((picture["aria-labelledby"] or "").split()) <= set(names)


def test_every_page_is_one_file_without_script(case: tuple[Document, list[Document]]) -> None:
    text = render_report(*case)
    page = Reader(text)
    assert not {tag for tag, _ in page.seen} & {"script", "iframe", "object", "embed", "base", "a"}
    references = [
        (name, value)
        for _, attributes in page.seen
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href", "srcset", "action", "data") or name[:2] == "on"
    ]
    assert references == [("href", "data:,")]
    assert "url(" not in text
    assert "@import" not in text
    assert "http:" not in text
    assert "https:" not in text
    metas = page.all("meta")
    policy = next(each["content"] for each in metas if "http-equiv" in each)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    viewport = next(each["content"] for each in metas if each.get("name") == "viewport")
    assert viewport == "width=device-width, initial-scale=1"


def test_the_same_facts_give_the_same_bytes(case: tuple[Document, list[Document]]) -> None:
    before = copy.deepcopy(case)
    first = render_report(*case).encode()
    assert render_report(*json.loads(json.dumps(case))).encode() == first
    assert case == before


@pytest.mark.parametrize(
    ("name", "badge", "headline"),
    [
        ("healthy", "healthy", "Version 3 is good enough"),
        ("suspect", "suspect", "Version 3 is over the limit, which may be chance"),
        ("mended", "breach", "Over the limit, and fixed by retraining"),
        ("not mended", "breach", "Over the limit, and not fixed: action needed"),
        ("few rows", "not enough data", "Not enough data to judge version 3"),
        ("failed", "failed", "This month could not be judged"),
        ("files", "", "car_price"),
    ],
)
def test_the_verdict_comes_first(name: str, badge: str, headline: str) -> None:
    document, history = CASES[name]
    body = said(render_report(document, history))
    where = "car_price, November 2026" if document["period"] else "comparison of files"
    assert body.startswith(" ".join(f"{badge} {where} {headline} {document['sentence']}".split()))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (outcome(), "Nothing."),
        (mended(), "iargus models rollback car_price"),
        (not_mended(), "iargus models promote car_price VERSION"),
        (not_mended(), "iargus models promote car_price 4"),
        (not_mended(), "iargus monitor --force --task car_price --as-of 2026-12-01"),
        (outcome("suspect", power=0.21), "in only 21.0 % of months"),
        (few_rows(), "iargus monitor --force --task car_price --as-of 2026-12-01"),
        (outcome("failed"), "iargus doctor"),
        (mended(), "why the input changed (mileage, make, condition)"),
        (outcome(missed_periods=["2026-09", "2026-10"]), "No run had judged 2026-09, 2026-10."),
        (
            outcome(
                observed=documents.observed(
                    serious=[{"fault": "unit changed", "column": "mileage", "count": 9, "rows": 9}]
                )
            ),
            "Unit changed (mileage): write the column in the unit of before",
        ),
        (
            outcome(observed=documents.observed(estimate=documents.estimate(warns=True))),
            "Get labels for the newest predictions",
        ),
    ],
)
def test_it_says_what_a_person_should_do(document: Document, expected: str) -> None:
    advice = render_report(document).partition("What a person should do")[2].partition("<h2")[0]
    told = " ".join(unescape(re.sub(r"<[^>]+>", " ", advice)).split())
    assert expected in told
    assert ("Nothing." in told) == (expected == "Nothing.")


def test_every_change_is_told_as_a_sentence() -> None:
    text = said(render_report(mended()))
    assert (
        "mileage Moved by 0.42 standard deviations (counts from 0.10 standard deviations on; "
        "p < 0.0001)" in text
    )
    assert "6.0 % of the rows hold values never seen before: rivian, vinfast (counts" in text
    assert "12.0 % of the rows have no value, 1.0 % before (counts from 2.0 % of the rows" in text
    assert "3 of the 4 features compared have drifted" in text


def test_months_without_a_run_are_gaps_and_promotions_are_marked() -> None:
    history = documents.months(12)
    history[2]["serving_version"] = "9"
    del history[5:7]
    page = render_report(outcome(), history)
    assert page.count('<rect class="gap" x=') == 2
    assert "v9</text>" in page
    assert said(page).count("no run") == 3  # the legend and two lines of the table


def test_the_limit_is_a_line_of_steps() -> None:
    history = documents.months(3)
    history[1]["threshold"] = history[2]["threshold"] = 0.25
    page = render_report(outcome(), history)
    flat = re.findall(r'<line class="limit" x1="[\d.]+%" y1="([\d.]+)" x2="[\d.]+%" y2="\1"', page)
    assert len(flat) == 2


def test_documents_of_older_versions_are_read() -> None:
    def old(document: Document) -> Document:
        contest = document["retraining"]
        kept = {key: document[key] for key in document.keys() - NEW_KEYS}
        if contest:
            kept["retraining"] = {key: contest[key] for key in contest if key != "worse"}
        return kept

    history = [old(document) for document in documents.months(20)]
    page = render_report(old(mended()), history)
    assert "fixed by retraining" in page
    assert 'class="whisker" x1' not in page
    assert page.count('class="shape"') > 18


def test_what_a_task_outcome_gives_is_read() -> None:
    contest = Retraining(
        cut=datetime(2026, 11, 21, 9, 14),
        learned_rows=31_288,
        holdout_rows=724,
        repeated_rows=0,
        champion_error=0.26,
        challenger_error=0.18,
        decision=Decision.PROMOTE,
        p_value=0.0001,
        method=documents.METHOD,
        challenger_version="4",
        serving_error=0.18,
    )
    given = MonthView(
        task="car_price",
        period=Period(2026, 11),
        status=Status.BREACH,
        sentence="Version 3 is over the limit.",
        metric="mape",
        threshold=0.2,
        window_start=datetime(2026, 11, 1),
        window_end=datetime(2026, 12, 1),
        rows=1412,
        error=0.24,
        champion_version="3",
        serving_version="4",
        retraining=contest,
    )
    text = said(render_report(given.to_json()))
    assert "Over the limit, and fixed by retraining" in text
    assert "from 2026-11-21 09:14 UTC on" in text
    assert "1,412" in text


def hostile(document: Any, name: str) -> Any:
    """The document with every free text replaced."""
    free = (
        *("feature", "name", "segment", "column", "detail", "sentence", "task", "method", "mail"),
        *("kind", "what", "fault", "metric", "champion_version", "challenger_version", "run_id"),
    )
    if isinstance(document, dict):
        return {
            key: name if key in free and value is not None else hostile(value, name)
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [name if isinstance(each, str) else hostile(each, name) for each in document]
    return document


@pytest.mark.parametrize("times", [1, 200_000])
@pytest.mark.parametrize(
    "document",
    [mended(), not_mended(), files(), outcome(HOSTILE)],
    ids=["mended", "not mended", "files", "no such state"],
)
def test_hostile_names_are_escaped_and_truncated(document: Document, times: int) -> None:
    name = HOSTILE * times
    page = render_report(hostile(document, name), hostile(documents.months(3), name))
    assert "script" not in {tag for tag, _ in Reader(page).seen}
    assert "&lt;script&gt;" in page
    assert not set(page) & set("\u202e\u2066\x00\x1b\r\t")
    assert len(page.encode()) <= LIMIT


def test_a_name_that_no_encoding_takes_is_shown_as_unknown() -> None:
    page = render_report(hostile(outcome(), "half \ud83d of a pair"))
    assert "half \ufffd of a pair" in page
    page.encode()


@pytest.mark.parametrize("character", ['"', "'", "&", "🚗", "x", "\u0301", "\u200d"])
def test_the_page_stays_small_whatever_it_is_about(character: str) -> None:
    assert len(render_report(*largest(character * 200)).encode()) <= LIMIT


def largest(name: str) -> tuple[Document, list[Document]]:
    """A month with as much of everything as nobody will have."""
    whats = ("distribution", "missing values", "categories never seen", "words", "no such")
    changes = [documents.change(what, 0.5, names=[name] * 50) for what in whats]
    features = [
        documents.feature(
            name, *changes, bars=[{"name": name, "reference": 0.5, "current": 0.5}] * 200
        )
    ] * 5000
    finding = {"fault": name, "column": name, "count": 10**30, "rows": 10**30, "detail": name}
    worse = {"segment": name, "rows": 9, "champion_error": 1e300, "challenger_error": 1e300}
    document = breach(
        error=1e300,
        interval=[1e299, 1e308],
        sentence=name * 100,
        task=name,
        metric=name,
        run_id=name,
        champion_version=name,
        serving_version=name + "4",
        missed_periods=[name] * 500,
        mail=name,
        also=[name] * 500,
        retraining=documents.retraining(decision="keep", method=name, worse=[worse] * 1000),
        observed=documents.observed(
            drift=documents.drift(features),
            quality=[finding] * 1000,
            serious=[{**finding, "fault": name + str(place)} for place in range(1000)],
            segments=[{**documents.segment("x", 0.3, 900), "segment": name}] * 1000,
        ),
    )
    history = [{**month, "champion_version": name} for month in documents.months(24)]
    return document, history


def test_more_than_can_be_shown_is_counted() -> None:
    features = [documents.feature(f"column_{place:04}") for place in range(5000)]
    text = said(
        render_report(outcome(observed=documents.observed(drift=documents.drift(features))))
    )
    assert "And 4,940 more without change." in text
    assert "column_0059" in text
    assert "column_0060" not in text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "many", None, True, 10**400, [1]])
def test_a_number_that_is_none_is_not_known(value: Any) -> None:
    keys = ("error", "threshold", "rows", "power", "lower_bound", "interval", "evidence")
    page = render_report(outcome(**dict.fromkeys(keys, value)), [outcome(error=value)])
    Reader(page)
    assert "nan" not in said(page).split()
    assert "inf" not in said(page).split()


def palettes(page: str) -> Iterator[dict[str, str]]:
    for block in re.findall(r":root \{([^}]*--page[^}]*)\}", page):
        yield dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_enough_on_light_and_dark_screens_and_on_paper() -> None:
    found = list(palettes(render_report(outcome())))
    assert len(found) == 3
    for palette in found:
        for one, other, least in PAIRS:
            darker, lighter = sorted((luminance(palette[one]), luminance(palette[other])))
            contrast = (lighter + 0.05) / (darker + 0.05)
            assert contrast >= least, (one, other, round(contrast, 2))


MEASURE = """
const found = {};
for (const frame of document.querySelectorAll("iframe")) {
  const page = frame.contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach(each => { each.open = true; });
  const texts = [...page.querySelectorAll("svg text")].map(each => each.getBoundingClientRect());
  found[frame.title] = {
    width: root.scrollWidth,
    outside: texts.filter(box => box.width && (box.left < 0 || box.right > 360)).length,
    texts: texts.length,
    loaded: frame.contentWindow.performance.getEntriesByType("resource").length,
  };
}
document.body.innerHTML = "<pre>" + JSON.stringify(found) + "</pre>";
"""


@pytest.fixture(scope="module")
def on_a_phone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    """What Chromium measures of every page, 360 pixels wide, with all tables open."""
    chromium = require_program("chromium")
    folder = tmp_path_factory.mktemp("browser")
    pages = {name: render_report(*case) for name, case in CASES.items()}
    pages["hostile"] = render_report(*largest(HOSTILE * 4))
    pages["wide"] = render_report(*largest("W" * 200))
    frames = "".join(
        f'<iframe width="360" height="2000" style="border:0" title="{name}" '
        f'srcdoc="{escape(page)}"></iframe>'
        for name, page in pages.items()
    )
    wrapper = folder / "wrapper.html"
    wrapper.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><body>{frames}'
        f"<script>addEventListener('load', () => {{ {MEASURE} }})</script>",
        encoding="utf-8",
    )
    options = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
        "--disable-background-networking --disable-component-update --hide-scrollbars --dump-dom"
    )
    command = [str(chromium), *options.split(), f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run(
        [*command, wrapper.as_uri()], capture_output=True, text=True, timeout=60, check=True
    )
    match = re.search(r"<pre>(.*)</pre>", done.stdout)
    assert match is not None, done.stderr[-500:]
    measured: dict[str, dict[str, int]] = json.loads(unescape(match[1]))
    assert measured.keys() == pages.keys()
    return measured


def test_no_page_is_wider_than_a_phone(on_a_phone: dict[str, dict[str, int]]) -> None:
    assert {name: found["width"] for name, found in on_a_phone.items()} == dict.fromkeys(
        on_a_phone, 360
    )


def test_no_text_of_a_picture_leaves_the_screen(on_a_phone: dict[str, dict[str, int]]) -> None:
    assert on_a_phone["mended"]["texts"] > 50
    assert {name: found["outside"] for name, found in on_a_phone.items()} == dict.fromkeys(
        on_a_phone, 0
    )


def test_a_browser_loads_nothing_else(on_a_phone: dict[str, dict[str, int]]) -> None:
    assert {found["loaded"] for found in on_a_phone.values()} == {0}
