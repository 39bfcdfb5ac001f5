"""In which language a page speaks. Templates write their texts in English and mark them with `_`,
`ngettext` or `{% trans %}`; another language is a catalogue in webapp/translations."""

from flask import Flask

from webapp.extensions import babel


def init_app(app: Flask) -> None:
    """Let templates and errors be translated."""
    babel.init_app(app, default_translation_directories="translations")
