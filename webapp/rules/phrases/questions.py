"""The sentences around the family's words: the question, its options and the attempts so far."""

from typing import Final

WANTED: Final = " I wanted to {intent}."
WORKING_ON: Final = "I was {intent}. "

TRIED_ONE: Final = "I tried one way to {intent} but hit {trouble}."
TRIED_MANY: Final = "I tried {count} ways to {intent} but kept hitting {trouble}."
WAITED_ONE: Final = "I waited and tried again, but the trouble did not pass."
WAITED_MANY: Final = "I waited and tried again {count} times, but the trouble did not pass."
THIS_STEP: Final = "finish one step of your project"

PERSON: Final = "provide_credentials"
SKIP: Final = "skip_feature"
SIMPLER: Final = "simpler_version"
GUIDE: Final = "provide_guidance"

LABELS: Final = {
    SKIP: "Skip this feature",
    SIMPLER: "Build a simpler version",
    GUIDE: "Tell me what to do",
}
DESCRIPTIONS: Final = {
    PERSON: "Choose this once you have done it, with a note if there is something to know. I then "
    "try again right away. Please do not write passwords or keys into the note.",
    SKIP: "I leave this part out for now and go on with the rest. It can be added later.",
    SIMPLER: "I build this part with less in it, in a way that avoids the problem.",
    GUIDE: "Write what you know about it, such as what you expect or whom to ask. I then "
    "make three "
    "fresh attempts with your advice.",
}

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
