"""What the demo agent builds: a small tea shop. Some of it fails, and really so.

Each task knows its approaches, a simpler version, and how to put its trouble to the founder.
"""

import html
import importlib
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.request import urlopen

from demo_task import Approach, Task, Work


class CommandFailed(Exception):
    """A program ended with an error; the message is what it printed."""


class TestsFailed(CommandFailed):
    """The shop's own tests found something."""


class KeyMissing(Exception):
    """A service cannot be used without its key."""


def option(value: str, label: str, description: str) -> dict[str, str]:
    """One choice of a question."""
    return {"value": value, "label": label, "description": description}


def schema(name: str, **field: object) -> dict[str, object]:
    """One value that the founder may give with the answer."""
    return {"type": "object", "properties": {name: field}}


SKIP = option("skip_feature", "Leave it out", "The shop goes live without this part.")


class Shop:
    """The shop in one folder: what is built, and the shelf of packages that may be used."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shelf, self.keys = folder, folder / "shelf", folder / "keys"
        for path in (self.shelf, self.keys, folder / "lib"):
            path.mkdir(parents=True, exist_ok=True)
        make_package(self.shelf, "plainbill", "def bill(*lines): return chr(10).join(lines)\n")

    def tasks(self, *, many: bool = False) -> list[Task]:
        """The parts of the shop. `many` adds so many questions that the job is paused."""
        keys = ["payments", *(["newsletter", "delivery", "reviews"] if many else [])]
        parts = [self._key_task(name) for name in keys]
        return [self._catalogue(), *parts, self._photos(), self._prices(), self._invoices()]

    def finish(self, tasks: list[Task]) -> Path:
        """Write the front page from what came of each part."""
        lines = [f"<li>{task.name}: {html.escape(task.result or '')}</li>" for task in tasks]
        page = self.folder / "index.html"
        page.write_text("<h1>Tea shop</h1><ul>" + "".join(lines) + "</ul>", "utf-8")
        return page

    def _catalogue(self) -> Task:
        def write(_: str) -> str:
            teas = ["Assam", "Darjeeling", "Sencha"]
            (self.folder / "catalogue.txt").write_text("\n".join(teas))
            return f"{len(teas)} teas"

        return Task("catalogue", "list the teas", [("write the list", write)])

    def _prices(self) -> Task:
        """Heals itself: adding up floats is the bug, counting in cents is the other approach."""
        floats = "def total(prices): return sum(prices)\n"
        cents = "def total(prices): return sum(round(price * 100) for price in prices) / 100\n"
        approaches: list[Approach] = [
            ("add up the prices as they are", lambda _: self._tested_prices(floats)),
            ("count in whole cents", lambda _: self._tested_prices(cents)),
        ]
        return Task("prices", "add up the prices in the basket", approaches)

    def _tested_prices(self, code: str) -> str:
        (self.folder / "prices.py").write_text(code)
        (self.folder / "test_prices.py").write_text(PRICE_TEST)
        # -B: the next approach must not meet this one's byte code.
        run(sys.executable, "-B", "-m", "unittest", cwd=self.folder, error=TestsFailed)
        return "right to the cent"

    def _key_task(self, name: str) -> Task:
        """Only a person can fix it: the key is not set."""
        variable = f"{name.upper()}_API_KEY"

        def connect(_: str) -> str:
            file = self.keys / variable
            key = os.environ.get(variable) or (file.read_text().strip() if file.exists() else "")
            if not key:
                raise KeyMissing(f"{variable} is not set: no API key provided")
            return f"connected with the key that ends in {key[-4:]}"

        question = {
            "plain_english_problem": f"I need the key for {name}, and nobody has given me one.",
            "recommended_action": "Give me the key, or let me go on without this part for now.",
            "options": [
                option("provide_credentials", "I have set the key", "I read it and go on."),
                SKIP,
            ],
            "answer_schema": schema(
                variable,
                type="string",
                format="secret",
                description=f"You can find it in the settings of the {name} service.",
                **{"x-options": ["provide_credentials"]},
            ),
        }
        approach: Approach = (f"connect the {name} service", connect)
        intent = f"connect the {name} service"
        return Task(name, intent, [approach], question=question, keys=self.keys)

    def _photos(self) -> Task:
        """Waiting may cure it: nobody listens at that port. The desk words the question."""
        address = f"http://127.0.0.1:{unused_port()}/photos"
        approaches: list[Approach] = [("clone the photos", lambda advice: clone(advice))]

        def clone(advice: str) -> str:
            url = next(iter(re.findall(r"https?://\S+", advice)), f"{address}.git")
            shutil.rmtree(self.folder / "photos", ignore_errors=True)
            run("git", "clone", "--quiet", "--", url, "photos", cwd=self.folder)
            return f"cloned from {url}"

        def download(_: str) -> str:
            with urlopen(f"{address}.zip", timeout=10) as answer:
                (self.folder / "photos.zip").write_bytes(answer.read())
            return "downloaded as one archive"

        def draw(_: str) -> str:
            (self.folder / "cup.svg").write_text(CUP)
            return "a drawing instead of photos"

        approaches.append(("download the photos as one archive", download))
        return Task("photos", "get the photos of the teas", approaches, ("draw a cup", draw))

    def _invoices(self) -> Task:
        """The package does not exist, in whatever way it is asked for."""

        def install(*flags: str) -> Work:
            def work(advice: str) -> str:
                number = task.values.get("first_number")
                named = self._named_in(advice)
                if named:
                    return self._invoice(named, number)
                return self._invoice("invoicekit", number, *flags)

            return work

        def by_hand(_: str) -> str:
            (self.folder / "invoice.txt").write_text("Sencha 8.50")
            return "plain text, without a package"

        question = {
            "plain_english_problem": "I cannot find the building block that writes invoices.",
            "recommended_action": "Tell me which one you use; plainbill may be the one.",
            "options": [
                option("provide_guidance", "Use this one", "Type its name below."),
                option("simpler_version", "Keep it simple", "Invoices become plain text."),
                SKIP,
            ],
            "answer_schema": schema(
                "first_number",
                type="integer",
                title="Number of the first invoice",
                minimum=1,
                **{"x-options": ["provide_guidance"]},
            ),
        }
        approaches = [
            ("install the package invoicekit", install()),
            ("install an early version of invoicekit", install("--pre")),
            ("install invoicekit without what it depends on", install("--no-deps")),
            ("build invoicekit from its source code", install("--no-binary=:all:")),
        ]
        intent = "write an invoice for each order"
        task = Task("invoices", intent, approaches, ("write plain text", by_hand), question)
        return task

    def _named_in(self, advice: str) -> str | None:
        """The package of our shelf that the advice names; else its last word."""
        words = re.findall(r"\w[\w-]*", advice)
        on_shelf = {file.name.split("-")[0] for file in self.shelf.iterdir()}
        return next((word for word in words if word in on_shelf), words[-1] if words else None)

    def _invoice(self, package: str, number: int | None, *flags: str) -> str:
        lib = str(self.folder / "lib")
        # Only from our own shelf: it fails at once, with and without a network.
        where = ("--no-index", "--find-links", str(self.shelf), "--target", lib, "--upgrade")
        run(sys.executable, "-m", "pip", "install", *where, *flags, "--", package)
        sys.path.insert(0, lib)
        importlib.invalidate_caches()
        bill = importlib.import_module(package.replace("-", "_")).bill
        text = bill(f"Invoice {number or 1}", "Sencha 8.50", "Sum 8.50")
        (self.folder / "invoice.txt").write_text(text)
        return f"made with {package}" + (f", from number {number}" if number else "")


PRICE_TEST = """
import unittest
from prices import total

class Basket(unittest.TestCase):
    def test_three_samples(self):
        self.assertEqual(total([0.1, 0.2]), 0.3)
"""

CUP = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M4 4h12v8a6 6 0 0 1-12 0z"/></svg>'


def run(*command: str, cwd: Path | None = None, error: type[Exception] = CommandFailed) -> None:
    """Run a program; raises `error` with the end of what it printed when it fails."""
    environ = os.environ | {"PIP_CONFIG_FILE": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(
        command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise error((done.stderr or done.stdout).strip()[-2000:])


def unused_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def make_package(folder: Path, name: str, code: str) -> None:
    """Put a package on the shelf, in the form that pip installs."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
