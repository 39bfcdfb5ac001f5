"""Draws the icons under which a phone keeps the desk.

Call `.venv/bin/python tests/browser/app_icons.py` after a change of the look. They are kept in
static/app/. A maskable one fills its square, because the phone cuts it to its own shape; what must
be seen stands in the middle.
"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

OUT = Path(__file__).resolve().parent.parent.parent / "static" / "app"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
BLUE = "#24548f"
LETTER = (
    '<path d="M10 9v8a6 6 0 0 0 12 0V9" fill="none" stroke="#fff" stroke-width="3.5" '
    'stroke-linecap="round"/>'
)
ROUND = f'<rect x="1" y="1" width="30" height="30" rx="7.5" fill="{BLUE}"/>{LETTER}'
FULL = (
    f'<rect width="32" height="32" fill="{BLUE}"/>'
    f'<g transform="translate(16 16) scale(.82) translate(-16 -16)">{LETTER}</g>'
)
ICONS = {
    "icon-192.png": (192, ROUND),
    "icon-512.png": (512, ROUND),
    "maskable-192.png": (192, FULL),
    "maskable-512.png": (512, FULL),
    "apple-touch-icon.png": (180, FULL),
}


def main() -> None:
    """Write all of them."""
    OUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, (size, drawing) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(
                '<body style="margin:0"><svg xmlns="http://www.w3.org/2000/svg" '
                f'viewBox="0 0 32 32" width="{size}" height="{size}" style="display:block">'
                f"{drawing}</svg>"
            )
            page.screenshot(path=OUT / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
