"""What frames a programme: the tenant's ambitions and the organisations that have a part in it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cohorts.models import Nation, Programme, ProgrammePartner, StrategicAmbition
from cohorts.services.cohorts import NAMES, may_run
from engine.transitions import record_change
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Organisation
from tenancy.seen import check_seen
from tenancy.turns import take_turns_at

# What a page of a programme shows and its form changes.
PROGRAMME = ("name", "nation", "summary")


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
def edit_programme(
    *, programme: Programme, name: str, summary: str = "", nation: str | None = None, seen: str = "", by: Actor
) -> Programme:
    """Another name, purpose or nation, whose bank holidays its events keep off ('' for the tenant's, None as it is). The slug
    stays, so that addresses and commands go on working. `seen` is the digest of what the page showed: a programme changed since
    isn't written over."""
    may_run(by, programme)
    name = " ".join(name.split())
    take_turns_at(NAMES)
    locked = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    nation = locked.nation if nation is None else nation
    if nation and nation not in Nation.values:
        raise Refused(_("Choose a nation of the list."), field="nation")
    check_seen(locked, PROGRAMME, seen, wanted={"name": name, "summary": summary, "nation": nation})
    if (locked.name, locked.summary, locked.nation) == (name, summary, nation):
        return locked
    if Programme.objects.filter(name__iexact=name).exclude(pk=locked.pk).exists():
        raise Refused(_("There is already a programme of this name."), field="name")
    locked.name, locked.summary, locked.nation = name, summary, nation
    locked.save(update_fields=["name", "nation", "summary"])
    record_change(locked, "edit", by=by, reason=name)
    return locked


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


@transaction.atomic
def remove_partner(*, partner: ProgrammePartner, by: Actor) -> None:
    """Take a part off an organisation; its other parts stay, and the programme's history says what it was."""
    may_run(by, partner.programme)
    rows = ProgrammePartner.objects.select_related("organisation", "programme").select_for_update(of=("self",))
    row = rows.filter(pk=partner.pk).first()
    if row is None:
        # the second of two clicks
        return
    said = f"{row.organisation.name}: {row.get_part_display()}"
    row.delete()
    record_change(row.programme, "remove partner", by=by, reason=said)
