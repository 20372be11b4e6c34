"""The peers of `bench/serving`: versions, how each is started, asked and understood.

Each has what its own documentation shows, with one process for the model on the one core that there
is; `bench/peers/serve_*.py` are what their users would write. Each is measured twice: with the
price alone as its answer, and with the interval as well, which is what IArgus answers. None has a
token, a limit or a record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.serving.bodies import Body, for_mlflow, for_mlserver

# What the champion predicts, by the file that is loaded.
PRICE, INTERVAL = "price.joblib", "price-with-interval.joblib"


@dataclass(frozen=True)
class Peer:
    """`command(programs, folder, port)` starts it from the folder of its environment's programs;
    `writes` says that its script has to write the model's folder before."""

    title: str
    pinned: tuple[str, ...]
    command: Callable[[Path, Path, int], list[str]]
    path: str
    price: Callable[[Any], float]
    form: Callable[[Body], Body] | None = None
    writes: bool = False

    def name(self, champion: str) -> str:
        """What it is called in the results."""
        return f"{self.title}, {'price and interval' if champion == INTERVAL else 'price alone'}"


def _first(predicted: Any) -> float:
    """The price, with or without the bounds of its interval behind it."""
    return float(predicted[0] if isinstance(predicted, list) else predicted)


def _mlflow(programs: Path, folder: Path, port: int) -> list[str]:
    # In this environment: the one that MLflow would make for the model holds the same.
    where = ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    return [str(programs / "mlflow"), "models", "serve", "-m", str(folder / "model"), *where]


def _bentoml(programs: Path, _: Path, port: int) -> list[str]:
    service = "bench.peers.serve_bentoml:CarPrice"
    return [str(programs / "bentoml"), "serve", service, "--host", "127.0.0.1", "-p", str(port)]


def _litserve(programs: Path, _: Path, port: int) -> list[str]:
    return [str(programs / "python"), "-m", "bench.peers.serve_litserve", str(port)]


def _mlserver(programs: Path, folder: Path, port: int) -> list[str]:
    ports = [f"MLSERVER_{kind}_PORT={port + add}" for add, kind in enumerate(("HTTP", "GRPC"))]
    return ["env", *ports, str(programs / "mlserver"), "start", str(folder)]


PEERS = {
    "litserve": Peer(
        "LitServe 0.2.19, batching on",
        ("litserve==0.2.19",),
        _litserve,
        "/predict",
        lambda answer: _first(answer["predicted"]),
    ),
    "bentoml": Peer(
        "BentoML 1.4.39",
        ("bentoml==1.4.39",),
        _bentoml,
        "/predict",
        _first,
    ),
    "mlflow": Peer(
        "mlflow models serve 3.17.0",
        ("mlflow==3.17.0",),
        _mlflow,
        "/invocations",
        lambda answer: _first(answer["predictions"][0]),
        for_mlflow,
        writes=True,
    ),
    "mlserver": Peer(
        "MLServer 1.7.1",
        ("mlserver==1.7.1", "mlserver-sklearn==1.7.1"),
        _mlserver,
        "/v2/models/car_price/infer",
        lambda answer: _first(answer["outputs"][0]["data"]),
        for_mlserver,
        writes=True,
    ),
}
