"""The environment: what is read, what is refused, and with which sentence."""

import stat
from pathlib import Path

import pytest

from webapp.config import PROJECT_ROOT, Config, ConfigError, Retention

KEY = "a key for tests that is long enough, 0123456789"


def read(data_dir: Path, **environ: str) -> Config:
    return Config.from_environ({"DATA_DIR": str(data_dir), "SECRET_KEY": KEY} | environ)


def refusal(data_dir: Path, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(data_dir, **environ)
    return caught.value.message


def test_nothing_has_to_be_set(tmp_path):
    config = read(tmp_path)
    assert (config.host, config.port, config.workers) == ("127.0.0.1", 5000, 2)
    assert (config.database_url, config.public_url, config.trusted_proxies) == (None, None, 0)
    assert config.decision_grace_s == 5


def test_the_data_folder_is_data_in_the_project_unless_named():
    assert Config.from_environ({"SECRET_KEY": KEY}).data_dir == PROJECT_ROOT / "data"


def test_an_empty_variable_counts_as_unset(tmp_path):
    assert read(tmp_path, PORT="", HOST=" ", DATABASE_URL="").port == 5000


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_each_way_to_write_a_postgresql_address_is_understood(tmp_path, scheme):
    url = read(tmp_path, DATABASE_URL=f"{scheme}://u:p@h:5432/d?sslmode=require").database_url
    assert url == "postgresql+psycopg://u:p@h:5432/d?sslmode=require"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("WEB_CONCURRENCY", "0"),
        ("WORKER", "maybe"),
        ("MAIL_FROM", "unstuck@example.com"),
        ("SMTP_URL", "smtp://mail.example.com"),
        ("WEBHOOKS_TO_PRIVATE_ADDRESSES", "yes"),
        ("VAPID_PRIVATE_KEY", "too short"),
        ("TELEGRAM_BOT_TOKEN", "a token"),
        ("TELEGRAM_API_URL", "localhost:8081"),
        ("PUSH_CONTACT", "you@example.com"),
        ("PUSH_SERVICES", "https://push.example.com"),
        ("WEB_CONCURRENCY", "two"),
        ("TRUSTED_PROXIES", "yes"),
        ("DECISION_GRACE_S", "soon"),
        ("DECISION_GRACE_S", "nan"),
        ("TASK_ATTEMPTS", "2"),
        ("TASK_ATTEMPTS", "many"),
        ("TASK_ATTEMPTS", "9.5"),
        ("WAITS_S", "soon"),
        ("WAITS_S", "2,8,0"),
        ("WAITS_S", "2,8,nan"),
        ("WAITS_S", "2;8"),
        ("WAITS_S", ",".join(["1"] * 21)),
        ("KEEP_EVENTS_DAYS", "0"),
        ("KEEP_ATTEMPTS_DAYS", "long"),
        ("KEEP_SIGN_INS_DAYS", "-1"),
        ("KEEP_AUDIT_DAYS", "89"),
        ("PUBLIC_URL", "desk.example.com"),
        ("PUBLIC_URL", "https://desk.example.com/?a=b"),
        ("PUBLIC_URL", "https://example.com/desk"),
        ("PUBLIC_URL", "https://example.com/desk/"),
        ("DATABASE_URL", "mysql://root:geheim@localhost/desk"),
        ("DATABASE_URL", "desk.db"),
        ("LOG_FORMAT", "xml"),
        ("SECRET_KEY", "changeme"),
        ("SECRET_KEY", "a" * 64),
        ("SECRET_KEY", "0123456789" * 3),
        ("SECRET_KEY_FALLBACKS", "0123456789abcdef0123456789abcdef,changeme"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_with_one_sentence_that_names_it(
    tmp_path, name, value
):
    sentence = refusal(tmp_path, **{name: value})
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (
            "u:p@h1:5433,h2/d?target_session_attrs=read-write",
            "u:p@/d?host=h1,h2&port=5433,5432&target_session_attrs=read-write",
        ),
        ("u@[::1]:5433,[fe80::2],h3/d", "u@/d?host=::1,fe80::2,h3&port=5433,5432,5432"),
        ("h1,h2", "/?host=h1,h2&port=5432,5432"),
        ("u:p,q@h1/d", "u:p,q@h1/d"),
        ("u@/d?host=h1,h2&port=1,2", "u@/d?host=h1,h2&port=1,2"),
    ],
)
def test_an_address_may_name_several_hosts(tmp_path, written, read_as):
    found = read(tmp_path, DATABASE_URL=f"postgresql://{written}").database_url
    assert found == f"postgresql+psycopg://{read_as}"


def test_one_of_several_hosts_that_cannot_be_read_is_refused(tmp_path):
    sentence = refusal(tmp_path, DATABASE_URL="postgresql://u:geheim@h1:x,h2/d")
    assert sentence.startswith("DATABASE_URL names several hosts")
    assert "geheim" not in sentence


def test_a_public_address_may_end_with_a_slash(tmp_path):
    assert read(tmp_path, PUBLIC_URL="https://desk.example.com/").public_url == (
        "https://desk.example.com"
    )


def test_a_refused_database_address_or_key_is_not_repeated(tmp_path):
    assert "geheim" not in refusal(tmp_path, DATABASE_URL="mysql://root:geheim@localhost/desk")
    assert "changeme" not in refusal(tmp_path, SECRET_KEY="changeme")


def test_secrets_do_not_show_when_the_configuration_is_printed(tmp_path):
    shown = repr(read(tmp_path, DATABASE_URL="postgresql://u:geheim@h/d"))
    assert KEY not in shown
    assert "geheim" not in shown


