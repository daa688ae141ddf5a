"""What the views of mentoring share."""

from __future__ import annotations

from django.urls import reverse

from mentoring.models import MentoringSession, MentorMatch
from tenancy.views.base import TenantView


class MentoringMixin(TenantView):
    def url(self, name: str, public_id: str = "", **kwargs: str) -> str:
        names = {"tenant": self.request.tenant.slug, **({"public_id": public_id} if public_id else {}), **kwargs}
        return reverse(f"mentoring:{name}", kwargs=names)


class MatchMixin(MentoringMixin):
    """`object` is the match in the URL."""

    object: MentorMatch

    def get_object(self) -> MentorMatch:
        rows = MentorMatch.objects.select_related(
            "mentor__organisation", "mentee__organisation", "cohort__programme", "proposed_by"
        )
        return self.find(MentorMatch, queryset=rows)


class SessionMixin(MentoringMixin):
    """`object` is the session in the URL."""

    object: MentoringSession

    def get_object(self) -> MentoringSession:
        rows = MentoringSession.objects.select_related("mentor", "mentee", "match__cohort")
        return self.find(MentoringSession, queryset=rows)
