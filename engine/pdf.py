"""HTML to tagged PDF (PDF/UA-1) in a process of its own: its memory and its faults end with it.

That process gets no settings, no secrets and no addresses to fetch but `data:`. WeasyPrint is never imported here:
that fails without its native library, and the portal must start all the same.
"""

import base64
import ctypes
import importlib.util
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from django.utils.translation import gettext as _

INSTALL_COMMAND = "apt-get install --no-install-recommends libpangoft2-1.0-0"

# As in engine.pdf_render, which must not import this module: it has no Django.
EXIT_REFUSED, EXIT_UNAVAILABLE, EXIT_MEMORY = 3, 4, 5

_LIBRARIES = (
    ("libgobject-2.0-0", "libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    ("libpango-1.0-0", "libpango-1.0.so.0", "libpango-1.0.dylib"),
    ("libharfbuzz-0", "libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    ("libfontconfig-1", "libfontconfig.so.1", "libfontconfig.1.dylib"),
    ("libpangoft2-1.0-0", "libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
)
_PASSED_ON = ("PATH", "HOME", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
_FONT_KINDS = {".woff2": "font/woff2", ".woff": "font/woff", ".ttf": "font/ttf", ".otf": "font/otf"}

_CRASHES = (-signal.SIGSEGV, -signal.SIGBUS)

logger = logging.getLogger(__name__)


class PdfError(Exception):
    """No PDF came of it; the message says why and may be shown to staff."""


class PdfUnavailable(PdfError):
    """The machine lacks what WeasyPrint needs; the message holds the exact command."""


class PdfTimeout(PdfError):
    """Rendering used up its time and was killed."""


class PdfForbiddenUrl(PdfError):
    """The document asked for something outside itself; `url` names it and nothing was fetched."""

    def __init__(self, url: str) -> None:
        super().__init__(_("The report refers to “%(url)s”, which isn’t part of it. No PDF was made.") % {"url": url})
        self.url = url


def render_pdf(
    html: str,
    *,
    title: str,
    css: Sequence[str] = (),
    lang: str = "en",
    font: str = "",
    timeout: float = 180,
    memory_mb: int = 1536,
) -> bytes:
    """The PDF of a whole page of HTML, or PdfError.

    `css` holds stylesheets as text (see `font_css`); `font` is the family for text in figures, which don't inherit
    one in a PDF. Only `data:` addresses are read: anything else stops the rendering and raises PdfForbiddenUrl.
    """
    order = {
        "html": html,
        "css": list(css),
        "title": str(title),
        "lang": lang,
        "font": font,
        "cpu_seconds": int(timeout) + 5,
        "memory_mb": memory_mb,
    }
    code, out, err = _run(json.dumps(order).encode(), timeout)
    if code in _CRASHES:
        # Rare and by chance (threads of the native text libraries), so a second rendering is worth its while; a third isn't.
        logger.warning("pdf: rendering crashed with %s and is tried again: %s", signal.Signals(-code).name, _where(err))
        code, out, err = _run(json.dumps(order).encode(), timeout)
    if code == 0 and out.startswith(b"%PDF-"):
        for line in err.decode("utf-8", "replace").splitlines()[:20]:
            logger.warning("pdf: %s", line)
        return out
    raise _failure(code, err)


def font_css(path: Path, *, family: str, weight: str = "400", style: str = "normal", unicode_range: str = "") -> str:
    """An @font-face rule that carries the font file itself, as a rendering can't fetch one."""
    kind = _FONT_KINDS[path.suffix.lower()]
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    limits = f"unicode-range:{unicode_range};" if unicode_range else ""
    return (
        f"@font-face{{font-family:{json.dumps(family)};font-weight:{weight};font-style:{style};{limits}"
        f"src:url(data:{kind};base64,{data})}}"
    )


def pdf_ready() -> str | None:
    """What keeps this machine from making PDFs, with the command that mends it; None when all is there."""
    if importlib.util.find_spec("weasyprint") is None:
        return _("WeasyPrint isn’t installed in this environment, so no PDF can be made.")
    missing = [names[0] for names in _LIBRARIES if not any(_loads(name) for name in names)]
    return unavailable_message() if missing else None


def unavailable_message() -> str:
    return _("PDFs can’t be made, because a system library is missing. As root, run: %(command)s") % {
        "command": INSTALL_COMMAND
    }


def _run(order: bytes, timeout: float) -> tuple[int, bytes, bytes]:
    # WeasyPrint writes fonts to files: however it ends, they end with it.
    with tempfile.TemporaryDirectory(prefix="baton-pdf-") as folder:
        return _run_in(folder, order, timeout)


def _run_in(folder: str, order: bytes, timeout: float) -> tuple[int, bytes, bytes]:
    root = str(Path(__file__).resolve().parent.parent)
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {"TMPDIR": folder, "PYTHONPATH": root, "LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}
    # The fonts in it would carry the second of their making: the same document is the same bytes.
    environment |= {"SOURCE_DATE_EPOCH": "0"}
    process = subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "engine.pdf_render"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(order, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise PdfTimeout(_too_long()) from error
    finally:
        # Also when this process is told to stop: a rendering must not outlive who asked for it.
        _kill(process)
    return process.returncode, out, err


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _failure(code: int, err: bytes) -> PdfError:
    text = err.decode("utf-8", "replace").strip()
    last = text.splitlines()[-1] if text else ""
    if code == EXIT_REFUSED:
        return PdfForbiddenUrl(last)
    if code == EXIT_UNAVAILABLE:
        return PdfUnavailable(unavailable_message())
    if code == -signal.SIGXCPU:
        return PdfTimeout(_too_long())
    if code in (EXIT_MEMORY, -signal.SIGKILL):  # a kill that isn't ours: the machine was out of memory
        return PdfError(_("The report is too large to make a PDF of. Leave out a section and try again."))
    # The last line is the exception's own: it may quote the document, so it isn't shown or logged.
    logger.error("pdf: rendering ended with code %s", code)
    return PdfError(_("The PDF couldn’t be made. Try again; if it fails again, tell your support team."))


def _where(err: bytes) -> str:
    """The innermost lines of the stack that faulthandler left, on one line."""
    frames = [line.strip() for line in err.decode("utf-8", "replace").splitlines() if line.startswith('  File "')]
    return "; ".join(frames[:3]) or "nothing is known of where"


def _too_long() -> str:
    return _("The PDF took too long to make and was stopped. Leave out a section and try again.")


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
