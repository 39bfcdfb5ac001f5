"""In which language a page speaks. Templates write their texts in English and mark them with `_`,
`plural` or `{% trans %}`, Python with `gettext` and `lazy_gettext`; another language is a
catalogue in webapp/translations (docs/how-to/translate.md)."""

from typing import Any, Final

from flask import Flask, Response, g, has_request_context, request
from flask_babel import format_decimal, get_locale, get_translations
from sqlalchemy.exc import SQLAlchemyError

from webapp.accounts.access import page_language
from webapp.accounts.cookies import full_name
from webapp.errors import wants_json
from webapp.extensions import babel
from webapp.rules.languages import LANGUAGES, SOURCE

COOKIE: Final = "language"
"""What a browser that nobody is signed in to was last set to (accounts/cookies.py)."""


def init_app(app: Flask) -> None:
    """Let templates and errors be translated."""
    babel.init_app(app, default_translation_directories="translations", locale_selector=chosen)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # from Jinja's extension
        gettext=lambda text: _spoken().ugettext(text),
        ngettext=lambda one, many, count: _spoken().ungettext(one, many, count),
        pgettext=lambda context, text: _spoken().upgettext(context, text),
        newstyle=True,
    )
    app.jinja_env.globals.update(
        language=language, direction=direction, languages=LANGUAGES, plural=plural
    )
    app.jinja_env.filters["number"] = number
    app.after_request(_vary)


def chosen() -> str:
    """The language of this request: that of the person, of the browser's cookie, of its own wish.
    Machines are always spoken to in English."""
    if not has_request_context() or wants_json():
        return SOURCE
    # Of "de-AT", only the language counts; the list begins with what the browser likes best.
    wished = [code.partition("-")[0].lower() for code in request.accept_languages.values()]
    asked = [_of_person(), request.cookies.get(full_name(COOKIE)), *wished]
    return next((code for code in asked if code in LANGUAGES), SOURCE)


def _of_person() -> str | None:
    # The page that says that the database is away speaks, too.
    try:
        return page_language()
    except SQLAlchemyError:
        return None


def language() -> str:
    """The code of the language that is spoken now, as in `<html lang>`."""
    return str(get_locale() or SOURCE)


def direction() -> str:
    """In which direction that language is written, as in `<html dir>`."""
    locale = get_locale()
    return str(locale.text_direction) if locale else "ltr"


def _spoken() -> Any:
    """The catalogue of the language that is spoken now. Flask-Babel looks it up for each text
    anew; a list of fifty questions has two hundred of them, and this takes a tenth of the time."""
    context = getattr(g, "_flask_babel", None)
    locale = getattr(context, "babel_locale", None)
    if context is None or locale is None:
        return get_translations()
    kept = getattr(context, "catalogue", None)
    if kept is None or kept[0] is not locale:
        kept = context.catalogue = (locale, get_translations())
    return kept[1]


def gettext(text: str, **values: object) -> str:
    """The text in the language that is spoken now, with these values."""
    translated: str = _spoken().ugettext(text)
    return translated % values if values else translated


def number(count: int) -> str:
    """A whole number as the language writes it: "1,234"."""
    return str(count) if -1000 < count < 1000 else str(format_decimal(count))


def plural(one: str, many: str, count: int) -> str:
    """The text for so many; `%(num)s` in it is the number as the language writes it."""
    text: str = _spoken().ungettext(one, many, count)
    return text % {"num": number(count)}


def _vary(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")
    return response
