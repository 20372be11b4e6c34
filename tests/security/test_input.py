"""Bodies, texts and headers that nobody means well with, through the whole application.

Whatever is sent: a problem with a name or an ordinary answer, at once, and nothing of it in a
header, in a line of the log or as markup.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from iargus.storage.database import API
from tests.api.application import ADA, Api, build, running
from tests.auth.issued import issued_tokens

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
MARK = "zqx7"
# What a template would make of it: a number that stands nowhere by chance.
SUM, SUM_DONE = "999983*999979", str(999983 * 999979)


@pytest.fixture(scope="module")
def attacked(
    tmp_path_factory: pytest.TempPathFactory, empty_var: Any, models: dict[str, LoadedModel]
) -> Iterator[Api]:
    var_dir = shutil.copytree(empty_var, tmp_path_factory.mktemp("input") / "var")
    policy = Policy.model_validate(
        {"limits": {"enabled": False}, "recording": {"flush_interval_s": 0.01}}
    )
    with running(build(var_dir, policy, models)) as started:
        yield started


@pytest.fixture(scope="module")
def bearer(attacked: Api) -> dict[str, str]:
    return attacked.bearer()


def car(**changed: object) -> bytes:
    return json.dumps(CAR | changed).encode()


def many(count: int, last: str = "") -> bytes:
    names = ",".join(f'"{number:06x}":1' for number in range(count))
    return f"{{{names}{last}}}".encode()


Bodies = Mapping[str, tuple[bytes, str]]
BODIES: Bodies = {
    "a name that comes twice behind a hundred thousand others": (
        many(90_000, ',"zz":1,"zz":1'),
        "BODY_INVALID",
    ),
    "ninety thousand names, each of them twice": (
        b"{" + many(45_000)[1:-1] + b"," + many(45_000)[1:-1] + b"}",
        "BODY_INVALID",
    ),
    "ninety thousand unknown names": (many(90_000), "INPUT_INVALID"),
    "objects in objects, 100,000 deep": (b'{"a":' * 100_000 + b"}" * 100_000, "BODY_INVALID"),
    "lists that multiply like a billion laughs": (
        car(make="@").replace(b'"@"', b"[" + b",".join([b"[[[1]]]"] * 100_000) + b"]"),
        "MAKE_INVALID",
    ),
    "a whole number of a million digits": (
        car().replace(b"42000", b"9" * 1_000_000),
        "BODY_INVALID",
    ),
    "a year of 10**18": (car(year=10**18), "YEAR_TOO_LARGE"),
    "a year of 10**400": (car(year=10**400), "YEAR"),
    "a year below zero": (car(year=-1), "YEAR_TOO_SMALL"),
    "a year that is true": (car(year=True), "YEAR_INVALID"),
    "a year of 2019.5": (car(year=2019.5), "YEAR_INVALID"),
    "a mileage of 1e308": (car(mileage=1e308), "MILEAGE_TOO_LARGE"),
    "a mileage of 1e999": (car().replace(b"42000", b"1e999"), "MILEAGE_INVALID"),
    "a mileage of NaN": (car().replace(b"42000", b"NaN"), "BODY_INVALID"),
    "a mileage of minus the smallest number": (car(mileage=-5e-324), "MILEAGE_TOO_SMALL"),
    "a mileage that is true": (car(mileage=True), "MILEAGE_INVALID"),
    "a mileage that is the text Infinity": (car(mileage="Infinity"), "MILEAGE_INVALID"),
    "a mileage in light years": (car(mileage_unit="ly"), "MILEAGE_UNIT_INVALID"),
    "a make that is a list": (car(make=["Toyota"]), "MAKE_INVALID"),
    "a make that is an object": (car(make={"$ne": None}), "MAKE_INVALID"),
    "a make that is null": (car(make=None), "MAKE_INVALID"),
    "a make of a megabyte": (car(make="a" * 1_000_000), "MAKE_TOO_LONG"),
    "a car that is a list of cars": (b"[" + car() + b"]", "BODY_INVALID"),
    "a body that is a text": (b'"car"', "BODY_INVALID"),
    "half a pair of a character (lone surrogate)": (
        b'{"make":"\\ud83d","model":"x","year":2019,"mileage":1}',
        "BODY_INVALID",
    ),
    "UTF-8 that is longer than it need be": (
        car(make="@@").replace(b"@@", b"\xc0\xaf"),
        "BODY_INVALID",
    ),
    "a surrogate in UTF-8": (car(make="@@").replace(b"@@", b"\xed\xa0\x80"), "BODY_INVALID"),
    "UTF-16": (car().decode().encode("utf-16"), "BODY_INVALID"),
    "UTF-7 in disguise": (b"+AHsAIgBhACIAOgAxAH0-", "BODY_INVALID"),
    "a byte order mark": (b"\xef\xbb\xbf" + car(), "BODY_INVALID"),
    "a second document behind the first": (car() + car(), "BODY_INVALID"),
    "a comment": (b"/* */" + car(), "BODY_INVALID"),
    "a comma too many": (car()[:-1] + b",}", "BODY_INVALID"),
    "a hexadecimal number": (car().replace(b"42000", b"0xA410"), "BODY_INVALID"),
    "a number that begins with zero": (car().replace(b"42000", b"042000"), "BODY_INVALID"),
    "a NUL byte behind the body": (car() + b"\0", "BODY_INVALID"),
    "a raw newline in a text": (car(make="@").replace(b"@", b"\n"), "BODY_INVALID"),
    "the name of the token twice": (
        car()[:-1] + b',"security_token":"a","security_token":"b"}',
        "BODY_INVALID",
    ),
    "a name twice, once as an escape": (car()[:-1] + b',"m\\u0061ke":"Ford"}', "BODY_INVALID"),
    "XML with an entity that reads /etc/passwd": (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "BODY_INVALID",
    ),
    "YAML that constructs": (b"!!python/object/apply:os.system ['id']", "BODY_INVALID"),
    "a pickle for a body": (b"cos\nsystem\n(S'id'\ntR.", "BODY_INVALID"),
    "a form": (b"make=Toyota&model=Camry&year=2019&mileage=1", "BODY_INVALID"),
    "parts of a multipart form": (
        b'--x\r\nContent-Disposition: form-data; name="make"; filename="../../x"\r\n\r\na\r\n--x--',
        "BODY_INVALID",
    ),
    "nothing but blanks": (b" " * 1_000_000, "BODY_INVALID"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_a_problem_by_name(attacked: Api, bearer: dict[str, str], name: str) -> None:
    body, label = BODIES[name]
    answer = attacked.client.post("/predict", content=body, headers=bearer)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["label"].startswith(label)
    assert len(answer.content) < 2000


TAKEN: Mapping[str, bytes] = {
    "a mileage of minus zero": car().replace(b"42000", b"-0"),
    "__proto__, constructor and prototype beside the car": car(
        __proto__={"isAdmin": True}, constructor={"prototype": {"a": 1}}
    ),
    "__class__ and __init__ beside the car": car(
        __class__="os", __init__={"__globals__": {"a": 1}}, model_config={}
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_odd_and_harmless_is_answered(
    attacked: Api, bearer: dict[str, str], name: str
) -> None:
    plain = attacked.client.post("/predict", json=CAR, headers=bearer).json()
    answer = attacked.client.post("/predict", content=TAKEN[name], headers=bearer)
    assert answer.status_code == 200
    assert set(answer.json()) == set(plain)


TEXTS: Mapping[str, str] = {
    "a SQL statement behind a quote": f"{MARK}'; DROP TABLE tokens; --",
    "a SQL union": f"{MARK}' UNION SELECT token_sha256 FROM tokens --",
    "SQL that is true for everybody": f"{MARK}' OR '1'='1",
    "a percent and an underscore of LIKE": f"{MARK}%_%",
    "an LDAP filter": f"{MARK})(uid=*))(|(uid=*",
    "a template of Jinja": f"{MARK}{{{{{SUM}}}}}{{{{''.__class__.__mro__}}}}",
    "a template of other engines": f"{MARK}${{{SUM}}}#{{{SUM}}}<%= {SUM} %>",
    "a format of Python": f"{MARK}%s%n{{0.__class__}}",
    "a look-up by JNDI": f"{MARK}${{jndi:ldap://x.example.org/a}}",
    "a shell command": f"{MARK}`id`$(id)|id;id",
    "a script in HTML": f"{MARK}<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a header behind a line break": f"{MARK}\r\nSet-Cookie: a={MARK}\r\n\r\n<html>",
    "a forged line of the log": f"{MARK}\n2026-11-21 12:00:00 ERROR iargus: {MARK} all is lost",
    "signs that move the cursor of a terminal": f"{MARK}\x1b[2J\x1b]0;{MARK}\x07",
    "a NUL": f"{MARK}\0{MARK}",
    "text from right to left": f"{MARK}\u202e\u2066evil\u2069",
    "letters under heaps of accents": f"{MARK}" + "a\u0300\u0301\u0302" * 20,
    "signs of no width": f"{MARK}\u200b\u200d\ufeff\u2060",
    "letters that look like others": f"{MARK}\u0430\u0441\u0435\uff41",
    "a formula of a spreadsheet": f'=cmd|"/c calc"!{MARK}',
    "a path that climbs": f"{MARK}/../../../../etc/passwd",
    "an address of the cloud's own service": f"http://169.254.169.254/{MARK}",
}
Send = Callable[[Api, dict[str, str], str], Any]
FIELDS: Mapping[str, Send] = {
    "make": lambda api, who, text: api.client.post(
        "/predict", json=CAR | {"make": text}, headers=who
    ),
    "model": lambda api, who, text: api.client.post(
        "/predict", json=CAR | {"model": text}, headers=who
    ),
    "state": lambda api, who, text: api.client.post(
        "/predict", json=CAR | {"state": text}, headers=who
    ),
    "text": lambda api, who, text: api.client.post("/intent", json={"text": text}, headers=who),
    "query": lambda api, who, text: api.client.get("/intent", params={"query": text}, headers=who),
    "version": lambda api, who, text: api.client.post(
        "/predict", params={"version": text}, json=CAR, headers=who
    ),
    "first_name": lambda api, _, text: api.client.post(
        "/get_token", json=ADA | {"first_name": text}
    ),
    "email": lambda api, _, text: api.client.post("/get_token", json=ADA | {"email": text}),
    "email in quotes": lambda api, _, text: api.client.post(
        "/get_token", json=ADA | {"email": f'"{text}"@example.com'}
    ),
    "tasks": lambda api, _, text: api.client.post("/get_token", json=ADA | {"tasks": [text]}),
    "prediction_id": lambda api, who, text: api.client.post(
        "/feedback", json={"prediction_id": text[:36], "label": 1}, headers=who
    ),
    "security_token": lambda api, _, text: api.client.post(
        "/predict", json=CAR | {"security_token": text}
    ),
    "a name of the body": lambda api, who, text: api.client.post(
        "/predict", json=CAR | {text: 1}, headers=who
    ),
    "path": lambda api, who, text: api.client.get(
        "/" + "".join(f"%{byte:02x}" for byte in text.encode()), headers=who
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_only_a_text_in_every_field(
    attacked: Api, bearer: dict[str, str], caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.DEBUG, logger="iargus")
    caplog.set_level(logging.DEBUG, logger="uvicorn")
    for field, send in FIELDS.items():
        answer = send(attacked, bearer, TEXTS[name])
        assert answer.status_code < 500, field
        assert answer.headers["content-type"].partition(";")[0] in (
            "application/json",
            "application/problem+json",
        ), field
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert MARK not in str(answer.headers), field
        assert "set-cookie" not in answer.headers
        assert SUM_DONE not in answer.text, field
        answer.json()
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("iargus")]
    assert not [line for line in lines if MARK in line]
    assert not [line for line in lines if "\n" in line or "\x1b" in line]
    # Every table is still there, and nobody else's row was found.
    (database,) = [each for each in attacked.services.databases if each.name == API]
    assert issued_tokens(database)


LONG: Mapping[str, str] = {
    "a megabyte of text for an intent": "a" * 1_000_000,
    "text on which a careless pattern never ends": "a" * 4_999 + "!",
    "text that is all blanks and a sign": " " * 4_998 + "!",
    "text of five thousand signs": "!?" * 2_500,
    "text of one letter with five thousand accents": "a" + "\u0301" * 4_999,
    "five thousand different words": " ".join(chr(0x4E00 + n) for n in range(2_500)),
    "ligatures that grow eighteenfold (U+FDFA)": "\ufdfa" * 5_000,
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_text_has_a_bound(attacked: Api, bearer: dict[str, str], name: str) -> None:
    answer = attacked.client.post("/intent", json={"text": LONG[name]}, headers=bearer)
    assert answer.status_code == (200 if len(LONG[name]) <= 5_000 else 422)
    assert len(answer.content) < 2000


TYPES: Mapping[str, str | None] = {
    "application/json of charset utf-7": "application/json; charset=utf-7",
    "application/json of charset utf-16": "application/json; charset=utf-16",
    "text/plain, as a page of another site may send it": "text/plain",
    "a form that is JSON": "application/x-www-form-urlencoded",
    "multipart without a boundary": "multipart/form-data",
    "application/xml": "application/xml",
    "a pickle": "application/python-pickle",
    "nothing": None,
    "a type of 10,000 characters": "a/" + "b" * 10_000,
}


@pytest.mark.parametrize("name", TYPES)
def test_content_type_changes_nothing_a_body_is_json_in_utf_8(
    attacked: Api, bearer: dict[str, str], name: str
) -> None:
    """Nothing is chosen by what a client says of its body, so nothing can be chosen wrongly."""
    kind = TYPES[name]
    headers = bearer if kind is None else bearer | {"Content-Type": kind}
    good = attacked.client.post("/predict", content=car(), headers=headers)
    assert good.status_code == 200
    bad = attacked.client.post("/predict", content=b"make=Toyota", headers=headers)
    assert bad.json()["label"] == "BODY_INVALID"


def test_a_method_in_a_header_overrides_nothing(attacked: Api, bearer: dict[str, str]) -> None:
    for field in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        answer = attacked.client.get("/predict", headers=bearer | {field: "POST"})
        assert answer.status_code == 405
    answer = attacked.client.post("/live", params={"_method": "GET"}, data={"_method": "GET"})
    assert answer.status_code == 405


@pytest.mark.parametrize(
    "method", ["TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND", "OPTIONS"]
)
def test_no_other_method_does_anything(attacked: Api, bearer: dict[str, str], method: str) -> None:
    for path in ("/predict", "/get_token", "/revoke_token", "/feedback", "/admin/tokens"):
        answer = attacked.client.request(method, path, json=CAR, headers=bearer)
        assert answer.status_code == 405, path
        assert bearer["Authorization"] not in answer.text
    assert attacked.client.post("/predict", json=CAR, headers=bearer).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "a@evil.example", "evil.example/x?", '"><script>', " "],
)
def test_a_forged_host_leads_nobody_elsewhere(attacked: Api, host: str) -> None:
    for path in ("/docs/", "/predict/", "/get_token/", "/docs/assets", "/live/?a=//evil.example"):
        answer = attacked.client.get(path, headers={"Host": host}, follow_redirects=False)
        assert "evil" not in answer.headers.get("location", "").partition("?")[0]
        if answer.status_code == 307:
            assert answer.headers["location"].startswith("/")
            assert not answer.headers["location"].startswith("//")
    page = attacked.client.get("/", headers={"Host": host})
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"
