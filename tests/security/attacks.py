"""What an attack is: one item of pytest, which names it in words."""

from __future__ import annotations

from typing import Any

import pytest


def attack(name: str, *values: Any) -> pytest.ParameterSet:
    """A parameter of a test whose id is the attack's name."""
    return pytest.param(*values, id=name)
