"""A run that was cut off is finished by the next one, with the decision that was taken."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from iargus.errors import RegistryUnavailable
from iargus.monitoring.job.execution import JudgementExecutor
from iargus.monitoring.job.records import MonitoringRecords
from iargus.monitoring.job.steps import Step, Steps
from iargus.monitoring.view.month_view import Status
from iargus.registry import Registry
from iargus.registry.trust import Trust
from iargus.registry.version import RETRAINING, SIGNATURE
from iargus.settings.keys import BundleKey, new_key
from iargus.storage.schema import monitoring_steps
from tests.monitoring.conftest import APRIL_1, World, noise_rows
from tests.toy_tasks import rent_rows


class Killed(BaseException):
    """What SIGKILL is to a process, as far as a test in this process can have it."""


@pytest.fixture
def breached(world: World) -> World:
    """Retraining mends this month: version 2 becomes the champion."""
    world.add(world.rent, rent_rows(600, seed=1, scale=1.6), month="2026-02")
    return world


def cut_off(monkeypatch: pytest.MonkeyPatch, world: World, owner: Any, name: str) -> None:
    """Run until `owner.name` would be called."""

    def stop(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, stop)
        with pytest.raises(Killed):
            world.run()


def steps(world: World) -> list[str]:
    with world.database.transaction() as connection:
        return sorted(connection.execute(select(monitoring_steps.c.step)).scalars())


def versions(world: World) -> list[str]:
    return [version.version for version in world.registry.versions(world.rent.name)]


def monitoring_runs(world: World) -> list[Any]:
    client = world.registry._connection.client()
    experiment = client.get_experiment_by_name(f"iargus-{world.rent.name}")
    assert experiment is not None
    wanted = "tags.`iargus.kind` = 'monitoring'"
    return list(client.search_runs([experiment.experiment_id], filter_string=wanted))


def assert_whole(world: World) -> None:
    """As after a run that nothing has disturbed."""
    record = world.records.newest(world.rent.name)
    assert record is not None
    assert (record.champion_version, record.challenger_version, record.promoted) == ("1", "2", True)
    assert world.alias(world.rent, "champion") == "2"
    assert versions(world) == ["2", "1"]
    model = world.registry._connection.client().get_registered_model(world.rent.name)
    assert model.tags["previous_champion"] == "1"
    [run] = monitoring_runs(world)
    assert (run.info.status, run.info.run_id) == ("FINISHED", record.facts["run_id"])
    assert steps(world) == []


@pytest.mark.parametrize(
    ("owner", "name", "left"),
    [
        (JudgementExecutor, "register", ["decided"]),
        (JudgementExecutor, "log", ["decided", "registered"]),
        (JudgementExecutor, "move_alias", ["decided", "registered"]),
        (JudgementExecutor, "record", ["decided", "moved", "registered"]),
        (MonitoringRecords, "write", ["decided", "moved", "registered"]),
    ],
)
def test_it_is_finished(
    breached: World, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, left: list[str]
) -> None:
    cut_off(monkeypatch, breached, owner, name)
    assert breached.records.newest(breached.rent.name) is None
    assert steps(breached) == left
    logged = [run.info.run_id for run in monitoring_runs(breached)]
    outcome = breached.judge()
    assert (outcome.status, outcome.champion_version) == (Status.BREACH, "1")
    assert_whole(breached)
    assert not logged or [run.info.run_id for run in monitoring_runs(breached)] == logged
    assert breached.judge().status is Status.NOT_DUE


def test_what_is_registered_is_not_fitted_again(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(monkeypatch, breached, JudgementExecutor, "log")
    monkeypatch.setattr(breached.rent, "build_estimator", None)
    assert breached.judge().status is Status.BREACH
    assert_whole(breached)


def test_the_champion_is_not_remembered_twice(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = breached.registry._connection.client()
    cut_off(monkeypatch, breached, type(client), "set_registered_model_alias")
    breached.judge()
    assert_whole(breached)


def test_half_a_registration_is_taken_away(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = breached.registry._connection.client()
    cut_off(monkeypatch, breached, type(client), "create_model_version")
    breached.judge()
    assert_whole(breached)
    experiment = client.get_experiment_by_name(f"iargus-{breached.rent.name}")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], "tags.`iargus.kind` = 'training'")
    assert [run.info.status for run in runs] == ["FINISHED"] * 2


def test_a_version_without_its_file_is_made_again(
    breached: World, monkeypatch: pytest.MonkeyPatch, monitoring_registry: Any
) -> None:
    cut_off(monkeypatch, breached, JudgementExecutor, "log")
    run_id = breached.registry.version(breached.rent.name, "2").run_id
    [file] = [f for f in breached.settings.var_dir.rglob("model.skops") if run_id in str(f)]
    file.unlink()
    outcome = breached.judge()
    assert (outcome.champion_version, outcome.serving_version) == ("1", "3")
    assert versions(breached) == ["3", "1"]


def test_a_version_that_was_cut_off_before_its_signature_is_made_again(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = BundleKey(kid="one", secret=SecretStr(new_key()))
    monkeypatch.setattr(breached.registry, "_trust", Trust(lambda: [key], allow_unsigned=True))
    cut_off(monkeypatch, breached, JudgementExecutor, "log")
    name = breached.rent.name
    assert breached.registry.version(name, "2").signature
    with breached.registry._connection.translated("cut a signature off") as client:
        client.delete_model_version_tag(name, "2", SIGNATURE)
    outcome = breached.judge()
    assert (outcome.champion_version, outcome.serving_version) == ("1", "3")
    assert breached.registry.version(name, "3").signature


def test_a_registry_that_is_down_meanwhile_changes_nothing(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(monkeypatch, breached, JudgementExecutor, "move_alias")

    def down(*_: Any) -> None:
        raise RegistryUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(Registry, "registered", down)
        assert breached.judge().status is Status.FAILED
    assert steps(breached) == ["decided", "registered"]
    breached.judge()
    assert_whole(breached)


def test_another_champion_was_chosen_before_the_next_run(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(monkeypatch, breached, JudgementExecutor, "move_alias")
    chosen = breached.train(breached.rent).version
    outcome = breached.judge()
    assert outcome.champion_version == chosen == breached.alias(breached.rent, "champion") == "3"


def test_another_champion_was_chosen_while_this_one_was_judged(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = JudgementExecutor.log

    def log(self: JudgementExecutor, challenger: str | None) -> Any:
        breached.train(breached.rent)
        return original(self, challenger)

    with monkeypatch.context() as patch:
        patch.setattr(JudgementExecutor, "log", log)
        outcome = breached.judge()
    assert outcome.status is Status.FAILED
    assert "the alias stays where it is" in outcome.sentence
    assert breached.alias(breached.rent, "champion") == "3"
    assert breached.judge().champion_version == "3"


def test_force_decides_again(breached: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(monkeypatch, breached, JudgementExecutor, "move_alias")
    old = breached.registry.version(breached.rent.name, "2").tags[RETRAINING]
    assert breached.judge(force=True).serving_version == "3"
    assert breached.registry.version(breached.rent.name, "3").tags[RETRAINING] != old
    assert steps(breached) == []
    assert len(monitoring_runs(breached)) == 1


def test_an_older_month_is_finished_before_the_next_is_judged(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(monkeypatch, breached, JudgementExecutor, "record")
    breached.add(breached.rent, noise_rows(100), month="2026-03")
    march = breached.judge(as_of=APRIL_1)
    assert (str(march.period), march.rows, march.champion_version) == ("2026-03", 100, "2")
    assert march.missed_periods == ()
    history = breached.records.history(breached.rent.name)
    assert [str(record.period) for record in history] == ["2026-03", "2026-02"]


def test_a_dry_run_tells_the_decision_and_leaves_it(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(monkeypatch, breached, JudgementExecutor, "record")
    outcome = breached.judge(dry_run=True)
    assert (outcome.status, outcome.champion_version) == (Status.BREACH, "1")
    assert steps(breached) == ["decided", "moved", "registered"]


def test_steps_of_another_version_are_not_guessed_at(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(monkeypatch, breached, JudgementExecutor, "record")
    with breached.database.transaction() as connection:
        connection.execute(update(monitoring_steps).values(facts={"key": "x"}))
    outcome = breached.judge()
    assert outcome.status is Status.FAILED
    assert "--force" in outcome.sentence
    assert breached.judge(force=True).status is not Status.FAILED


def test_a_step_may_be_written_down_twice(breached: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(monkeypatch, breached, JudgementExecutor, "move_alias")
    journal = Steps(breached.database, breached.clock)
    left = journal.unfinished(breached.rent.name)
    assert left is not None
    journal.take(left.judgement, Step.REGISTERED)
    assert steps(breached) == ["decided", "registered"]
