"""The fonts of every report, from packages: never from the machine, never from the network.

Source Sans and Source Code are under the SIL Open Font License 1.1.
"""

from __future__ import annotations

import functools
import io
from importlib.resources import files

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

SCHEME = "packaged-font:"
_SANS = "font_source_sans_pro"
_MONO = "fontpkg_source_code_pro"
_VARIABLE_MONO = "SourceCodePro[wght].ttf"

# name in the style sheet -> (package, file, weight to cut out of a variable font)
FONTS: dict[str, tuple[str, str, int | None]] = {
    "sans-regular": (_SANS, "SourceSansPro-Regular.ttf", None),
    "sans-semibold": (_SANS, "SourceSansPro-Semibold.ttf", None),
    "sans-bold": (_SANS, "SourceSansPro-Bold.ttf", None),
    "mono-regular": (_MONO, _VARIABLE_MONO, 400),
}


class RefusedAddress(FatalURLFetchingError):  # noqa: N818
    """Something in a report asked for an address; reports read nothing but their own fonts."""


class PackagedFonts(URLFetcher):
    """The only fetcher a report has: it knows the packaged fonts and refuses everything else."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The bytes of a packaged font. Raises RefusedAddress for every other address."""
        name = url.removeprefix(SCHEME)
        if not url.startswith(SCHEME) or name not in FONTS:
            raise RefusedAddress(f"a report asked for {url[:200]!r}; nothing but its own fonts is read")
        return URLFetcherResponse(url, font_bytes(name), {"Content-Type": "font/ttf"})


@functools.cache
def font_bytes(name: str) -> bytes:
    """A font file; a variable font is cut to one weight, so that the document embeds what was drawn."""
    package, file, weight = FONTS[name]
    body = (files(package) / "files" / file).read_bytes()
    return body if weight is None else _cut(body, weight)


def _cut(body: bytes, weight: int) -> bytes:
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(io.BytesIO(body), recalcTimestamp=False)
    instantiateVariableFont(font, {"wght": weight}, inplace=True)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@functools.cache
def drawable() -> frozenset[int]:
    """The code points that every font of a report can draw."""
    from fontTools.ttLib import TTFont

    covered = [set(TTFont(io.BytesIO(font_bytes(name)), lazy=True).getBestCmap()) for name in FONTS]
    return frozenset(set.intersection(*covered))
