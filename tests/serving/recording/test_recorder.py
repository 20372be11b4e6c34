"""The background writer: nothing waits for it, nothing accepted is lost while it can be kept."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

import pytest

from iargus.errors import DatabaseUnavailable
from iargus.serving.recording.recorder import MAX_BATCH_ROWS, PredictionRecorder
from iargus.serving.recording.store import Recorded, SqlPredictionStore

QUEUE_BYTES = 100_000


class Store(SqlPredictionStore):
    """Keeps rows in memory; while `gone`, it answers like a database that is gone."""

    def __init__(self) -> None:
        self.rows: list[Recorded] = []
        self.batches: list[int] = []
        self.gone = False
        self.never = ""
        self.asked = threading.Event()

    def add(self, rows: Sequence[Recorded]) -> None:
        self.asked.set()
        if self.gone:
            raise DatabaseUnavailable("gone")
        if self.never in {row.prediction_id for row in rows}:
            raise ValueError("a row that cannot be written")
        self.batches.append(len(rows))
        self.rows.extend(rows)


def prediction(number: int) -> Recorded:
    return Recorded(str(number), "t", "1", "j", "s", datetime(2026, 11, 1), b"{}", b"{}")


def recorder(store: Store, queue_rows: int = 10_000) -> PredictionRecorder:
    return PredictionRecorder(
        store, queue_rows=queue_rows, queue_bytes=QUEUE_BYTES, flush_interval_s=0.01
    )


def test_all_is_written_in_order_and_in_batches() -> None:
    store = Store()
    writer = recorder(store)
    for number in range(1_200):
        writer.record([prediction(number)])
    writer.start()
    writer.stop()
    assert [row.prediction_id for row in store.rows] == [str(n) for n in range(1_200)]
    assert max(store.batches) == MAX_BATCH_ROWS


def test_what_comes_in_an_outage_is_written_after_it() -> None:
    store = Store()
    store.gone = True
    writer = recorder(store)
    writer.start()
    writer.record([prediction(1)])
    assert store.asked.wait(5)
    writer.record([prediction(2)])
    store.gone = False
    writer.stop()
    assert [row.prediction_id for row in store.rows] == ["1", "2"]


def test_a_full_queue_drops_the_newest_and_counts(caplog: pytest.LogCaptureFixture) -> None:
    store = Store()
    writer = recorder(store, queue_rows=2)
    for number in range(5):
        writer.record([prediction(number)])
    assert (writer.waiting_rows, writer.dropped_rows) == (2, 3)
    assert caplog.text.count("the queue of predictions is full") == 1
    writer.start()
    writer.stop()
    assert [row.prediction_id for row in store.rows] == ["0", "1"]


@pytest.mark.parametrize("never", [0, 1, 499, 500, 777, 1_199])
def test_a_row_that_can_never_be_written_goes_alone(
    never: int, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store()
    store.never = str(never)
    writer = recorder(store)
    writer.record([prediction(number) for number in range(1_200)])
    writer.start()
    writer.stop()
    assert [int(row.prediction_id) for row in store.rows] == [
        number for number in range(1_200) if number != never
    ]
    assert (writer.recorded_rows, writer.dropped_rows, writer.waiting_rows) == (1_199, 1, 0)
    assert f"prediction {never} could not be recorded" in caplog.text
    # Halving finds it in a few tries, and afterwards the batches are long again.
    assert len(store.batches) + writer.write_failures < 40


def test_the_queue_is_full_also_by_its_bytes() -> None:
    store = Store()
    writer = recorder(store)
    long = prediction(1)._replace(payload=b"x" * 30_000)
    for _ in range(5):
        writer.record([long, prediction(2)])
    # Three long ones; a short one finds room where a long one does not.
    assert [len(row.payload) > 2 for row in writer._queue.first(99)].count(True) == 3
    assert writer.waiting_rows + writer.dropped_rows == 10
    writer.start()
    writer.stop()
    assert writer.recorded_rows == 10 - writer.dropped_rows
    writer.record([long])
    assert writer.waiting_rows == 1


def test_what_cannot_be_written_before_the_stop_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Store()
    store.gone = True
    writer = recorder(store)
    writer.record([prediction(1)])
    writer.start()
    writer.stop()
    assert "1 predictions could not be recorded" in caplog.text
