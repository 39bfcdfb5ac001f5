"""What a language model is told with each verdict."""

from typing import Final

FAILED: Final = "This failed: {what}"
WANTED: Final = "You wanted to: {intent}"
RECOGNISED: Final = "Recognised as {category} ({family}): {reason}."
TRIED: Final = "Tried so far, none of it worked:"
NOT_TRIED: Final = "No earlier approach is on record."
REPEATED: Final = (
    "The approach you just reported was already tried and failed before. Do not repeat it."
)
GUIDANCE: Final = "The founder answered. Follow this advice before your own ideas: {guidance}"
DECISION: Final = "The founder chose: {decision}."
RETRY: Final = (
    "Attempt {attempt} of {max_attempts} has failed. The next approach must be fundamentally "
    "different from all of the above: question the assumption they share, change the method or the "
    "component, not a detail. Do not repeat a listed approach in other words. State in one "
    "sentence how it differs, then do it, and report the outcome."
)
WAIT: Final = (
    "This is trouble of the environment that waiting may cure. Wait {seconds} seconds, "
    "then try the "
    "same step again without changing the code. Go on with other work meanwhile. It is wait "
    "{attempt} of {max_attempts} and does not use up an attempt."
)
MODEL_WAIT: Final = (
    "This is trouble of the model provider. Wait {seconds} seconds and send the same "
    "request again. "
    "It counts against nothing. If the context is too long, shorten it first."
)
ESCALATE: Final = (
    "Stop trying: the founder has been asked. Park this task, keep your state, and go on "
    "with tasks "
    "that do not depend on it. Do not work around the question. Come back for the decision by "
    "waiting on the escalation, and send a receipt once you picked it up."
)
JOIN: Final = (
    "Stop trying: the founder was already asked about this very problem, and your job now "
    "waits for "
    "the same answer. Park this task, keep your state, and go on with tasks that do not "
    "depend on it."
)
PAUSE: Final = (
    "This job is paused because too many questions were asked. Stop all work on it, save "
    "your state "
    "and report nothing more until the founder resumes the job."
)
