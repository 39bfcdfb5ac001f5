"""What a founder reads about each family of errors. `{service}` and `{keys}` are filled in.

Every text holds for a reader who does not program: no path, no code, no class name.
"""

from dataclasses import dataclass
from typing import Final

from webapp.rules.categories import Category, Family


@dataclass(frozen=True, slots=True)
class FamilyPhrases:
    """`trouble` completes "I kept hitting …", `situation` stands alone as a sentence.

    `action` says what is needed from the founder, and names nothing that is not among the options;
    `person_can` is the label of the option that says a person has done it.
    """

    trouble: str
    situation: str
    action: str
    person_can: str = "I've done it"


_GUIDE: Final = (
    "If you know how this part should work, tell me in a sentence. If it is not important right "
    "now, let me leave it out or build a simpler version."
)
_WAIT_OR_SKIP: Final = (
    "This often passes on its own, so you can simply tell me to wait and try again. If it lasts, "
    "please ask the person who looks after your servers. Otherwise let me leave this part out."
)

ACTIONS: Final = {
    Category.NEVER_RETRY: "Please sort this out where it can be done, then tell me. Otherwise let "
    "me leave this part out.",
    Category.ENV_ERROR: _WAIT_OR_SKIP,
    Category.CODE_ERROR: _GUIDE,
}
"""What is needed where somebody said that a problem is of another category than its family."""

