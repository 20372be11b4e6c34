"""Whatever a route may raise stands in its description, with its status and its label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from iargus import errors
from iargus.api.problems import MEDIA_TYPE, TABLE
from iargus.auth.jwt.claims import ADMIN
from iargus.auth.tokens.record import Grant, Holder
from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from tests.api.application import ADA, Api, build, running
from tests.api.test_issuing import CONFIRM, MAIL

CAR = {"make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
# A right request to each operation.
BODIES: dict[str, Any] = {
    "get_token": ADA,
    "revoke_token": {},
    "car_price": CAR,
    "car_price_batch": {"cars": [CAR]},
    "intent": {"text": "hello"},
    "intent_batch": {"sentences": [{"text": "hello"}]},
    "feedback": {"prediction_id": "x", "label": 1},
    "search_tokens": {},
    "revoke_tokens": {"email": ADA["email"]},
}
QUERIES = {"intent_read_query": "?query=hello", "intent_read_sentence": "?sentence=hello"}
ADA_HERSELF = Holder("Ada", "King", ADA["email"])
DATABASE = (errors.DatabaseUnavailable, errors.CircuitOpen, errors.SchemaMissing)

# Where a request goes through, and what its documentation says that it raises there.
RAISED: dict[str, tuple[type[errors.IArgusError], ...]] = {
    "iargus.api.gate.rate_limit.RateLimitGuard.check_address": (errors.RateLimited,),
    "iargus.api.gate.body._read": (errors.BodyTooLarge, errors.BodyEncoded, errors.BodyTooSlow),
    "iargus.api.gate.gate.load_object": (errors.BodyInvalid,),
    "iargus.api.routes.tokens.parse_object": (errors.BodyInvalid,),
    "iargus.api.gate.gate.the_token": (errors.TokenMissing,),
    "iargus.api.routes.tokens.the_token": (errors.TokenMissing,),
    "iargus.api.gate.gate.body_token": (errors.TokenMalformed, errors.TokenAmbiguous),
    "iargus.api.routes.tokens.body_token": (errors.TokenMalformed, errors.TokenAmbiguous),
    "iargus.api.gate.gate.header_token": (errors.TokenMalformed,),
    "iargus.api.routes.tokens.header_token": (errors.TokenMalformed,),
    "iargus.auth.tokens.service.TokenService.authenticate": (
        *(errors.TokenMalformed, errors.TokenKeyUnknown, errors.TokenExpired),
        *(errors.TokenRevoked, errors.TokenStateUnknown),
    ),
    "iargus.auth.tokens.service.TokenService.revoke": (
        *(errors.TokenMalformed, errors.TokenKeyUnknown, errors.TokenExpired),
        *DATABASE,
    ),
    "iargus.api.routes.task_endpoint.TaskEndpoint._require": (errors.TaskNotAllowed,),
    "iargus.api.routes.admin.require_scope": (errors.ScopeMissing,),
    "iargus.api.gate.gate.require_scope": (errors.ScopeMissing,),
    "iargus.api.routes.task_endpoint.TaskEndpoint._model": (
        errors.VersionUnknown,
        errors.ModelNotLoaded,
    ),
    "iargus.serving.predictor.CompiledPredictor.predict": (errors.ModelBusy,),
    "iargus.serving.predictor.CompiledPredictor.read": (errors.ModelBusy,),
    "iargus.serving.recording.feedback.FeedbackService.find": (errors.PredictionUnknown, *DATABASE),
    "iargus.serving.recording.feedback.FeedbackService.accept": (
        *(errors.LabelInvalid, errors.FeedbackConflict),
        *DATABASE,
    ),
    "iargus.auth.issuing.issuer.Issuer.ask": (
        *(errors.PersonNotAllowed, errors.InvitationInvalid, errors.TokensAtLimit),
        *(errors.RateLimited, errors.SigningKeyMissing),
        *DATABASE,
    ),
    "iargus.auth.tokens.register.SqlTokenRegister.page": DATABASE,
    "iargus.auth.tokens.register.SqlTokenRegister.find": (errors.TokenUnknown, *DATABASE),
    "iargus.auth.tokens.register.SqlTokenRegister.count": DATABASE,
    "iargus.api.routes.admin._revoke": (errors.RevocationUnexpected, *DATABASE),
    "iargus.auth.issuing.links.Confirmer.look": (errors.ConfirmationInvalid, *DATABASE),
    "iargus.auth.issuing.links.Confirmer.redeem": (
        *(errors.ConfirmationInvalid, errors.TokensAtLimit, errors.SigningKeyMissing),
        *DATABASE,
    ),
}


def raising(error: type[errors.IArgusError]) -> Any:
    def fail(*_: object, **__: object) -> Any:
        if error is errors.RateLimited:
            raise errors.RateLimited("too many", limiter="token", retry_after_s=1)
        raise error("made to happen")

    return fail


@dataclass(frozen=True)
class Asked:
    """An application, and the operations that are asked there."""

    api: Api
    operations: list[tuple[str, str, dict[str, Any]]]


@pytest.fixture(scope="module")
def asked_before() -> list[tuple[str, str, dict[str, Any]]]:
    return []


@pytest.fixture(scope="module", params=["open", "confirm"])
def asked(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    models: dict[str, LoadedModel],
    asked_before: list[tuple[str, str, dict[str, Any]]],
) -> Iterator[Asked]:
    """The application with each set of routes that there is; a description that is the same with
    another set is of the same route, and is asked with that one alone."""
    mode = {"mode": "open"} if request.param == "open" else CONFIRM
    # So that nobody waits for a prediction that is not there.
    recording = {"flush_interval_s": 0.001}
    policy = Policy.model_validate({"issuing": mode, "recording": recording})
    var_dir: Path = tmp_path_factory.mktemp("described") / "var"
    with running(build(var_dir, policy, models, MAIL)) as started:
        document = started.client.get("/openapi.json").json()
        new = [each for each in operations(document) if each not in asked_before]
        asked_before.extend(new)
        yield Asked(started, new)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def described(operation: dict[str, Any], answer: Any) -> bool:
    """Whether this answer stands there; a problem with its label."""
    response = operation["responses"].get(str(answer.status_code))
    if response is None or answer.headers["content-type"] != MEDIA_TYPE:
        return response is not None
    return answer.json()["label"] in response["content"][MEDIA_TYPE]["examples"]


@pytest.mark.parametrize("place", RAISED)
def test_what_is_raised_is_described(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    api, coming_there = asked.api, asked.operations
    for error in RAISED[place]:
        with monkeypatch.context() as patched:
            fail = Mock(side_effect=raising(error))
            patched.setattr(place, fail)
            going_through = []
            for method, path, operation in coming_there:
                name = operation["operationId"]
                # A fresh one for each: one of the operations ends it. Nobody but an administrator
                # comes further under /admin.
                grant = Grant(scope=ADMIN if path.startswith("/admin") else None)
                token = api.services.tokens.issue(ADA_HERSELF, grant).token
                headers = {"Authorization": f"Bearer {token}"}
                url = path.replace("{jti}", "x").replace("{link}", "a" * 64)
                fail.reset_mock()
                answer = api.client.request(
                    method, url + QUERIES.get(name, ""), json=BODIES.get(name), headers=headers
                )
                assert described(operation, answer), (method, path, error, answer.text)
                if fail.called:
                    going_through.append((method, path, operation))
            # What went past the place goes past it whatever is raised there.
            coming_there = going_through


def test_every_error_of_the_table_is_made_to_happen() -> None:
    raised = {error for errors_there in RAISED.values() for error in errors_there}
    # Where lists of networks are set: see test_access_is_described.
    assert set(TABLE) - raised == {errors.AddressNotAllowed}


def test_access_is_described(tmp_path: Path) -> None:
    policy = Policy.model_validate({"access": {"api": ["192.0.2.0/24"], "metrics": []}})
    with running(build(tmp_path / "var", policy, {})) as api:
        document = api.client.get("/openapi.json").json()
        for method, path, operation in operations(document):
            answer = api.client.request(method, path.replace("{jti}", "x"))
            if answer.status_code == 403:
                assert described(operation, answer), (method, path)
                assert "ADDRESS_NOT_ALLOWED" in operation["responses"]["403"]["description"]
        refused = [p for _, p, o in operations(document) if "ADDRESS_NOT" in str(o["responses"])]
        assert "/predict" in refused
        assert "/metrics" in refused
        assert "/live" not in refused
