"""The closed lists of the error model: what an error may be, and what the agent may be told."""

from enum import StrEnum


class Category(StrEnum):
    """What can be done about an error."""

    NEVER_RETRY = "never_retry"
    ENV_ERROR = "env_error"
    CODE_ERROR = "code_error"


class Family(StrEnum):
    """What kind of trouble an error is: picks the words in which a founder reads about it."""

    MISSING_CREDENTIALS = "missing_credentials"
    INVALID_CREDENTIALS = "invalid_credentials"
    EXPIRED_CREDENTIALS = "expired_credentials"
    PERMISSION = "permission"
    BILLING_QUOTA = "billing_quota"
    RATE_LIMIT = "rate_limit"
    ACCOUNT_SETUP = "account_setup"

    NETWORK = "network"
    SERVICE_DOWN = "service_down"
    OVERLOADED = "overloaded"
    TIMEOUT = "timeout"
    DISK_FULL = "disk_full"
    OUT_OF_MEMORY = "out_of_memory"
    LOCK_HELD = "lock_held"
    INTERRUPTED = "interrupted"
    MODEL_UNAVAILABLE = "model_unavailable"

    MISSING_PACKAGE = "missing_package"
    MISSING_FILE = "missing_file"
    MISSING_TOOL = "missing_tool"
    VERSION_CONFLICT = "version_conflict"
    REMOVED_FEATURE = "removed_feature"
    FAILING_TESTS = "failing_tests"
    PORT_IN_USE = "port_in_use"
    BUILD_CONFIG = "build_config"
    MISSING_SETTING = "missing_setting"
    CERTIFICATE = "certificate"
    REQUEST_TOO_LARGE = "request_too_large"
    NOT_FOUND = "not_found"
    BAD_REQUEST = "bad_request"
    DATABASE_SCHEMA = "database_schema"
    DATA_CONFLICT = "data_conflict"
    VERSION_CONTROL = "version_control"
    CODE_BUG = "code_bug"
    UNRECOGNISED = "unrecognised"


class VerdictKind(StrEnum):
    """What the agent is told to do next."""

    RETRY = "retry"
    WAIT = "wait"
    ESCALATE = "escalate"
    PAUSE = "pause"
    SKIP = "skip"


class Origin(StrEnum):
    """Where a failure comes from; an outage of the model provider spends no attempts."""

    WORK = "work"
    MODEL_PROVIDER = "model_provider"
