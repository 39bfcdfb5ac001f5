"""What tools that nobody listed say in plain words, in English and in other languages."""

import pytest

from webapp.rules.categories import Category
from webapp.rules.classification import classify
from webapp.rules.signature import signature

PERSON, WAIT, CODE = Category.NEVER_RETRY, Category.ENV_ERROR, Category.CODE_ERROR


@pytest.mark.parametrize(
    ("message", "category"),
    [
        ("vault: no passphrase was given, so the store stays locked", PERSON),
        ("gpg: bad passphrase", PERSON),
        ("Decryption failed: incorrect passphrase supplied", PERSON),
        ("A passphrase is required to open this keyring", PERSON),
        ("Creating rooms is restricted to workspace admins", PERSON),
        ("This endpoint is available to organization owners only", PERSON),
        ("Only admins can change the region of a cluster", PERSON),
        ("Clerk: Missing publishableKey. You can get yours in the dashboard.", PERSON),
        ("Config error: client secret is not configured", PERSON),
        ("License key not provided; set it in your account", PERSON),
        ("No OpenIDConnect provider found in your account for https://ci.example.org", PERSON),
        ("The SAML provider acme was not found", PERSON),
        ("You've hit your usage limit for this month", PERSON),
        ("Weekly limit reached for this workspace", PERSON),
        ("We currently do not have sufficient capacity in the zone you requested", WAIT),
        ("ZONE_RESOURCE_POOL_EXHAUSTED: try another zone", WAIT),
        ("Out of host capacity.", WAIT),
        ("curl finished with HTTP code 000 for mirror.example.net", WAIT),
        ("MCP server 'browser' exited with code 1 before the handshake", CODE),
        ("MCP error -32000: Connection closed", CODE),
        ("This operation requires a secret API key, you passed a publishable API key", CODE),
        ("An anon key was used, which can't be used here", CODE),
        ("FATAL: la autentificación password falló para el usuario «tienda»", PERSON),
        ("FATAL: authentification par mot de passe échouée pour l'utilisateur « app »", PERSON),
        ('FATAL:  ユーザー"app"のパスワード認証に失敗しました', PERSON),
        ("致命错误:  用户 app password 认证失败", PERSON),
        ("Schwerwiegend: Authentifizierung fehlgeschlagen für 'https://git.example.org/a'", PERSON),
        ("psql: Verbindungsaufbau abgelehnt. Läuft der Server?", WAIT),
        ("connect: Conexión rehusada", WAIT),
        ("ssh: 拒绝连接", WAIT),
        ("cp: Auf dem Gerät ist kein Speicherplatz mehr verfügbar", WAIT),
        ("tar: デバイスに空き領域がありません", WAIT),
        # What only holds such words.
        ("AssertionError: expected the owner to see 3 rows", CODE),
        ("TypeError: passphrase.trim is not a function", CODE),
        ("expected admin to equal user", CODE),
        ("SyntaxError: unexpected token in public key parser", CODE),
    ],
)
def test_plain_words_tell_who_can_fix_it(message: str, category: Category) -> None:
    found = classify("Error", message)
    assert found.category is category, found


def test_the_code_counts_in_any_language() -> None:
    for kind in ("28P01", "psycopg.errors.InvalidPassword: 28P01"):
        assert classify(kind, "FATAL: something in Norwegian").category is PERSON


def test_messages_without_a_word_are_problems_of_their_own() -> None:
    messages = ["...", "!!!", "--", "", "?", "10:00:00", "0x7f", "0x7f 0x80"]
    assert len({signature("p", "Error", message) for message in messages}) >= 6
    assert signature("p", "Error", "...") == signature("p", "Error", " ... ")
