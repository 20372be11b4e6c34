"""Intents never seen, as IArgus and Evidently name them; NannyML has no rule for texts."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track

from bench.calibration.text import intents, judge, months, scored

ROOT = Path(__file__).parents[2]
Intent = tuple[str, pd.DataFrame, str]


def line(
    intent: Intent, command: Sequence[str], environ: Mapping[str, str], work: Path, repeats: int
) -> str:
    """One intent: named in months with it, and falsely in months without it."""
    name, rows, label = intent
    rows = scored(rows, label)
    ours = judge(name, rows, label, repeats)
    path = work / f"{name.replace(': ', '-')}.npz"
    places = zip(*months(rows, label, repeats), strict=True)
    rest, month, mixed = (np.array([list(one) for one in part]) for part in places)
    np.savez(
        path,
        rest=rest,
        month=month,
        mixed=mixed,
        text=rows["text"].to_numpy().astype(str),
        prediction=rows["prediction"].to_numpy().astype(str),
        confidence=rows["confidence"].to_numpy(),
    )
    told = subprocess.run(
        [*command, str(path)],
        cwd=ROOT,
        env=os.environ | environ,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout
    path.unlink()
    said = [json.loads(text) for text in told.splitlines() if text.startswith("{")]

    def share(kind: str, column: str = "") -> str:
        hits = [bool(one[kind]) if not column else column in one[kind] for one in said]
        return f"{sum(hits) / repeats:.0%}"

    return (
        f"| {name} | {ours.named / repeats:.0%} / {ours.false / repeats:.0%} "
        f"| {share('mixed')} / {share('month')} | {share('mixed', 'text')} |"
    )


def intents_table(
    folder: Path, command: Sequence[str], environ: Mapping[str, str], work: Path, *, repeats: int
) -> str:
    """In Markdown; `command` starts Evidently's side, and gets the path of a file."""
    lines = [
        "| unseen intent | IArgus: named / false | Evidently: named / false | by the text |",
        "|---|---|---|---|",
    ]
    jobs = intents(folder)
    one = partial(line, command=command, environ=environ, work=work, repeats=repeats)
    with ProcessPoolExecutor(max_workers=2) as pool:
        shown = track(pool.map(one, jobs), "intents", len(jobs), console=Console(stderr=True))
        lines += list(shown)
    return "\n".join(lines)
