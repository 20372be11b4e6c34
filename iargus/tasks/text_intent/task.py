"""The intent of a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from iargus.compiled.bundle import numbers_of_all
from iargus.tasks.base import Input, Output, Payload, Problem, ReadRoute, Task
from iargus.tasks.fields import Text
from iargus.tasks.labels import class_label, read_label, show_label
from iargus.tasks.text_intent.bundle import TextBundle
from iargus.tasks.text_intent.form import TextForm

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

NAMES = ("text", "sentence", "query")
MAX_CHARS = 5000
TOP_INTENTS = 3
QUICK_CHARS = 1000

Ranked = list[tuple[str, float]]


def _by_each_name(schema: dict[str, Any]) -> None:
    """Of the names that are there, the first of `NAMES` counts, and the others are passed over."""
    (text,) = schema.pop("properties").values()
    del schema["required"]
    schema["examples"] = [{"text": "how much is my car worth"}]
    schema["anyOf"] = [
        {
            "title": f"As {name}",
            "properties": {name: text, **dict.fromkeys(NAMES[:number], False)},
            "required": [name],
        }
        for number, name in enumerate(NAMES)
    ]


class Sentence(Input):
    """A sentence, under the name `text`, `sentence` or `query`."""

    model_config = ConfigDict(populate_by_name=True, json_schema_extra=_by_each_name)

    text: Annotated[str, Text(MAX_CHARS)] = Field(
        validation_alias=AliasChoices(*NAMES),
        description=f"The sentence, of 1 to {MAX_CHARS} characters",
    )


class RankedIntent(BaseModel):
    label: str | int
    confidence: float


class Intent(Output):
    """The likeliest intent, its probability, and the three likeliest in order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "intent": "value_car",
                    "probability": 0.83215468,
                    "intents": [
                        {"label": "value_car", "confidence": 0.83215468},
                        {"label": "sell_car", "confidence": 0.09124101},
                        {"label": "trade_in", "confidence": 0.04120337},
                    ],
                    "model_version": "1",
                    "prediction_id": "019a8f0e-6a3a-7c3e-9a51-3b1f0f0f7f12",
                }
            ]
        }
    )

    intent: str | int = Field(description="A number where the label is one, otherwise a text")
    probability: float
    intents: list[RankedIntent]


_ONE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "intent": {"type": ["string", "integer"]},
        "probability": {"type": "string", "pattern": r"^[01]\.[0-9]{8}$"},
    },
    "required": ["intent", "probability"],
    "examples": [{"intent": "value_car", "probability": "0.83215468"}],
}
_ALL: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1},
    "examples": [{"other": 0.0421, "sell_car": 0.1258, "value_car": 0.8321}],
}
ONE = ReadRoute("", "query", "The likeliest intent; a number where its label is one", _ONE)
ALL = ReadRoute("/api", "sentence", "The probability of every intent", _ALL)


class TextIntent(Task):
    problem = Problem.CLASSIFICATION
    input_model = Sentence
    output_model = Intent
    batch_key = "sentences"
    features = ("text",)
    # Names only: a worker reads them with the tasks, and imports no scikit-learn.
    trusted_types = (
        "iargus.tasks.text_intent.classifier.IntentClassifier",
        "iargus.tasks.text_intent.pipeline.NgramTfidf",
        "iargus.tasks.text_intent.pipeline.TextNormaliser",
    )
    compiled_form: ClassVar[TextForm] = TextForm()
    read_routes = (ONE, ALL)

    def build_estimator(self) -> Pipeline:
        # Only who trains needs scikit-learn.
        from iargus.tasks.text_intent.pipeline import build_text_intent_pipeline

        return build_text_intent_pipeline(random_state=self.policy.seed)

    def example(self) -> Payload:
        return {"text": "how much is my car worth"}

    def uncertainty(self, answer: Payload) -> float | None:
        probability = answer.get("probability")
        return 1 - probability if isinstance(probability, int | float) else None

    def check_label(self, value: object) -> str:
        return read_label(value, noun="an intent")

    def is_fast(self, value: Input) -> bool:
        assert isinstance(value, Sentence)
        return len(value.text) <= QUICK_CHARS

    def predict(self, estimator: Pipeline, inputs: Sequence[Input]) -> list[Payload]:
        return [_answer_of(ranked) for ranked in self._by_estimator(estimator, inputs)]

    def predict_compiled(self, bundle: TextBundle, inputs: Sequence[Input]) -> list[Payload]:
        return [_answer_of(ranked) for ranked in self._by_bundle(bundle, inputs)]

    def predict_read(self, route: ReadRoute, estimator: Pipeline, value: Input) -> Payload:
        return _read_answer_of(route, self._by_estimator(estimator, [value])[0])

    def predict_read_compiled(self, route: ReadRoute, bundle: TextBundle, value: Input) -> Payload:
        return _read_answer_of(route, self._by_bundle(bundle, [value])[0])

    def _by_estimator(self, estimator: Pipeline, inputs: Sequence[Input]) -> list[Ranked]:
        payloads = [self.payload(value) for value in inputs]
        shares = self.compiled_form.reference(estimator, payloads)
        return _ranked(estimator.classes_, shares.tolist())

    def _by_bundle(self, bundle: TextBundle, inputs: Sequence[Input]) -> list[Ranked]:
        payloads = [self.payload(value) for value in inputs]
        return _ranked(bundle.labels, numbers_of_all(bundle, payloads))


def _ranked(classes: Iterable[object], rows: Sequence[Sequence[float]]) -> list[Ranked]:
    """Every label with its probability, the likeliest first; equal ones by label."""
    labels = [class_label(label) for label in classes]
    return [
        sorted(zip(labels, row, strict=True), key=lambda pair: (-pair[1], pair[0])) for row in rows
    ]


def _answer_of(ranked: Ranked) -> Payload:
    return {
        "intent": show_label(ranked[0][0]),
        "probability": ranked[0][1],
        "intents": [
            {"label": show_label(label), "confidence": confidence}
            for label, confidence in ranked[:TOP_INTENTS]
        ],
    }


def _read_answer_of(route: ReadRoute, ranked: Ranked) -> Payload:
    if route is ALL:
        return dict(sorted(ranked))
    label, probability = ranked[0]
    return {
        "intent": show_label(label),
        # Its clients expect text here.
        "probability": f"{probability:.8f}",
    }
