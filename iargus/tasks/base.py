"""The contract of a task: everything that routes, training and monitoring need to know of it.

A new task subclasses `Task` in one file, is named in one block of `config.yml`, and is then
served, trained, imported, monitored and tested for conformance like every other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from iargus.compiled.form import CompiledForm
from iargus.errors import ConfigurationError
from iargus.settings.tasks import TaskPolicy
from iargus.settings.wording import explain

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

Payload = dict[str, Any]
Label = float | str


class NoOptions(BaseModel):
    """The options of a kind that has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(StrEnum):
    """What a task predicts, and so which error and which pictures belong to it."""

    REGRESSION = "regression"  # a positive number; the error of a row is |y - p| / y, in sum MAPE
    CLASSIFICATION = "classification"  # a label; the error of a row is 0 or 1


class Storage(StrEnum):
    """Which table of the database `iargus` holds a task's labelled rows."""

    CAR_DETAILS = "car_details"
    LABELLED_EXAMPLES = "labelled_examples"


class Input(BaseModel):
    """The base of what a client sends for one prediction; unknown fields are passed over."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)


class Output(BaseModel):
    """The base of one answer; the route adds which model gave it and under which number."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    model_version: str
    prediction_id: str


@dataclass(frozen=True)
class ReadRoute:
    """A GET route of a task, for clients that send the input in the query string.

    `prefix` stands before the task's path, `parameter` is the name of the one input, and
    `answer` is the JSON schema of what is answered, with an example; None describes nothing.
    """

    prefix: str
    parameter: str
    description: str
    answer: Mapping[str, Any] | None = None


