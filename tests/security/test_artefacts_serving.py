"""Whoever owns the registry puts files there: the serving side runs none of them.

The registry answers as the attacker likes (`captive`), nothing is signed, and digests are right:
what is left are the checks of what a file holds. The last good version must stay.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from iargus.errors import ArtefactRejected
from iargus.serving.placement import Current
from tests.security.bundle_attacks import BESIDE, BUNDLE_ATTACKS
from tests.security.captive import TASK, Captive, Host, model_file, untouched
from tests.security.skops_attacks import SKOPS_ATTACKS
from tests.security.traps import nothing_runs
from tests.security.tree_attacks import TREE_ATTACKS


@pytest.fixture
def host(tmp_path: Path) -> Host:
    captive = Captive(tmp_path)
    captive.add(untouched)
    found = Host.of(captive)
    assert found.sync.once() == []
    return found


@pytest.mark.parametrize("name", SKOPS_ATTACKS)
def test_a_model_file_runs_nothing_and_the_last_good_version_stays(host: Host, name: str) -> None:
    price, files = host.price(), host.files()
    captive = host.captive
    number = captive.add(model_file(SKOPS_ATTACKS[name]))
    captive.champion = number
    with nothing_runs(captive.versions[number].files):
        (problem,) = host.sync.once()
        assert host.price() == price
    assert isinstance(problem, ArtefactRejected)
    assert host.placement.current(TASK) == Current("1")
    assert host.files() == files
    (refusal,) = host.refused
    assert (refusal.version, refusal.serving) == (number, "1")


@pytest.mark.parametrize("name", TREE_ATTACKS)
def test_a_tree_that_leads_astray_is_refused_before_it_is_asked(host: Host, name: str) -> None:
    price, captive = host.price(), host.captive
    captive.champion = captive.add(model_file(TREE_ATTACKS[name]))
    (problem,) = host.sync.once()
    assert isinstance(problem, ArtefactRejected)
    assert "tree" in str(problem)
    assert host.price() == price


@pytest.mark.parametrize("name", BUNDLE_ATTACKS)
def test_a_bundle_runs_nothing_and_the_last_good_version_stays(host: Host, name: str) -> None:
    price, files, captive = host.price(), host.files(), host.captive
    captive.champion = captive.add(BUNDLE_ATTACKS[name])
    with nothing_runs(captive.versions[captive.champion].files):
        (problem,) = host.sync.once()
        assert host.price() == price
    assert isinstance(problem, ArtefactRejected)
    assert host.files() == files
    assert not Path("/tmp/iargus-trap.json").exists()


@pytest.mark.parametrize("name", BESIDE)
def test_what_lies_beside_a_good_bundle_never_reaches_the_host(host: Host, name: str) -> None:
    price, before, captive = host.price(), host.files(), host.captive
    captive.champion = captive.add(BESIDE[name])
    with nothing_runs(captive.versions[captive.champion].files):
        assert host.sync.once() == []
        assert host.placement.current(TASK) == Current(captive.champion)
        assert host.price() == price
    home = host.placement.models_dir / TASK
    placed = {
        path.relative_to(home / captive.champion)
        for path in host.files()
        if path.is_relative_to(home / captive.champion)
    }
    assert placed == {
        path.relative_to(home / "1") for path in before if path.is_relative_to(home / "1")
    }
