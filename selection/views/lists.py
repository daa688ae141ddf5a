"""What the long lists of a round share."""

from __future__ import annotations

from django.http import HttpRequest

PER_PAGE = 50
MOST_PER_PAGE = 500


def per_page(request: HttpRequest, usual: int = PER_PAGE) -> int:
    """`?per_page=`, between 1 and 500."""
    typed = request.GET.get("per_page", "")
    return min(max(int(typed), 1), MOST_PER_PAGE) if typed.isdecimal() and len(typed) < 6 else usual
