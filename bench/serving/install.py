"""Puts each peer of `bench/serving` into a virtual environment of its own.

All are given scikit-learn, pandas and numpy in the versions that IArgus runs with here, and the
very champion that IArgus serves.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from bench.serving.bodies import cars
from bench.serving.environment import environment
from bench.serving.peers import INTERVAL, PEERS, PRICE, Peer
from bench.serving.servers import Route, Server
from bench.serving.world import ROOT, World

SAME = tuple(f"{name}=={version(name)}" for name in ("scikit-learn", "pandas", "numpy", "joblib"))


class NotInstalled(Exception):
    """A peer cannot be had here; the message says why."""


def peer_servers(name: str, world: World, tell: Callable[[str], None]) -> list[Server]:
    """Install a peer and write its models, where that has not been done; say how to start it.

    Raises:
        NotInstalled: with the last words of pip or of the peer.
    """
    programs = _install(name, PEERS[name], world.work, tell)
    return [_server(name, programs, world.work, champion) for champion in (PRICE, INTERVAL)]


def _server(name: str, programs: Path, work: Path, champion: str) -> Server:
    peer = PEERS[name]
    folder = work / f"model-{name}-{Path(champion).stem}"
    folder.mkdir(exist_ok=True)
    environ = {
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),  # where the champion's own classes are
        "BENCH_PIPELINE": str(work / champion),
        "BENTOML_HOME": str(folder),
    }
    if peer.writes:
        script = [programs / "python", "-m", f"bench.peers.serve_{name}", work / champion, folder]
        _run([str(part) for part in script], environment(environ))
    return Server(
        peer.name(champion),
        lambda port, _: peer.command(programs, folder, port),
        (Route("predict", peer.path, cars, peer.form),),
        price=peer.price,
        environ=environ,
    )


def _install(name: str, peer: Peer, work: Path, tell: Callable[[str], None]) -> Path:
    """The folder of the environment's programs."""
    home, wanted = work / f"venv-{name}", [*peer.pinned, *SAME]
    finished = home / "finished"
    if not finished.exists() or finished.read_text() != " ".join(wanted):
        tell(f"installing {', '.join(peer.pinned)}")
        _run([sys.executable, "-m", "venv", "--clear", str(home)], dict(os.environ))
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", *wanted]
        # pip must not look at what is on the path for the environment that runs this.
        _run(pip, {key: value for key, value in os.environ.items() if key != "PYTHONPATH"})
        finished.write_text(" ".join(wanted))
    return home / "bin"


def _run(command: list[str], environ: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        errors = [line for line in lines if line.startswith("ERROR")]
        raise NotInstalled((errors or lines)[-1][:300])
