"""Champions change under load: no request fails, no answer is wrong, no poison is served."""

from __future__ import annotations

from pathlib import Path

from tests.services.mlflow_server import MlflowServer
from tests.swapping.client import Load
from tests.swapping.moves import Moves
from tests.swapping.world import make_world, serving


def test_champions_change_under_load(mlflow_server: MlflowServer, tmp_path: Path) -> None:
    world = make_world(mlflow_server.url, tmp_path, versions=2, kinds=5)
    with serving(world, tmp_path, workers=2) as server:
        questions, token = world.questions, world.token(server.url)
        with Load(server.port, token, questions, rate=200) as load:
            moves = Moves(world, server, load)
            moves.promote("car_price")
            moves.reload()
            moves.promote("intent")
            for kind in world.poisoned:
                moves.poison(kind)
            moves.roll_back("car_price")
    assert load.seen.failed == {}
    assert load.seen.wrong == []
    assert load.seen.answered > 500
    assert not set(world.poisoned.values()) & {version for _, version in load.seen.last}
