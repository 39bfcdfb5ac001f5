"""A failure that an agent reports, from its arrival to the verdict.

`receive` takes it in, `cleaning` takes keys out of its texts, `context` finds what is known of the
problem, the task and the job, `failure` adds how it was recognised, and `record` stores the
attempt. `escalate` asks the founder about the problem, `tasks` about the task. `verdict` tells the
agent what to do next, and `repeats` gives a report that is delivered again its first verdict.
"""