def test_a_secret_can_come_from_a_file(tmp_path):
    (tmp_path / "url").write_text("postgres://u:p@h/d\n")
    assert (
        read(tmp_path, DATABASE_URL_FILE=str(tmp_path / "url")).database_url
        == "postgresql+psycopg://u:p@h/d"
    )


def test_a_secret_file_that_is_missing_or_empty_or_one_too_many_is_named(tmp_path):
    (tmp_path / "empty").touch()
    missing = refusal(tmp_path, DATABASE_URL_FILE=str(tmp_path / "none"))
    assert missing.startswith("DATABASE_URL_FILE points to")
    assert "is empty" in refusal(tmp_path, DATABASE_URL_FILE=str(tmp_path / "empty"))
    assert "both set" in refusal(tmp_path, SECRET_KEY_FILE=str(tmp_path / "empty"))


def test_earlier_secret_keys_are_read_in_order(tmp_path):
    assert read(tmp_path).secret_key_fallbacks == ()
    keys = ("9876543210fedcba" * 2, "0123456789abcdef" * 2)
    config = read(tmp_path, SECRET_KEY_FALLBACKS=", ".join(keys))
    assert config.secret_key_fallbacks == keys
    assert keys[0] not in repr(config)


def test_the_secret_key_is_made_once_for_this_user_only(tmp_path):
    data_dir = tmp_path / "new" / "data"
    first = Config.from_environ({"DATA_DIR": str(data_dir)}).secret_key
    assert Config.from_environ({"DATA_DIR": str(data_dir)}).secret_key == first
    assert len(first) >= 32
    assert stat.S_IMODE((data_dir / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((data_dir / "secrets_key").stat().st_mode) == 0o600
    assert {path.name for path in data_dir.iterdir()} == {"secret_key", "secrets_key"}


def test_secrets_have_a_key_of_their_own_and_earlier_ones_still_open(tmp_path):
    made = Config.from_environ({"DATA_DIR": str(tmp_path)})
    assert made.secrets_keys == ((tmp_path / "secrets_key").read_text("utf-8"),)
    assert made.secret_key not in made.secrets_keys
    own, old, older = ("abcdefghij0123456789" + each * 20 for each in "xyz")
    # Machines that share SECRET_KEY share what is sealed, without another setting.
    assert read(tmp_path).secrets_keys == (KEY,)
    assert read(tmp_path, SECRET_KEY_FALLBACKS=old).secrets_keys == (KEY, old)
    found = read(tmp_path, SECRETS_KEY=own, SECRETS_KEY_FALLBACKS=f"{old}, {older}")
    assert found.secrets_keys == (own, old, older, KEY)


@pytest.mark.parametrize("name", ["SECRETS_KEY", "SECRETS_KEY_FALLBACKS"])
def test_a_key_for_secrets_that_can_be_guessed_is_refused(tmp_path, name):
    assert refusal(tmp_path, **{name: "changeme"}).startswith(name)


def test_a_data_folder_that_cannot_be_written_is_named_with_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError) as caught:
        Config.from_environ({"DATA_DIR": str(tmp_path / "file" / "data")})
    assert f"{tmp_path}/file/data" in caught.value.message
    assert "DATA_DIR" in caught.value.message


def test_what_is_old_is_kept_for_as_long_as_is_set(tmp_path):
    assert read(tmp_path).retention == Retention(
        events_days=90, attempts_days=365, sign_ins_days=90, audit_days=None
    )
    days = {"KEEP_AUDIT_DAYS": "400", "KEEP_QUESTIONS_DAYS": "730", "KEEP_JOBS_DAYS": "31"}
    changed = read(tmp_path, KEEP_EVENTS_DAYS="Forever", **days).retention
    assert (changed.events_days, changed.audit_days) == (None, 400)
    assert (changed.questions_days, changed.jobs_days) == (730, 31)
    assert read(tmp_path, KEEP_FILES_DAYS="7").retention.files_days == 7


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://mail.example.com", "unstuck@example.com"),
        ("smtp://user@mail.example.com", "unstuck@example.com"),
        ("smtp://mail.example.com:nonsense", "unstuck@example.com"),
        ("smtp://mail.example.com", "Unstuck <unstuck@example.com>"),
        ("smtp://mail.example.com", "unstuck@example.com\nBcc: x@example.com"),
    ],
)
def test_a_mail_server_that_cannot_be_is_refused(tmp_path, url, sender):
    said = refusal(tmp_path, SMTP_URL=url, MAIL_FROM=sender)
    assert "SMTP_URL" in said or "MAIL_FROM" in said


def test_the_password_of_the_mail_server_is_not_shown(tmp_path):
    url = "smtp://desk:s3cret@mail.example.com"
    config = read(tmp_path, SMTP_URL=url, MAIL_FROM="unstuck@example.com")
    assert config.mail.url == url
    assert "s3cret" not in repr(config)
    assert "s3cret" not in refusal(
        tmp_path, SMTP_URL="smtp://desk:s3cret@", MAIL_FROM="a@b.example"
    )


def test_how_long_agents_wait_can_be_set(tmp_path):
    assert read(tmp_path).waits_s == (2, 8, 30, 120, 300, 480)
    assert read(tmp_path, WAITS_S=" 5, 10.5 ").waits_s == (5, 10.5)


def test_how_many_retries_a_task_gets_can_be_set(tmp_path):
    assert read(tmp_path).task_attempts == 9
    assert read(tmp_path, TASK_ATTEMPTS=" 30 ").task_attempts == 30
