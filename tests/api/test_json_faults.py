"""A body that is not JSON is refused with the cause, and the field where it can be known."""

from __future__ import annotations

import codecs
import json
import string
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iargus.api.gate.body import parse_object
from iargus.api.gate.json_faults import MAX_FIELDS, MAX_SEARCHED_BYTES
from iargus.errors import BodyInvalid
from tests.api.application import Api

GOOD = '{"make":"Ford","model":"Focus","year":2016,"mileage":60000}'
BATCH = '{"cars":[%s,{"make":"Kia","model":"Soul","year":2017,"mileage":%s}]}'


def refused(body: bytes | str) -> BodyInvalid:
    with pytest.raises(BodyInvalid) as raised:
        parse_object(body.encode() if isinstance(body, str) else body)
    return raised.value


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("NaN", "NaN is not valid JSON"),
        ("nan", "NaN is not valid JSON"),
        ("-NaN", "NaN is not valid JSON"),
        ("Infinity", "Infinity is not valid JSON"),
        ("-Infinity", "Infinity is not valid JSON"),
        ("inf", "Infinity is not valid JSON"),
        ("-inf", "Infinity is not valid JSON"),
        ("None", "which writes null"),
        ("undefined", "which writes null"),
        ("NULL", "which writes null"),
        ("True", "which writes true"),
        ("060000", "a number is written"),
        ("+60000", "a number is written"),
        (".5", "a number is written"),
        ("5.", "a number is written"),
        ("60_000", "a number is written"),
        ("60 000", "a number is written"),
        ("60000km", "a number is written"),
        ("0xEA60", "a number is written"),
        ("60,000", "a number contains a comma"),
        ("9" * 5000, "too many digits"),
        ("'60000'", "single quotes"),
        ("`60000`", "backquotes"),
        ("\u201c60000\u201d", "typographic"),
        ('"60\n000"', "control character"),
        ('"60\\000"', "backslash"),
        ('"\\ud83d"', "half of a character"),
        ("\u00a060000", "a no-break space (U+00A0)"),
        ("60000 // km", "no comments"),
        ("/* km */ 60000", "no comments"),
        ("", "a value is missing"),
        ("sixty", "not in double quotes"),
        ('60000 "state":"TX"', "a comma is missing"),
    ],
)
def test_the_cause_the_row_and_the_field_are_named(value: str, cause: str) -> None:
    error = refused(BATCH % (GOOD, value))
    assert cause in str(error)
    assert "cars[1].mileage" in str(error)
    assert "line 1, column " in str(error)
    ((field, detail),) = error.fields
    assert field == "cars[1].mileage"
    assert cause in detail


def test_every_missing_number_of_a_table_is_named_up_to_a_bound() -> None:
    rows = [{"mileage": float("nan") if number % 2 else 1.5} for number in range(50)]
    error = refused(json.dumps({"cars": rows}))
    assert [field for field, _ in error.fields] == [
        f"cars[{number}].mileage" for number in range(1, 2 * MAX_FIELDS, 2)
    ]
    assert len(str(error)) < 600


