"""The cases of `bench.calibration`: what is to be reached, and how often each is tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.calibration import cases
from bench.calibration.reposted import Cars, advertised, anything_in_a_year, simulated


@dataclass(frozen=True)
class Case:
    """A share to be measured; `least` and `most` are what is to be reached."""

    name: str
    trial: cases.Trial
    repeats: int
    short: int
    least: float = 0.0
    most: float = 1.0


def all_cases(data: Path | None = None) -> list[Case]:
    """All cases; those of real advertisements where a folder with vehicles_us.csv is given."""
    truth, breach = cases.lognormal, cases.breach
    found = [
        Case(
            f"year without drift, MAPE 19 %, {rows:,} rows a month: anything raised",
            cases.anything_in_a_year(truth(0.19, 1), rows),
            2000,
            short,
            most=0.05,
        )
        for rows, short in ((300, 30), (2000, 15), (20_000, 10))
    ]
    errors = {"MAPE, CV 1": truth(0.2, 1), "MAPE, CV 2": truth(0.2, 2), "0/1": cases.zero_one(0.2)}
    for name, draw in errors.items():
        for rows in (300, 2000):
            year = cases.breach_in_a_year(draw, rows)
            found.append(
                Case(
                    f"year exactly on the threshold, {name}, {rows:,} rows: breach",
                    year,
                    4000,
                    60,
                    most=0.05,
                )
            )
    for rows, least in ((1000, 0.65), (2000, 0.95), (3000, 0.99)):
        trial = breach(truth(0.22, 1), rows)
        found.append(Case(f"MAPE 22 %, {rows:,} rows: breach", trial, 10_000, 500, least))
    year = cases.breach_in_a_year(truth(0.21, 1), 1000)
    found.append(Case("MAPE 21 %, 1,000 rows a month: breach within a year", year, 2000, 30))
    shift = cases.shift_named
    found += [
        Case(
            "0.25 σ in one of ten features, 1,000 against 10,000 rows: named",
            shift(0.25, 1000, 10_000),
            5000,
            200,
            0.99,
        ),
        Case(
            "0.02 σ in one of ten features, a million against a million: named",
            shift(0.02, 10**6, 10**6),
            5000,
            100,
            most=0.01,
        ),
    ]
    for name, gap, least, most in (
        ("equal", 0.0, 0.0, 0.05),
        ("worse by a point", -0.01, 0.0, 0.005),
        ("better by a point", 0.01, 0.9, 1.0),
    ):
        for shared in (0.5, 0.9):
            trial = cases.promoted(gap, 3000, shared=shared)
            name_of = f"challenger {name}, 3,000 rows, logs of errors correlated {shared}: promoted"
            found.append(Case(name_of, trial, 5000, 300, least, most))
    shapes = {
        "half normal": cases.half_normal(0.2),
        "gamma, CV 1": cases.gamma(0.2, 1),
        "gamma, CV 2": cases.gamma(0.2, 2),
        "lognormal, CV 1": truth(0.2, 1),
        "lognormal, CV 2": truth(0.2, 2),
    }
    for name, draw in shapes.items():
        for rows in (300, 1000, 3000):
            trial = cases.covered(draw, rows, 0.2)
            named = f"95 % interval of the MAPE, {name}, {rows:,} rows: covers"
            found.append(Case(named, trial, 20_000, 300, 0.94, 0.96))
    # Last, as the place of a case seeds it.
    for name, gap in (("equal", 0.0), ("worse by a point", -0.01), ("better by a point", 0.01)):
        for shared in (0.5, 0.9):
            named = f"challenger {name}, 3,000 rows, correlated {shared}: has the lower MAPE"
            found.append(Case(named, cases.lower(gap, 3000, shared=shared), 5000, 300))
    return [*found, *_reposted(data)]


def _reposted(data: Path | None) -> Iterator[Case]:
    kinds: list[tuple[str, Cars]] = [("simulated", simulated)]
    if data is not None:
        kinds.append(("real", advertised(data / "vehicles_us.csv")))
    for name, cars in kinds:
        for alike, most, told in (
            (True, 0.05, "anything raised"),
            (False, 1.0, "the same with repeats counted in the months alone"),
        ):
            trial = anything_in_a_year(cars, 1000, alike=alike)
            year = f"year without a change, a quarter of 1,000 {name} advertisements posted again"
            yield Case(f"{year}: {told}", trial, 40 if alike else 20, 2, most=most)
