"""How fast IArgus serves, beside what FastAPI alone could do and beside four other servers.

`python -m bench.serving --work DIR` prepares an installation of IArgus and an environment for
each peer under DIR, which takes minutes once. Then it measures five rounds, one server at a time on
core 0 and its load on core 1, and writes `serving.json`, `performance.svg` and the tables of
`performance.md` to `--out`. `--skip-peers` leaves them out, `--only` chooses servers by a part of
their name, `--rounds` and `--seconds` make it shorter, `--read FILE` writes the page of an earlier
run once more. It needs wrk.

Seconds depend on the machine and on what else it does; the ratios of one run are the claim. Every
round has bodies of its own, and goes through the servers the other way round than the one before.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from bench.serving.install import NotInstalled, peer_servers
from bench.serving.measure import LOAD_CORE, Bench
from bench.serving.page import write_page
from bench.serving.peers import PEERS
from bench.serving.results import Results
from bench.serving.servers import ECHO, IARGUS, Server, own_servers
from bench.serving.world import World, prepare

HOLDER = {"first_name": "Ada", "surname": "King", "email": "ada@example.org"}


def token(world: World) -> str:
    """Ask a server for a token as every client does, and keep the database that knows it."""
    (server,) = (each for each in own_servers(world, "") if each.name == IARGUS)
    first = "/get_token", HOLDER, None
    with Bench(world, seconds=1, seed=0).started(server, "0,1", first=first) as up:
        _, answer = up.ask(*first)
    world.keep()
    return str(answer["token"])


def find_servers(
    given: argparse.Namespace, world: World, console: Console
) -> tuple[list[Server], dict[str, str]]:
    """The servers that are to be measured, and the peers that cannot be had with the reason."""

    def wanted(name: str) -> bool:
        return not given.only or any(part.lower() in name.lower() for part in given.only)

    known = token(world) if wanted(IARGUS) else ""
    servers = [each for each in own_servers(world, known) if wanted(each.name)]
    missing: dict[str, str] = {}
    for name, peer in PEERS.items():
        if given.skip_peers or not wanted(peer.title):
            continue
        try:
            servers += peer_servers(name, world, console.print)
        except NotInstalled as error:
            missing[peer.title] = f"cannot be installed: {error}"
            console.print(f"{peer.title}: {missing[peer.title]}", style="red")
    return servers, missing


def measure(given: argparse.Namespace, work: Path, console: Console) -> Results:
    world = prepare(work, console.print)
    servers, missing = find_servers(given, world, console)
    results = Results(missing=missing, seconds=given.seconds)
    for number in range(given.rounds):
        bench = Bench(world, seconds=given.seconds, seed=1000 * (number + 1))
        for server in servers[:: -1 if number % 2 else 1]:
            one_round(bench, server, results, f"round {number + 1}/{given.rounds}", console)
        # What has been measured is not lost when a later round is stopped: `--read` takes it.
        save(results, given.out)
    return results


def save(results: Results, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "serving.json").write_text(json.dumps(results.document(), indent=1) + "\n")


def one_round(bench: Bench, server: Server, results: Results, where: str, console: Console) -> None:
    """A server that fails says why in the table, and the others are measured all the same."""
    try:
        found = bench.measure(server)
        if server.name in (ECHO, IARGUS):
            found["shared"] = bench.share_cores(server)
    except RuntimeError as error:
        results.missing[server.name] = str(error)
        console.print(f"{where}, {server.name}: {error}", style="red")
        return
    results.add(server.name, found)
    rate, start = found["predict"]["rows/s"], found["start s"]
    said = f"{where}, {server.name}: {rate:,.0f} a second, up in {start:.1f} s"
    console.print(said, soft_wrap=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.serving", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8, help="of each measurement")
    parser.add_argument("--skip-peers", action="store_true", help="IArgus and its yardsticks alone")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="servers, by a part of the name")
    parser.add_argument("--work", type=Path, help="a folder that is kept for the next run")
    parser.add_argument("--out", type=Path, default=Path(), help="where the results are written")
    parser.add_argument("--read", type=Path, metavar="FILE", help="serving.json of an earlier run")
    given = parser.parse_args()
    console = Console(stderr=True)
    # A terminated run must end its servers like an interrupted one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if given.read is not None:
        results = Results.read(given.read)
    elif (os.cpu_count() or 1) < 2 or not shutil.which("taskset"):
        raise SystemExit("two cores are needed, and taskset to tell them apart")
    else:
        # Whatever this process does must not happen on the core that is measured.
        os.sched_setaffinity(0, {int(LOAD_CORE)})
        with tempfile.TemporaryDirectory(prefix="serving") as temporary:
            work = (given.work or Path(temporary)).resolve()
            work.mkdir(parents=True, exist_ok=True)
            results = measure(given, work, console)
    save(results, given.out)
    print(write_page(results, given.out))