def test_infinity_and_nan_in_one_body_are_told_apart() -> None:
    error = refused('{"a":NaN,"b":-Infinity,"c":1e999}')
    assert [(field, detail.split()[0]) for field, detail in error.fields] == [
        ("a", "NaN"),
        ("b", "Infinity"),
    ]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (codecs.BOM_UTF8 + GOOD.encode(), "byte order mark"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.encode("utf-16-le"), "UTF-16"),
        (GOOD.encode("utf-16-be"), "UTF-16"),
        (GOOD.encode("utf-32"), "UTF-32"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"make=Ford&model=Focus&year=2016", "form-encoded"),
        (b"cars[0].make=Ford", "form-encoded"),
        (b'--x\r\nContent-Disposition: form-data; name="make"\r\n\r\nFord', "multipart"),
        (b"<car><make>Ford</make></car>", "XML"),
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (GOOD.encode() * 2, "second document"),
        (f"{GOOD}\n{GOOD}\n".encode(), "second document follows the first"),
        (GOOD.encode() + b"x", "something follows"),
        (GOOD.encode() + b"// a car", "no comments"),
        (f"[{GOOD}]".encode(), "not a list"),
        (b"[" * 3000, "too deeply"),
        (b'{"make" "Ford"}', "a colon is missing"),
        (b"{'make':1}", "single quotes"),
        (b"{make:1}", "not in double quotes"),
        (b'{"make":"Ford",}', "after make"),
        (b'{"cars":[{"make":"Ford"},]}', "after cars[0]"),
        (b'{"cars":[{"make":"Ford","year":2016', "cut off, after cars[0].year"),
        (b'{"cars":[{"make":"Ford","model":"Fo', "cut off, within cars[0].model"),
        (b'{"cars":[{"make":"Ford","model"', "cut off"),
        (b"{", "cut off"),
    ],
)
def test_what_is_wrong_with_the_whole_is_named(body: bytes, cause: str) -> None:
    error = refused(body)
    assert cause in str(error)
    assert error.fields == ()


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "iso-8859-15"])
def test_a_text_in_another_encoding_is_named_with_its_field(encoding: str) -> None:
    body = '{"cars":[{"make":"\\"Citro"},{"make":"Citroën"}]}'.encode(encoding)
    error = refused(body)
    assert "byte EB is not valid UTF-8" in str(error)
    assert [field for field, _ in error.fields] == ["cars[1].make"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"a":1,"a":2}', "a"),
        ('{"cars":[{"a":1},{"b":{"a":1,"a":2}}]}', "cars[1].b.a"),
    ],
)
def test_a_name_twice_is_named_with_its_place(body: str, place: str) -> None:
    assert [field for field, _ in refused(body).fields] == [place]


def test_lines_and_columns_count_characters_as_editors_do() -> None:
    assert "(line 3, column 11)" in str(refused('{"ä": "ö",\r\n"x": 1,\n"äöü": 1, NaN}'))


SECRETS = [
    '{"security_token":"eyJhbGciOiJIUzI1NiJ9.secret" x}',
    '{"security_token":eyJhbGciOiJIUzI1NiJ9.secret}',
    '{"security_token":"eyJhbGciOiJIUzI1NiJ9.secret\n"}',
    '{"security_token":"eyJhbGciOiJIUzI1NiJ9.secret',
    "security_token=eyJhbGciOiJIUzI1NiJ9.secret",
    "<token>eyJhbGciOiJIUzI1NiJ9.secret</token>",
]


@pytest.mark.parametrize("body", SECRETS)
def test_no_value_that_was_sent_is_repeated(body: str) -> None:
    error = refused(body)
    assert "eyJ" not in str(error) + repr(error.fields)


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "a\u202eb", "\x00\x1b[31m", "x" * 100_000, "\r\nSet-Cookie"],
)
def test_a_name_that_was_sent_is_short_and_harmless(name: str) -> None:
    for body in (f"{{{json.dumps(name)}:NaN}}", f"{{{json.dumps(name)}:1,{json.dumps(name)}:2}}"):
        error = refused(body)
        for text in (str(error), *(part for field in error.fields for part in field)):
            assert text.isascii()
            assert text.isprintable()
            assert not set(text) & set("<>&")
            assert len(text) < 500


def test_a_deep_place_is_cut_short() -> None:
    error = refused('{"nest":' * 190 + "NaN" + "}" * 190)
    assert all(len(field) <= 200 for field, _ in error.fields)


SYNTAX = st.text(alphabet="{}[]\",:\\ntu0123eE.+-NaIif'/#é \u00a0", max_size=60)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@example(b"NaN")
@given(st.one_of(st.binary(max_size=80), SYNTAX.map(lambda text: text.encode())))
def test_nothing_fails_for_any_bytes(body: bytes) -> None:
    with suppress(BodyInvalid):
        parse_object(body)
        return
    error = refused(body)
    assert 10 < len(str(error)) < 1000
    assert all(field and len(field) <= 200 for field, _ in error.fields)