class Task(ABC):
    """One kind of prediction under one name of `config.yml`.

    Class attributes that a kind sets:
        problem: regression or classification.
        storage: the table of its labelled rows.
        input_model, output_model: pydantic models of one request and one answer.
        batch_key: the name of the list in the body of `POST {path}/batch`, or None for no batch.
        features: the columns that the estimator reads, in order.
        trusted_types: types beyond skops' own list that its estimator is made of.
        compiled_form: how its estimators become bundles of `iargus.compiled`, or None where they
            do not: then scikit-learn serves them, which `config.yml` must allow.
        options_model: pydantic model of `tasks.NAME.options`.
        unit_checks: columns of `drift_features` whose unit monitoring checks, each with the one
            that its values depend on most: `("mileage", "age_years")`.
        placeholder_rule: what `placeholder` holds for one, in words.
    """

    problem: ClassVar[Problem]
    storage: ClassVar[Storage] = Storage.LABELLED_EXAMPLES
    input_model: ClassVar[type[Input]]
    output_model: ClassVar[type[Output]]
    batch_key: ClassVar[str | None] = None
    features: ClassVar[tuple[str, ...]]
    trusted_types: ClassVar[tuple[str, ...]] = ()
    compiled_form: ClassVar[CompiledForm[Any] | None] = None
    options_model: ClassVar[type[BaseModel]] = NoOptions
    read_routes: ClassVar[tuple[ReadRoute, ...]] = ()
    unit_checks: ClassVar[tuple[tuple[str, str], ...]] = ()
    placeholder_rule: ClassVar[str] = ""

    def __init__(self, name: str, policy: TaskPolicy) -> None:
        self.name = name
        self.policy = policy
        try:
            self.options = self.options_model.model_validate(policy.options)
        except ValidationError as error:
            prefix = f"tasks.{name}.options."
            raise ConfigurationError(explain(error, self.options_model, prefix=prefix)) from None

    @property
    def metric(self) -> str:
        """The name of the task's error: `mape` or `error_rate`, both shares of one."""
        return "mape" if self.problem is Problem.REGRESSION else "error_rate"

    @abstractmethod
    def build_estimator(self) -> Pipeline:
        """A new, unfitted pipeline: features in, labels out, every encoder included."""

    @abstractmethod
    def example(self) -> Payload:
        """A request body that works, for documentation and canaries."""

    @abstractmethod
    def check_label(self, value: object) -> Label:
        """Give the label that `value` means.

        Raises:
            LabelInvalid: it is none of this task; the message says why.
        """

    @abstractmethod
    def predict(self, estimator: Pipeline, inputs: Sequence[Input]) -> list[Payload]:
        """Predict for all `inputs` at once: one mapping each, all fields of `output_model`
        except `model_version` and `prediction_id`."""

    def predict_read(self, route: ReadRoute, estimator: Pipeline, value: Input) -> Payload:  # noqa: ARG002
        """Answer one of `read_routes`; a kind that has some says how."""
        raise LookupError(f"{self.name} has no route {route.prefix}{self.policy.path}")

    def predict_compiled(self, bundle: Any, inputs: Sequence[Input]) -> list[Payload]:  # noqa: ARG002
        """What `predict` gives, from the estimator's bundle, which is of the type that
        `compiled_form` names; a kind that has one says how."""
        raise LookupError(f"{self.name} has no bundles")

    def predict_read_compiled(self, route: ReadRoute, bundle: Any, value: Input) -> Payload:  # noqa: ARG002
        """What `predict_read` gives, from the estimator's bundle."""
        raise LookupError(f"{self.name} has no route {route.prefix}{self.policy.path}")

    def is_fast(self, value: Input) -> bool:  # noqa: ARG002
        """Whether a bundle answers this input sooner than a thread could be asked to."""
        return True

    def parse_input(self, body: Mapping[str, Any], *, today: date) -> Input:
        """Read one request; `today` bounds what cannot be known yet, such as a model year.

        Raises:
            pydantic.ValidationError: with the fields that are wrong.
        """
        return self.input_model.model_validate(body, context={"today": today})

    def describe_input(self, schema: dict[str, Any], *, today: date) -> None:  # noqa: ARG002
        """Write into the JSON schema of one request what `today` bounds; a kind whose
        `parse_input` looks at it says how."""
        return

    def payload(self, value: Input) -> Payload:
        """The features of one request as they are recorded and later learned from."""
        return {name: getattr(value, name) for name in self.features}

    def identity(self, payload: Payload) -> tuple[Any, ...]:
        """What a row is known by when it comes again: the features, in one spelling where a kind
        knows of several. Keys of stored rows are made of it, so it stays what it is."""
        return tuple(payload[name] for name in self.features)

    def frame(self, payloads: Sequence[Payload]) -> pd.DataFrame:
        """The table that the estimator reads: one row each, columns `features`."""
        # Serving a bundle never comes here, and shall not pay for pandas.
        import pandas as pd

        return pd.DataFrame(list(payloads), columns=list(self.features))

    def training_frame(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The table that the estimator learns from: the same columns, unless a kind also learns
        from when a row was observed (`observed_at`, UTC without a zone)."""
        return rows[list(self.features)]

    def drift_features(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The columns that monitoring compares with those of the reference: the features, unless
        a kind knows one that moves with the calendar."""
        return rows[list(self.features)]

    def segments(self, rows: pd.DataFrame) -> dict[str, pd.Series]:
        """How monitoring divides labelled rows into segments: by name of a division, such as
        `make`, the segment of every row. Classes are divided by their label."""
        return {} if self.problem is Problem.REGRESSION else {"label": rows["label"]}

    def uncertainty(self, answer: Payload) -> float | None:  # noqa: ARG002
        """How unsure the model was of an answer it gave, at least 0: one minus the probability,
        or the width of the interval in relation to the prediction. None where nobody can say."""
        return None

    def unknown_fields(self, answer: Payload) -> Sequence[str]:  # noqa: ARG002
        """Which fields of its input a model had never seen, by what it answered; a kind whose
        answers tell says how."""
        return ()

    def placeholder(self, payload: Mapping[str, Any], day: date) -> str | None:  # noqa: ARG002
        """The field of a labelled row of that day whose value stands for one that nobody wrote
        down, such as an odometer of 0; an import stores it as missing, and counts it."""
        return None

    def row_errors(self, truth: NDArray[Any], predicted: NDArray[Any]) -> NDArray[np.float64]:
        """The error of each row, shape (n,): |y - p| / y, or 0 and 1."""
        if self.problem is Problem.REGRESSION:
            errors: NDArray[np.float64] = np.abs(truth - predicted) / truth
            return errors
        wrong: NDArray[np.bool_] = truth.astype(str) != predicted.astype(str)
        return wrong.astype(np.float64)
