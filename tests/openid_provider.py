"""A small OpenID provider over HTTP, which can be told to lie."""

import base64
import hashlib
import json
import secrets
import threading
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug import Request, Response
from werkzeug.serving import make_server

CLIENT, SECRET = "unstuck", "the secret of the client"


class OpenIdProvider:
    """Says of whoever comes that they are `who`; `lies` go into the signed token as they are. They
    give their password there, unless a session is open since that moment, in seconds since 1970;
    with `asks_again` also then, where that is asked for. `tells_when` they did is up to it."""

    def __init__(self) -> None:
        self._server = make_server("127.0.0.1", 0, Request.application(self._answer), threaded=True)
        self.issuer = f"http://127.0.0.1:{self._server.port}"
        self.key = RSAKey.generate_key(2048, {"kid": "first"})
        self.signs_with = self.key
        self.who: dict[str, Any] = {}
        self.lies: dict[str, Any] = {}
        self.in_the_token = True
        self.refuses = False
        self.session_since: int | None = None
        self.tells_when = True
        self.asks_again = True
        self._asked: dict[str, dict[str, str]] = {}
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def visit(self, url: str) -> str:
        """What a browser is sent back to after somebody has signed in at the provider."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        if self.refuses:
            payload = {"error": "access_denied", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(8)
            self._asked[code] = asked
            payload = {"code": code, "state": asked["state"]}
        return f"{urlsplit(asked['redirect_uri']).path}?{urlencode(payload)}"

    def _answer(self, request: Request) -> Response:
        pages = {
            "/.well-known/openid-configuration": self._description,
            "/keys": lambda _request: {"keys": [self.key.as_dict(private=False)]},
            "/token": self._token,
            "/userinfo": lambda _request: self.who,
        }
        payload = pages[request.path](request)
        status = 400 if "error" in payload else 200
        return Response(json.dumps(payload), status, content_type="application/json")

    def _description(self, _request: Request) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def _token(self, request: Request) -> dict[str, Any]:
        form = request.form
        asked = self._asked.pop(form["code"], None)
        if asked is None:
            return {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        assert request.authorization is not None
        assert (request.authorization.username, request.authorization.password) == (CLIENT, SECRET)
        assert form["redirect_uri"] == asked["redirect_uri"]
        moment = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": moment, "exp": moment + 60}
        claims |= {"nonce": asked["nonce"], "sub": self.who["sub"]}
        again = self.asks_again and asked.get("prompt") == "login" and asked["max_age"] == "0"
        if self.tells_when and "max_age" in asked:
            claims["auth_time"] = moment if again else self.session_since or moment
        claims |= self.who if self.in_the_token else {}
        header = {"alg": "RS256", "kid": "first"}
        signed = jwt.encode(header, claims | self.lies, self.signs_with)
        return {"access_token": "for nothing", "token_type": "Bearer", "id_token": signed}
