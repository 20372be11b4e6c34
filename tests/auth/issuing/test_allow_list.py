"""Which addresses a list holds, exactly."""

from __future__ import annotations

import pytest

from iargus.auth.issuing.addresses import AllowList
from iargus.errors import ConfigurationError


@pytest.mark.parametrize(
    ("entry", "email", "held"),
    [
        ("ada@example.com", "ada@example.com", True),
        ("Ada@Example.COM", "aDA@exAMPLE.com", True),
        ("ada@example.com", "ada+work@example.com", False),
        ("ada+work@example.com", "ada+work@example.com", True),
        ("ada+work@example.com", "ada@example.com", False),
        ("ada@example.com", "adam@example.com", False),
        ("ada@example.com", "ada@sub.example.com", False),
        ("straße@example.com", "strasse@example.com", False),
        ("example.com", "anybody@example.com", True),
        ("example.com", "any+tag@EXAMPLE.com", True),
        ("example.com", "ada@sub.example.com", False),
        ("example.com", "ada@notexample.com", False),
        ("example.com", "ada@example.com.evil.org", False),
        ("*.example.com", "ada@sub.example.com", True),
        ("*.example.com", "ada@deep.sub.example.com", True),
        ("*.example.com", "ada@example.com", False),
        ("*.example.com", "ada@notexample.com", False),
        ("*.edu", "ada@university.edu", True),
        ("*.edu", "ada@university.education", False),
        ("bücher.example.com", "ada@xn--bcher-kva.example.com", True),
        ("xn--bcher-kva.example.com", "ada@BÜCHER.example.com", True),
        ("*.bücher.example.com", "ada@a.xn--bcher-kva.example.com", True),
        # The letters look alike; the second begins with a Cyrillic one.
        ("ada.example.com", "x@аda.example.com", False),
    ],
)
def test_an_entry_holds_what_it_says_and_nothing_else(entry: str, email: str, held: bool) -> None:
    assert AllowList([entry]).holds(email) is held


def test_an_empty_list_holds_nobody() -> None:
    assert not AllowList([]).holds("ada@example.com")


@pytest.mark.parametrize(
    "entry", ["*", "@example.com", "*@example.com", "a.*.com", "ex ample.com", "com", "*.", "a@b@c"]
)
def test_an_entry_that_is_none_of_the_three_is_named(entry: str) -> None:
    with pytest.raises(ConfigurationError, match=r"issuing\.allow: ") as caught:
        AllowList(["example.com", entry])
    assert repr(entry) in str(caught.value)
