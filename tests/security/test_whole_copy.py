"""A person's copy of their data is whole: every text that a row keeps about them is in it, or named here with the reason why not."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from portal.views.your_data import plain
from projects.states import ProjectState
from selection.models import Departure
from selection.services.choosing import depart_from_rank
from selection.services.moderation import agree_means
from selection.states import ApplicationState
from tenancy.models import Person, TenantModel
from tenancy.privacy import export_person
from tenancy.scope import become, tenant_context
from tests.conftest import make_member
from tests.factories.anything import asked_by_another, make_any
from tests.factories.projects import make_cohort, make_proposal
from tests.selection.assess_setup import make_scene

# What an applicant answered about themselves is read as portal_sys.
pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])
TEXTS = (models.CharField, models.TextField, models.JSONField, ArrayField)
# Rows of these are one person's, and so is what stands in the rows that point at them.
OWNED = {
    "selection.Application": "applicant",
    "selection.AssessorAllocation": "assessor",
    "selection.CentrePlace": "application__applicant",
    "selection.Observer": "person",
}

# As far along as a row must be for the person to be told of it, and what else its constraints ask.
SETTLED: dict[str, dict[str, Any]] = {
    "projects.Project": {"state": ProjectState.APPROVED},
    "selection.Application": {"state": ApplicationState.NOT_SELECTED},
    "selection.Feedback": {"sent_at": datetime(2026, 6, 30, 9, tzinfo=UTC)},
    "tenancy.Employment": {"to_date": date(2026, 6, 30)},
}

# For the portal's own use, and no words about anybody.
INTERNAL = {"public_id", "token", "sha256", "sort_key"}
ABOUT_OTHERS = "about the other person, in whose copy it is; this one is only named in it"
WRITTEN = "the applicant's, in whose copy it is; this copy counts the decisions taken"
KEYS = "keys and counts for the program: the title says what was asked for"
MANY = "about the people in the file or the report, each of whom has their own copy"
# 'app.Model.key.field', or 'app.Model.key' for all of the row, as far as it is reached by that key -> why it isn't in the copy.
LEFT_OUT = {
    "cohorts.Attendance.recorded_by": ABOUT_OTHERS,
    "cohorts.AttendanceImport.uploaded_by": MANY,
    "cohorts.EventGuest.asked_by.employer": ABOUT_OTHERS,
    "cohorts.Invitation.invited_by": ABOUT_OTHERS,
    "cohorts.MovementMember.brought_by": ABOUT_OTHERS,
    "engine.Job.requested_by.kind": KEYS,
    "engine.Job.requested_by.params": KEYS,
    # what staff chose to mix a cohort by, as words of the program
    "cohorts.Seating.made_by.aims": KEYS,
    "cohorts.SetPlan.made_by.aims": KEYS,
    "engine.Job.requested_by.result": KEYS,
    "outcomes.CohortReport.created_by": MANY,
    "projects.MapQuestion.answered_by": ABOUT_OTHERS,
    "projects.MapQuestion.asked_by": ABOUT_OTHERS,
    "selection.Nominator.asked_by.named": ABOUT_OTHERS,
    "reminders.Message.recipient.body_html": "the same words as the text, laid out",
    "reminders.Message.recipient.calendar_text": "the event's own times and place, which the copy has with the event",
    "reminders.Message.recipient.dedupe_key": KEYS,
    "reminders.Message.recipient.kind": KEYS,
    "reminders.Message.recipient.link_about": KEYS,
    "reminders.Message.recipient.link_path": KEYS,
    "reminders.Message.recipient.link_purpose": KEYS,
    "reminders.Message.recipient.owed": KEYS,
    "selection.AllowedEndorser.by": WRITTEN,
    "selection.Application.line_manager": ABOUT_OTHERS,
    "selection.Application.sponsor": ABOUT_OTHERS,
    "selection.Departure.by": WRITTEN,
    "selection.Deferral.decided_by": WRITTEN,
    "selection.Deferral.used_for__applicant": "the same words, by the application that was deferred",
    "selection.Feedback.by": WRITTEN,
    "selection.Feedback.edited_by": WRITTEN,
    "selection.KnownConflict.application__applicant": "it would tell the applicant who could have assessed them",
    "selection.KnownConflict.person.kind": KEYS,
    "selection.Moderation.by": WRITTEN,
    "selection.NominationImport.uploaded_by": MANY,
    "selection.ScoreImport.uploaded_by": MANY,
    "selection.SelectionRound.chair": "the round's own words, published, about nobody; the copy says whose moderation one chairs",
    "selection.Offer.in_place_of__applicant.reason": ABOUT_OTHERS,
    "tenancy.Change.by_person.by_kind": "that it was a person and no system job",
    "tenancy.Change.by_person.by_label": "the person's own name",
    "tenancy.Change.by_person.subject_id": KEYS,
    "tenancy.ConflictDeclaration.lifted_by": ABOUT_OTHERS,
    "tenancy.ConflictDeclaration.other": "what somebody else declared in confidence, which only staff read",
    "tenancy.Link.person.about": KEYS,
    "tenancy.Person.line_manager": ABOUT_OTHERS,
}


def texts_of(model: type[models.Model]) -> list[models.Field]:
    return [f for f in model._meta.concrete_fields if isinstance(f, TEXTS) and not f.choices and f.name not in INTERNAL]


def keys_of(model: type[models.Model]) -> list[str]:
    """The model's ways to a person: its own keys, and those to a row that is somebody's."""
    found = []
    for key in model._meta.concrete_fields:
        if not isinstance(key, models.ForeignKey):
            continue
        if key.related_model is Person:
            found.append(key.name)
        elif owner := OWNED.get(key.related_model._meta.label):
            found.append(f"{key.name}__{owner}")
    return found


def ways() -> list[tuple[str, str]]:
    return [
        (model._meta.label, key)
        for model in apps.get_models()
        if issubclass(model, TenantModel) and not hasattr(model, "pgh_tracked_model") and texts_of(model)
        for key in keys_of(model)
    ]


def row_for(
    model: type[models.Model], key: str, person: Person, others: list[Person], texts: dict[str, Any]
) -> models.Model:
    """A row whose `key` leads to this person, and whose other keys lead to somebody else."""
    given: dict[str, Any] = {**SETTLED.get(model._meta.label, {}), **texts}
    own, _, owner = key.partition("__")
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey):
            continue
        if field.related_model is Person:
            given[field.name] = person if field.name == key else others[len(given) % len(others)]
        elif field.related_model._meta.label in OWNED:
            whose = person if owner and field.name == own else others[0]
            given[field.name] = row_for(
                field.related_model, OWNED[field.related_model._meta.label], whose, others[::-1], {}
            )
    return make_any(model, person, **given)


def canary(field: models.Field) -> tuple[Any, str]:
    """A value for the field, and the word in it that no other field holds."""
    word = f"z{hashlib.sha256(field.name.encode()).hexdigest()}"[: min(getattr(field, "max_length", None) or 20, 20)]
    if isinstance(field, models.EmailField):
        return f"{word}@example.org".lower(), f"{word}@example.org".lower()
    if isinstance(field, models.URLField):
        return f"https://{word}.example/".lower(), f"{word}.example".lower()
    if isinstance(field, ArrayField):
        return [word], word
    if isinstance(field, models.JSONField):
        return {"word": word} if field.default is dict else [word], word
    return word, word


# Rows that stand in the copies of several people, and only one of them may write: that one first.
BETWEEN = {
    "cohorts.AskAnswer": ("by_person", "owner"),
    "cohorts.IntroductionWords": ("by_person", "first"),
    "cohorts.Thanks": ("owner", "helper"),
}


def row_between(label: str, key: str, person: Person, other: Person, texts: dict[str, Any]) -> None:
    writer, *_readers = BETWEEN[label]
    people = {**dict.fromkeys(BETWEEN[label], other), key: person}
    become(people[writer].pk)
    if label == "cohorts.AskAnswer":
        texts = {**texts, **asked_by_another(people["by_person"], people["owner"])}
    make_any(apps.get_model(label), people[writer], **{**people, **texts})
    become(person.pk)


@pytest.mark.parametrize(("label", "key"), ways(), ids=lambda part: part)
def test_every_text_about_a_person_is_in_their_copy(essex, label, key) -> None:
    model = apps.get_model(label)
    person = make_member(essex, "Wanda Whole").person
    others = [make_member(essex, name).person for name in ("Otto Other", "Ottilie Other")]
    fields = texts_of(model)
    values = {field.name: canary(field) for field in fields}
    with tenant_context(essex, person):
        texts = {name: value for name, (value, _word) in values.items()}
        if label in BETWEEN:
            row_between(label, key, person, others[0], texts)
        else:
            row_for(model, key, person, others, texts)
        copy = json.dumps(export_person(person), default=plain, ensure_ascii=False)
    if f"{label}.{key}" in LEFT_OUT:
        assert not any(word in copy for _value, word in values.values())
        return
    missing = {f"{label}.{key}.{name}" for name, (_value, word) in values.items() if word not in copy}
    assert missing == {left for left in LEFT_OUT if left.startswith(f"{label}.{key}.")}


def test_a_persons_own_row_is_in_it(essex) -> None:
    values = {field.name: canary(field) for field in texts_of(Person)}
    person = make_member(essex, "Wanda Whole").person
    with tenant_context(essex, person):
        Person.objects.filter(pk=person.pk).update(**{name: value for name, (value, _word) in values.items()})
        copy = json.dumps(export_person(Person.objects.get(pk=person.pk)), default=plain, ensure_ascii=False)
    assert {name for name, (_value, word) in values.items() if word not in copy} == set()


def test_the_walk_finds_the_ways_and_the_list_no_others() -> None:
    found = ways()
    assert len(found) > 35 and ("selection.Score", "allocation__assessor") in found
    known = {f"{label}.{key}" for label, key in found}
    known |= {f"{label}.{key}.{f.name}" for label, key in found for f in texts_of(apps.get_model(label))}
    assert set(LEFT_OUT) - known == set()


def copy_of(tenant, person: Person) -> str:
    with tenant_context(tenant, person):
        return json.dumps(export_person(person), default=plain, ensure_ascii=False)


def test_it_tells_no_applicant_what_is_being_decided(essex, staff) -> None:
    """Points agreed and steps away from the ranking are staff's until the applicant has been told."""
    scene = make_scene(essex, staff, applications=3, assessors=2, places=1).moderating()
    with scene.inside(staff):
        ids = [a.public_id for a in scene.applications]
        agree_means(round=scene.round, applications=ids, reason="Rohrsänger agreed", by=staff.actor)
        out = Departure.Direction.OUT
        depart_from_rank(
            round=scene.round, applications=ids[:1], direction=out, reason="Rohrsänger departed", by=staff.actor
        )
        people = [a.applicant for a in scene.applications]
    assert [p.name for p in people if "Rohrsänger" in copy_of(essex, p)] == []
    with scene.inside(staff):
        scene.applications[0].__class__.objects.filter(public_id=ids[0]).update(state=ApplicationState.NOT_SELECTED)
    told = copy_of(essex, people[0])
    assert "Rohrsänger agreed" in told and "Rohrsänger departed" in told


def test_it_tells_no_sponsor_of_a_project_being_written(essex) -> None:
    lead, sponsor = make_member(essex, "Lea Lead"), make_member(essex, "Spencer Sponsor")
    with tenant_context(essex):
        cohort = make_cohort("Cohort 1", "cohort-1")
        make_proposal(lead.person, sponsor.person, cohort=cohort, title="Schilfrohr draft")
    assert "Schilfrohr draft" not in copy_of(essex, sponsor.person)
    assert "Schilfrohr draft" in copy_of(essex, lead.person)
