"""Times: tokens that have ended, have not begun, or would be good for longer than any policy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import CLAIMS, DAY_S, NOW_S, claiming

EXP, IAT = CLAIMS["exp"], CLAIMS["iat"]


def test_control_the_times_that_these_alter_are_good(door: Door) -> None:
    door.lets_in(claiming(exp=NOW_S + 1))
    door.lets_in(claiming(nbf=NOW_S))
    door.lets_in(claiming(iat=NOW_S - 3650 * DAY_S + 1, exp=NOW_S + 1))
    door.lets_in(claiming(exp=IAT + 3650 * DAY_S))


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        attack(name, changes, label)
        for name, changes, label in [
            ("exp a second ago", {"iat": IAT - 9, "exp": NOW_S - 1}, "TOKEN_EXPIRED"),
            ("exp now", {"iat": IAT - 9, "exp": NOW_S}, "TOKEN_EXPIRED"),
            ("exp long ago", {"iat": 1, "exp": 2}, "TOKEN_EXPIRED"),
            ("exp before iat", {"exp": IAT - 1, "iat": IAT}, "TOKEN_INVALID"),
            ("exp at iat", {"exp": IAT}, "TOKEN_INVALID"),
            ("exp zero", {"exp": 0}, "TOKEN_INVALID"),
            ("exp negative", {"exp": -1}, "TOKEN_INVALID"),
            ("exp as a text", {"exp": str(EXP)}, "TOKEN_INVALID"),
            ("exp in milliseconds", {"exp": EXP * 1000}, "TOKEN_INVALID"),
            ("exp in 500 years", {"exp": NOW_S + 500 * 365 * DAY_S}, "TOKEN_INVALID"),
            ("exp a second beyond ten years", {"exp": IAT + 3650 * DAY_S + 1}, "TOKEN_INVALID"),
            ("exp in the year 10,000", {"exp": 253_402_300_800}, "TOKEN_INVALID"),
            ("exp of 53 bits", {"exp": 2**53 - 1}, "TOKEN_INVALID"),
            ("exp of 64 bits", {"exp": 2**64}, "TOKEN_INVALID"),
            ("iat of 1970 and exp of today", {"iat": 0, "exp": NOW_S + 1}, "TOKEN_INVALID"),
            ("iat a second ahead", {"iat": NOW_S + 1}, "TOKEN_INVALID"),
            ("iat far ahead", {"iat": NOW_S + DAY_S, "exp": NOW_S + 2 * DAY_S}, "TOKEN_INVALID"),
            ("iat negative", {"iat": -1}, "TOKEN_INVALID"),
            ("iat as a text", {"iat": str(IAT)}, "TOKEN_INVALID"),
            ("nbf a second ahead", {"nbf": NOW_S + 1}, "TOKEN_INVALID"),
            ("nbf behind exp", {"nbf": EXP + 1}, "TOKEN_INVALID"),
            ("nbf as a text", {"nbf": str(NOW_S)}, "TOKEN_INVALID"),
            ("nbf negative", {"nbf": -1}, "TOKEN_INVALID"),
        ]
    ],
)
def test_out_of_its_time(door: Door, changes: dict[str, Any], label: str) -> None:
    door.refuses(claiming(**changes), label)
