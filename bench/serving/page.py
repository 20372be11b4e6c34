"""Writes what `bench/serving` has measured: a part of `performance.md`, and its picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.serving.figures import Figure, figures
from bench.serving.measure import OPEN_RATE
from bench.serving.picture import write_picture
from bench.serving.results import Results
from bench.serving.servers import ECHO, IARGUS, RAW

PAGE, PICTURE = "performance.md", "performance.svg"
BEGIN, END = "<!-- bench.serving: begin -->", "<!-- bench.serving: end -->"


def write_page(results: Results, folder: Path) -> str:
    """Write the picture, and the part of the page between its two marks, where there are some;
    what else is on the page stays. Gives that part."""
    write_picture(results, folder / PICTURE)
    page = folder / PAGE
    text = (
        page.read_text(encoding="utf-8") if page.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
    )
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        before, after = f"{text.rstrip()}\n\n", "\n"
    part = part_of(results)
    page.write_text(f"{before}{BEGIN}\n{part}{END}{after}", encoding="utf-8")
    return part


def part_of(results: Results) -> str:
    """Markdown of everything that was measured."""
    parts = [
        how(results),
        throughput(results),
        f"![Requests a second of each server, one core each]({PICTURE})",
        wanted(figures(results)),
        latency(results),
        "Measured by `python -m bench.serving`; `serving.json` beside the results has every round.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def how(results: Results) -> str:
    with_what = ", ".join(f"{name} {number}" for name, number in list(results.machine.items())[3:])
    where = [results.machine[name] for name in ("processor", "system")]
    return (
        f"Measured in one run on {results.machine['cores']} cores of {', '.join(where)}, with "
        f"{with_what}. One core is for the server, with all of its processes, the other for the "
        f"load. Everything is warmed; {results.most_rounds()} rounds of {results.seconds} s, of "
        "which the medians are given, with the least and the most. No body comes twice in a "
        "measurement. IArgus checks the token and the limit, predicts the price and its interval, "
        "and records every answer in SQLite; a peer predicts, the price alone or the interval as "
        "well. All of them gave the champion's own price for 20 cars before they were measured."
    )


def throughput(results: Results) -> str:
    """A line for each server; the fastest first."""
    lines = []
    for name in results.servers():
        rate = results.value(name, "predict", "rows/s")
        least, most = results.spread(name, "predict", "rows/s") or (0.0, 0.0)
        against = [
            results.ratio((name, "predict", "rows/s"), (other, "predict", "rows/s"))
            for other in (ECHO, IARGUS)
        ]
        lines.append(
            [
                f"**{name} `/predict`**" if name == IARGUS else name,
                f"{number(rate)} ({number(least)} – {number(most)})",
                *(number(each) for each in against),
                number(results.value(name, "start s")),
                number(results.value(name, "all MB")),
            ]
        )
    lines += [[name, f"not measured: {why}", *[""] * 4] for name, why in results.missing.items()]
    head = "server", "requests/s", "÷ the echo", "÷ IArgus", "start, s", "memory, MB"
    note = (
        f"16 connections that ask again once they are answered (wrk). The {RAW} and the {ECHO} are "
        "what is possible: the echo has the same pydantic models, and no model behind them. Start "
        "is from the start of the process to the first prediction; memory is resident, of all "
        "processes of a server together."
    )
    return f"{table(head, lines)}\n\n{note}"


def wanted(found: Sequence[Figure]) -> str:
    lines = [
        [each.name, number(each.value), each.wanted, each.verdict, each.detail]
        for each in found
        if each.value is not None
    ]
    head = "figure", "measured", "to reach", "", "from"
    return table(head, lines) if lines else ""


def latency(results: Results) -> str:
    """Milliseconds at a fixed rate."""
    lines = []
    for server in results.servers():
        for route in ("predict", "intent"):
            key = f"{route}, open"
            if results.value(server, key, "p50") is None:
                continue
            shares = [results.value(server, key, name) for name in ("p50", "p99", "longest")]
            late = results.value(server, key, "late")
            behind = results.value(server, key, "unanswered")
            times = [number(1000 * each) for each in [*shares, late] if each is not None]
            lines.append([f"{server} `/{route}`", *times, number(behind)])
    if not lines:
        return ""
    head = "server", "p50, ms", "p99, ms", "longest, ms", "client's own p99, ms", "unanswered"
    note = (
        f"{OPEN_RATE} requests a second, whatever the server does. A latency counts from the "
        "moment at which the request was due, so that a stall is charged with everyone who came "
        "meanwhile; the client's own is how late it was itself. Who was not answered five seconds "
        "after the last request counts with the time it had waited."
    )
    return f"{table(head, lines)}\n\n{note}"


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---", *["---:" if name else "---" for name in head[1:]]], *lines]
    # A bar in a cell would be the border of another.
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)


def number(value: float | None) -> str:
    """Three digits are more than a noisy machine can tell."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 or value == 0 else f"{value:.3g}"
