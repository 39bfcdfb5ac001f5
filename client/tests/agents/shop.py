"""What every agent here does: deploy a shop with a tool that works only as the founder says."""

import json


def deploy(plan: str) -> str:
    """Deploy the shop on this plan."""
    if plan != "small":
        raise LookupError("The shop has no layout of that size")
    return "deployed"


def next_plan(said: str, calls: int) -> "str | None":
    """What a model would do: obey the founder, else think of something new; None at the end."""
    if "deployed" in said:
        return None
    return "small" if "small" in said else f"big-{calls}"


def arguments(plan: str) -> str:
    return json.dumps({"plan": plan})
