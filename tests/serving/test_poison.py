"""Whatever lies in the registry, only a good version gets on to a host, and nothing is run."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import pytest
from mlflow import MlflowClient

from iargus.errors import (
    ArtefactRejected,
    ConfigurationError,
    PromotionRefused,
    RegistryUnavailable,
)
from iargus.registry import ModelVersion, Registry
from iargus.registry.connection import Connection
from iargus.registry.trust import Trust
from iargus.registry.version import SIGNATURE
from iargus.serving.loaded_models import LoadedModels
from iargus.serving.placement import Current, Placement
from iargus.serving.sync.preparing import sign_version
from iargus.serving.sync.refusals import Refusal
from iargus.serving.sync.sync import Sync
from iargus.settings import Environment, Policy, Settings
from iargus.settings.keys import BundleKey
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from tests.serving.cars import TODAY, car_catalogue, register
from tests.serving.poison import BAD_FILES, BAD_SIGNATURES, Attacker, trap

KEY = BundleKey.model_validate({"kid": "first", "secret": "k" * 48})
NEXT_KEY = BundleKey.model_validate({"kid": "next", "secret": "n" * 48})


@dataclass
class Scene:
    """A task with one good version, in a registry that somebody else can write to as well."""

    catalogue: Catalogue
    connection: Connection
    version: ModelVersion
    attacker: Attacker

    @property
    def task(self) -> Task:
        (task,) = self.catalogue
        return task

    def registry(self, *keys: BundleKey, allow_unsigned: bool = False) -> Registry:
        trust = Trust(lambda: keys, allow_unsigned=allow_unsigned)
        return Registry(self.connection, trust=trust)

    def alias(self, number: str) -> None:
        self.attacker.client.set_registered_model_alias(self.task.name, "champion", number)


@pytest.fixture(scope="module")
def made(
    embedded_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Connection, ModelVersion, Catalogue, Attacker]:
    settings = Settings(Environment(var_dir=embedded_store), Policy())
    connection = Connection(settings)
    catalogue = car_catalogue("car_poisoned")
    (task,) = catalogue
    registry = Registry(connection, trust=Trust(lambda: [KEY]))
    version = register(registry, task)
    files = tmp_path_factory.mktemp("good")
    client = MlflowClient(settings.mlflow_uri)
    client.download_artifacts(version.run_id, "model", str(files))
    return (
        connection,
        version,
        catalogue,
        Attacker(client, task.name, files / "model", version.tags),
    )


@pytest.fixture
def scene(made: tuple[Connection, ModelVersion, Catalogue, Attacker]) -> Scene:
    connection, version, catalogue, attacker = made
    found = Scene(catalogue, connection, version, attacker)
    found.alias(version.version)
    return found


@dataclass
class Host:
    """What serves the task."""

    sync: Sync
    placement: Placement
    champions: LoadedModels
    refused: list[Refusal]

    @classmethod
    def of(cls, scene: Scene, registry: Registry, var: Path) -> Host:
        placement, refused = Placement(var / "models"), list[Refusal]()
        sync = Sync(scene.catalogue, registry, placement, refused=refused.append)
        return cls(sync, placement, LoadedModels(scene.catalogue, placement.models_dir), refused)

    def price(self, task: Task) -> object:
        self.champions.refresh()
        value = task.parse_input(task.example(), today=TODAY)
        return self.champions.get(task.name).predictor.predict([value])

    def files(self) -> set[Path]:
        return {path for path in self.placement.models_dir.parent.rglob("*") if path.is_file()}


POISONS = [
    *((name, change, keys) for name, change in BAD_FILES.items() for keys in ((), (KEY,))),
    *((name, change, (KEY,)) for name, change in BAD_SIGNATURES.items()),
]


@pytest.mark.parametrize(
    ("change", "keys"),
    [poison[1:] for poison in POISONS],
    ids=[f"{name}, {'signed' if keys else 'unsigned'}" for name, _, keys in POISONS],
)
def test_a_poisoned_version_never_reaches_a_worker(
    scene: Scene,
    change: object,
    keys: tuple[BundleKey, ...],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert callable(change)
    host = Host.of(scene, scene.registry(*keys), tmp_path / "var")
    assert host.sync.once() == []
    price, files = host.price(scene.task), host.files()
    (tmp_path / "attack").mkdir()
    number = scene.attacker.register(change, tmp_path / "attack")
    scene.alias(number)
    caplog.clear()
    for _ in range(2):
        (problem,) = host.sync.once()
        assert isinstance(problem, ArtefactRejected)
    assert host.placement.current(scene.task.name) == Current(scene.version.version)
    assert host.price(scene.task) == price
    assert host.files() == files
    assert not trap(tmp_path / "attack" / "model").exists()
    assert not Path("/tmp/escaped.json").exists()
    (refusal,) = host.refused
    assert (refusal.version, refusal.serving) == (number, scene.version.version)
    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert record.levelno == logging.ERROR
    assert refusal.reason in record.getMessage()


def test_a_rollback_to_an_older_version_is_no_replay(scene: Scene, tmp_path: Path) -> None:
    registry = scene.registry(KEY)
    host = Host.of(scene, registry, tmp_path)
    newer = register(registry, scene.task, 2.0)
    registry.promote(scene.task.name, newer.version)
    assert host.sync.once() == []
    dearer = host.price(scene.task)
    registry.rollback(scene.task.name)
    assert host.sync.once() == []
    assert host.placement.current(scene.task.name) == Current(scene.version.version)
    assert host.price(scene.task) != dearer


def unsigned(scene: Scene, tmp_path: Path) -> str:
    change = BAD_SIGNATURES["no signature"]
    return scene.attacker.register(change, tmp_path / "unsigned")


def test_an_unsigned_version_is_refused_before_it_becomes_champion(
    scene: Scene, tmp_path: Path
) -> None:
    number, name = unsigned(scene, tmp_path), scene.task.name
    with pytest.raises(PromotionRefused, match=f"iargus models sign {name} {number}"):
        scene.registry(KEY).promote(name, number)
    # Its alias was set in another way, then another version came.
    scene.alias(number)
    scene.registry(KEY).promote(name, scene.version.version)
    with pytest.raises(PromotionRefused, match="not signed"):
        scene.registry(KEY).rollback(name)
    champion = scene.registry().resolve(name, "champion")
    assert champion is not None
    assert champion.version == scene.version.version


def test_it_serves_once_a_person_has_signed_it(scene: Scene, tmp_path: Path) -> None:
    number = unsigned(scene, tmp_path)
    host = Host.of(scene, scene.registry(KEY), tmp_path / "var")
    scene.alias(number)
    assert len(host.sync.once()) == 1
    with pytest.raises(ConfigurationError, match="IARGUS_BUNDLE_KEYS"):
        sign_version(scene.task, number, scene.registry())
    signed = sign_version(scene.task, number, scene.registry(KEY))
    assert signed.tags[SIGNATURE].startswith("first:")
    # At once, although it was refused a moment ago.
    assert host.sync.once() == []
    assert host.placement.current(scene.task.name) == Current(number)


def test_what_no_worker_would_serve_is_not_signed(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "attack").mkdir()
    number = scene.attacker.register(BAD_FILES["weights that are NaN"], tmp_path / "attack")
    with pytest.raises(ArtefactRejected, match="NaN"):
        sign_version(scene.task, number, scene.registry(KEY))
    assert scene.registry().version(scene.task.name, number).signature.startswith("first:")
    with pytest.raises(ArtefactRejected, match="exchanged"):
        Trust(lambda: [KEY]).check(scene.registry().version(scene.task.name, number))


def test_a_new_key_signs_while_the_old_one_still_verifies(scene: Scene) -> None:
    registry = scene.registry(NEXT_KEY, KEY)
    registry.check_promotable(scene.task.name, scene.version.version)
    newer = register(registry, scene.task, 3.0)
    assert newer.signature.startswith("next:")
    with pytest.raises(PromotionRefused, match="the key 'next', which is not among"):
        scene.registry(KEY).promote(scene.task.name, newer.version)


def test_unsigned_versions_are_taken_where_that_is_allowed_and_wrong_ones_never(
    scene: Scene, tmp_path: Path
) -> None:
    registry = scene.registry(KEY, allow_unsigned=True)
    registry.check_promotable(scene.task.name, unsigned(scene, tmp_path))
    (tmp_path / "attack").mkdir()
    wrong = scene.attacker.register(BAD_SIGNATURES["wrong signature"], tmp_path / "attack")
    with pytest.raises(PromotionRefused, match="signature"):
        registry.check_promotable(scene.task.name, wrong)


def test_a_registry_that_answers_with_another_name_is_not_believed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of a version is the name of a folder here."""
    client = scene.connection.client()
    answer = client.get_model_version(scene.task.name, scene.version.version)
    monkeypatch.setattr(answer, "_name", "../../elsewhere")
    monkeypatch.setattr(client, "get_model_version", lambda *_: answer)
    with pytest.raises(RegistryUnavailable, match="another model"):
        scene.registry().version(scene.task.name, scene.version.version)
