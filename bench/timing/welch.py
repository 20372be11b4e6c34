"""Two classes of inputs, drawn by lot, timed one by one, and compared by Welch's t-test.

After Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?" (2017). The tests are
fixed before anything is measured: one on all samples, and one on each part below a percentile of
both classes together, for what interrupts a measurement makes it longer and hides a difference.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import Progress
from scipy.stats import ttest_ind

LIMIT = 4.5
PERCENTILES = (99.0, 90.0, 50.0)
WARM_UP = 500
SWEEP = 5_000

# Prepares one input of the first class (False) or the second (True) and gives the seconds that the
# work on it takes.
Sample = Callable[[bool], float]
Opened = Callable[[Path, random.Random], AbstractContextManager[Sample]]


@dataclass(frozen=True)
class Comparison:
    """`opened` gets an empty folder and the lot. `told` says why a difference would tell nothing
    new, where that is so: then it is shown and is no failure."""

    name: str
    classes: tuple[str, str]
    opened: Opened
    told: str = ""


@dataclass(frozen=True)
class Outcome:
    """Medians in µs, and t of all samples and of those below each percentile."""

    medians_us: tuple[float, float]
    t: float
    cropped_t: tuple[float, ...]

    @property
    def differs(self) -> bool:
        return max(abs(t) for t in (self.t, *self.cropped_t)) > LIMIT


def measure(
    sample: Sample, lot: random.Random, *, samples: int, progress: Progress, name: str
) -> Outcome:
    """Take as many samples of both classes together."""
    seconds = np.empty(samples)
    second_class = np.array([lot.random() < 0.5 for _ in range(samples)])
    for number in range(WARM_UP):
        sample(number % 2 == 0)
    task = progress.add_task(name, total=samples)
    with _frozen_garbage():
        for number, is_second in enumerate(second_class.tolist()):
            seconds[number] = sample(is_second)
            if number % SWEEP == 0:
                gc.collect(1)
                progress.update(task, completed=number)
    progress.remove_task(task)
    return outcome(seconds[~second_class], seconds[second_class])


def outcome(first: np.ndarray, second: np.ndarray) -> Outcome:
    """What seconds of both classes say."""
    limits = np.percentile(np.concatenate([first, second]), PERCENTILES)
    return Outcome(
        (1e6 * float(np.median(first)), 1e6 * float(np.median(second))),
        _welch(first, second),
        tuple(_welch(first[first < limit], second[second < limit]) for limit in limits),
    )


def _welch(first: np.ndarray, second: np.ndarray) -> float:
    return float(ttest_ind(first, second, equal_var=False).statistic)


@contextmanager
def _frozen_garbage() -> Iterator[None]:
    """The collector runs between samples, never within one."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
