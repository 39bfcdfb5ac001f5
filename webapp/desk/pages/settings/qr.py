"""A QR code as SVG inside the page: no style, no script, and nothing that is fetched."""

from io import BytesIO

from markupsafe import Markup


def picture(text: str) -> Markup:
    """The picture of a text."""
    import segno  # not at the top: few ever need it

    out = BytesIO()
    # Dark on light in both colour schemes, with the quiet zone: many cameras need it.
    segno.make(text, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        dark="#000",
        light="#fff",
        border=4,
        nl=False,
    )
    return Markup(out.getvalue().decode())  # noqa: S704 - made of modules, not of the text
