"""Intents never seen, mixed into months of real sentences, for `bench.calibration`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track

from iargus.monitoring.stats.drift.compare import compare_features
from iargus.monitoring.stats.drift.summary import Kind, summarise
from iargus.tasks.text_intent.pipeline import build_text_intent_pipeline

ROWS, UNSEEN, FOLDS = 1000, 50, 5
KINDS = {"text": Kind.TEXT, "prediction": Kind.CATEGORY, "confidence": Kind.NUMBER}
SKIPPED = {"irrelevant"}  # "no intent" is not a kind of message


def read_sentences(folder: Path) -> dict[str, pd.DataFrame]:
    """Both collections, columns `text` and `label`, without repeated sentences."""
    french = pd.DataFrame(json.loads((folder / "idiwii_train.json").read_text("utf-8")))
    lines = (folder / "atis_train.tsv").read_text("utf-8").splitlines()
    english = pd.DataFrame([line.split("\t") for line in lines], columns=["text", "label"])
    found = {"idiwii": french.set_axis(["label", "text"], axis=1), "atis": english}
    return {
        name: rows.drop_duplicates("text").reset_index(drop=True) for name, rows in found.items()
    }


def scored(rows: pd.DataFrame, unseen: str) -> pd.DataFrame:
    """Prediction and confidence for every sentence, by a model that has seen neither the sentence
    nor any of the intent `unseen`."""
    random = np.random.default_rng(0)
    fold = random.permutation(len(rows)) % FOLDS
    parts = []
    for place in range(FOLDS):
        learned = rows[(fold != place) & (rows["label"] != unseen)]
        model = build_text_intent_pipeline().fit(learned["text"].tolist(), learned["label"])
        part = rows[fold == place]
        shares = model.predict_proba(part["text"].tolist())
        parts.append(
            part.assign(
                prediction=model.classes_[shares.argmax(axis=1)], confidence=shares.max(axis=1)
            )
        )
    found: pd.DataFrame = pd.concat(parts).reset_index(drop=True)
    return found


@dataclass(frozen=True)
class Unseen:
    """An intent left out of training: of `repeats` months with it and without it, the named."""

    name: str
    repeats: int
    named: int
    false: int
    words: tuple[str, ...]


def mix(name: str, rows: pd.DataFrame, intent: str, repeats: int) -> Unseen:
    """Months of `ROWS` sentences, with and without `UNSEEN` of an intent never trained on."""
    return judge(name, scored(rows, intent), intent, repeats)


def judge(name: str, rows: pd.DataFrame, intent: str, repeats: int) -> Unseen:
    """The same for sentences that are scored already."""
    named = false = 0
    words: Counter[str] = Counter()
    for rest, month, mixed in months(rows, intent, repeats):
        reference = summarise(rows.loc[rest], KINDS)
        false += any(one.drifted for one in compare_features(reference, rows.loc[month]))
        drifts = compare_features(reference, rows.loc[mixed])
        named += any(one.drifted for one in drifts)
        for one in drifts:
            for change in one.changes:
                words.update(change.names[:2] if change.drifted else ())
    return Unseen(name, repeats, named, false, tuple(word for word, _ in words.most_common(3)))


def months(
    rows: pd.DataFrame, intent: str, repeats: int
) -> Iterator[tuple[pd.Index, pd.Index, pd.Index]]:
    """The places of the sentences of a reference, of a month like it, and of one with `intent`."""
    new, known = rows[rows["label"] == intent], rows[rows["label"] != intent]
    random = np.random.default_rng(1)
    for _ in range(repeats):
        order = random.permutation(len(known))
        month, rest = known.index[order[:ROWS]], known.index[order[ROWS:]]
        unseen = new.sample(UNSEEN, random_state=random).index
        yield rest, month, month[UNSEEN:].append(unseen)


def intents(folder: Path) -> list[tuple[str, pd.DataFrame, str]]:
    """Those with at least `UNSEEN` sentences: their name, their collection, their label."""
    return [
        (f"{collection}: {intent}", rows, str(intent))
        for collection, rows in read_sentences(folder).items()
        for intent, count in rows["label"].value_counts().items()
        if count >= UNSEEN and intent not in SKIPPED and len(rows) - count > 2 * ROWS
    ]


def unseen_intents(folder: Path, *, repeats: int) -> str:
    """A table in Markdown, one line for every intent."""
    jobs = [(*intent, repeats) for intent in intents(folder)]
    lines = ["| unseen intent | named | false | words |", "|---|---|---|---|"]
    with ProcessPoolExecutor(max_workers=2) as pool:
        results = pool.map(mix, *zip(*jobs, strict=True))
        shown = track(results, "intents", total=len(jobs), console=Console(stderr=True))
        lines += [
            f"| {one.name} | {one.named / one.repeats:.0%} | {one.false / one.repeats:.0%} "
            f"| {', '.join(one.words)} |"
            for one in shown
        ]
    return "\n".join(lines)
