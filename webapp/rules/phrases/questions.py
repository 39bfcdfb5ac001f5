"""The sentences around the family's words: the question, its options and the attempts so far."""

from typing import Final

WANTED: Final = " I wanted to {intent}."
WORKING_ON: Final = "I was {intent}. "

TRIED_ONE: Final = "I tried one way to {intent} but hit {trouble}."
TRIED_MANY: Final = "I tried {count} ways to {intent} but kept hitting {trouble}."
WAITED_ONE: Final = "I waited and tried again, but the trouble did not pass."
WAITED_MANY: Final = "I waited and tried again {count} times, but the trouble did not pass."
TASK_STUCK: Final = "I tried {count} times to {intent}, and it still doesn't work."
TASK_STUCK_MANY: Final = (
    "I tried {count} times to {intent}, and ran into {errors} different problems on the way."
)
TASK_ACTION: Final = (
    "Each time I solve one problem, another one comes up. If you know how this part should work, "
    "tell me in a sentence. Otherwise let me leave it out or build a simpler version."
)
TASK_MET: Final = "{times} I hit {trouble}{kinds}."
TASK_DIFFERENT: Final = ", {count} different ones"
TASK_WAYS: Final = "What I tried: {ways}."
TASK_LEFT_OUT: Final = "Before that, {count} other kinds of trouble came up."
ONCE: Final = "Once"
TIMES: Final = "{count} times"
THIS_STEP: Final = "finish one step of your project"

PERSON: Final = "provide_credentials"
SKIP: Final = "skip_feature"
SIMPLER: Final = "simpler_version"
GUIDE: Final = "provide_guidance"
RETRY_NOW: Final = "retry_now"
RETRY_LATER: Final = "retry_in_1_hour"
DONE: Final = "done"
UNTIL: Final = "wait_until_then"

RETRY_LATER_S: Final = 3600

# The founder says the label; the agent says the description.
LABELS: Final = {
    SKIP: "Leave this feature out",
    SIMPLER: "Build a simpler version",
    GUIDE: "Here's what to do",
    RETRY_NOW: "Try again now",
    RETRY_LATER: "Wait and try again in an hour",
    UNTIL: "Wait until then",
}
DESCRIPTIONS: Final = {
    PERSON: "Choose this once you've done it. I'll try again right away. You can add a note, but "
    "please don't write passwords or keys into it.",
    SKIP: "I'll leave this part out for now and continue with the rest. It can be added later.",
    SIMPLER: "I'll build this part with less in it, in a way that avoids the problem.",
    GUIDE: "Write below what you know about it, such as what you expect or whom to ask. I'll make "
    "three new attempts with your advice.",
    RETRY_NOW: "I'll try the same step again right away.",
    RETRY_LATER: "I'll continue with other work until then.",
    UNTIL: "The error message says when it will work again. I'll continue with other work and try "
    "again then.",
    DONE: "Choose this once the cause is out of the way. I'll try again right away.",
}

OR_WAIT: Final = " You can also tell me to wait until it works again on its own."

REFUSED: Final = "No. Don't do this."
"""What a founder says with a "no" to the only option there is."""

FIRST_ATTEMPTS: Final = ("First I tried this: ", "Then I tried this: ")
LATER_ATTEMPT: Final = "Attempt {number}: "
TECHNICAL_ATTEMPT: Final = (
    "a different technical approach, which is described in the technical details."
)
LEFT_OUT: Final = "There were {count} earlier attempts."

WARNING: Final = (
    "{field} looks like {looks_like}. The founder may not be a programmer: please describe the "
    "problem in one or two plain sentences, without {without}."
)
LOOKS: Final = {
    "trace": ("an error trace", "error names and line numbers"),
    "path": ("a file name or path", "file names and paths"),
    "code": ("program code", "code and technical names"),
    "long": ("a log", "long technical text"),
}
