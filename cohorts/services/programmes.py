"""What frames a programme: the tenant's ambitions and the organisations that have a part in it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cohorts.models import Programme, ProgrammePartner, StrategicAmbition
from cohorts.services.cohorts import may_run
from engine.transitions import record_change
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Organisation
from tenancy.turns import take_turns_at


@transaction.atomic
def add_ambition(*, name: str, by: Actor) -> StrategicAmbition:
    """One more long-term ambition, last in order; only staff of the whole tenant add one."""
    may_run(by, None)
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Enter the ambition."), field="name")
    take_turns_at("ambitions")
    if StrategicAmbition.objects.filter(name__iexact=name).exists():
        raise Refused(_("There is already an ambition of this name."), field="name")
    last = StrategicAmbition.objects.aggregate(last=Max("position"))["last"] or 0
    ambition = StrategicAmbition.objects.create(name=name, position=last + 1)
    record_change(ambition, "create", by=by)
    return ambition


@transaction.atomic
def add_partner(*, programme: Programme, organisation: Organisation, part: str, by: Actor) -> ProgrammePartner:
    """Say which part an organisation has in a programme. One organisation may have several parts, each once."""
    may_run(by, programme)
    if part not in ProgrammePartner.Part.values:
        raise Refused(_("Choose the organisation’s part."), field="part")
    try:
        with transaction.atomic():
            partner = ProgrammePartner.objects.create(programme=programme, organisation=organisation, part=part)
    except IntegrityError as error:
        raise Refused(
            _("%(name)s already has this part.") % {"name": organisation.name}, field="organisation"
        ) from error
    record_change(programme, "add partner", by=by, reason=f"{organisation.name}: {partner.get_part_display()}")
    return partner
