"""What cohorts answers when the lower floors ask."""

from __future__ import annotations

import json

import pytest
from django.apps import apps

from cohorts.face_report import figures
from cohorts.models import Attendance
from cohorts.services.development import add_objective
from cohorts.services.events import save_register
from cohorts.services.invitations import invite_person
from cohorts.services.reflections import write_reflection
from engine.reports import check_figure
from reminders.selectors import count_obligations, read_obligations
from tenancy.models import Person
from tenancy.privacy import export_person, holdings
from tenancy.scope import tenant_context
from tests.factories.cohorts import SYSTEM, make_event, make_many, make_past_event, make_person, make_sets


def test_every_model_with_a_key_to_a_person_is_answered_for():
    covered = {label for holding in holdings for label in holding.models}
    own = {
        m._meta.label
        for m in apps.get_app_config("cohorts").get_models()
        if any(f.related_model is Person for f in m._meta.local_fields if f.is_relation)
        and not hasattr(m, "pgh_tracked_model")
    }
    assert own and own <= covered, own - covered


def test_the_report_of_a_cohort_that_has_only_begun_is_empty(essex, cohort, participant):
    with tenant_context(essex):
        make_event(cohort)
        assert figures(cohort.pk) == []


def test_what_the_report_says(essex, cohort):
    with tenant_context(essex):
        people = [p.person for p in make_many(cohort, 10)]
        make_sets(cohort, [people[:5], people[5:]])
        for n, absent in enumerate((1, 4)):
            event = make_past_event(cohort, f"W{n}", kind=("workshop", "networking")[n])
            marks = {p.public_id: "absent" if i < absent else "present" for i, p in enumerate(people)}
            save_register(event=event, version=1, marks=marks, by=SYSTEM)
        make_past_event(cohort, "No register")
        guests = [make_person(name, "Anglia Ruskin") for name in ("Gus Guest", "Gil Guest", "Gwen Guest")]
        for person, state in zip(guests, ("present", "absent", "present"), strict=True):
            Attendance.objects.create(event=event, person=person, state=state, is_guest=True, recorded_at=event.ends_at)
        made = {f["key"]: f for f in figures(cohort.pk)}
        assert set(made) == {"attendance", "guests", "learning-sets"}
        assert made["guests"]["data"] == {"value": 2, "of": 3}
        for figure in made.values():
            check_figure(json.loads(json.dumps(figure)))
        assert made["attendance"]["data"] == [["Networking", 6, 10], ["Workshop", 9, 10]]
        assert made["attendance"]["title"].startswith("75%")
        assert made["learning-sets"]["data"]["rows"] == [["Set 1", 5, 5, 3], ["Set 2", 5, 5, 3]]
        assert "none with two people" in made["learning-sets"]["title"]


@pytest.mark.parametrize(("writers", "said"), [(4, False), (5, True)])
def test_few_writers_of_reflections_are_not_counted_out(essex, cohort, writers, said):
    with tenant_context(essex):
        people = [p.person for p in make_many(cohort, 6)]
    from tenancy.selectors import actor_of

    for person in people[:writers]:
        with tenant_context(essex, person):
            by = actor_of(person)
            work = add_objective(cohort=cohort, title="x", why="", due_on=None, done=False, by=by)
            about = {"objective": work.public_id}
            write_reflection(cohort=cohort, kind="tried", title="x", body="x", attached=about, by=by)
            write_reflection(cohort=cohort, kind="free", title="x", body="x", by=actor_of(person))
    with tenant_context(essex):
        found = {
            f["key"]: f for f in figures(cohort.pk) if f["key"] in ("reflections", "tried-at-work", "on-objectives")
        }
        assert len(found) == 3 * said
        for figure in found.values():
            check_figure(json.loads(json.dumps(figure)))
        if said:
            assert found["reflections"]["data"] == {"value": 5}
            assert found["tried-at-work"]["data"] == found["on-objectives"]["data"] == {"value": 5, "of": 10}


def test_a_register_is_owed_once_the_event_is_over_and_no_longer_than_its_cohort(essex, cohort, staff):
    with tenant_context(essex):
        make_event(cohort, "Ahead", owner=staff.person)
        past = make_past_event(cohort, "Past", owner=staff.person)
        owed = read_obligations(kind="cohorts.register")
        assert [(o.person_id, o.about, o.key, o.cohort_id) for o in owed] == [
            (staff.person.pk, "Past", past.public_id, cohort.pk)
        ]
        assert owed[0].path(essex) == f"/essex/events/{past.public_id}/register/"
        assert [c.count for c in count_obligations(kind="cohorts.register", cohort_ids=[])] == []
        cohort.stage = "finished"
        cohort.save()
        assert read_obligations(kind="cohorts.register") == []


def test_a_persons_own_copy_names_what_they_did(essex, cohort, participant):
    with tenant_context(essex):
        event = make_past_event(cohort)
        save_register(event=event, version=1, marks={participant.person.public_id: "present"}, by=SYSTEM)
        make_sets(cohort, [[participant.person]])
        copy = export_person(participant.person)
        assert copy["Places on cohorts"][0]["state"] == "active"
        assert copy["Events: apologies and attendance"][0]["state"] == "present"
        assert copy["Sets"][0]["set"] == "Set 1"
        asked = invite_person(
            name="Ivy Invited", email="ivy@example.org", role="mentor", cohort=cohort, note="You’d be good", by=SYSTEM
        )
        assert export_person(asked.person)["Invitations"][0]["note"] == "You’d be good"
