"""One function a message."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from outcomes.models import NetworkWave, SurveyWave
from reminders.services.messages import LinkTo, Outgoing, queue_message, queue_messages
from tenancy.actors import Actor
from tenancy.models import Person, Tenant
from tenancy.scope import current_scope


def send_survey_open(wave: SurveyWave, person: Person, *, by: Actor) -> bool:
    slug = Tenant.objects.values_list("slug", flat=True).get(pk=current_scope().tenant_id)
    return queue_message(
        kind="outcomes.survey_open",
        to=person,
        about=wave.public_id,
        by=by,
        asks=True,
        context={"wave": wave, "survey": wave.survey, "cohort": wave.survey.cohort},
        link=LinkTo(
            path=reverse("outcomes:answer-start", kwargs={"tenant": slug, "public_id": wave.public_id}),
            text=_("Answer the survey"),
        ),
        owed=[("outcomes.survey", wave.public_id)],
    )


def send_network_open(wave: NetworkWave, people: Sequence[Person], *, by: Actor) -> int:
    slug = Tenant.objects.values_list("slug", flat=True).get(pk=current_scope().tenant_id)
    link = LinkTo(
        path=reverse("outcomes:network-answer", kwargs={"tenant": slug, "public_id": wave.public_id}),
        text=_("Answer the network survey"),
    )
    return queue_messages(
        (
            Outgoing(
                kind="outcomes.network_open",
                to=person,
                about=wave.public_id,
                asks=True,
                context={"wave": wave, "cohort": wave.cohort},
                link=link,
                owed=[("outcomes.network", wave.public_id)],
            )
            for person in people
        ),
        by=by,
    )
