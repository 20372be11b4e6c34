"""What the rounds of `bench/serving` have measured, and the medians of it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

NAMED = ("scikit-learn", "fastapi", "pydantic", "uvicorn", "uvloop", "gunicorn")


def machine() -> dict[str, str]:
    """Where and with what it was measured."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    return {
        "processor": model,
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        **{name: version(name) for name in NAMED},
    }


@dataclass
class Results:
    """`rounds` are the figures of each server, one entry a round; `missing` says why one has
    none, or not all."""

    seconds: int
    rounds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    machine: dict[str, str] = field(default_factory=machine)

    @classmethod
    def read(cls, path: Path) -> Results:
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def document(self) -> dict[str, Any]:
        return asdict(self)

    def add(self, server: str, figures: dict[str, Any]) -> None:
        self.rounds.setdefault(server, []).append(figures)

    def servers(self) -> list[str]:
        """The fastest first."""
        return sorted(
            self.rounds, key=lambda name: self.value(name, "predict", "rows/s") or 0, reverse=True
        )

    def most_rounds(self) -> int:
        return max((len(found) for found in self.rounds.values()), default=0)

    def value(self, server: str, *keys: str) -> float | None:
        """The median over the rounds; None where it was not measured."""
        return self._median(server, keys, median)

    def spread(self, server: str, *keys: str) -> tuple[float, float] | None:
        """The least and the most."""
        least = self._median(server, keys, min)
        most = self._median(server, keys, max)
        return None if least is None or most is None else (least, most)

    def ratio(self, above: tuple[str, ...], below: tuple[str, ...]) -> float | None:
        """The median of the one over the median of the other."""
        one, other = self.value(*above), self.value(*below)
        return None if one is None or not other else one / other

    def _median(
        self, server: str, keys: tuple[str, ...], how: Callable[[list[float]], float]
    ) -> float | None:
        found: list[float] = []
        for each in self.rounds.get(server, []):
            value: Any = each
            for key in keys:
                value = value.get(key) if isinstance(value, dict) else None
            if isinstance(value, int | float):
                found.append(float(value))
        return how(found) if found else None
