"""Estimators answer in processes of their own, whatever becomes of those."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from iargus.errors import ArtefactRejected, ModelBusy, ModelFailed
from iargus.registry import ModelVersion
from iargus.serving.loaded_models import LoadedModels
from iargus.serving.placement import Current, Placement
from iargus.serving.pool.pool import EstimatorPool
from iargus.settings import Policy
from iargus.settings.serving import UncompiledPolicy
from iargus.tasks.catalogue import Catalogue
from tests.serving.pool.conftest import TASK, Fitted, house
from tests.serving.pool.slow import POLICY

FEW = UncompiledPolicy(processes=1, queue=1, timeout_s=30)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Also a process that has ended and was not waited for is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def shared(fits: list[Fitted]) -> list[EstimatorPool]:
    return [EstimatorPool(TASK, fits[0].path, fits[0].sha256, FEW)]


@pytest.fixture
def pool(shared: list[EstimatorPool]) -> EstimatorPool:
    return shared[0]


def test_the_answers_are_those_of_the_estimator_and_plain(pool: EstimatorPool) -> None:
    found = pool.predict([house(10.0), house(33.3)])
    assert [answer["rent"] for answer in found] == pytest.approx([100.0, 333.0])
    assert [type(value) for value in found[0].values()] == [float, int]


def test_an_error_of_the_estimator_is_told_and_ends_nothing(pool: EstimatorPool) -> None:
    pids = pool.pids
    with pytest.raises(ModelFailed, match="ValueError: no house is smaller than nothing"):
        pool.predict([house(-1.0)])
    assert pool.predict([house(1.0)])
    assert pool.pids == pids


def test_who_finds_the_queue_full_is_told_at_once(pool: EstimatorPool) -> None:
    with ThreadPoolExecutor(3) as threads:
        slow = [threads.submit(pool.predict, [house(10.0, 1.0)]) for _ in range(3)]
        errors = [each.exception() for each in slow]
    assert sorted(type(error).__name__ for error in errors) == ["ModelBusy", "NoneType", "NoneType"]
    assert pool.predict([house(1.0)])


def test_a_process_that_is_killed_is_replaced_and_its_request_answered(
    pool: EstimatorPool,
) -> None:
    (pid,) = pool.pids
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(pool.predict, [house(10.0, 1.0)])
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        assert answer.result()[0]["rent"] == pytest.approx(100.0)
    (other,) = pool.pids
    assert other != pid
    assert not is_alive(pid)


def test_one_that_takes_too_long_is_killed_and_replaced(fits: list[Fitted]) -> None:
    policy = UncompiledPolicy(processes=1, queue=0, timeout_s=0.5)
    pool = EstimatorPool(TASK, fits[0].path, fits[0].sha256, policy)
    (pid,) = pool.pids
    with pytest.raises(ModelBusy):
        pool.predict([house(10.0, 3600.0)])
    wait_for(lambda: bool(pool.pids) and pool.pids != [pid])
    assert not is_alive(pid)
    wait_for(lambda: _answers(pool))


def _answers(pool: EstimatorPool) -> bool:
    try:
        return bool(pool.predict([house(10.0)]))
    except ModelBusy:
        return False


def test_a_file_that_is_refused_leaves_no_process(fits: list[Fitted]) -> None:
    with pytest.raises(ArtefactRejected, match="altered"):
        EstimatorPool(TASK, fits[0].path, "0" * 64, FEW)


OF_A_WORKER = """
import sys, time
from pathlib import Path
from iargus.serving.pool.pool import EstimatorPool
from iargus.settings.policy import UncompiledPolicy
from tests.serving.pool.slow import POLICY, SlowRent

pool = EstimatorPool(SlowRent("slow", POLICY), Path(sys.argv[1]), sys.argv[2], UncompiledPolicy())
loaded = {name.partition(".")[0] for name in sys.modules}
heavy = {"sklearn", "scipy", "pandas", "joblib", "skops", "mlflow"} & loaded
assert not heavy, heavy
print(*pool.pids, flush=True)
pool.predict([SlowRent.input_model(area=1.0, wait_s=3600)])
"""


def test_the_worker_imports_no_scikit_learn_and_leaves_no_process_when_it_is_killed(
    fits: list[Fitted],
) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", OF_A_WORKER, str(fits[0].path), fits[0].sha256],
        stdout=subprocess.PIPE,
        text=True,
    )
    with worker:
        assert worker.stdout is not None
        pid = int(worker.stdout.readline())
        assert is_alive(pid)
        worker.kill()
        worker.wait()
    wait_for(lambda: not is_alive(pid))


def test_a_swap_has_the_new_model_ready_before_the_old_one_goes(
    fits: list[Fitted], tmp_path: Path
) -> None:
    placement = Placement(tmp_path)
    champions = LoadedModels(Catalogue.read(Policy(tasks={"slow": POLICY})), tmp_path, FEW)
    place(placement, "1", fits[0])
    champions.refresh()
    old = champions.get("slow")
    assert isinstance(old.predictor, EstimatorPool)
    (pid,) = old.predictor.pids
    place(placement, "2", fits[1])
    champions.refresh()
    new = champions.get("slow")
    assert new.predictor.predict([house(10.0)])[0]["rent"] == pytest.approx(200.0)
    # A request that began before the swap has its model to the end.
    assert old.predictor.predict([house(10.0)])[0]["rent"] == pytest.approx(100.0)
    del old
    wait_for(lambda: not is_alive(pid))
    place(placement, "3", Fitted(fits[0].path, "0" * 64, 0.0))
    champions.refresh()
    assert champions.get("slow") is new


def place(placement: Placement, number: str, fitted: Fitted) -> None:
    tags = {"sha256": fitted.sha256}
    version = ModelVersion("slow", number, "run", datetime(2026, 11, 1), (), tags)
    with placement.staging("slow") as folder:
        path = folder / "model.skops"
        path.write_bytes(fitted.path.read_bytes())
        placement.place(version, path)
    placement.point("slow", Current(number))