@given(VALUES, st.data())
def test_a_fault_put_into_a_document_is_found_where_it_was_put(value: Any, data: Any) -> None:
    names = st.lists(st.sampled_from(string.ascii_letters), min_size=1, max_size=3)
    path = data.draw(names)
    document: Any = "MARK"
    for name in reversed(path):
        document = {"before": value, name + "_": ["x", document], "zz": 1}
    text = json.dumps({"cars": document}, allow_nan=True)
    if "NaN" in text or "Infinity" in text:
        return
    fault = data.draw(st.sampled_from(["NaN", "None", "01", "'x'", "+1", "-Infinity"]))
    error = refused(text.replace('"MARK"', fault))
    assert [field for field, _ in error.fields] == [
        "cars" + "".join(f".{name}_[1]" for name in path)
    ]


def hostile() -> dict[str, bytes]:
    limit = 2**20
    return {
        "NaN until the limit": b'{"a":[' + b"NaN," * (limit // 4 - 3) + b"1]}",
        "NaN after lists": b'{"a":[' + b"[1]," * (limit // 4 - 5) + b"NaN]}",
        "NaN after names": b'{"a":[' + b'{"a":1},' * (limit // 8 - 3) + b"NaN]}",
        "NaN just within the search": b'{"a":['
        + b"[1]," * (MAX_SEARCHED_BYTES // 4 - 6)
        + b"NaN]}",
        "quotes in an open text": b'{"a":"' + b'\\"' * (limit // 2 - 10) + b"\n",
        "backslashes in an open text": b'{"a":"' + b"\\" * (limit - 10) + b'"x"',
        "lines": b"{" + b"\n" * (limit - 10) + b"x",
        "an open list of texts": b'{"a":[' + b'"",' * (limit // 3 - 5),
        "Latin-1 at the end": b'{"a":"' + b"a" * (limit - 10) + b"\xe9",
        "a name of a million, twice": b'{"%s":1,"%s":1}' % ((b"n" * 500_000,) * 2),
    }


def seconds(body: bytes) -> float:
    began_s = time.process_time()
    with suppress(BodyInvalid):
        parse_object(body)
    return time.process_time() - began_s


@pytest.fixture(scope="module")
def dearest_s() -> float:
    """Of the processor, for a good body of the largest size: small lists are dearest to read."""
    return min(seconds(b'{"a":[' + b"[1]," * (2**18 - 5) + b"1]}") for _ in range(2))


@pytest.mark.parametrize("name", hostile())
def test_to_explain_costs_no_more_than_to_read_the_dearest_good_body(
    name: str, dearest_s: float
) -> None:
    taken_s = min(seconds(hostile()[name]) for _ in range(2))
    assert taken_s < dearest_s


def test_over_http_the_field_is_in_errors(api: Api) -> None:
    body = BATCH % (GOOD, "NaN")
    answer = api.client.post("/predict/batch", content=body, headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (422, "BODY_INVALID")
    assert "cars[1].mileage: NaN is not valid JSON" in answer.json()["detail"]
    (field,) = answer.json()["errors"]
    assert (field["field"], field["label"]) == ("cars[1].mileage", "MILEAGE_INVALID")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{}", "it is missing"),
        ('{"cars":{}}', "it is no list"),
        ('{"cars":[]}', "it has 0"),
        (f'{{"cars":[{",".join(["{}"] * 1001)}]}}', "it has 1001"),
    ],
)
def test_a_batch_without_its_list_says_what_is_there_instead(
    api: Api, body: str, told: str
) -> None:
    answer = api.client.post("/predict/batch", content=body, headers=api.bearer()).json()
    assert answer["detail"].endswith(told)
    assert [field["field"] for field in answer["errors"]] == ["cars"]


def test_a_row_that_is_no_object_is_named(api: Api) -> None:
    body = f'{{"cars":[{GOOD},7]}}'
    answer = api.client.post("/predict/batch", content=body, headers=api.bearer()).json()
    assert [field["field"] for field in answer["errors"]] == ["cars[1]"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
def test_for_whoever_has_no_token_nothing_is_explained(
    api: Api, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("this was explained")

    monkeypatch.setattr("iargus.api.gate.body.explain", never)
    answer = api.client.post("/predict", content=b'{"a":NaN}', headers=headers)
    assert answer.status_code == 401
    assert "NaN" not in answer.text
