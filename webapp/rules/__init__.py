"""The self-healing error model as pure functions: standard library only, no clock, no database."""
