"""The one rule for labels of a classification: what a label is, and how an answer shows it.

A label is a text. One that is spelled as JSON spells an integer (`0`, `26`, `-3`; no `007`, `+5`,
`--5`, `-0` or `1_000`) is shown as that number wherever an answer has it as a value, and a number
that is sent is the text of its spelling: label 26 and label "26" are one. Names of an object, as in
`GET /api/intent`, are texts in JSON whatever they spell.
"""

from __future__ import annotations

import re
from numbers import Integral, Real
from typing import Any

from iargus.errors import LabelInvalid

# What every reader of JSON reads exactly (RFC 8259 section 6).
LARGEST_NUMBER = 2**53 - 1
MAX_LABEL_CHARS = 255

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,15}")


def read_label(value: object, *, noun: str = "a label") -> str:
    """Give the label that a value of a request or of a file means.

    Raises:
        LabelInvalid: it is neither a text of 1 to `MAX_LABEL_CHARS` characters nor a whole number
            up to `LARGEST_NUMBER`.
    """
    if isinstance(value, str):
        label = str(value).strip()
        if 0 < len(label) <= MAX_LABEL_CHARS:
            return label
    # numpy's and Python's own numbers; true and false are none.
    elif isinstance(value, Real) and not isinstance(value, bool):
        number: Any = value
        # NaN is not between.
        if -LARGEST_NUMBER <= number <= LARGEST_NUMBER and number == int(number):
            return str(int(number))
        rule = f"{noun} that is a number is whole and at most {LARGEST_NUMBER}"
        raise LabelInvalid(f"{rule}; send any other as a text", reason=rule)
    rule = f"{noun} is a text of 1 to {MAX_LABEL_CHARS} characters or a whole number"
    raise LabelInvalid(rule, reason=f"the label cannot be used: {rule}")


def show_label(label: str) -> str | int:
    """The label as an answer has it: a number where it is one in JSON's own spelling."""
    if _INTEGER.fullmatch(label):
        number = int(label)
        if -LARGEST_NUMBER <= number <= LARGEST_NUMBER:
            return number
    return label


def class_label(fitted: object) -> str:
    """The label that a class of an estimator or a bundle stands for, which may have been fitted on
    numbers."""
    if type(fitted) is str:
        return fitted
    number: Any = fitted
    if isinstance(fitted, Integral) or (isinstance(fitted, float) and fitted.is_integer()):
        return str(int(number))
    return str(fitted)
