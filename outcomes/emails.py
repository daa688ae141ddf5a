"""One function a message."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from outcomes.models import NetworkWave, SurveyWave
from reminders.services.messages import LinkTo, Outgoing, queue_messages
from tenancy.actors import Actor
from tenancy.models import Person, Tenant
from tenancy.scope import current_scope


def send_survey_open(wave: SurveyWave, people: Sequence[Person], *, by: Actor) -> int:
    link = answer_link(wave, "outcomes:answer-start", _("Answer the survey"))
    return queue_messages(
        (
            Outgoing(
                kind="outcomes.survey_open",
                to=person,
                about=wave.public_id,
                asks=True,
                context={"wave": wave, "survey": wave.survey, "cohort": wave.survey.cohort},
                link=link,
                owed=[("outcomes.survey", wave.public_id)],
            )
            for person in people
        ),
        by=by,
    )


def send_network_open(wave: NetworkWave, people: Sequence[Person], *, by: Actor) -> int:
    link = answer_link(wave, "outcomes:network-answer", _("Answer the network survey"))
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


def answer_link(wave: SurveyWave | NetworkWave, page: str, text: str) -> LinkTo:
    slug = Tenant.objects.values_list("slug", flat=True).get(pk=current_scope().tenant_id)
    return LinkTo(path=reverse(page, kwargs={"tenant": slug, "public_id": wave.public_id}), text=text)
