"""Reads, each shaped for one screen or one call, all limited to what the caller may see."""
