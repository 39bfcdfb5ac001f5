"""The files of deploy/ name only what there is: folders, settings, endpoints, ports."""

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OBJECTS = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))
SETTINGS = set(
    re.findall(r"\b[A-Z][A-Z_]+\b", (ROOT / "docs/how-to/run-on-a-server.md").read_text())
)


def instructions(name: str) -> list[str]:
    """The arguments of each such instruction, continued lines joined."""
    joined = re.sub(r"\s*\\\n\s*", " ", DOCKERFILE)
    return re.findall(rf"^{name} (.+)$", joined, re.M)


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [each for each in OBJECTS if each["kind"] == kind]


def pods() -> list[dict[str, Any]]:
    return [each["spec"]["template"]["spec"] for each in of_kind("Deployment")]


def test_the_image_copies_what_there_is_and_nobody_runs_it_as_root() -> None:
    copied = [line.split()[0] for line in instructions("COPY") if not line.startswith("--from")]
    assert "requirements.lock" in copied
    assert all((ROOT / name).exists() for name in copied)
    assert instructions("USER") == ["10001"]
    assert "--uid 10001" in DOCKERFILE
    assert all(":" in base and "latest" not in base for base in instructions("FROM"))


def test_the_image_starts_what_make_run_starts_and_asks_healthz() -> None:
    assert json.loads(instructions("CMD")[-1])[1:] == ["-m", "webapp.serving"]
    check = json.loads(
        re.search(r"HEALTHCHECK .*? CMD (\[.*\])", re.sub(r"\\\n", "", DOCKERFILE))[1]
    )
    compile(check[-1], "the health check", "exec")
    assert "/healthz" in check[-1]
    assert instructions("STOPSIGNAL") == ["SIGTERM"]


def test_nothing_that_runs_is_left_out_of_the_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()
    needed = {"webapp", "migrations", "templates", "static", "client", "docs", "wsgi.py"}
    assert needed.isdisjoint(left_out)
    assert all((ROOT / name).exists() for name in needed)


def test_the_image_is_built_on_a_python_that_is_supported() -> None:
    least = re.search(r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text())
    used = {int(each) for each in re.findall(r"python:3\.(\d+)-", DOCKERFILE)}
    assert len(used) == 1
    assert least is None or used.pop() >= int(least[1])


def names() -> set[str]:
    """All settings that compose and Kubernetes set."""
    service = COMPOSE["services"]["unstuck"]
    of_compose = set(service["environment"])
    maps = chain.from_iterable(each["data"] for each in of_kind("ConfigMap"))
    secret = re.findall(r"--from-literal=(\w+)=", (DEPLOY / "kubernetes.yaml").read_text())
    return of_compose | set(maps) | set(secret)


def test_every_setting_is_one_that_is_documented() -> None:
    assert len(names()) >= 7
    assert names() <= SETTINGS


def test_compose_reads_each_secret_it_makes_and_waits_for_the_database() -> None:
    services = COMPOSE["services"]
    assert set(services["unstuck"]["secrets"]) == set(COMPOSE["secrets"])
    assert services["unstuck"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert services["unstuck"]["read_only"] is True
    assert "exec .venv/bin/python -m webapp.serving" in services["unstuck"]["command"][-1]
    used = {each.partition(":")[0] for one in services.values() for each in one["volumes"]}
    assert used == set(COMPOSE["volumes"])


@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_the_probes_ask_endpoints_that_there_are(app: Flask, probe: str) -> None:
    [web] = [each for pod in pods() for each in pod["containers"] if probe in each]
    path = web[probe]["httpGet"]["path"]
    assert app.test_client().get(path).status_code in (200, 503)
    assert path == ("/readyz" if probe == "readinessProbe" else "/healthz")
    assert web["ports"] == [{"name": "http", "containerPort": 5000}]


def test_two_web_servers_run_and_one_is_always_there() -> None:
    [web] = [each for each in of_kind("Deployment") if each["metadata"]["name"] == "unstuck"]
    [budget] = of_kind("PodDisruptionBudget")
    [service] = of_kind("Service")
    labels = web["spec"]["template"]["metadata"]["labels"]
    assert web["spec"]["replicas"] == 2
    assert web["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert budget["spec"]["minAvailable"] == 1
    assert budget["spec"]["selector"]["matchLabels"] == labels
    assert service["spec"]["selector"] == labels


def test_every_pod_is_locked_down_and_every_mount_has_its_volume() -> None:
    assert len(pods()) == 2
    for pod in pods():
        assert pod["securityContext"]["runAsUser"] == 10001
        volumes = {each["name"] for each in pod["volumes"]}
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert {each["name"] for each in container["volumeMounts"]} == volumes