PHRASES: Final[dict[Family, FamilyPhrases]] = {
    Family.MISSING_CREDENTIALS: FamilyPhrases(
        "a missing access key",
        "I need an access key for {service}, and the project does not have one yet.",
        "Please get an access key for {service} and add it to the project's settings. You "
        "can find it {keys}.",
        "I've added the access key",
    ),
    Family.INVALID_CREDENTIALS: FamilyPhrases(
        "a sign-in that was refused",
        "{Service} did not accept the access key or password that the project uses.",
        "Please check the access key or password for {service}, or make a new one. You "
        "can find it {keys}.",
        "I've corrected the access key",
    ),
    Family.EXPIRED_CREDENTIALS: FamilyPhrases(
        "an expired sign-in",
        "The project's access to {service} has expired, so it needs to be renewed.",
        "Please sign in to {service} again or make a new access key. You can find it {keys}.",
        "I've renewed the access",
    ),
    Family.PERMISSION: FamilyPhrases(
        "a missing permission",
        "{Service} knows who we are, but this account may not do what I need.",
        "Please give the project's account this permission in {service}, or ask the person who "
        "manages {service} for you to do it.",
        "I've given the permission",
    ),
    Family.BILLING_QUOTA: FamilyPhrases(
        "a used-up plan or quota",
        "The plan or the credit at {service} is used up.",
        "Please check the plan and the payment details. You can find them {plan}.",
        "I've sorted out the plan",
    ),
    Family.RATE_LIMIT: FamilyPhrases(
        "a limit on how often we may ask",
        "{Service} limits how much we may use it in a given time, and we have reached that limit.",
        "Please raise the limit or choose a larger plan. You can find it {plan}.",
        "I've raised the limit",
    ),
    Family.ACCOUNT_SETUP: FamilyPhrases(
        "an account that is not fully set up",
        "The account at {service} is not fully set up yet, and only its owner can finish that.",
        "Please sign in to {service} and finish the step that it asks for, such as confirming an "
        "address, accepting the terms or switching a feature on.",
        "I've finished the setup",
    ),
    Family.NETWORK: FamilyPhrases(
        "a network problem",
        "I could not reach {service} over the network.",
        _WAIT_OR_SKIP,
    ),
    Family.MODEL_UNAVAILABLE: FamilyPhrases(
        "an AI model that isn't available",
        "The AI model I work with hasn't been available for a while, so I can't continue.",
        _WAIT_OR_SKIP,
    ),
    Family.SERVICE_DOWN: FamilyPhrases(
        "a service that does not answer",
        "{Service} does not answer at the moment.",
        _WAIT_OR_SKIP,
    ),
    Family.OVERLOADED: FamilyPhrases(
        "a service that is too busy",
        "{Service} is too busy to take our work at the moment.",
        _WAIT_OR_SKIP,
    ),
    Family.TIMEOUT: FamilyPhrases(
        "an answer that never came",
        "{Service} took too long to answer.",
        _WAIT_OR_SKIP,
    ),
    Family.DISK_FULL: FamilyPhrases(
        "a full disk",
        "The machine that builds your project has no storage space left.",
        "Please free some space or choose a larger disk where the project is built, then tell me "
        "to continue.",
        "I've freed some space",
    ),
    Family.OUT_OF_MEMORY: FamilyPhrases(
        "a machine without enough memory",
        "The machine that builds your project ran out of memory.",
        "Please choose a machine with more memory where the project is built, or let me build a "
        "simpler version that needs less.",
        "I've given it more memory",
    ),
    Family.LOCK_HELD: FamilyPhrases(
        "something that another task keeps locked",
        "Another task holds on to something that this step needs, and it does not let go.",
        "If another build or person is working on this project, let it finish first and then tell "
        "me to continue.",
        "The other task has finished",
    ),
    Family.INTERRUPTED: FamilyPhrases(
        "a machine that stopped in the middle",
        "The machine that does the work stopped before this step was finished.",
        _WAIT_OR_SKIP,
    ),
    Family.MISSING_PACKAGE: FamilyPhrases(
        "a building block that I could not install",
        "A building block that this part needs could not be installed.",
        _GUIDE,
    ),
    Family.MISSING_FILE: FamilyPhrases(
        "a missing file",
        "A file that this part needs is not there.",
        "If you have the file or know what should be in it, tell me. Otherwise let me leave this "
        "part out or build a simpler version.",
    ),
    Family.MISSING_TOOL: FamilyPhrases(
        "a tool that is not installed",
        "A tool that this part needs is not installed on the machine that builds your project.",
        _GUIDE,
    ),
    Family.VERSION_CONFLICT: FamilyPhrases(
        "building blocks that do not fit together",
        "Some of the building blocks of this part need versions that do not fit together.",
        _GUIDE,
    ),
    Family.REMOVED_FEATURE: FamilyPhrases(
        "an outdated building block",
        "This part relies on something that no longer exists in the current versions.",
        _GUIDE,
    ),
    Family.FAILING_TESTS: FamilyPhrases(
        "checks that do not pass",
        "The automatic checks of this part do not pass.",
        "Tell me what this part should do in your own words, or let me build a simpler version.",
    ),
    Family.PORT_IN_USE: FamilyPhrases(
        "a clash with another running program",
        "Another program on the machine already uses what this part needs to start.",
        "If you know what else runs on this machine and may be stopped, tell me. Otherwise let me "
        "leave this part out or build a simpler version.",
    ),
    Family.BUILD_CONFIG: FamilyPhrases(
        "a configuration issue", "This part is not configured in a way that works.", _GUIDE
    ),
    Family.MISSING_SETTING: FamilyPhrases(
        "a setting that has no value",
        "A setting that this part needs has no value yet.",
        "If you know the value of this setting, tell me. Otherwise let me leave this part out or "
        "build a simpler version.",
    ),
    Family.CERTIFICATE: FamilyPhrases(
        "a secure connection that could not be verified",
        "The secure connection to {service} could not be verified.",
        "If your company inspects its network traffic, ask your IT team for the certificate. "
        "Otherwise let me leave this part out or build a simpler version.",
    ),
    Family.REQUEST_TOO_LARGE: FamilyPhrases(
        "more data than fits into one request",
        "This part sends more data at once than {service} takes.",
        _GUIDE,
    ),
    Family.NOT_FOUND: FamilyPhrases(
        "something that is not there",
        "This part asks {service} for something that is not there.",
        _GUIDE,
    ),
    Family.BAD_REQUEST: FamilyPhrases(
        "requests that were not understood",
        "{Service} does not understand what this part asks for.",
        _GUIDE,
    ),
    Family.DATABASE_SCHEMA: FamilyPhrases(
        "a database that does not match the program",
        "The way the data is stored does not match what this part expects.",
        _GUIDE,
    ),
    Family.DATA_CONFLICT: FamilyPhrases(
        "data that contradicts other data",
        "Some of the data of this part contradicts data that is already stored.",
        "Tell me which of the data is right, or let me leave this part out or build a simpler "
        "version.",
    ),
    Family.VERSION_CONTROL: FamilyPhrases(
        "changes that could not be combined",
        "My changes could not be combined with the project's stored history.",
        "If someone else works on the project, ask them to finish first. Otherwise let me leave "
        "this part out or build a simpler version.",
    ),
    Family.CODE_BUG: FamilyPhrases(
        "a programming mistake",
        "This part has a programming mistake that I could not find.",
        _GUIDE,
    ),
    Family.UNRECOGNISED: FamilyPhrases(
        "a problem that I have not seen before",
        "This part fails in a way that I have not seen before.",
        _GUIDE,
    ),
}
