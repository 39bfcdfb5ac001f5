"""The dashboard and the alert rules of docs/examples ask only for what /metrics has."""

import json
import re
from pathlib import Path

import yaml
from flask import Flask

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"


def served(app: Flask) -> set[str]:
    """The names under which Prometheus stores what /metrics has."""
    families = re.findall(r"^# TYPE (\w+) (\w+)$", app.test_client().get("/metrics").text, re.M)
    names = {name for name, _ in families}
    return names | {f"{name}_bucket" for name, kind in families if kind == "histogram"}


def asked_for(expressions: list[str]) -> set[str]:
    return {name for each in expressions for name in re.findall(r"\bunstuck_\w+", each)}


def test_the_alert_rules_ask_for_what_there_is(app: Flask) -> None:
    rules = yaml.safe_load((EXAMPLES / "prometheus-alerts.yml").read_text())["groups"][0]["rules"]
    asked = asked_for([rule["expr"] for rule in rules])
    assert len(asked) >= 4
    assert asked <= served(app)
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["annotations"]["summary"].endswith(".")


def test_the_dashboard_asks_for_what_there_is(app: Flask) -> None:
    dashboard = json.loads((EXAMPLES / "grafana-dashboard.json").read_text())
    asked = asked_for([each["expr"] for panel in dashboard["panels"] for each in panel["targets"]])
    assert len(asked) == len(dashboard["panels"])
    assert asked <= served(app)
