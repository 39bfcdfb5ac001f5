"""What the lines of error messages look like: frames, exceptions, causes, noise, wrappers."""

import re
from typing import Final

FRAME = re.compile(
    r"at\s\S+\s?\(|at\s[\w.$<>/\\:@-]+:\d+|file\s\"|\^+$|~+|\[?\.{3}|[\w./\\@-]+:\d+(?::\d+)?\)?$"
    r"|[\[\](){}<>,;=_*#-]+$|in\s<?\w+>?$"
)
EXCEPTION = re.compile(
    r"(?:[a-z_$][\w$]*(?:\.|::)){1,8}[\w$]+:\s|"
    r"(?:[\w$]+(?:\.|::|/))*[\w$]*(?:error|exception|fault|warning|failure|denied|refused|timeout"
    r"|expired|interrupt|exit)\w*(?:\s\[[\w.]+\])?:\s"
)
CAUSE = re.compile(
    r"\b(?:error|fail(?:ed|ure|s)?|can(?:no|')t|could\snot|couldn't|unable|denied|not\sfound|refused"
    r"|missing|invalid|unexpected|unsupported|exceed(?:ed|s)?|timed?\s?out|timeout|forbidden"
    r"|unauthorized|not\sauthorized|expired|does\snot|doesn't|do\snot|no\ssuch|not\s\w+ed|must|already"
    r"|required|requires|conflict|undefined|unknown|unresolved|unrecognized|incompatible|mismatch"
    r"|deprecated|no\slonger|limit|quota|out\sof|reset|abort(?:ed)?|broken|illegal|disabled|blocked"
    r"|is\snot|are\snot|not\sallowed|rejected|unavailable|killed|overflow|corrupt(?:ed)?|bad|wrong"
    r"|violates|duplicate|locked|insufficient|too\s(?:many|large|long|big|old)|no\s\w+\sfound)\b"
)
NOISE: Final = (
    "complete log of this run",
    "traceback (most recent call last)",
    "during handling of the above",
    "the above exception was the direct cause",
    "this is probably not a problem with npm",
    "this is most likely not a problem with npm",
    "this is related to npm not being able",
    "is related to npm not being able",
    "and is related to npm",
    "if you need help, you may report",
    "process completed with exit code",
    "command failed with exit code",
    "command failed with exit status",
    "exited with code",
    "exit status",
    "returned non-zero exit",
    "lifecycle script",
    "elifecycle",
    "make: ***",
    "make[",
    "build failed",
    "build failure",
    "failed at the ",
    "errno -",
    "re-run maven",
    "for more information about the errors",
    "try:",
    "run with --",
    "get more help at",
    "see the docs",
    "for more information",
    "set the `rust_backtrace`",
    "note: run with",
    "note: this error originates",
    "note: this is an issue with",
    "this error originates from a subprocess",
    "no additional info",
    "uncaughtexception",
    "unhandled promise rejection",
    "please report it",
    "subprocess-exited-with-error",
    "metadata-generation-failed",
    "did not run successfully",
    "getting requirements to build",
    "oops! something went wrong",
    "if this error is unexpected",
    "triggeruncaughtexception",
    "node.js v",
    "yarnpkg.com/en/docs",
    "what went wrong",
    "encountered errors while bringing up",
    "error: exit status",
    "the operation was canceled",
    "exception in thread",
    "stack trace",
    "stacktrace",
    "raise ",
    "throw ",
    "retrying",
    "debug.log",
    "recipe for target",
)
QUOTED = re.compile(
    r"""["']?(?:errors?|error[_ ]?message|error[_ ]?description|message|details?|reason|msg)["']?"""
    r"""\s?(?::|=>|=)\s?["']([^"\n]{4,400})"""
)
SENTENCE_END = re.compile(r"[.!?](?=\s|$|\*|<)|;\s|\s\(see|\ssee\shttps?:|\s-\ssee|<br")
WRAPPER = re.compile(
    r"(?:an?\s)?(?:unexpected|unhandled|fatal|internal|unknown)?\s?"
    r"(?:error|exception)(?:\soccurred)?:\s"
    r"|(?:docker:\s)?error\sresponse\sfrom\sdaemon:\s|error\sfrom\sserver\s(?:\(\w+\))?:\s"
    r"|(?:http\s)?(?:status\s)?(?:error\s)?(?:code:?\s)?[45]\d\d(?:\s(?:client|server)\serror)?"
    r"(?:\sforbidden|\sunauthorized|\sbad\srequest)?[\s:,-]+"
    r"|(?:[\w.-]+\s)?(?:failed|failure)(?:\swith(?:\sthe\serror)?)?:\s|caused\sby:\s"
    r"|reason:\s|message:\s|error\s(?=an?\s)"
    r"|\[[a-z][\w.-]{1,20}\]\s|\d{3}\s-\s|forbidden:\s|unauthorized:\s|[*_]{2}"
    r"|(?:unhandled\s)?(?:promise\s)?rejection:\s|rpc\serror:\scode\s=\s\w+\sdesc\s=\s"
    r"|server\serror\s-\s"
)
