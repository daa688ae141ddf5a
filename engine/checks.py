from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register


@register("baton")
def pdf_can_be_made(**_: Any) -> list[CheckMessage]:
    """The portal starts without WeasyPrint's native library; whoever asks for a PDF is told the same words."""
    from engine.pdf import pdf_ready

    problem = pdf_ready()
    return [Warning(problem, id="baton.W001")] if problem else []
