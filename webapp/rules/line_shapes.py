"""What the lines of error messages look like: frames, exceptions, causes, noise, wrappers."""

import re
from typing import Final

FRAME = re.compile(
    r"at\s\S+\s?(?:\[as\s\w+\]\s)?\(|at\s[\w.$<>/\\:@-]+:\d+|file\s\"|\^+$|~+|\[?\.{3}|[\w./\\@-]+:\d+(?::\d+)?\)?$"
    r"|[\[\](){}<>,;=_*#-]+$|in\s<?\w+>?$"
)
EXCEPTION = re.compile(
    r"[\[{(]{0,3}\s?(?:[a-z_$][\w$]*(?:\.|::)){1,8}[\w$]+:\s"
    r"|[\[{(]{0,3}\s?(?:[\w$]+(?:\.|::|/))*[\w$]*(?:error|exception|fault|warning|failure|denied|refused|timeout"
    r"|expired|interrupt|exit|reply)\w*(?:\s\[[\w.]+\])?:(?:\s|(?=[a-z]{2}))"
    r"|(?:[\w$]+\.)*[\w$]*(?:error|exception)\(['\"]?(?:message:\s)?(?=\w)"
)
CAUSE = re.compile(
    r"\b(?:error|fail(?:ed|ure|s)?|can(?:no|')t|could\snot|couldn't|unable|denied|not\sfound|refused"
    r"|missing|invalid|unexpected|unsupported|exceed(?:ed|s)?|timed?\s?out|timeout|forbidden"
    r"|unauthorized|not\sauthorized|expired|does\snot|doesn't|do\snot|no\ssuch|not\s\w+ed|must|already"
    r"|required|requires|conflict|undefined|unknown|unresolved|unrecognized|incompatible|mismatch"
    r"|deprecated|no\slonger|limit|quota|out\sof|reset|abort(?:ed)?|broken|illegal|disabled|blocked"
    r"|is\snot|are\snot|not\sallowed|rejected|unavailable|killed|overflow|corrupt(?:ed)?|bad|wrong"
    r"|violates|duplicate|locked|not\svalid|not\sprovided?|insufficient|too\s(?:many|large|long|big|old)"
    r"|no\s[\w\s'\".-]{1,60}\sfound)\b"
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
    "lifecycle script",
    "elifecycle",
    "make: ***",
    "make[",
    "failed at the ",
    "errno -",
    "re-run maven",
    "for more information about the errors",
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
    "debug.log",
    "recipe for target",
    "application failed to start",
    "could not be resolved to an installable set",
    "unable to find image '",
    "failed to launch the browser process",
    "a problem occurred configuring",
    "a problem occurred evaluating",
    "compilation failure: compilation failure",
    "error(s) occurred:",
    "retrying (retry(",
    "process finished with",
)
SHORT_NOISE: Final = (
    "exit status",
    "returned non-zero exit",
    "exited with code",
    "build failed",
    "build failure",
    "try:",
    "raise ",
    "throw ",
    "retrying",
)
"""Noise unless the line says more than that."""

QUOTED = re.compile(
    r"""["']?(?:errors?|error[_ ]?message|error[_ ]?description|message|details?|reason|msg)["']?"""
    r"""\s?(?::|=>|=)\s?["']([^"\n]{4,400})"""
)
SENTENCE_END = re.compile(
    r"[.!?](?=\s|$|\*|<)|;\s|\s\((?:see|run|use|try|did\syou|hint)\b|\ssee\shttps?:|\s-\ssee|<br|\s\{\s?['\"]|\s·\s"
    r"|[\s,{}\]]+['\"]?(?:errno|code|syscall|status|status_?code|path|stack|request_?id|address"
    r"|documentation_url|full\serror)['\"]?\s?:|\serror_(?:param|type)="
)
INTRODUCTION = re.compile(
    r"(?=[a-z])[a-z' -]{0,60}\b(?:errors?|fail(?:ed|ure|s)?|exception|warning|unable|could\snot"
    r"|couldn't|cannot|can't|problem)\b[a-z' -]{0,60}:\s"
)
"""Words that only say that something failed, before what says why."""

TOO_GENERAL = re.compile(
    r"(?:no such file or directory|permission denied|connection (?:refused|reset|timed out|closed)"
    r"|operation (?:not permitted|timed out)|file (?:exists|not found)|not found"
    r"|access (?:is )?denied|i/o timeout|invalid argument|bad request|internal server error"
    r"|context deadline exceeded)\b"
)
"""Causes that many different failures share: there, what failed has to stay."""
NESTED = re.compile(
    r"(?:^|[\s(\[{'\":.])(?:[\w$]+(?:\.|::))*[a-z]{3,}(?:error|exception)(?:['\"]?:\s|\(['\"])(?=\w)"
)
"""An exception that is told inside of another one's text."""

MESSAGE = re.compile(r"""[{\s]*["']?(?:error_?)?(?:message|errmsg|msg|detail)["']?\s?[:=]\s?["']""")
"""The line of a JSON text that has the message."""

WRAPPER = re.compile(
    r"(?:an?\s)?(?:unexpected|unhandled|fatal|internal|unknown)?\s?"
    r"(?:error|exception)(?:\soccurred)?:\s"
    r"|(?:docker:\s)?error\sresponse\sfrom\sdaemon:\s|error\sfrom\sserver\s(?:\(\w+\))?:\s"
    r"|(?:http\s)?(?:status\s)?(?:error\s)?(?:code:?\s)?[45]\d\d(?:\s(?:client|server)\serror)?"
    r"(?:\sforbidden|\sunauthorized|\sbad\srequest)?[\s:,-]+"
    r"|(?:[\w.-]+\s)?(?:failed|failure)(?:\swith(?:\sthe\serror)?)?:\s|caused\sby:\s"
    r"|\((?:\w+\.)+\w*(?:error|exception|warning)\)\s"
    r"|an?\s(?:client\s)?error\s(?:occurred\s)?\(\w+\)\s(?:occurred)?[^:]{0,80}:\s"
    r"|\d{1,2}\s[a-z]{4,20}(?:_[a-z]{2,20})*:\s|\[?code=[\w-]+\]?:\s"
    r"|[a-z]{4,12}:\s[45]\d\d\s|fatal:\s|reason:\s|message:\s|error\s(?=an?\s)"
    r"|\[[a-z][\w.-]{1,20}\]\s|\d{3}\s-\s|forbidden:\s|unauthorized:\s|[*_]{2}"
    r"|(?:unhandled\s)?(?:promise\s)?rejection:\s|rpc\serror:\scode\s=\s\w+\sdesc\s=\s"
    r"|server\serror\s-\s|\(?error\s#?\d{3,5}(?:\s\(\w+\))?(?:\sat\sline\s\d+)?:\s"
    r"|sqlstate\[\w+\](?:\s?\[\d+\])?:\s(?:[a-z ]{3,60}:\s)?(?:\d{4}\s)?|er_\w+:\s|#?\d{4}\s-\s"
    r"|\(\d{3,5},\s|error\smessage:\s"
    r"|(?:docker|gh|git|go|npm|yarn|pnpm|pip|cargo|curl|wget|kubectl|helm|terraform|aws|gcloud|az"
    r"|psql|mysql|node|python|compose)\s?:\s|(?:get|head|post|put)\s(?=['\"]?https?:)"
)
