"""What of a text is its heading: the sentence that asks, or else the first one."""

import re
from typing import Final, NamedTuple

LONGEST: Final = 280
"""Characters of a heading."""

_READ: Final = 4_000
"""Characters in which a question is looked for."""

_MARKS: Final = 40
"""Characters at the end of a sentence that say how it ends."""

_CLOSERS: Final = "\"'”’“»«›)\\]」』）"
_END: Final = re.compile(
    rf"(?P<full>[.!?…؟]++)[{_CLOSERS}]*+(?=\s|$)"  # followed by a space in most languages …
    rf"|[。！？]++[{_CLOSERS}]*+"
    r"|(?=\n[ \t]*+\n)|(?=\n[ \t]*+(?:[-*•–]|\d{1,2}[.)])[ \t])"
)
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(\"“„])(?:\w|(?:\w\.)+\w|dr|mr|mrs|ms|prof|st|no|nos|nr|vs|approx|incl|excl|e\.g|i\.e|cf"
    r"|etc|ca|bzw|ggf|evtl|inkl|exkl|usw|vgl|str|max|min|fig|inc|ltd|co|corp|jr|sr|dept|est)\.$",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(r"(?:^|\s)\d{1,2}\.$")
_MONTH: Final = re.compile(
    r"(?:Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Quartal|Tag|Woche)", re.IGNORECASE
)
_OPEN_ABBREVIATION: Final = re.compile(r"\b(?:etc|usw|inc|ltd|co|corp|jr|sr|est)\.$", re.IGNORECASE)
_ASKS: Final = re.compile(r"[?？؟][!?？！…]*$")
_ASKS_QUOTED: Final = re.compile(rf"[?？؟][!?？！]*[{_CLOSERS}]+$")
_VAGUE: Final = re.compile(
    r"(?:so |and |but |also |now,? |und |also,? )?(?:"
    r"(?:what|how) (?:should|shall|can|do|would you like me to|do you want me to)"
    r"(?: (?:i|we))?(?: (?:do|proceed|continue|go on|handle (?:this|that|it)))?"
    r"(?: (?:now|next|here|about (?:this|that|it)))?"
    r"|(?:can|could|would) you (?:please )?(?:help|assist|advise|decide)(?: me| us)?"
    r"(?: (?:with (?:this|that|it)|here|out))?"
    r"|what do you (?:think|suggest|want|prefer)|any (?:ideas?|thoughts|suggestions)"
    r"|is (?:this|that|it) (?:ok|okay|all right|alright|fine|correct|right)(?: (?:for|with) you)?"
    r"|what now|what next|what about you|sounds good"
    r"|was (?:soll|kann) ich (?:jetzt |nun |da )?(?:tun|machen)"
    r"|wie (?:soll|kann) ich (?:jetzt |nun )?(?:weitermachen|vorgehen|fortfahren)"
    r"|wie geht es (?:jetzt |nun )?weiter|(?:kannst|könntest) du (?:mir |bitte |mir bitte )?helfen"
    r"|(?:ist|passt) (?:das|dir das)(?: (?:ok|okay|so|in ordnung|richtig))?(?: so)?"
    r")[?!]+",
    re.IGNORECASE,
)


class Parts(NamedTuple):
    """A text as its heading, and what stands before and behind it in the text."""

    before: str
    heading: str
    after: str

    @property
    def rest(self) -> str:
        """What the heading leaves out, in the order of the text."""
        return "\n\n".join(part for part in (self.before, self.after) if part)


def parts(text: str) -> Parts:
    """Return the text around the first sentence that asks for something, or else its first
    sentence. A question that only asks for help says less than what it follows, so it doesn't lead.
    A heading that would be longer than LONGEST is cut, with an ellipsis on both sides of the cut.
    """
    text = text.strip()
    spans = _sentences(text)
    begin, end = _asking(text, spans) or spans[0]
    before, heading, after = text[:begin].strip(), text[begin:end].strip(), text[end:].strip()
    if len(heading) <= LONGEST:
        return Parts(before, heading, after)
    cut = heading[:LONGEST]
    cut = cut.rsplit(None, 1)[0] if re.search(r"\s", cut[LONGEST // 2 :]) else cut
    left = f"…{heading[len(cut) :].lstrip()}"
    return Parts(before, f"{cut}…", f"{left} {after}".rstrip())


def opening(text: str) -> str:
    """Return the first sentence, with an ellipsis if more follows."""
    text = text.strip()
    end = _sentences(text)[0][1]
    return shortened(Parts("", text[:end].strip(), text[end:].strip()))


def shortened(found: Parts) -> str:
    """Return the heading for where the rest isn't shown: with an ellipsis if there is a rest."""
    if len(found.heading) > LONGEST + 1:
        return f"{found.heading[:LONGEST]}…"
    return f"{found.heading} …" if found.rest and found.heading[-1:] != "…" else found.heading


def _asking(text: str, spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    """The sentence that asks. One that ends in a quoted question may only tell of it."""
    for asks in (_ASKS, _ASKS_QUOTED):
        for begin, end in spans:
            sentence = text[begin:end].strip()
            if asks.search(sentence[-_MARKS:]) and not _is_vague(sentence):
                return begin, end
    return None


def _is_vague(sentence: str) -> bool:
    # "Which one?" says nothing alone. Other scripts may write a whole question without a space.
    few = sentence.isascii() and len(sentence.split()) <= 2
    return few or _VAGUE.fullmatch(sentence) is not None


def _sentences(text: str) -> list[tuple[int, int]]:
    """Begin and end of each sentence; at least one, also for an empty text."""
    found, begin = [], 0
    for match in _END.finditer(text[:_READ]):
        if match.end() > begin and not _goes_on(text, begin, match):
            found.append((begin, match.end()))
            begin = match.end()
    if text[begin:].strip() or not found:
        found.append((begin, len(text)))
    return found


def _goes_on(text: str, begin: int, match: re.Match[str]) -> bool:
    """Whether the mark ends an abbreviation, a German ordinal or a quotation in a sentence."""
    if match["full"] is None:
        return False
    so_far = text[max(begin, match.end() - _MARKS) : match.end()]
    following = text[match.end() : match.end() + _MARKS].lstrip()
    if not following:
        return False
    lower = following[0].islower()
    if match["full"] != match[0]:  # closed by a quotation mark or a bracket
        return lower
    if match["full"] != ".":
        return lower and set(match["full"]) <= {".", "…"}
    if _ABBREVIATION.search(so_far):
        return lower or not _OPEN_ABBREVIATION.search(so_far)
    return bool(_ORDINAL.search(so_far)) and (lower or _MONTH.match(following) is not None)
