"""A failure that an agent reports, from its arrival to the verdict.

`receive` takes it in, `context` finds what is known of the problem and the job, `record` stores
the attempt, `escalate` asks the founder, `verdict` tells the agent what to do next, and `repeats`
gives a report that is delivered again its first verdict.
"""
