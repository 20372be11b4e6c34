"""Bodies that nobody means well with: a named problem, at once."""

from __future__ import annotations

import gzip
from functools import cache

import pytest

from tests.api.application import Api

CAR = '{"make":"Toyota","model":"Camry","year":2019,"mileage":%s}'
DEEP = 100_000


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (b'{"make":' + b"[" * DEEP + b"]" * DEEP + b"}", "BODY_INVALID"),
        (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "BODY_INVALID"),
        (b"[" * DEEP, "BODY_INVALID"),
        ((CAR % "NaN").encode(), "BODY_INVALID"),
        ((CAR % "-Infinity").encode(), "BODY_INVALID"),
        ((CAR % "1e999").encode(), "MILEAGE_INVALID"),
        ((CAR % ("1" * 1_000_000)).encode(), "BODY_INVALID"),
        ((CAR % ("0." + "1" * 1_000_000)).encode(), None),
        ((CAR % '"Infinity"').encode(), "MILEAGE_INVALID"),
        (b'{"make":"\xff\xfe","model":"x","year":2019,"mileage":1}', "BODY_INVALID"),
        (b'{"make":"\\ud800","model":"x","year":2019,"mileage":1}', "BODY_INVALID"),
        ((CAR % "1").encode("utf-16"), "BODY_INVALID"),
        (b"\xef\xbb\xbf" + (CAR % "1").encode(), "BODY_INVALID"),
        ((CAR % "1").encode() + b"x", "BODY_INVALID"),
        (b"{'make':1}", "BODY_INVALID"),
        (b"   ", "BODY_INVALID"),
        (b'{"make":true,"model":"x","year":2019,"mileage":1}', "MAKE_INVALID"),
        (("{" + ",".join(f'"k{n}":1' for n in range(30_000)) + "}").encode(), "INPUT_INVALID"),
    ],
    ids=range(18),
)
def test_each_is_a_problem_by_name(api: Api, body: bytes, label: str | None) -> None:
    answer = api.client.post("/predict", content=body, headers=api.bearer())
    assert answer.status_code == (200 if label is None else 422)
    assert answer.json().get("label") == label
    assert len(answer.content) < 2000


@pytest.mark.parametrize(
    "body",
    [
        CAR % '1,"make":"Ford"',
        CAR % '1,"\\u006dake":"Ford"',
        CAR % '1,"note":{"a":1,"b":[{"c":1,"c":2}]}',
        CAR % '1,"security_token":"a","security_token":"a"',
    ],
)
def test_a_name_that_comes_twice_is_a_problem(api: Api, body: str) -> None:
    answer = api.client.post("/predict", content=body, headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (422, "BODY_INVALID")
    assert "twice" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        CAR % '1,"note":"a: b: c"',
        CAR % '1,"note":{"make":"Ford"},"notes":[{"make":"a"},{"make":"b"}]',
        '{"security_token":"","make":"a:b","model":"x","year":2019,"mileage":1}',
    ],
)
def test_colons_in_texts_and_the_same_name_elsewhere_are_none(api: Api, body: str) -> None:
    assert api.client.post("/predict", content=body, headers=api.bearer()).status_code == 200


def test_in_a_batch_too(api: Api) -> None:
    row = CAR % "1"
    twice = CAR % '1,"year":2018'
    good = api.client.post(
        "/predict/batch", content=f'{{"cars":[{row},{row}]}}', headers=api.bearer()
    )
    bad = api.client.post(
        "/predict/batch", content=f'{{"cars":[{row},{twice}]}}', headers=api.bearer()
    )
    assert (good.status_code, bad.status_code) == (200, 422)
    assert '"year" twice' in bad.json()["detail"]


@cache
def bomb() -> bytes:
    return gzip.compress(b"{" + b" " * 50_000_000 + b"}")


@pytest.mark.parametrize("path", ["/predict", "/get_token", "/revoke_token", "/feedback"])
@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "x"])
def test_what_is_compressed_is_not_taken_apart(api: Api, path: str, encoding: str) -> None:
    headers = api.bearer() | {"Content-Encoding": encoding}
    answer = api.client.post(path, content=bomb()[:16_000], headers=headers)
    assert (answer.status_code, answer.json()["label"]) == (415, "BODY_ENCODED")
    assert answer.headers["accept-encoding"] == "identity"


def test_identity_is_no_compression(api: Api) -> None:
    headers = api.bearer() | {"Content-Encoding": "identity"}
    assert api.client.post("/predict", content=CAR % "1", headers=headers).status_code == 200


def test_who_has_no_token_may_send_less(api: Api) -> None:
    ask = '{"first_name":"Ada","surname":"King","email":"ada@example.com"%s}'
    assert api.client.post("/get_token", content=ask % (" " * 16_000)).status_code == 200
    for path in ("/get_token", "/revoke_token"):
        answer = api.client.post(path, content=ask % (" " * 20_000))
        assert (answer.status_code, answer.json()["label"]) == (413, "BODY_TOO_LARGE")
