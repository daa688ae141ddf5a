"""Leadership history: read by whom its owner picks, never by those who judge, back, sponsor or manage them, whatever they ask."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.models import LeadershipHistoryEntry, LeadershipHistoryNod, SetMembership
from cohorts.services.leadership_history import add_history_entry, edit_history_entry, give_nod
from cohorts.services.participation import withdraw_participant
from mentoring.models import MentorMatch
from reminders.models import Message
from selection.models import AssessorAllocation
from selection.states import ApplicationState
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tests.factories.cohorts import make_cohort, make_participant, make_person, make_sets, sign_in_as
from tests.factories.mentoring import make_match
from tests.factories.projects import make_approved
from tests.factories.selection import make_application, make_cohort_for_round, make_round
from tests.queries import page_queries

SECRET = "Haubentaucher"
OWN = reverse("cohorts:leadership-history", kwargs={"tenant": "essex"})
WRITE = reverse("cohorts:leadership-history-write", kwargs={"tenant": "essex"})


@pytest.fixture
def scene(essex, staff):
    """Ann tells her history. Ben is in her set, Cem only in her cohort, Fay facilitates, Mel mentors."""
    with tenant_context(essex):
        cohort = make_cohort(stage="selecting")
        ann, ben, cem = (
            make_participant(cohort, name, f"{name} Council").person for name in ("Ann A", "Ben B", "Cem C")
        )
        fay, mel = make_person("Fay F", "Set Work"), make_person("Mel M", "Elsewhere")
    cast = {
        "ann": sign_in_as(essex, ann, Role.PARTICIPANT, cohort=cohort),
        "ben": sign_in_as(essex, ben, Role.PARTICIPANT, cohort=cohort),
        "cem": sign_in_as(essex, cem, Role.PARTICIPANT, cohort=cohort),
        "fay": sign_in_as(essex, fay, Role.FACILITATOR, cohort=cohort),
        "mel": sign_in_as(essex, mel, Role.MENTOR, cohort=cohort),
        "staff": staff,
    }
    with tenant_context(essex):
        plan = make_sets(cohort, [[ann, ben], [cem]], facilitator=fay)
        plan.sets.filter(position=2).update(facilitator=None)
        match = make_match(mel, ann, cohort)
    entries = {}
    with tenant_context(essex, ann):
        for number, audience in enumerate(("nobody", "peers", "cohort", "mentor")):
            entries[audience] = add_history_entry(
                cohort=cohort,
                year=1990 + number,
                tone=("high", "turn", "hard", "turn")[number],
                title=f"{SECRET} {audience}",
                body=f"{SECRET} body",
                audience=audience,
                by=cast["ann"].actor,
            )
    return SimpleNamespace(tenant=essex, cohort=cohort, plan=plan, match=match, entries=entries, **cast)


def read_by(scene, person) -> list[str]:
    """By plain SQL, as that person."""
    with tenant_context(scene.tenant, person), connection.cursor() as cursor:
        cursor.execute("SELECT audience FROM cohorts_leadershiphistoryentry ORDER BY year")
        return [row[0] for row in cursor.fetchall()]


def url(name, row, **more):
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", "public_id": row.public_id, **more})


def test_it_opens_with_the_place_and_is_nobodys_until_said(essex):
    with tenant_context(essex):
        cohort = make_cohort(stage="planning")
        new = make_participant(cohort, "Nia New").person
    nia = sign_in_as(essex, new)
    assert OWN in nia.client.get(reverse("portal:home", kwargs={"tenant": "essex"})).content.decode()
    assert "Begin before the first workshop" in nia.client.get(OWN).content.decode()
    page = nia.client.get(WRITE).content.decode()
    assert 'value="nobody" checked' in " ".join(page.split()) and "data-baton-draft" in page
    said = {"year": "1998", "tone": "hard", "title": "The flood", "body": "", "audience": "nobody", "version": "0"}
    for year in ("1900", "2999", "", "soon"):
        assert nia.client.post(WRITE, {**said, "year": year}).status_code == 422
    assert nia.client.post(WRITE, said).status_code == 302
    assert nia.client.post(WRITE, said).status_code == 302  # a double click
    page = nia.client.get(OWN).content.decode()
    assert page.count("The flood</h2>") == 1 and "1998: The flood, A hard time" in page and "Nobody but you" in page
    with tenant_context(essex, new):
        entry = LeadershipHistoryEntry.objects.get()
    stale = {**said, "title": "The great flood", "version": "1"}
    assert nia.client.post(url("leadership-history-edit", entry), stale).status_code == 302
    assert nia.client.post(url("leadership-history-edit", entry), {**stale, "title": "x"}).status_code == 409
    assert nia.client.post(url("leadership-history-delete", entry)).status_code == 302
    assert "The great flood" not in nia.client.get(OWN).content.decode()


def test_each_reads_what_the_owner_picked_for_them(scene):
    assert read_by(scene, scene.ann.person) == ["nobody", "peers", "cohort", "mentor"]
    assert read_by(scene, scene.ben.person) == ["peers", "cohort"]
    assert read_by(scene, scene.fay.person) == ["peers"]
    assert read_by(scene, scene.cem.person) == ["cohort"]
    assert read_by(scene, scene.mel.person) == ["mentor"]
    assert read_by(scene, scene.staff.person) == read_by(scene, None) == []
    of = url("leadership-history-of", scene.ann.person)
    for who, words in (("ben", ["peers", "cohort"]), ("cem", ["cohort"]), ("mel", ["mentor"]), ("fay", ["peers"])):
        page = getattr(scene, who).client.get(of).content.decode()
        assert [a for a in scene.entries if f"{SECRET} {a}" in page] == words
        assert "Ann A" in getattr(scene, who).client.get(OWN).content.decode()
    assert scene.staff.client.get(of).status_code == scene.ann.client.get(of).status_code == 404
    assert "Ann A" not in scene.staff.client.get(OWN).content.decode()
    # who comes and goes changes who reads
    with tenant_context(scene.tenant):
        SetMembership.objects.filter(person=scene.ben.person).delete()
        MentorMatch.objects.update(state="ended", ended_at=timezone.now())
        place = scene.cohort.participations.select_related("cohort", "person").get(person=scene.cem.person)
    assert read_by(scene, scene.ben.person) == ["cohort"] and read_by(scene, scene.mel.person) == []
    with tenant_context(scene.tenant, scene.staff.person):
        withdraw_participant(participation=place, reason="Has moved.", by=scene.staff.actor)
    assert read_by(scene, scene.cem.person) == []
    # who stays goes on telling
    assert scene.ann.client.get(WRITE).status_code == 200


def test_never_those_who_judge_back_sponsor_or_manage(scene):
    """Each is let in by the set or the cohort, and kept out by what they are besides."""
    essex, ben, cem, fay, mel = scene.tenant, scene.ben.person, scene.cem.person, scene.fay.person, scene.mel.person
    with tenant_context(essex):
        application = make_application(make_round(make_cohort_for_round("Cohort 9")), "Ann A")
        application.applicant, application.state = scene.ann.person, ApplicationState.ACCEPTED
        application.save()
        allocation = AssessorAllocation.objects.create(
            application=application, assessor=fay, allocated_at=timezone.now()
        )
        project = make_approved(scene.ann.person, cem, ben, cohort=scene.cohort)
    assert read_by(scene, fay) == [] and read_by(scene, cem) == [] and read_by(scene, ben) == ["peers", "cohort"]
    assert scene.cem.client.get(url("leadership-history-of", scene.ann.person)).status_code == 404
    with tenant_context(essex):
        allocation.delete()
        project.sponsor = None
        project.save()
        application.sponsor = fay
        application.save()
    assert read_by(scene, fay) == [] and read_by(scene, cem) == ["cohort"]
    with tenant_context(essex):
        application.sponsor = None
        application.save()
        scene.ann.person.line_manager = ben
        ben.line_manager = mel
        scene.ann.person.save()
        ben.save()
    assert read_by(scene, fay) == ["peers"]
    # her manager, and the manager of that one
    assert read_by(scene, ben) == [] and read_by(scene, mel) == []


def test_nods_are_the_only_answer_and_stay_between_two(scene):
    entry, ann, ben = scene.entries["peers"], scene.ann, scene.ben
    nod = url("leadership-history-nod", entry, kind="connection")
    assert ben.client.post(nod).status_code == 302 and ben.client.post(nod).status_code == 302
    assert "Ben B: I’ve been there too" in ann.client.get(OWN).content.decode()
    assert "I’ve been there too" in scene.fay.client.get(url("leadership-history-of", ann.person)).content.decode()
    with tenant_context(scene.tenant, scene.fay.person):
        assert not LeadershipHistoryNod.objects.exists()  # only the two know
    with tenant_context(scene.tenant):
        message = Message.objects.get(kind="cohorts.history_nod")
        assert message.recipient == ann.person and SECRET not in message.subject + message.body_text
    assert scene.cem.client.post(nod).status_code == scene.staff.client.post(nod).status_code == 404
    assert ann.client.post(nod).status_code == 403
    assert ben.client.post(url("leadership-history-nod", entry, kind="five-stars")).status_code == 404
    with tenant_context(scene.tenant, scene.cem.person):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            LeadershipHistoryNod.objects.create(
                entry=entry, owner=ann.person, by_person=scene.cem.person, kind="thanks", given_at=timezone.now()
            )
        with pytest.raises(NotAllowed):
            give_nod(entry=entry, kind="thanks", by=scene.cem.actor)
    assert ben.client.post(nod, {"do": "take-back"}).status_code == 302
    assert "Ben B" not in ann.client.get(OWN).content.decode()


def test_nobody_writes_in_anothers_and_the_copy_is_the_owners(scene):
    entry, ann, ben = scene.entries["cohort"], scene.ann, scene.ben
    words = {"year": 1991, "tone": "high", "title": "x", "body": "", "audience": "cohort"}
    assert ben.client.get(url("leadership-history-edit", entry)).status_code == 403
    assert scene.staff.client.get(url("leadership-history-edit", entry)).status_code == 404
    with tenant_context(scene.tenant, ben.person):
        assert LeadershipHistoryEntry.objects.filter(pk=entry.pk).update(title="taken over") == 0
        with pytest.raises(NotAllowed):
            edit_history_entry(entry=entry, version=1, by=ben.actor, **words)
        with pytest.raises(DatabaseError, match="in_own_notebook"), transaction.atomic():
            LeadershipHistoryEntry.objects.create(
                notebook=entry.notebook, owner=ben.person, written_at=timezone.now(), **words
            )
            connection.check_constraints()
        assert f"{SECRET} nobody" not in str(export_person(ann.person))
    with tenant_context(scene.tenant, ann.person):
        assert f"{SECRET} nobody" in str(export_person(ann.person))
        with pytest.raises(Refused, match="year"):
            add_history_entry(cohort=scene.cohort, by=ann.actor, **{**words, "year": 2999})
    with tenant_context(scene.tenant, scene.staff.person), pytest.raises(NotAllowed):
        add_history_entry(cohort=scene.cohort, by=scene.staff.actor, **words)
    one = page_queries(ben.client, OWN)
    assert one <= 12 and page_queries(ann.client, OWN) <= 12
