"""A real disk fills up under a running server: reading goes on, writes are refused with a sentence,
and all of it works again when there is room."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_process import Desk, flask, refusal
from stage import Answer, Caller, question, send
from web_process import START_PATIENCE_S, until

SIZE_MB = 400


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder on a small disk of its own."""
    place = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=0711", "tmpfs", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount")
    if done.returncode:
        pytest.skip(f"no small disk can be made here: {done.stderr}")
    yield place / "data"
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture(scope="module")
def desk(data_dir: Path) -> Iterator[Desk]:
    with Desk(data_dir, WORKER="off") as desk:
        yield desk


class Crew:
    """An agent and a founder of that desk, and what fills its disk."""

    def __init__(self, desk: Desk, data_dir: Path) -> None:
        self.desk, self.port = desk, int(desk.url.rpartition(":")[2])
        self.filler = data_dir / "filler"
        self._folder = data_dir
        made = flask(data_dir, "token", "create", "--name", "agent", "--project", "shop")
        self.agent = Caller(self.port, made.stdout.split()[-1])
        signed_in = send(self.port, "POST", desk.first_link.removeprefix(desk.url))
        self.cookie = signed_in.headers["Set-Cookie"].partition(";")[0]

    def ask(self) -> Answer:
        return self.agent.post("/api/jobs/build-1/escalations", **question(), project_id="shop")

    def page(self) -> Answer:
        return send(self.port, "GET", "/", headers={"Cookie": self.cookie})

    def fill(self, left_mb: int) -> None:
        """Leave that much room."""
        size = shutil.disk_usage(self._folder).free - left_mb * 1_000_000
        with self.filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)


@pytest.fixture(scope="module")
def crew(desk: Desk, data_dir: Path) -> Crew:
    return Crew(desk, data_dir)


def test_on_a_full_disk_reading_goes_on_and_writing_says_why_not(crew: Crew, desk: Desk) -> None:
    asked = crew.ask()
    assert asked.status == 201
    workers = desk.find("gunicorn")
    for left_mb in (30, 0):
        crew.fill(left_mb)
        refused = until(lambda: (found := crew.ask()).status != 201 and found, "writes are refused")
        assert refused.status == 507
        assert "Free some space" in refused.body["detail"]
        assert int(refused.headers["Retry-After"]) > 0
        assert crew.agent.get(f"/api/escalations/{asked.body['id']}").status == 200
        page = crew.page()
        assert page.status == 200
        assert "nothing can be saved" in page.body
        ready = crew.agent.get("/readyz")
        assert ready.status == 200
        assert "disk" in ready.body["warning"]
        assert crew.agent.get("/metrics").status == 200
        crew.filler.unlink()
        until(lambda: crew.ask().status == 201, "it goes on by itself", START_PATIENCE_S)
    assert desk.find("gunicorn") == workers, "no process died of it"
    assert "warning" not in crew.agent.get("/readyz").body


def test_what_ended_workers_counted_stays_and_their_files_go(crew: Crew, desk: Desk) -> None:
    def counted() -> float:
        lines = crew.agent.get("/metrics").body.splitlines()
        asked = [line for line in lines if line.startswith("unstuck_requests_total{")]
        return sum(float(line.split()[-1]) for line in asked if 'method="POST"' in line)

    before = counted()
    assert before > 0
    main, *workers = desk.find("gunicorn")
    os.kill(workers[0], 9)
    until(lambda: set(desk.find("gunicorn")) - {main, workers[0]}, "another worker serves")
    until(lambda: crew.agent.get("/healthz").status == 200, "it answers")
    assert counted() == before
    environ = Path(f"/proc/{main}/environ").read_bytes().split(b"\0")
    folder = next(each for each in environ if each.startswith(b"PROMETHEUS_MULTIPROC_DIR="))
    files = os.listdir(folder.partition(b"=")[2].decode())
    assert not [name for name in files if name.endswith(f"_{workers[0]}.db")]


def test_a_start_on_a_full_disk_names_the_reason(crew: Crew, desk: Desk, data_dir: Path) -> None:
    desk.stop()
    crew.fill(1)
    said = refusal(data_dir)
    assert said.startswith(f"The disk of the data folder {data_dir} is full")
    crew.filler.unlink()
    with Desk(data_dir, WORKER="off") as again:
        assert again.complaints() == ""
