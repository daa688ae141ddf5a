"""QR codes as drawings within a page."""

from __future__ import annotations

import qrcode
from django.utils.safestring import SafeString, mark_safe

# Blank modules around the code, as ISO/IEC 18004 asks.
QUIET = 4


def qr_drawing(text: str, *, css_class: str) -> SafeString:
    """An SVG of the text's QR code, black on white whatever the page's colours; hidden from screen readers: the page says the same
    in words."""
    code = qrcode.QRCode(border=QUIET, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    side = len(rows)
    # Numbers and our own class go into it.
    return mark_safe(  # noqa: S308
        f'<svg class="{css_class}" viewBox="0 0 {side} {side}" aria-hidden="true" focusable="false" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{dark}"/></svg>'
    )
