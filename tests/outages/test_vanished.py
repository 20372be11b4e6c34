"""`var/` is removed under a running service."""

from __future__ import annotations

from pathlib import Path

import httpx2

from tests.outages.embedded import Embedded, embedded
from tests.outages.user import ADA, SENTENCE


def test_without_var_no_token_is_given_and_what_needs_no_file_goes_on(
    prepared_var: Path, tmp_path: Path
) -> None:
    with (
        embedded(tmp_path, prepared_var, policy={}) as server,
        httpx2.Client(base_url=server.url, timeout=30) as client,
    ):
        token = client.post("/get_token", json=ADA).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        away = server.var_dir.rename(tmp_path / "away")

        # Whichever worker is asked.
        refused = [client.post("/get_token", json=ADA) for _ in range(10)]
        assert {answer.status_code for answer in refused} == {503}
        assert {answer.json()["label"] for answer in refused} == {"DATABASE_UNAVAILABLE"}
        ended = client.post("/revoke_token", headers=headers)
        assert (ended.status_code, ended.json()["label"]) == (503, "DATABASE_UNAVAILABLE")
        ready = client.get("/ready")
        assert ready.status_code == 503
        assert "the file of the database iargus_api is gone" in ready.json()["detail"]
        answer = client.post("/intent", json=SENTENCE, headers=headers)
        assert answer.status_code == 200
        feedback = {"prediction_id": answer.json()["prediction_id"], "label": "greet"}
        assert client.post("/feedback", json=feedback, headers=headers).status_code == 503
        assert not list(server.var_dir.glob("*.db*")), "a database nobody set up was made"

        _put_back(away, server)
        server.wait_for(lambda: server.status("/ready") == 200, "it is there again")
        assert client.post("/get_token", json=ADA).status_code == 200
        server.wait_for(lambda: server.recorded() == 1, "what waited is recorded")
    log = server.log.read_text()
    assert "iargus_api.db is not there" in log
    assert "Traceback" not in log


def test_without_the_key_s_file_no_token_is_given(prepared_var: Path, tmp_path: Path) -> None:
    with embedded(tmp_path, prepared_var, policy={}, environ={"IARGUS_JWT_KEYS": ""}) as server:
        assert _asked(server) == (200, None)
        key = server.var_dir / "jwt.key"
        kept = key.read_text()
        key.unlink()
        assert _asked(server) == (503, "SIGNING_KEY_MISSING")
        key.touch(mode=0o600)
        key.write_text("other:" + "o" * 64)
        assert _asked(server) == (503, "SIGNING_KEY_MISSING")
        key.write_text(kept)
        assert _asked(server) == (200, None)


def _asked(server: Embedded) -> tuple[int, str | None]:
    answers = [httpx2.post(f"{server.url}/get_token", json=ADA) for _ in range(6)]
    found = {(answer.status_code, answer.json().get("label")) for answer in answers}
    assert len(found) == 1, found
    return found.pop()


def _put_back(away: Path, server: Embedded) -> None:
    if server.var_dir.exists():
        # What the service made meanwhile, such as its list of revoked tokens.
        server.var_dir.rename(away.with_name("meanwhile"))
    away.rename(server.var_dir)
