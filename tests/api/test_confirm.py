"""The link of a mail: looked at by programs, used once by a person."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from iargus.auth.issuing.codes import link_text
from iargus.auth.issuing.decisions import Verdict, backoff_after
from iargus.auth.issuing.queue import ConfirmationQueue
from iargus.clock import to_naive_utc
from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from tests.api.application import ADA, Api, build, running
from tests.api.test_issuing import CONFIRM, MAIL, label
from tests.auth.issued import issued_tokens

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def api(tmp_path: Path, empty_var: Path, models: dict[str, LoadedModel]) -> Iterator[Api]:
    shutil.copytree(empty_var, tmp_path / "var")
    policy = Policy.model_validate({"issuing": CONFIRM | {"max_live_tokens": 1}})
    services = build(tmp_path / "var", policy, models, MAIL)
    # Links come from the queue here; the mails are the subject of other tests.
    object.__setattr__(services.issuing, "background", ())
    with running(services) as started:
        yield started


def link_for(api: Api, email: str = ADA["email"], **asked: object) -> str:
    """What the mail to this person would say."""
    now = to_naive_utc(api.clock())
    assert api.client.post("/get_token", json=ADA | {"email": email} | asked).status_code == 202
    queue = ConfirmationQueue(api.services.databases[0])
    claimed = queue.claim(now, lease=backoff_after(1), decide=lambda _: Verdict.SEND)
    assert claimed is not None
    assert claimed.link is not None
    queue.mark_sent(claimed)
    return f"/get_token/{link_text(claimed.link)}"


def tokens(api: Api) -> int:
    return len(issued_tokens(api.services.databases[0]))


def test_looking_changes_nothing_and_pressing_gives_the_token_once(api: Api) -> None:
    link = link_for(api)
    for _ in range(3):
        page = api.client.get(link, headers=PAGE)
        assert page.status_code == 200
        assert '<form method="post">' in page.text
        assert "ada@example.com" in page.text
        assert "12:30 UTC" in page.text
    assert tokens(api) == 0

    given = api.client.post(link, headers=PAGE)
    assert given.status_code == 200
    (token,) = re.findall(r'<pre class="token"[^>]*>([^<]+)</pre>', given.text)
    car = {"make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
    bearer = {"Authorization": f"Bearer {token}"}
    assert api.client.post("/predict", json=car, headers=bearer).status_code == 200

    again = api.client.post(link, headers=PAGE)
    assert again.status_code == 410
    assert "was used already" in again.text
    assert token not in again.text
    assert "was used already" in api.client.get(link, headers=PAGE).text
    assert tokens(api) == 1


def test_programs_get_json(api: Api) -> None:
    link = link_for(api)
    assert api.client.get(link).json()["message"].startswith("This link is valid")
    answer = api.client.post(link)
    assert answer.json()["token_type"] == "bearer"
    assert answer.headers["cache-control"] == "no-store"
    for method in ("GET", "POST"):
        assert label(api.client.request(method, link)) == (410, "CONFIRMATION_INVALID")


def test_a_link_gives_what_was_asked_for(api: Api) -> None:
    answer = api.client.post(link_for(api, tasks=["intent"], ttl_days=7)).json()
    assert answer["expires_in"] == 7 * 86_400
    assert answer["message"].startswith("This token is valid for 7 days")
    bearer = {"Authorization": f"Bearer {answer['token']}"}
    car = {"make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
    assert label(api.client.post("/predict", json=car, headers=bearer)) == (403, "TASK_NOT_ALLOWED")
    (record,) = issued_tokens(api.services.databases[0])
    assert record.tasks == ("intent",)
    assert "iargus_tokens_issued_total 1.0" in api.client.get("/metrics").text


def test_pressing_twice_at_once_gives_one_token(api: Api) -> None:
    link = link_for(api)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api.client.post(link).status_code, range(4)))
    assert sorted(answers) == [200, 410, 410, 410]
    assert tokens(api) == 1


def test_a_link_expires_with_the_minute_that_the_page_names(api: Api) -> None:
    link = link_for(api)
    api.clock.pass_by(minutes=29, seconds=59)
    assert api.client.get(link).status_code == 200
    api.clock.pass_by(seconds=1)
    for method in ("GET", "POST"):
        answer = api.client.request(method, link)
        assert label(answer) == (410, "CONFIRMATION_INVALID")
        assert answer.json()["detail"] == "this link has expired"
    assert tokens(api) == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_guesses_learns_nothing(api: Api, method: str) -> None:
    link = link_for(api)
    key, secret = link[len("/get_token/") :][:16], link[-48:]
    said = {
        api.client.request(method, f"/get_token/{guess}").text
        for guess in (key + "0" * 48, "0" * 16 + secret, "0" * 64, "x", "%00", "a" * 5000)
    }
    assert len(said) == 1
    assert "CONFIRMATION_INVALID" in said.pop()


def test_at_the_limit_the_link_stays_good(api: Api) -> None:
    first, second = link_for(api), link_for(api)
    token = api.client.post(first).json()["token"]
    assert label(api.client.post(second)) == (409, "TOKENS_AT_LIMIT")
    assert "as many tokens as one may" in api.client.post(second, headers=PAGE).text
    api.client.post("/revoke_token", headers={"Authorization": f"Bearer {token}"})
    assert api.client.post(second).status_code == 200


def test_the_pages_ask_nobody_and_tell_nobody(api: Api) -> None:
    link = link_for(api, email="o'neil&co@example.com")
    for page in (
        api.client.get(link, headers=PAGE),
        api.client.post(link, headers=PAGE),
        api.client.post(link, headers=PAGE),
    ):
        assert not re.search(r"https?://|<script|\son\w+=", page.text)
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-robots-tag"] == "noindex, nofollow"
        assert page.headers["cache-control"] == "no-store"
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "o'neil" not in page.text


def test_the_button_sends_little(api: Api) -> None:
    answer = api.client.post(link_for(api), content=b"x" * 20_000)
    assert label(answer) == (413, "BODY_TOO_LARGE")
    assert tokens(api) == 0


def test_links_are_limited_by_client(tmp_path: Path) -> None:
    policy = Policy.model_validate({"issuing": CONFIRM, "limits": {"tokens_per_hour": 2}})
    with running(build(tmp_path / "var", policy, {}, MAIL)) as api:
        statuses = [api.client.get(f"/get_token/{'0' * 64}").status_code for _ in range(3)]
        assert statuses == [410, 410, 429]
        page = api.client.get(f"/get_token/{'0' * 64}", headers=PAGE)
        assert "Too many requests" in page.text
        assert int(page.headers["retry-after"]) > 0
