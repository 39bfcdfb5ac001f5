"""How a message is answered: at once as JSON, or as a stream where the caller wants progress."""

import logging
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Response, json, request, stream_with_context
from pydantic import BaseModel

from webapp.accounts.access import token_actor
from webapp.accounts.forms import own_hosts
from webapp.actors import Actor
from webapp.desk.api import reading
from webapp.desk.api.mcp import messages, versions
from webapp.desk.api.mcp.answered import answer
from webapp.desk.api.mcp.messages import Message, Reply, RpcError, RpcProblem
from webapp.desk.api.mcp.tools import TOOLS, Wait
from webapp.desk.api.response import NO_STORE
from webapp.errors import AppError, Forbidden, Invalid
from webapp.live.answer_wait import AnswerWait, note_deliveries
from webapp.live.frames import HEADERS
from webapp.live.service import live
from webapp.live.socket_writer import client_is_gone

_PROGRESS_EVERY_S: Final = 15.0

_log = logging.getLogger(__name__)


def serve() -> Response:
    """Answer one message."""
    _refuse_foreign()
    by = token_actor()
    message = None
    try:
        message = _message()
        if message.is_notification:
            return Response(status=202, headers=NO_STORE)
        return _answered(message, by)
    except RpcError as error:
        reply = Reply(id=message.id if message else None, error=error.problem)
        return _json(reply, error.status)


def _refuse_foreign() -> None:
    """No page of another site may speak for an agent in the browser of its owner."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc not in own_hosts():
        raise Forbidden("Calls from a page of another site are not taken.")


def _message() -> Message:
    if not request.is_json:
        raise reading.NotJson(
            "Send the message as JSON, with the header Content-Type: application/json."
        )
    try:
        values = reading.parsed(request.get_data(cache=False))
    except reading.Malformed as error:
        raise RpcError(messages.PARSE_ERROR, error.detail) from None
    if values.get("method") is None and values.keys() & {"result", "error"}:
        return Message(jsonrpc="2.0", method="")  # an answer, and nothing was asked
    try:
        return reading.arguments(Message, values)
    except Invalid as error:
        raise RpcError(messages.INVALID_REQUEST, error.detail) from None


def _answered(message: Message, by: Actor) -> Response:
    is_modern = versions.check(message)
    if message.method == "tools/call":
        return _called(message, by, is_modern=is_modern)
    if message.method == "tools/list":
        result = {"tools": [tool.shown() for tool in TOOLS.values()]}
        return _result(message, result | (versions.good_for_a_while() if is_modern else {}))
    if is_modern and message.method == "server/discover":
        return _result(message, versions.discovered())
    if not is_modern and message.method == "initialize":
        return _result(message, versions.initialized(message.params or {}))
    if not is_modern and message.method == "ping":
        return _result(message, {})
    text = f"There is no method {message.method[:80]!r}. Use tools/list and tools/call."
    # To older clients a 404 says that their session has ended.
    raise RpcError(messages.METHOD_NOT_FOUND, text, status=404 if is_modern else 200)


def _called(message: Message, by: Actor, *, is_modern: bool) -> Response:
    params = message.params or {}
    tool = TOOLS.get(str(params.get("name")))
    given = params.get("arguments") or {}
    if tool is None or not isinstance(given, dict):
        known = f"Name one of these tools, with its arguments as an object: {', '.join(TOOLS)}."
        raise RpcError(messages.INVALID_PARAMS, known, status=400 if is_modern else 200)
    try:
        done = tool.run(reading.arguments(tool.takes, given), by)
    except AppError as error:
        return _result(message, _failed(error))
    if isinstance(done, BaseModel):
        return _result(message, _told(done))
    if "progressToken" in message.meta and request.accept_mimetypes["text/event-stream"]:
        return _streamed(message, done, by)
    return _waited(message, done, by)


def _waited(message: Message, wait: Wait, by: Actor) -> Response:
    try:
        with AnswerWait(wait.key, by, until_turn=True) as waiting:
            found = waiting.until_answered(wait.seconds)
    except AppError as error:
        return _result(message, _failed(error))
    told = answer(waiting.escalation, found, waiting.last_message, by)
    response = _result(message, _told(told))
    if found and waiting.is_first_delivery(found) and not client_is_gone(request.environ):
        service = live()
        response.call_on_close(lambda: note_deliveries(service, [wait.key]))
    return response


def _streamed(message: Message, wait: Wait, by: Actor) -> Response:
    return Response(
        stream_with_context(_progress(message, wait, by)), headers=HEADERS, direct_passthrough=True
    )


def _progress(message: Message, wait: Wait, by: Actor) -> Iterator[bytes]:
    token = message.meta["progressToken"]
    yield b": waiting\n\n"
    try:
        with AnswerWait(wait.key, by, until_turn=True) as waiting:
            for seconds in waiting.in_steps(wait.seconds, _PROGRESS_EVERY_S):
                yield _frame(_sign_of_life(token, seconds, wait.seconds))
        found = waiting.found
        told = _told(answer(waiting.escalation, found, waiting.last_message, by))
        yield _frame(_reply(message, told).model_dump_json())
        if found and waiting.is_first_delivery(found) and not client_is_gone(request.environ):
            note_deliveries(live(), [wait.key])
    except AppError as error:
        yield _frame(_reply(message, _failed(error)).model_dump_json())
    except Exception:
        _log.exception("a tool call that was waiting failed")
        problem = RpcProblem(
            code=messages.INTERNAL_ERROR,
            message="The server couldn't complete this request. Call wait_for_decision again.",
        )
        yield _frame(Reply(id=message.id, error=problem).model_dump_json())


def _sign_of_life(token: Any, seconds: float, total: float) -> str:
    params = {
        "progressToken": token,
        "progress": round(seconds, 1),
        "total": total,
        "message": "Waiting for the founder's answer.",
    }
    return json.dumps({"jsonrpc": "2.0", "method": "notifications/progress", "params": params})


def _frame(text: str) -> bytes:
    return f"event: message\ndata: {text}\n\n".encode()


def _told(model: BaseModel) -> dict[str, Any]:
    """A tool's result, as an object and as the same in text."""
    data = model.model_dump(mode="json")
    text = json.dumps(data, ensure_ascii=False)
    return {
        "content": [{"type": "text", "text": text}],
        "structuredContent": data,
        "isError": False,
    }


def _failed(error: AppError) -> dict[str, Any]:
    """A failure as text that the model can act on."""
    return {"content": [{"type": "text", "text": error.detail}], "isError": True}


def _reply(message: Message, result: dict[str, Any]) -> Reply:
    shown = versions.modern(result) if versions.is_modern(message) else result
    return Reply(id=message.id, result=shown)


def _result(message: Message, result: dict[str, Any]) -> Response:
    return _json(_reply(message, result))


def _json(reply: Reply, status: int = 200) -> Response:
    return Response(
        reply.model_dump_json(), status, content_type="application/json", headers=NO_STORE
    )
