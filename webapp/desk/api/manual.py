"""The OpenAPI document, and the page on which people read it."""

import json
import re
from typing import Final

from flask import render_template
from markupsafe import Markup, escape

from webapp.accounts.hosts import root
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.entries import entries, shapes
from webapp.desk.api.openapi import document
from webapp.desk.api.response import ApiResponse

TAG: Final = "This document"


@endpoint(
    "GET",
    "/api/openapi.json",
    operation_id="get_openapi",
    tag=TAG,
    summary="Read the OpenAPI document",
    public=True,
    responses={200: ("An OpenAPI 3.1 document.", None)},
)
def get_openapi() -> ApiResponse:
    "All endpoints, for tools."
    return ApiResponse(json.dumps(document(), ensure_ascii=False))


@endpoint(
    "GET",
    "/api/docs",
    operation_id="get_docs",
    tag=TAG,
    summary="Read the documentation",
    public=True,
    media=("text/html",),
    responses={200: ("The API reference as a page.", None)},
)
def get_docs() -> ApiResponse:
    "All endpoints, for people, each with an example to try."
    whole = document()
    html = render_template(
        "api/docs.html", document=whole, endpoints=entries(whole), shapes=shapes(whole), base=root()
    )
    return ApiResponse(html, content_type="text/html; charset=utf-8")


def code(text: str) -> Markup:
    """A text of the document in which `backticks` mark code, as HTML."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def slug(name: str) -> str:
    """A name as the id of an element."""
    return name.lower().replace(" ", "-")
