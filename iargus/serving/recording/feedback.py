"""Feedback: the truth for an earlier prediction, kept as labelled data."""

from __future__ import annotations

from iargus.clock import Clock, to_naive_utc
from iargus.deadline import DeadlineRunner, unbounded
from iargus.errors import FeedbackConflict, PredictionUnknown
from iargus.serving.recording.store import Prediction, SqlPredictionStore
from iargus.storage.labelled.writing import AddLabelled
from iargus.tasks.base import Label
from iargus.tasks.catalogue import Catalogue

SOURCE = "feedback"


class FeedbackService:
    """Joins a label to a recorded prediction and adds both to the task's labelled rows.

    `add` adds a labelled row. `within` bounds how long a request waits for `store`, and
    `labelled_within` for the labelled rows.
    """

    def __init__(
        self,
        *,
        store: SqlPredictionStore,
        add: AddLabelled,
        catalogue: Catalogue,
        clock: Clock,
        within: DeadlineRunner = unbounded,
        labelled_within: DeadlineRunner = unbounded,
    ) -> None:
        self._store = store
        self._within = within
        self._labelled_within = labelled_within
        self._add = add
        self._catalogue = catalogue
        self._clock = clock

    def find(self, prediction_id: str, *, subject: str) -> Prediction:
        """The prediction that this person was given under this number.

        Raises:
            PredictionUnknown: there is none, or it was given to somebody else: one answer for
                both, so that numbers cannot be probed.
        """
        prediction = self._within(lambda: self._store.find(prediction_id))
        if (
            prediction is None
            or prediction.subject != subject
            or prediction.task not in self._catalogue.names()
        ):
            raise PredictionUnknown("no prediction of yours has this prediction_id")
        return prediction

    def accept(self, prediction: Prediction, value: object) -> None:
        """Keep the label of a prediction. The same label again changes nothing.

        Raises:
            LabelInvalid: the label does not fit the task.
            FeedbackConflict: the prediction has another label already.
        """
        task = self._catalogue.get(prediction.task)
        label = task.check_label(value)
        now = to_naive_utc(self._clock())
        number, store = prediction.prediction_id, self._store
        if not self._within(lambda: store.add_label(number, _text(label), now)):
            known = self._within(lambda: store.label(number))
            if known != _text(label):
                raise FeedbackConflict(f"this prediction has the label {known} already")
        # Also when the label was known: a crash between the two databases is mended by sending
        # the feedback again, and the row's key keeps it from being counted twice.
        key = f"{SOURCE}:{number}"
        self._labelled_within(lambda: self._add(task, prediction.payload, label, now, key))


def _text(label: Label) -> str:
    return f"{label:.10g}" if isinstance(label, float) else label
