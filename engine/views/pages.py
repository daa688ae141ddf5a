"""Pages of a long list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 50


def page_of(request: HttpRequest, rows: Any) -> Page:
    """The page of a list that the address asks for: 50 rows, or up to 500 with ?per_page=."""
    asked = request.GET.get("per_page", "")
    size = min(max(int(asked), 1), 500) if asked.isdecimal() and len(asked) < 6 else PER_PAGE
    return Paginator(rows, size).get_page(request.GET.get("page"))
