"""The process that renders one PDF: `python -m engine.pdf_render`, an order as JSON on stdin, the PDF on stdout.

It knows nothing of Django and has no secrets. Refusals go to stderr with an exit code that engine.pdf understands.
"""

import ctypes
import faulthandler
import json
import logging
import os
import resource
import sys
from contextlib import suppress
from typing import Any

EXIT_REFUSED, EXIT_UNAVAILABLE, EXIT_MEMORY = 3, 4, 5
_SVG = "{http://www.w3.org/2000/svg}svg"
_MB = 1024 * 1024
# What WeasyPrint only logs, though the picture or stylesheet would be missing from the PDF.
_MISSING = ("Relative URI", "Failed to load")


def main() -> int:
    # A crash of a native library then names the line; a stack holds names of files, never what is in the document.
    faulthandler.enable()
    order = json.load(sys.stdin.buffer)
    _limit(order["cpu_seconds"], order["memory_mb"])
    _load_fontconfig()
    # WeasyPrint may print; only the PDF belongs on stdout.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        import weasyprint  # noqa: F401 -- only here: it needs a native library that may be missing
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_UNAVAILABLE
    from weasyprint.urls import FatalURLFetchingError

    try:
        pdf = render(order)
    except FatalURLFetchingError as error:
        sys.stderr.write(" ".join(str(error).split())[:500])
        return EXIT_REFUSED
    except MemoryError:
        return EXIT_MEMORY
    out.write(pdf)
    out.close()
    return 0


def _load_fontconfig() -> None:
    """Pango loads Fontconfig's configuration in a thread of its own while WeasyPrint loads and changes another; once it is there, that
    thread has nothing to do. Where the library is missing, the import says so."""
    with suppress(OSError):
        ctypes.CDLL("libfontconfig.so.1").FcInit()


def render(order: dict[str, Any]) -> bytes:
    """The bytes of a PDF/UA-1 file; FatalURLFetchingError, with the address, for anything outside the document."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fetcher = _fetcher()
    watch = _Watch()
    logging.getLogger("weasyprint").addHandler(watch)
    fonts = FontConfiguration()
    page = HTML(string=order["html"], url_fetcher=fetcher)
    page.etree_element.set("lang", order["lang"])
    if order["font"]:
        for figure in page.etree_element.iter(_SVG):
            figure.set("font-family", figure.get("font-family", order["font"]))
    sheets = [CSS(string=text, url_fetcher=fetcher, font_config=fonts) for text in order["css"]]
    document = page.render(stylesheets=sheets, font_config=fonts)
    document.metadata.title = order["title"]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", finisher=_scope_headers)
    watch.refuse_missing(fetcher.refused)
    return pdf


def _fetcher() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class OnlyData(URLFetcher):  # type: ignore[misc]
        """Reads `data:` and stops the rendering at anything else: the default reads files and the local network."""

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.refused: list[str] = []

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not url.lower().startswith("data:"):
                self.refused.append(url)
                raise FatalURLFetchingError(url)
            return super().fetch(url, headers)

    return OnlyData(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)


class _Watch(logging.Handler):
    """Keeps WeasyPrint's errors: some of them mean that part of the document was left out."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage())

    def refuse_missing(self, refused: list[str]) -> None:
        """Inside a drawing even a fatal error is swallowed, hence the addresses that the fetcher kept."""
        from weasyprint.urls import FatalURLFetchingError

        for problem in (*refused, *(message for message in self.seen if message.startswith(_MISSING))):
            raise FatalURLFetchingError(problem)
        for message in self.seen:
            if message.startswith("Failed to render"):
                raise ValueError(message)


def _scope_headers(document: Any, pdf: Any) -> None:
    """Give each TH its Scope, which WeasyPrint leaves out: one in a cell's own row is the row's, else a column's."""
    cells = [item for item in pdf.objects if isinstance(item, dict) and item.get("S") in ("/TH", "/TD")]
    by_id = {item["ID"].data: item for item in cells if item["S"] == "/TH" and "ID" in item}
    for header in by_id.values():
        header["A"]["Scope"] = "/Column"
    for cell in cells:
        for key in cell.get("A", {}).get("Headers", ()):
            own = by_id.get(key.data)
            if own is not None and own["P"] == cell["P"]:
                own["A"]["Scope"] = "/Row"


def _limit(cpu_seconds: int, memory_mb: int) -> None:
    """Ends a rendering that runs away even when whoever started it is gone."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MB, memory_mb * _MB))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100 * _MB, 100 * _MB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Not sys.exit: taking the interpreter down frees fonts and their folder in no order, and what was asked for is done.
    os._exit(code)
