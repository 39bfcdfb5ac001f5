"""The event log of jobs: the closed list of kinds, the log itself, and the notify."""
