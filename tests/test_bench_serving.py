"""`bench/serving`: its bodies, open loop, processes and page; no speed is asserted."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from bench.serving import echo as serving_echo
from bench.serving.bodies import Body, batches, cars, for_mlflow, for_mlserver, sentences, write
from bench.serving.environment import free_port
from bench.serving.figures import figures
from bench.serving.open import open_loop, request_bytes
from bench.serving.page import BEGIN, END, write_page
from bench.serving.peers import INTERVAL, PEERS
from bench.serving.proc import descendants, group
from bench.serving.process import running
from bench.serving.results import Results
from bench.serving.servers import ECHO, IARGUS, RAW, gunicorn
from iargus.settings import Policy
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 1, 1)
BODIES: list[tuple[str, Callable[[int, int], list[Body]]]] = [
    ("car_price", cars),
    ("intent", sentences),
]


def task_of(name: str) -> Task:
    return Catalogue.read(Policy()).get(name)


@pytest.mark.parametrize(("name", "bodies"), BODIES)
def test_no_two_bodies_are_equal_and_the_task_takes_all(
    name: str, bodies: Callable[[int, int], list[Body]]
) -> None:
    task = task_of(name)
    found = bodies(2_000, 1)
    payloads = [task.payload(task.parse_input(body, today=TODAY)) for body in found]
    assert len({json.dumps(payload) for payload in payloads}) == 2_000
    assert found != bodies(2_000, 2)
    assert found == bodies(2_000, 1)


def test_the_cars_of_a_batch_are_as_many_as_said_and_differ_too() -> None:
    every = [car for body in batches(3, 50, seed=1) for car in body["cars"]]
    assert len({json.dumps(car) for car in every}) == 150


def test_peers_are_sent_the_same_cars_one_a_line(tmp_path: Path) -> None:
    asked = cars(3, seed=1)
    for form in (for_mlflow, for_mlserver):
        lines = write(tmp_path / "bodies", asked, form).read_text().splitlines()
        sent = [json.loads(line) for line in lines]
        if form is for_mlflow:
            assert [body["dataframe_records"] for body in sent] == [[car] for car in asked]
        else:
            columns = [{part["name"]: part["data"][0] for part in body["inputs"]} for body in sent]
            assert columns == asked


@pytest.mark.parametrize(
    ("name", "sent", "answered"),
    [
        ("car_price", serving_echo.Car, serving_echo.Price),
        ("intent", serving_echo.Sentence, serving_echo.Intent),
    ],
)
def test_the_echo_has_the_models_of_the_tasks(
    name: str, sent: type[BaseModel], answered: type[BaseModel]
) -> None:
    task = task_of(name)
    ours = task.input_model.model_fields
    assert sent.model_fields.keys() == ours.keys()
    for field, echoed in sent.model_fields.items():
        assert echoed.is_required() == ours[field].is_required()
        assert echoed.validation_alias == ours[field].validation_alias
        assert echoed.default == ours[field].default
    assert bare(answered.model_json_schema()) == bare(task.output_model.model_json_schema())


@pytest.mark.parametrize(
    ("name", "changed", "is_taken"),
    [
        ("car_price", {}, True),
        ("car_price", {"year": 1899}, False),
        ("car_price", {"year": 2201}, False),
        ("car_price", {"mileage": -1}, False),
        ("car_price", {"mileage": 3_000_001}, False),
        ("car_price", {"mileage": "many"}, False),
        ("car_price", {"make": ""}, False),
        ("car_price", {"make": "m" * 65}, False),
        ("car_price", {"model": "m" * 129}, False),
        ("car_price", {"state": "s" * 65}, False),
        ("car_price", {"state": None}, True),
        ("car_price", {"mileage_unit": "m"}, False),
        ("intent", {"text": "t" * 5000}, True),
        ("intent", {"text": "t" * 5001}, False),
        ("intent", {"text": 1}, False),
    ],
)
def test_the_echo_takes_what_the_task_takes(
    name: str, changed: dict[str, Any], is_taken: bool
) -> None:
    good = cars(1, seed=1)[0] if name == "car_price" else sentences(1, seed=1)[0]
    echo = serving_echo.Car if name == "car_price" else serving_echo.Sentence
    for model in (echo, task_of(name).input_model):
        try:
            model.model_validate(good | changed)
            assert is_taken, model
        except ValidationError:
            assert not is_taken, model


def bare(schema: Any) -> Any:
    """A schema without what is only said about it."""
    if isinstance(schema, dict):
        told = {"description", "examples"}
        return {key: bare(value) for key, value in schema.items() if key not in told}
    return schema


@contextmanager
def server(answer: Callable[[int], float]) -> Iterator[tuple[str, int]]:
    """Answers request `number` after sleeping for `answer(number)` seconds; below zero, it sleeps
    with everybody else waiting."""
    ready, loop, number = threading.Event(), asyncio.new_event_loop(), iter(range(10**6))
    address: list[Any] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(len(b"{}"))
                delay_s = answer(next(number))
                if delay_s < 0:
                    time.sleep(-delay_s)
                await asyncio.sleep(max(delay_s, 0))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        except asyncio.IncompleteReadError:
            writer.close()

    async def life() -> None:
        listening = await asyncio.start_server(serve, "127.0.0.1", 0)
        address.append(listening.sockets[0].getsockname())
        ready.set()
        await stopped.wait()
        listening.close()
        # Whoever still reads sees the end of its connection.
        await asyncio.gather(
            *asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True
        )

    stopped = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(life()))
    thread.start()
    try:
        assert ready.wait(10)
        yield address[0]
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)
        loop.close()


def test_the_open_loop_measures_a_known_delay() -> None:
    requests = [request_bytes("/", b"{}", "Bearer abc")] * 30
    with server(lambda _: 0.03) as address:
        found = open_loop(address, requests, rate=200)
    assert found.asked == 30
    assert found.failed == found.unanswered == 0
    assert 0.029 <= found.p50 <= found.p99 <= found.longest < 5


def test_the_open_loop_charges_a_stall_with_all_who_were_due_meanwhile() -> None:
    requests = [request_bytes("/", b"{}", None)] * 40
    with server(lambda number: 0 if number else -0.3) as address:
        found = open_loop(address, requests, rate=100)
    # One request in forty has met the stall; in a closed loop the median would know nothing of it.
    assert found.p50 > 0.05
    assert found.longest >= 0.29


def test_who_is_not_answered_counts_with_the_time_it_waited() -> None:
    requests = [request_bytes("/", b"{}", None)] * 4
    with server(lambda _: 1.0) as address:
        found = open_loop(address, requests, rate=100, connections=2, patience_s=0.2)
    assert found.unanswered == 4
    assert found.p50 >= 0.2


def test_a_server_is_ended_with_all_its_processes_when_the_bench_is_interrupted(
    tmp_path: Path,
) -> None:
    port, pids = free_port(), list[int]()

    def measured() -> None:
        with running(
            gunicorn("bench.serving.raw:app")(port, 2),
            port=port,
            cores=str(min(os.sched_getaffinity(0))),
            cwd=ROOT,
            environ={"PYTHONPATH": str(ROOT)},
            log=tmp_path / "log",
            first=("/predict", {}, None),
        ) as up:
            pids.extend([up.process.pid, *descendants(up.process.pid)])
            assert up.megabytes() > up.worker_megabytes() > 0
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measured()
    assert len(pids) > 1
    assert [pid for pid in pids if group(pid) is not None] == []


def test_a_server_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    called = running(
        ["sh", "-c", "echo there is no model; exit 3"],
        port=free_port(),
        cores=str(min(os.sched_getaffinity(0))),
        cwd=ROOT,
        environ={},
        log=tmp_path / "log",
        first=("/", {}, None),
    )
    with pytest.raises(RuntimeError, match="there is no model"), called:
        pass


@pytest.fixture
def results() -> Results:
    found = Results(seconds=2, missing={PEERS["mlserver"].title: "cannot be installed: no | wheel"})
    late = {"longest": 0.05, "late": 0.001, "unanswered": 0}
    for rate in (5000.0, 4000.0, 6000.0):
        found.add(RAW, {"predict": {"rows/s": 2 * rate}})
        found.add(ECHO, {"predict": {"rows/s": rate}, "predict, open": {"p99": 0.002, **late}})
        own = {"p50": 0.001, "p99": 0.004, **late}
        found.add(IARGUS, {"predict": {"rows/s": rate * 0.95}, "predict, open": own})
        found.add(PEERS["mlflow"].name(INTERVAL), {"predict": {"rows/s": rate / 100}})
    return found


def test_the_page_has_the_medians_the_ratios_and_who_is_missing(
    results: Results, tmp_path: Path
) -> None:
    said = write_page(results, tmp_path)
    assert "| **IArgus `/predict`** | 4,750 (3,800 – 5,700) | 0.95 | 1 |" in said
    assert "| MLServer 1.7.1 | not measured: cannot be installed: no / wheel |" in said
    assert "| IArgus `/predict` | 1 | 4 | 50 | 1 | 0 |" in said
    picture = ET.parse(tmp_path / "performance.svg").getroot()
    assert picture.tag.endswith("svg")
    assert "4,750" in ET.tostring(picture, encoding="unicode")


def test_a_figure_says_whether_it_is_reached(results: Results) -> None:
    found = {each.name: each for each in figures(results)}
    assert found["`/predict` against the echo"].verdict == "yes"
    assert found["`/predict` against the best peer, the same answer"].verdict == "yes"
    assert found["p99 at 500 requests a second against the echo's"].wanted == "≤ 3 times"
    assert found["p99 at 500 requests a second against the echo's"].verdict == "yes"
    assert found["`/intent` against the echo"].value is None


def test_only_the_marked_part_of_a_page_is_written_anew(results: Results, tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Speed\n\nBefore.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n")
    write_page(results, tmp_path)
    once = page.read_text()
    write_page(Results(**json.loads(json.dumps(results.document()))), tmp_path)
    assert page.read_text() == once
    assert once.startswith(f"# Speed\n\nBefore.\n\n{BEGIN}\n")
    assert once.endswith(f"{END}\n\nAfter.\n")
    assert "old" not in once
