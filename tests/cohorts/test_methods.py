"""Methods are everybody's to read; an experiment is its owner's and whom they picked; staff read counts, from five on."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.face_report import figures
from cohorts.models import Experiment, ExperimentFact, Method
from cohorts.selectors.methods import Tried, tried_by_method, tried_in
from cohorts.services.methods import (
    add_experiment,
    add_method,
    delete_experiment,
    edit_experiment,
    edit_method,
    end_experiment,
)
from cohorts.services.participation import withdraw_participant
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tests.factories.cohorts import make_cohort, make_participant, make_person, make_sets, sign_in_as
from tests.queries import page_queries

SECRET = "Seidenschwanz"
LIBRARY = reverse("cohorts:method-list", kwargs={"tenant": "essex"})
SAID = {"use": "Seeing it whole", "how": "Go there", "source": ""}


def url(name, row=None):
    at = {"public_id": row.public_id} if row else {}
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", **at})


def day(when):
    return {"look_on-day": when.day, "look_on-month": when.month, "look_on-year": when.year}


@pytest.fixture
def scene(essex, staff):
    """Ann tries things. Ben is in her set, Cem only in her cohort, Dot in another one, Fay facilitates."""
    with tenant_context(essex):
        cohort, other = make_cohort(), make_cohort("Cohort 3")
        ann, ben, cem = (
            make_participant(cohort, name, f"{name} Council").person for name in ("Ann A", "Ben B", "Cem C")
        )
        dot, fay = make_participant(other, "Dot D", "Dot Council").person, make_person("Fay F", "Set Work")
    cast = {
        "ann": sign_in_as(essex, ann, Role.PARTICIPANT, cohort=cohort),
        "ben": sign_in_as(essex, ben, Role.PARTICIPANT, cohort=cohort),
        "cem": sign_in_as(essex, cem, Role.PARTICIPANT, cohort=cohort),
        "dot": sign_in_as(essex, dot, Role.PARTICIPANT, cohort=other),
        "fay": sign_in_as(essex, fay, Role.FACILITATOR, cohort=cohort),
        "staff": staff,
    }
    with tenant_context(essex):
        plan = make_sets(cohort, [[ann, ben], [cem]], facilitator=fay)
        plan.sets.filter(position=2).update(facilitator=None)
        method = add_method(name="Walk the journey", by=cast["fay"].actor, **SAID)
    rows = {}
    with tenant_context(essex, ann):
        for audience in ("nobody", "peers", "cohort"):
            rows[audience] = add_experiment(
                cohort=cohort,
                title=f"{SECRET} {audience}",
                expects="Shorter",
                look_on=timezone.localdate() + timedelta(days=9),
                audience=audience,
                method=method,
                by=cast["ann"].actor,
            )
    return SimpleNamespace(tenant=essex, cohort=cohort, method=method, rows=rows, **cast)


def read_by(scene, who) -> list[str]:
    """By plain SQL, as that person."""
    with tenant_context(scene.tenant, who.person), connection.cursor() as cursor:
        cursor.execute("SELECT audience FROM cohorts_experiment ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_from_the_library_to_what_came_of_it(essex, participant, facilitator):
    client = participant.client
    assert "The library is empty" in client.get(LIBRARY).content.decode()
    method = {"name": "The pre-mortem", **SAID}
    assert facilitator.client.post(url("method-create"), {**method, "how": " "}).status_code == 422
    for _twice in range(2):
        assert facilitator.client.post(url("method-create"), method).status_code == 302
    with tenant_context(essex):
        row = Method.objects.get()
    taken = facilitator.client.post(url("method-create"), {**method, "name": "the PRE-mortem", "how": "Otherwise"})
    assert taken.status_code == 422 and "There’s a method of this name already" in taken.content.decode()
    assert f"?method={row.public_id}" in client.get(url("method-detail", row)).content.decode()

    page = " ".join(client.get(url("experiment-add") + f"?method={row.public_id}").content.decode().split())
    assert f'value="{row.public_id}" selected' in page
    assert 'value="nobody" checked' in page
    when = timezone.localdate() + timedelta(days=20)
    said = {"title": "Ask first why it failed", "expects": "One new reason", "audience": "nobody", "version": "0"}
    yesterday = {**said, **day(timezone.localdate() - timedelta(days=1))}
    assert client.post(url("experiment-add"), yesterday).status_code == 422
    said |= {**day(when), "method": row.public_id}
    for _twice in range(2):
        assert client.post(url("experiment-add"), said).status_code == 302
    with tenant_context(essex, participant.person):
        experiment = Experiment.objects.get()
    page = client.get(LIBRARY).content.decode()
    assert "Trying it" in page and "Nobody but you" in page and "You wanted to look" not in page
    with tenant_context(essex, participant.person):
        Experiment.objects.update(look_on=timezone.localdate())
    assert "You wanted to look at it on" in client.get(LIBRARY).content.decode()

    result = {"outcome": "drop", "result": "", "version": "1"}
    assert client.post(url("experiment-result", experiment), result).status_code == 422
    result["result"] = "Nobody wanted to say"
    assert client.post(url("experiment-result", experiment), result).status_code == 302
    stale = client.post(url("experiment-result", experiment), {**result, "outcome": "keep"})
    assert stale.status_code == 409 and "Nobody wanted to say" in stale.content.decode()
    page = client.get(LIBRARY).content.decode()
    assert "Dropped it" in page and "Nobody wanted to say" in page and "You wanted to look" not in page

    gone = {**method, "version": "1"}  # “offered” isn't ticked
    assert facilitator.client.post(url("method-edit", row), gone).status_code == 302
    assert facilitator.client.post(url("method-edit", row), {**gone, "use": "x"}).status_code == 409
    assert "Try it" not in client.get(url("method-detail", row)).content.decode()
    assert row.public_id not in client.get(url("experiment-add")).content.decode()
    # what was begun with it keeps it
    edit = {**said, "title": "Ask why", "version": "2"}
    assert client.post(url("experiment-edit", experiment), edit).status_code == 302
    with tenant_context(essex, participant.person):
        assert Experiment.objects.get().method_id == row.pk
        with pytest.raises(Refused, match="isn’t offered"):
            add_experiment(
                cohort=experiment.notebook.cohort,
                title="x",
                expects="x",
                look_on=when,
                audience="nobody",
                method=Method.objects.get(),
                by=participant.actor,
            )
    assert client.post(url("experiment-delete", experiment)).status_code == 302
    with tenant_context(essex):
        assert not ExperimentFact.objects.exists()


def test_each_reads_what_the_owner_picked_for_them(scene):
    assert read_by(scene, scene.ann) == ["nobody", "peers", "cohort"]
    assert read_by(scene, scene.ben) == ["peers", "cohort"]
    assert read_by(scene, scene.fay) == ["peers"]
    assert read_by(scene, scene.cem) == ["cohort"]
    assert read_by(scene, scene.dot) == read_by(scene, scene.staff) == []
    for who, seen in ((scene.ben, ("peers", "cohort")), (scene.cem, ("cohort",)), (scene.staff, ())):
        for page in (LIBRARY, url("method-detail", scene.method)):
            text = who.client.get(page).content.decode()
            assert [a for a in ("nobody", "peers", "cohort") if f"{SECRET} {a}" in text] == list(seen)
    # a dozen more cost no statement more
    before = page_queries(scene.ben.client, LIBRARY)
    with tenant_context(scene.tenant, scene.ann.person):
        for n in range(12):
            again(scene, f"More {n}")
    assert page_queries(scene.ben.client, LIBRARY) == before <= 12
    with tenant_context(scene.tenant):
        withdraw_participant(
            participation=scene.cohort.participations.get(person=scene.ann.person), reason="Moved", by=scene.staff.actor
        )
    assert read_by(scene, scene.cem) == read_by(scene, scene.ben) == []


def again(scene, title, audience="cohort"):
    return add_experiment(
        cohort=scene.cohort,
        title=title,
        expects="x",
        look_on=timezone.localdate(),
        audience=audience,
        method=scene.method,
        by=scene.ann.actor,
    )


def test_nobody_else_writes_and_the_copy_is_ones_own(scene):
    row, shown = scene.rows["nobody"], scene.rows["cohort"]
    for name in ("experiment-edit", "experiment-result", "experiment-delete"):
        assert scene.ann.client.get(url(name, shown)).status_code == 200
        assert scene.ben.client.get(url(name, shown)).status_code == 403
        assert scene.ben.client.get(url(name, row)).status_code == 404
    with tenant_context(scene.tenant, scene.ben.person):
        told = Experiment.objects.select_related("owner", "notebook__cohort").get(pk=shown.pk)
        own = {"title": "x", "expects": "x", "look_on": timezone.localdate(), "audience": "nobody", "method": None}
        for act in (
            lambda: edit_experiment(experiment=told, version=1, by=scene.ben.actor, **own),
            lambda: end_experiment(experiment=told, version=1, outcome="keep", result="x", by=scene.ben.actor),
            lambda: delete_experiment(experiment=told, by=scene.ben.actor),
            lambda: add_method(name="x", by=scene.ben.actor, **SAID),
            lambda: edit_method(method=scene.method, version=1, name="x", offered=True, by=scene.ben.actor, **SAID),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert Experiment.objects.filter(pk=shown.pk).update(title="Mine now") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Experiment.objects.create(
                notebook_id=told.notebook_id, owner=scene.ann.person, written_at=timezone.now(), **own
            )
    with tenant_context(scene.tenant, scene.ann.person):
        assert str(export_person(scene.ann.person)).count(SECRET) == 3
    with tenant_context(scene.tenant, scene.ben.person):
        assert SECRET not in str(export_person(scene.ben.person))


def test_counts_are_told_from_five_on_to_those_who_cant_read_one(scene):
    for _few in range(2):
        with tenant_context(scene.tenant, scene.ann.person):
            counted = Experiment.objects.count()
        page = scene.staff.client.get(url("method-detail", scene.method)).content.decode()
        assert ("Tried by few" in page) == (counted < 5)
        with tenant_context(scene.tenant, scene.ann.person):
            for number, outcome in enumerate(("keep", "adapt", "drop")):
                row = again(scene, f"{outcome} {counted}", "nobody")
                if counted == 3:
                    end_experiment(experiment=row, version=1, outcome=outcome, result=f"x{number}", by=scene.ann.actor)
    with tenant_context(scene.tenant, scene.staff.person):
        assert tried_in(scene.cohort.pk) == Tried(tried=9, ended=3, kept=2)
        assert tried_by_method() == {scene.method.pk: Tried(tried=9, ended=3, kept=2)}
        (figure,) = (f for f in figures(scene.cohort.pk) if f["key"] == "experiments")
        assert figure["data"] == {"value": 2, "of": 3} and "9 experiments" in figure["title"]
    page = scene.staff.client.get(LIBRARY).content.decode()
    assert "Tried 9 times. Of 3 that are over, 2 were kept." in page and SECRET not in page
