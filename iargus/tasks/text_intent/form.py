"""How text intent pipelines become bundles, and what those are held against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from iargus.compiled.bundle import FloatArray, Payload
from iargus.compiled.form import CompiledForm
from iargus.tasks.text_intent.bundle import TextBundle
from iargus.tasks.text_intent.synthetic import SyntheticTexts

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class TextForm(CompiledForm[TextBundle]):
    """A text intent pipeline."""

    kind = "text_intent"
    bundle_type = TextBundle
    largest_decides = True
    canaries = (
        {"text": "how much is my car worth"},
        {"text": "Où est l'hôtel le plus proche ?"},
        {"text": ""},
        {"text": "🙂🙂 日本語 ﷺ"},
        {"text": "book book book a flight " * 40},
        {"text": "x" * 300},
    )

    def compile(self, estimator: Pipeline) -> dict[str, bytes]:
        from iargus.tasks.text_intent.compilers import compile_text

        return compile_text(estimator)

    def reference(self, estimator: Pipeline, payloads: Sequence[Payload]) -> FloatArray:
        import pandas as pd

        found: FloatArray = estimator.predict_proba(pd.DataFrame(list(payloads), columns=["text"]))
        return found

    def synthetic_rows(self, bundle: TextBundle, seed: int) -> SyntheticTexts:
        return SyntheticTexts(bundle, seed)
