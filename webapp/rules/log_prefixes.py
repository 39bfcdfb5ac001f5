"""What loggers, terminals and build tools put before a line."""

import re
from typing import Final

MAX_PREFIXES: Final = 8
_ERROR_LEVELS: Final = ("err", "fatal", "panic", "severe", "crit", "❌", "✖", "×")

_PREFIX = re.compile(
    r"""
      [\s│║>»›•·|+*!×✖✘⨯❌⚠️▲●▸▶╰╷╵⎿─-]+(?=\S)                      # bars, bullets, quote marks
    | [^\x00-\x7f]{1,3}\s                                            # signs of a broken encoding
    | \#\d+\s(?:\d+\.\d+\s|\[[^\]]{1,60}\]\s|error:?\s)?             # docker build steps
    | \d{1,3}\|[\w.-]{1,40}\s{0,9}\|\s?                              # pm2
    | [\w.-]{1,50}\s{1,30}\|\s                                       # docker compose
    | \[?(?:[a-z]{1,3},?\s?)?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[t\s,]+\d{1,2}:\d\d(?::\d\d)?[.,\d]*
        (?:\s?(?:z|utc|gmt|[+-]\d\d:?\d\d)\b){0,2}\]?[:\s,-]*                  # 2024-05-29 07:34:45
    | \[?(?:mon|tue|wed|thu|fri|sat|sun),?\s[\w\s,+-]{4,20}\d\d:\d\d(?::\d\d)?
        (?:\s?(?:am|pm|gmt|utc|\d{4}))*\]?[:\s]*                     # Wed, 12 Oct 2016 14:14:51
    | (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s{1,2}\d{1,2}\s\d\d:\d\d:\d\d\S*\s
        (?:[\w.-]{1,60}\s[\w./@()-]{1,60}\[\d{1,9}\]:\s)?                # syslog
    | \[?\d{1,2}:\d\d(?::\d\d)?[.,\d]*(?:\s?(?:am|pm))?\]?:?\s       # [13:57:21]
    | [iwef]\d{4}\s\d\d:\d\d:\d\d\.\d{1,9}\s+\d+\s[\w.-]+:\d+\]\s?   # klog
    | [\w./-]{1,60}\.(?:go|py|js|mjs|ts|rs|java|rb|c|cc|cpp):\d+(?::\d+)?[\]:]?\s\s?  # own place
    | (?!error|warning)[\w-]{1,30}\[[\w.-]{1,30}\]:\s               # app[web.1]
    | (?:warning|normal)\s{1,9}\w{3,30}\s{1,9}\d{1,4}[smhd]\s?(?:\(x\d+\sover\s[\w.]+\)\s)?\s{0,9}
        [\w-]{3,30}\s{2,20}                                          # Kubernetes' events
    | \[\d{1,16}(?:\.\d+)?\]\s?                                      # process ids, epochs
    | \#\#?\[[a-z]{3,10}\]|::(?:error|warning)[^:]{0,200}::          # CI annotations
    | (?:npm|gyp)\s(?:err!|error)\s?
        (?:code\s(?=\w+:)|(?:enoent|404|notarget|eresolve|network|stack)\s)?
    | (?:error|warning|critical|fatal):[a-z_][\w.]{1,60}:(?=\S)          # Python's loggers
    | \S{1,200}(?:\(\d+(?:,\d+)?\))?\s?:\s(?=(?:fatal\s)?error\s[a-z]{1,5}\d) # compilers
    | \[\s(?:error|warning|warn)\s\]\s
    | [\[\#]?(?:error|err!?|fatal|panic|severe|critical|crit|warning|warn|info|notice|debug|e|f)\]?
        (?:\s?[:!|]+\s?|\]\s|\s-\s|\s{2,})                           # levels
    | \[(?:error|fatal|panic|severe|critical|warning|warn|info|debug|[\w.-]{2,40})\]:?\s
    | (?:e\s{2,9}|remote:\s|stderr:\s|stdout:\s|uncaught\s(?:\(in\spromise\)\s)?|unhandled\s
        |\(node:\d{1,9}\)\s|unhandledpromiserejectionwarning:\s)
    | logging\sbefore\sflag\.parse:\s
    """,
    re.VERBOSE,
)


_STAMP = re.compile(
    r"""^[ \t]*(?:
      [\w.-]{1,40}\ {1,30}\|\ ?                                       # docker compose
    | \#\d{1,4}\ \d{1,5}\.\d{1,4}\                                    # docker build steps
    | (?:\[?\d{4}[-/]\d\d[-/]\d\d[t\ ]\d\d:\d\d:\d\d[.,\d]*(?:z|[+-]\d\d:?\d\d)?\]?\ ?
      | \[?\d{1,2}:\d\d:\d\d[.,\d]*(?:\ [ap]m)?\]?:?\                 # [13:57:21]
      | [a-z]{3}\ {1,2}\d{1,2}\ \d\d:\d\d:\d\d\ [\w.-]{1,60}\ [\w./@()-]{1,60}\[\d{1,9}\]:[ ]
      | \[\d{2,9}\]\                                                  # process ids
      )(?:(?!error|warning)[\w-]{1,30}\[[\w.-]{1,30}\]:\ |-\ (?:error|warn|warning|info|debug)\ -[ ]
        |\[(?:error|warn|warning|info|debug)\]:?\ )?
    )""",
    re.VERBOSE | re.MULTILINE,
)


def without_stamps(text: str) -> str:
    """Return `text` without what a logger put before each line, if it did that to the last one.

    A sentence that goes over several lines then reads as one.
    """
    last = text.rstrip().rfind("\n")
    if last < 0 or not _STAMP.match(text[last + 1 : last + 200]):
        return text
    return _STAMP.sub("", text)


def strip_prefixes(line: str) -> tuple[str, bool]:
    """Return `line` without what a logger put before it, and whether that marked an error."""
    start, is_marked = 0, False
    for _ in range(MAX_PREFIXES):
        found = _PREFIX.match(line, start)
        if found is None or found.end() == start:
            break
        prefix = found.group()
        is_marked = is_marked or any(level in prefix for level in _ERROR_LEVELS)
        start = found.end()
    return line[start:].strip(), is_marked
