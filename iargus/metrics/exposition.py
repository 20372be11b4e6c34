"""Totals as text for Prometheus. The only importer of prometheus_client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, choose_encoder, generate_latest
from prometheus_client.registry import Collector

from iargus.metrics.families import BUCKETS_S, FAMILIES, Family
from iargus.metrics.totals import Totals

_LIMITS = [*map(str, BUCKETS_S), "+Inf"]


@dataclass(frozen=True)
class Exposition:
    """What a scrape is answered with."""

    body: bytes
    content_type: str


def expose(totals: Totals, *, now_s: float, accept: str) -> Exposition:
    """Write `totals` as the header `Accept` prefers: OpenMetrics, or the text format 0.0.4.

    Args:
        now_s: seconds since 1970, which ages are counted to.
    """
    try:
        encode, content_type = choose_encoder(accept)
    except (TypeError, ValueError):
        # A version that is no number: a client's mistake, which the plain format answers too.
        encode, content_type = generate_latest, CONTENT_TYPE_PLAIN_0_0_4
    return Exposition(encode(_Collected(totals, now_s)), content_type)


class _Collected(Collector):
    def __init__(self, totals: Totals, now_s: float) -> None:
        self._totals = totals
        self._now_s = now_s

    def collect(self) -> Iterator[Metric]:
        for family in FAMILIES:
            yield self._metric(family)

    def _metric(self, family: Family) -> Metric:
        found = self._totals.of(family)
        if family.kind == "histogram":
            histogram = HistogramMetricFamily(family.name, family.help, labels=family.labels)
            for labels, (*counts, total_s) in found:
                buckets = list(zip(_LIMITS, accumulate(counts), strict=True))
                histogram.add_metric(labels, buckets, total_s)
            return histogram
        if family.kind == "counter":
            counter = CounterMetricFamily(family.name, family.help, labels=family.labels)
            for labels, (count,) in found:
                counter.add_metric(labels, count)
            return counter
        if family.kind == "info":
            info = InfoMetricFamily(family.name, family.help, labels=())
            for labels, (holds,) in found:
                if holds:
                    info.add_metric((), dict(zip(family.labels, labels, strict=True)))
            return info
        gauge = GaugeMetricFamily(family.name, family.help, labels=family.labels)
        for labels, (value,) in found:
            age_s = max(0.0, self._now_s - value)
            gauge.add_metric(labels, age_s if family.kind == "age" else value)
        return gauge
