"""Rows as long as a client may make them are written too, whatever the server takes at once."""

from __future__ import annotations

from datetime import datetime

from pydantic_core import to_json
from sqlalchemy import func, select

from iargus.serving.recording.ids import PredictionIds
from iargus.serving.recording.recorder import PredictionRecorder
from iargus.serving.recording.store import Recorded, SqlPredictionStore
from iargus.storage.database import Database
from iargus.storage.schema import predictions
from iargus.tasks.text_intent.task import MAX_CHARS

ROWS = 600
# Each character is six in JSON, and a backslash in it two in a statement.
LONGEST = to_json({"text": "\x01" * MAX_CHARS})


def test_the_longest_texts_do_not_stop_the_recording(api_database: Database) -> None:
    store = SqlPredictionStore(api_database)
    writer = PredictionRecorder(
        store, queue_rows=ROWS, queue_bytes=100_000_000, flush_interval_s=0.01
    )
    at = datetime(2026, 11, 1)
    ids = PredictionIds().new(ROWS)
    writer.record([Recorded(n, "intent", "1", "j", "s", at, LONGEST, b"{}") for n in ids])
    writer.start()
    writer.stop(timeout_s=60)
    assert (writer.recorded_rows, writer.write_failures) == (ROWS, 0)
    with api_database.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(predictions)) == ROWS
