"""What a scrape says, read by the library's own parsers."""

from __future__ import annotations

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

Sample = tuple[str, frozenset[tuple[str, str]]]
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


class Scraped:
    """The samples of one answer."""

    def __init__(self, text: str) -> None:
        parse = openmetrics if text.endswith("# EOF\n") else plain
        self.families = list(parse(text))
        self.values: dict[Sample, float] = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families
            for sample in family.samples
        }

    def value(self, name: str, **labels: str) -> float:
        """The one sample of this name and exactly these labels."""
        return self.values[name, frozenset(labels.items())]

    def total(self, name: str, **labels: str) -> float:
        """The sum of all samples of this name that have these labels among others."""
        wanted = set(labels.items())
        return sum(
            value for (n, have), value in self.values.items() if n == name and wanted <= have
        )

    def series(self, name: str) -> list[dict[str, str]]:
        return [dict(labels) for found, labels in self.values if found == name]
