"""Ratings as pages show them: a word and a shape, with colour only to repeat them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from projects.states import RAG_MEANING, Rag

register = template.Library()

# Circle, triangle, square: told apart in grey, in print and by any colour vision. Presentation attributes only: CSP allows them.
SHAPES = {
    Rag.GREEN: '<circle cx="8" cy="8" r="7" fill="#2f9e77" stroke="#0b0c0c"/>',
    Rag.AMBER: '<path d="M8 1 15 15H1z" fill="#ffc94d" stroke="#0b0c0c"/>',
    Rag.RED: '<path d="M1.5 1.5h13v13h-13z" fill="#942514" stroke="#0b0c0c"/>',
}


@register.simple_tag
def rag_mark(rag: str | None) -> SafeString:
    """'▲ Amber', or 'Not rated yet'."""
    if not rag:
        return format_html('<span class="baton-when">{}</span>', gettext("Not rated yet"))
    value = Rag(rag)
    shape = mark_safe(SHAPES[value])  # noqa: S308 -- our own constants
    return format_html(
        '<span class="baton-nowrap"><svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>'
        " <strong>{}</strong></span>",
        shape,
        value.label,
    )


@register.filter
def rag_meaning(rag: str) -> str:
    return str(RAG_MEANING[Rag(rag)])
