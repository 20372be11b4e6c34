"""One reader for bodies, tokens and bundles: JSON in which nobody can see two things."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path

import pytest

import iargus
from iargus.strict_json import NameTwice, load


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b'{"a":1,"a":1}', "a"),
        (b'{"a":{"b":1,"c":[{"d":1,"d":2}]}}', "d"),
        (b'{"make":1,"m\\u0061ke":2}', "make"),
        (b'[{"a:b":1,"x":2,"x":3}]', "x"),
    ],
)
def test_a_name_that_comes_twice_is_refused_and_told(text: bytes, name: str) -> None:
    with pytest.raises(NameTwice) as caught:
        load(text)
    assert caught.value.name == name


@pytest.mark.parametrize(
    "text",
    [
        *(b'{"a":NaN}', b"[Infinity]", b"-Infinity", b"[" * 300 + b"]" * 300, b"[" * 100_000),
        *(b'{"a":' * 100_000, b"", b"{", b"1 2", b"[1,]", b"{'a':1}", b"\xef\xbb\xbf{}"),
        *('{"a":1}'.encode("utf-16"), b'"\xff"', b'"\\ud800"'),
    ],
)
def test_what_is_no_strict_json_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        load(text)


def test_colons_in_texts_are_no_members() -> None:
    document = {"a:b": ["c:d", {"e": "::"}], "url": "https://example.org:443/"}
    assert load(json.dumps(document).encode()) == document


def test_numbers_are_read_as_exactly_as_by_python() -> None:
    draw = random.Random(12)
    numbers = [struct.unpack("d", draw.randbytes(8))[0] for _ in range(20_000)]
    numbers = [number for number in numbers if number - number == 0]
    found = load(json.dumps([*numbers, 2**80, -0.0, 5e-324]).encode())
    assert [repr(number) for number in found[: len(numbers)]] == [repr(each) for each in numbers]
    assert repr(found[-3:]) == repr([2**80, -0.0, 5e-324])


def test_no_other_module_checks_for_names_twice() -> None:
    root = Path(iargus.__file__).parent
    # Says where in a refused body it is.
    own = {root / "strict_json.py", root / "api" / "gate" / "json_faults.py"}
    users = {p for p in root.rglob("*.py") if "object_pairs_hook" in p.read_text(encoding="utf-8")}
    assert users == own
