"""A real Prometheus on a free port that scrapes one target every half second."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from tests.services.ports import free_port
from tests.services.require import require_program


class Prometheus:
    """Runs with the shipped configuration `config`, its rules, and `target` in place of its own."""

    def __init__(self, config: Path, target: str, folder: Path) -> None:
        self._program = require_program("prometheus")
        self._folder = folder
        self._log = folder / "prometheus.log"
        self._url = f"http://127.0.0.1:{free_port()}"
        document = yaml.safe_load(config.read_text(encoding="utf-8"))
        document["global"] |= {"scrape_interval": "500ms", "evaluation_interval": "1s"}
        document["rule_files"] = [str(config.parent / name) for name in document["rule_files"]]
        (job,) = document["scrape_configs"]
        job["static_configs"] = [{"targets": [target]}]
        self._config = folder / "prometheus.yml"
        self._config.write_text(yaml.safe_dump(document), encoding="utf-8")

    def __enter__(self) -> Self:
        command = [
            *(str(self._program), f"--config.file={self._config}"),
            f"--storage.tsdb.path={self._folder / 'tsdb'}",
            f"--web.listen-address={self._url.removeprefix('http://')}",
        ]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)
        try:
            self.wait_for(self._is_ready, "Prometheus is ready")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def get(self, path: str, **parameters: str) -> Any:
        """The `data` of an answer of its API; an error of it fails the test."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self._url}/api/v1/{path}?{query}", timeout=20) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} {parameters}: {error.read().decode()}") from None

    def query(self, expression: str) -> list[Any]:
        """What an expression gives now."""
        return list(self.get("query", query=expression)["result"])

    def wait_for(self, condition: Callable[[], bool], what: str, *, within_s: float = 60) -> None:
        """Ask until it is so; fail with the log when it ends or time runs out."""
        deadline_s = time.monotonic() + within_s
        while not condition():
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                raise AssertionError(f"not so: {what}\n{self._log.read_text()[-3000:]}")
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            urllib.request.urlopen(f"{self._url}/-/ready", timeout=5).close()
        except OSError:
            return False
        return True
