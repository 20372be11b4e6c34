"""The figures that serving has to reach, each from the medians of one run of `bench/serving`."""

from __future__ import annotations

from dataclasses import dataclass

from bench.serving.peers import INTERVAL, PEERS, PRICE
from bench.serving.results import Results
from bench.serving.servers import ECHO, IARGUS

PREDICT, INTENT, BATCH = ("predict", "rows/s"), ("intent", "rows/s"), ("batch", "rows/s")


@dataclass(frozen=True)
class Figure:
    """`value` is at least `least` or at most `most`, or the figure is not reached."""

    name: str
    value: float | None
    least: float | None = None
    most: float | None = None
    unit: str = "times"
    detail: str = ""

    @property
    def wanted(self) -> str:
        if self.least is None and self.most is None:
            return ""
        sign, bound = ("≥", self.least) if self.least is not None else ("≤", self.most)
        return f"{sign} {bound:g} {self.unit}"

    @property
    def verdict(self) -> str:
        if self.value is None or not self.wanted:
            return ""
        low = self.least is not None and self.value < self.least
        return "no" if low or (self.most is not None and self.value > self.most) else "yes"


def figures(results: Results) -> list[Figure]:
    """All of them; those that were not measured have no value."""
    echo, own = (ECHO, *PREDICT), (IARGUS, *PREDICT)
    latency = ("predict, open", "p99")
    return [
        Figure("`/predict` against the echo", results.ratio(own, echo), least=0.9),
        *(_peers(results, champion) for champion in (INTERVAL, PRICE)),
        *(_mlflow(results, champion) for champion in (INTERVAL, PRICE)),
        Figure(
            "`/intent` against the echo",
            results.ratio((IARGUS, *INTENT), (ECHO, *INTENT)),
            least=0.7,
            detail="the echo's own `/intent`",
        ),
        Figure(
            "`/predict/batch` against one by one",
            results.ratio((IARGUS, *BATCH), own),
            least=20,
            detail=f"{_whole(results.value(IARGUS, *BATCH))} cars a second, 1,000 in a request",
        ),
        Figure(
            "p99 at 500 requests a second against the echo's",
            results.ratio((IARGUS, *latency), (ECHO, *latency)),
            most=3,
        ),
        Figure(
            "start to the first prediction against the echo's",
            results.ratio((IARGUS, "start s"), (ECHO, "start s")),
            most=1.5,
        ),
        Figure(
            "resident memory of a worker",
            results.value(IARGUS, "worker MB"),
            most=150,
            unit="MB",
            detail=f"after all of the load; the echo's: {_whole(results.value(ECHO, 'worker MB'))}",
        ),
        *(_two_cores(results, server, least) for server, least in ((IARGUS, 1.7), (ECHO, None))),
        *(
            Figure(
                f"answers of `{path}` that are recorded",
                results.value(IARGUS, route, "recorded"),
                unit="of all",
                detail=_share(results.value(IARGUS, route, "recorded at once")),
            )
            for route, path in (("predict", "/predict"), ("batch", "/predict/batch"))
        ),
    ]


def _peers(results: Results, champion: str) -> Figure:
    names = [peer.name(champion) for peer in PEERS.values()]
    best = max(names, key=lambda name: results.value(name, *PREDICT) or 0)
    ratio = results.ratio((IARGUS, *PREDICT), (best, *PREDICT))
    return Figure(f"`/predict` against the best peer, {_what(champion)}", ratio, 10, detail=best)


def _mlflow(results: Results, champion: str) -> Figure:
    name = PEERS["mlflow"].name(champion)
    ratio = results.ratio((IARGUS, *PREDICT), (name, *PREDICT))
    return Figure(f"`/predict` against `mlflow models serve`, {_what(champion)}", ratio, 60)


def _what(champion: str) -> str:
    return "the same answer" if champion == INTERVAL else "which gives the price alone"


def _two_cores(results: Results, server: str, least: float | None) -> Figure:
    two, one = (results.value(server, "shared", f"{n} on {n}", "rows/s") for n in (2, 1))
    return Figure(
        f"two workers on two cores against one on one, {server}",
        two / one if two and one else None,
        least=least,
        detail="the load shares the cores of the workers in both: 16 connections and one thread "
        "of wrk for each",
    )


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%} when the load ended"
