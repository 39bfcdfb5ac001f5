"""Secrets that founders handed over: taken by the agent, confirmed, then gone."""

from flask import current_app

from webapp.actors import Actor
from webapp.config import Config
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.response import ApiResponse, one
from webapp.desk.api.schemas.requests import Ack, Take
from webapp.desk.api.schemas.responses import TakenSecret
from webapp.operations import secret_takes

TAG = "Secrets"


@endpoint(
    "POST",
    "/api/secrets/{ref}/take",
    operation_id="take_secret",
    tag=TAG,
    summary="Take a secret",
    body=Take,
    responses={200: ("The secret. Keep it out of logs and prompts.", TakenSecret)},
    errors={410: "The secret is wiped, revoked or past its end."},
)
def take_secret(ref: str, body: Take, by: Actor) -> ApiResponse:
    """The value of a secret that the answer names (`answers`), for a job that waited for it. Only
    a token with the scope `agent` gets it. Confirm it with `ack`; until then the job may take it
    again. Put it where the program reads it, never into a prompt."""
    config: Config = current_app.extensions["unstuck"]
    taken = secret_takes.take(ref, body.job_id, config.secrets_keys, by=by)
    return one(TakenSecret(name=taken.name, value=taken.value, lease_s=taken.lease_s))


@endpoint(
    "POST",
    "/api/secrets/{ref}/ack",
    operation_id="acknowledge_secret",
    tag=TAG,
    summary="Acknowledge a secret",
    body=Ack,
    body_optional=True,
    responses={204: ("Confirmed. Once all jobs that waited did so, the value is wiped.", None)},
    errors={409: "No job of the token has taken it yet."},
)
def acknowledge_secret(ref: str, body: Ack, by: Actor) -> ApiResponse:
    """Say that the secret arrived. The body may be left out unless several jobs of the token took
    it. Confirming again changes nothing."""
    secret_takes.ack(ref, body.job_id, by=by)
    return ApiResponse(b"", 204)
