"""A tenant's colour: may it be used, and which text stands on it. Contrast is that of WCAG 2.2."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

WHITE = "#ffffff"
INK = "#0b0c0c"  # the black of govuk-frontend's text
TEXT_CONTRAST = 4.5  # WCAG 1.4.3, text
SHAPE_CONTRAST = 3.0  # WCAG 1.4.11, bars and marks on the white page
HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")


def _luminance(colour: str) -> float:
    if not HEX.match(colour):
        raise ValueError(f"not a colour of the form #rrggbb: {colour!r}")
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(a: str, b: str) -> float:
    """From 1 (the same) to 21 (black on white). Raises ValueError for anything but #rrggbb."""
    lighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: str) -> str:
    """White or ink, whichever reads better on `colour`."""
    return WHITE if contrast_ratio(colour, WHITE) >= contrast_ratio(colour, INK) else INK


def check_brand_colour(colour: str) -> None:
    """A validator for a tenant's colour. Raises ValidationError saying what to do."""
    if not HEX.match(colour):
        raise ValidationError(_("Enter a colour as # and six digits or letters, like #1b4352"), code="form")
    if contrast_ratio(colour, WHITE) < SHAPE_CONTRAST:
        raise ValidationError(
            _("Choose a darker colour: this one can't be told from the white of the page"), code="too_light"
        )
    if contrast_ratio(colour, readable_on(colour)) < TEXT_CONTRAST:
        raise ValidationError(
            _("Choose a darker colour: neither white nor black text can be read on this one"), code="no_text"
        )


def brand_css(colour: str) -> str:
    """The stylesheet of a tenant. It is served to browsers, so a colour that isn't one raises ValueError."""
    return f":root{{--baton-brand:{colour.lower()};--baton-brand-text:{readable_on(colour)}}}\n"
