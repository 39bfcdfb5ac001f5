"""The token that calls: what it may do."""

from webapp.accounts.access import calling_token
from webapp.actors import Actor
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.response import ApiResponse, one
from webapp.desk.api.schemas.responses import Token, TokenProject

TAG = "Tokens"


@endpoint(
    "GET",
    "/api/token",
    operation_id="get_token",
    tag=TAG,
    summary="Read the token",
    responses={200: ("The token of this request.", Token)},
)
def get_token(by: Actor) -> ApiResponse:
    """Its name, scope, projects and expiry, never its secret. A person's own token may do at this
    moment what the person may do."""
    token = calling_token()
    return one(
        Token(
            name=token.name,
            scope=token.scope,  # type: ignore[arg-type]  # checked by the constraint of the table
            acts_as=None if token.person_id is None else by.name,
            projects=[
                TokenProject(project_id=project, role=role)  # type: ignore[arg-type]  # no token owns
                for project, role in sorted(by.grants.items())
            ],
            expires_at=token.expires_at,
        )
    )
