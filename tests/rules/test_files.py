"""What a file is follows from its bytes: whole images and plain text, and nothing that is two."""

import struct

import pytest
from pictures import jpeg, png, webp

from webapp.rules.files import Kind, Unfit, kind_of, name_of, pieces

HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(), "image/png"),
        (png(text=HTML), "image/png"),
        (jpeg(), "image/jpeg"),
        (webp(b"VP8L"), "image/webp"),
        (webp(b"VP8 "), "image/webp"),
        (webp(b"VP8X"), "image/webp"),
    ],
)
def test_an_image_is_known_by_its_bytes_with_its_size(data: bytes, media_type: str) -> None:
    assert kind_of(data) == Kind(media_type, 3, 2)


@pytest.mark.parametrize("data", [png(), jpeg(), webp()])
def test_what_stands_behind_an_image_makes_it_unfit(data: bytes) -> None:
    for more in (HTML, b"\0", b"PK\x03\x04", b"%PDF-1.7", data):
        with pytest.raises(Unfit):
            kind_of(data + more)


@pytest.mark.parametrize("data", [png(), jpeg(), webp(b"VP8 "), webp(b"VP8L")])
def test_an_image_that_is_cut_off_anywhere_is_unfit(data: bytes) -> None:
    for length in range(12, len(data)):
        with pytest.raises(Unfit):
            kind_of(data[:length])


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (10_000, 10_000), (2**31, 2**31)])
def test_an_image_without_pixels_or_with_too_many_is_unfit(size: tuple[int, int]) -> None:
    head = struct.pack(">II", *size)
    with pytest.raises(Unfit, match="megapixels"):
        kind_of(png()[:16] + head + png()[24:])


@pytest.mark.parametrize(
    "text",
    [
        "Step 4 of 7: the build failed.",
        "\ufeffGrüße \N{CAT}\r\n\x1b[31mred\x1b[0m\tcolumn",
        "diff --git a/x.html b/x.html\n+<script>alert(1)</script>",
        "<unknown> is not a module",
        '<?xml version="1.0"?><testsuite tests="3"/>',
    ],
)
def test_text_is_text_whatever_it_talks_of(text: str) -> None:
    assert kind_of(text.encode()) == Kind("text/plain")


@pytest.mark.parametrize(
    "data",
    [
        HTML,
        b"  \n<!DOCTYPE HTML><title>x</title>",
        b"\xef\xbb\xbf<!-- hi --><SVG onload=alert(1)>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%PDF-1.7\nplain",
        b"junk before %PDF-1.4",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"PK\x03\x04docx",
        b"\x7fELF\x02",
        b"MZ\x90\0",
        b"text\0with a NUL",
        "Grüße".encode("latin-1"),
        "log".encode("utf-16"),
        b"RIFF\x04\0\0\0WAVE",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_pages_drawings_documents_and_programs_are_unfit(data: bytes) -> None:
    with pytest.raises(Unfit):
        kind_of(data)


@pytest.mark.parametrize(
    ("given", "media_type", "name"),
    [
        ("shot.png", "image/png", "shot.png"),
        ("shot.PNG", "image/png", "shot.PNG"),
        ("page.html", "text/plain", "page.html.txt"),
        ("invoice.pdf.exe", "image/png", "invoice.pdf.exe.png"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\logs\\build.log", "text/plain", "build.log"),
        ("", "text/plain", "file.txt"),
        (".log", "text/plain", "log.txt"),
        ("a\u202egnp.exe", "text/plain", "agnp.exe.txt"),
        ("two\r\nlines\t.txt", "text/plain", "twolines.txt"),
    ],
)
def test_a_name_fits_the_content_and_hides_nothing(given: str, media_type: str, name: str) -> None:
    assert name_of(given, media_type) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = name_of("a" * 5_000 + ".log", "text/plain")
    assert len(name) <= 100
    assert name.endswith(".log")


def test_the_pieces_of_a_text_are_the_text_and_split_no_key() -> None:
    key = "-----BEGIN PRIVATE KEY-----\n" + "MIIB\n" * 30_000 + "-----END PRIVATE KEY-----\n"
    text = "line\n" * 30_000 + key + "line\n" * 30_000
    found = list(pieces(text))
    assert "".join(found) == text
    assert len(found) > 3
    assert any(key in piece for piece in found)
    cut_off = "-----END CERTIFICATE-----\n" + text
    assert any(key in piece for piece in pieces(cut_off))
