"""The extensions, made once and bound to the app in create_app. No logic here."""

from typing import TYPE_CHECKING

from flask_babel import Babel
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Names every constraint, so that migrations and caught violations can rely on the names."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


# What an operation returns stays readable after its commit, without another round trip for it;
# the commit empties the session instead (operations/transaction.py).
db = SQLAlchemy(
    model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False}
)
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
htmx = Htmx()

# What tables inherit. Flask-SQLAlchemy makes it at run time, where no type checker can follow.
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
