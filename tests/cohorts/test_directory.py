"""The directory, asks and offers, and thanks: shown to whom their owner picks, and to nobody else, whatever they ask."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.face_people import help_figures
from cohorts.models import Ask, AskAnswer, AskText, DirectoryLine, SetMembership, Thanks, ThanksCount
from cohorts.selectors.directory import profile_of
from cohorts.services.asks import answer_ask, close_ask, post_ask, say_thanks
from cohorts.services.directory import hide_profile, save_profile
from cohorts.services.participation import withdraw_participant
from cohorts.states import ParticipationState
from engine.reports import check_figure
from reminders.models import Message
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tests.factories.cohorts import (
    make_cohort,
    make_participant,
    make_person,
    make_programme,
    make_sets,
    sign_in_as,
)
from tests.queries import page_queries

SECRET = "Kleiber"
AT = {"tenant": "essex"}
DIRECTORY = reverse("cohorts:directory", kwargs=AT)
MINE = reverse("cohorts:directory-mine", kwargs=AT)
ASKS = reverse("cohorts:ask-list", kwargs=AT)


@pytest.fixture
def scene(essex, staff):
    """Ann shows. Ben is in her set, Cem only in her cohort; Old is an alumna and New is on a later cohort of her programme; Oth takes
    part in another programme; Fay facilitates her set."""
    today = timezone.localdate()
    with tenant_context(essex):
        cohort = make_cohort()
        first = make_cohort("Cohort 1", starts_on=today - timedelta(days=500), ends_on=today - timedelta(days=200))
        later = make_cohort("Cohort 3", starts_on=today + timedelta(days=100), ends_on=today + timedelta(days=400))
        elsewhere = make_cohort("Another 1", programme=make_programme("Another programme"))
        ann, ben, cem = (make_participant(cohort, n, f"{n} Council").person for n in ("Ann A", "Ben B", "Cem C"))
        old = make_participant(first, "Old O", "Old Trust")
        old.state = ParticipationState.ALUMNUS
        old.save()
        new = make_participant(later, "New N", "New Trust").person
        oth = make_participant(elsewhere, "Oth O", "Other Trust").person
        fay = make_person("Fay F", "Set Work")
        make_sets(cohort, [[ann, ben], [cem]], facilitator=fay).sets.filter(position=2).update(facilitator=None)
    cast = {
        name: sign_in_as(essex, person, role, cohort=of)
        for name, person, role, of in (
            ("ann", ann, Role.PARTICIPANT, cohort),
            ("ben", ben, Role.PARTICIPANT, cohort),
            ("cem", cem, Role.PARTICIPANT, cohort),
            ("old", old.person, Role.ALUMNUS, first),
            ("new", new, Role.PARTICIPANT, later),
            ("oth", oth, Role.PARTICIPANT, elsewhere),
            ("fay", fay, Role.FACILITATOR, cohort),
        )
    }
    return SimpleNamespace(tenant=essex, cohort=cohort, first=first, staff=staff, **cast)


EVERYBODY = ("ann", "ben", "cem", "old", "new", "oth", "fay", "staff")


def readers(scene, table: str, where: str = "true") -> set[str]:
    """By plain SQL, as each of them: who reads any such row."""
    found = set()
    for name in EVERYBODY:
        with tenant_context(scene.tenant, getattr(scene, name).person), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}")
            if cursor.fetchone()[0]:
                found.add(name)
    with tenant_context(scene.tenant), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}")
        assert cursor.fetchone()[0] == 0, "read by nobody in particular: a report, a job"
    return found


def url(name, row, **more):
    return reverse(f"cohorts:{name}", kwargs={**AT, "public_id": row.public_id, **more})


def show(scene, who="ann", **said):
    person = getattr(scene, who)
    with tenant_context(scene.tenant, person.person):
        save_profile(seen="", by=person.actor, **{**profile_of(person.person.pk), **said})


def post(scene, who="ann", **said):
    person = getattr(scene, who)
    words = {"kind": "ask", "title": f"{SECRET} data", "body": SECRET, "audience": "programme", "weeks": 4, **said}
    with tenant_context(scene.tenant, person.person):
        return post_ask(by=person.actor, **words)


def answer(scene, ask, who, **said):
    person = getattr(scene, who)
    with tenant_context(scene.tenant, person.person):
        return answer_ask(ask=ask, by=person.actor, **{"body": "I know how", "contact": f"{who}@example.org", **said})


def test_each_line_is_read_by_those_picked_while_they_are_that(scene):
    table, ann = "cohorts_directoryline", scene.ann
    show(scene, working_on=SECRET, helps_with=f"{SECRET} help", helps_with_to="set")
    assert readers(scene, table, "kind = 'working_on'") == {"ann"}, "nobody, until she picks"
    assert readers(scene, table, "kind = 'helps_with'") == {"ann", "ben"}, "her set: not its facilitator, not staff"
    show(scene, helps_with_to="cohort", challenges=SECRET, challenges_to="programme", contact="x", contact_to="set")
    assert readers(scene, table, "kind = 'helps_with'") == {"ann", "ben", "cem"}
    assert readers(scene, table, "kind = 'challenges'") == {"ann", "ben", "cem", "old", "new"}
    with tenant_context(scene.tenant):
        SetMembership.objects.filter(person=scene.ben.person).delete()
        place = scene.cem.person.participations.get()
        withdraw_participant(participation=place, by=scene.staff.actor, reason="Moved away.")
    assert readers(scene, table, "kind = 'contact'") == {"ann"}, "no longer in her set"
    assert readers(scene, table, "kind = 'challenges'") == {"ann", "ben", "old", "new"}
    with tenant_context(scene.tenant, ann.person):
        assert hide_profile(by=ann.actor) == 3
    assert readers(scene, table) == {"ann"}, "taken back, at once"
    with tenant_context(scene.tenant, ann.person):
        assert profile_of(ann.person.pk)["challenges"] == SECRET
        assert withdrawn_reads_nothing(scene)


def withdrawn_reads_nothing(scene) -> bool:
    show(scene, challenges_to="programme")
    with tenant_context(scene.tenant):
        place = scene.ann.person.participations.get()
        withdraw_participant(participation=place, by=scene.staff.actor, reason="Moved away.")
    return readers(scene, "cohorts_directoryline") == {"ann"}


def test_nobody_writes_for_another(scene):
    show(scene, helps_with=SECRET, helps_with_to="programme")
    row = post(scene)
    with tenant_context(scene.tenant, scene.ben.person):
        line = DirectoryLine.objects.get()
        assert not DirectoryLine.objects.filter(pk=line.pk).update(body="Ben was here")
        assert not Ask.objects.filter(pk=row.pk).update(audience="cohort")
        for forged in (
            lambda: DirectoryLine.objects.create(
                notebook=line.notebook,
                owner=scene.ann.person,
                kind="listed",
                audience="programme",
                audience_at=timezone.now(),
                changed_at=timezone.now(),
            ),
            lambda: Thanks.objects.create(
                notebook=line.notebook,
                owner=scene.ann.person,
                helper=scene.ben.person,
                body="I helped",
                thanked_at=timezone.now(),
            ),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                forged()
    with tenant_context(scene.tenant, scene.oth.person), pytest.raises(DatabaseError), transaction.atomic():
        AskAnswer.objects.create(
            ask=row,
            owner=scene.ann.person,
            by_person=scene.oth.person,
            about="?",
            body="Not asked",
            contact="x",
            answered_at=timezone.now(),
        )


def test_one_is_found_by_name_in_ones_cohort_and_elsewhere_only_when_one_says_so(scene):
    ben, old, oth = scene.ben, scene.old, scene.oth
    page = ben.client.get(DIRECTORY).content.decode()
    assert (
        "Ann A" in page
        and "Cem C" in page
        and "Old O" not in page
        and "New N" not in page
        and "Ben B" not in page.partition("<main")[2]
    )
    assert "Ann A" not in old.client.get(DIRECTORY).content.decode()
    assert old.client.get(url("directory-person", scene.ann.person)).status_code == 404
    show(scene, listed_to="programme", challenges=f"{SECRET} waiting lists", challenges_to="cohort")
    page = old.client.get(url("directory-person", scene.ann.person)).content.decode()
    assert "Ann A Council" in page and SECRET not in page
    assert oth.client.get(url("directory-person", scene.ann.person)).status_code == 404
    assert scene.staff.client.get(url("directory-person", scene.ann.person)).status_code == 404
    # one's search looks into what one is shown, and nowhere else
    assert "Ann A" in ben.client.get(DIRECTORY, {"q": "waiting kleiber"}).content.decode()
    assert "Ann A" not in old.client.get(DIRECTORY, {"q": "waiting"}).content.decode()
    assert "Ann A" in old.client.get(DIRECTORY, {"q": "ann", "cohort": "other"}).content.decode()
    assert "Cem C" in ben.client.get(DIRECTORY, {"cohort": scene.cohort.public_id}).content.decode()
    for place in (scene.fay, scene.staff):
        assert place.client.get(DIRECTORY).status_code == 403


def test_whom_one_hasnt_worked_with_are_as_many_as_home_says(scene):
    home = scene.ann.client.get("/essex/").content.decode()
    panel = home.partition("Whom you haven’t met yet")[2].partition("</section>")[0]
    assert "There is 1 person" in panel and "Cem C" in panel and "Ben B" not in panel
    link = f"{DIRECTORY}?cohort={scene.cohort.public_id}&met=no"
    assert link.replace("&", "&amp;") in panel
    page = scene.ann.client.get(link).content.decode()
    assert "1 person with whom you share" in page and "Cem C" in page and "Ben B" not in page
    show(scene, "old", listed_to="programme")
    assert "Old O" in scene.ann.client.get(DIRECTORY, {"met": "no"}).content.decode()


def test_what_one_shows_is_filled_in_on_one_page_and_a_stale_one_is_refused(scene):
    client, labels = (
        scene.ann.client,
        {"target": "Director of adult services", "readiness": "two", "target_to": "cohort"},
    )
    page = client.get(MINE)
    seen = page.context["form"].initial["seen"]
    data = {"seen": seen, "helps_with": f"{SECRET}\nand more", "helps_with_to": "programme", **labels}
    assert client.post(MINE, data).status_code == 302
    seen_by_ben = scene.ben.client.get(url("directory-person", scene.ann.person)).content.decode()
    assert "Director of adult services" in seen_by_ben and "ready in one to two years" in seen_by_ben
    stale = client.post(MINE, {**data, "priorities": "Typed elsewhere", "priorities_to": "set"})
    assert stale.status_code == 409 and "Typed elsewhere" in stale.content.decode()
    again = {**data, "priorities": "Typed elsewhere", "seen": stale.context["form"].data["seen"]}
    assert client.post(MINE, again).status_code == 302
    with tenant_context(scene.tenant, scene.ann.person):
        said = profile_of(scene.ann.person.pk)
        assert (said["priorities"], said["priorities_to"]) == ("Typed elsewhere", "nobody")
        with pytest.raises(Refused):
            save_profile(seen="", by=scene.ann.actor, **{**said, "priorities_to": "later"})
    assert client.post(reverse("cohorts:directory-hide", kwargs=AT)).status_code == 302
    assert SECRET not in scene.ben.client.get(url("directory-person", scene.ann.person)).content.decode()
    assert SECRET in client.get(MINE).content.decode()
    with tenant_context(scene.tenant, scene.fay.person), pytest.raises(NotAllowed):
        save_profile(seen="", by=scene.fay.actor, helps_with="x", helps_with_to="programme")
    assert client.post(MINE, {"seen": client.get(MINE).context["form"].initial["seen"]}).status_code == 302
    with tenant_context(scene.tenant, scene.ann.person):
        assert not DirectoryLine.objects.exists(), "a line without words goes"


@pytest.mark.parametrize(
    ("audience", "more"),
    [("set", {"ben"}), ("cohort", {"ben", "cem"}), ("later", {"new"}), ("programme", {"ben", "cem", "old", "new"})],
)
def test_an_ask_is_read_by_whom_it_is_meant_for_until_it_is_over(scene, audience, more):
    row = post(scene, kind="offer" if audience == "later" else "ask", audience=audience)
    where = f"ask_id = {row.pk}"
    assert readers(scene, "cohorts_asktext", where) == {"ann", *more}
    for name in EVERYBODY:
        expected = 200 if name == "ann" or name in more else 404
        assert getattr(scene, name).client.get(url("ask-detail", row)).status_code == expected, name
    with tenant_context(scene.tenant, scene.ann.person):
        Ask.objects.filter(pk=row.pk).update(ends_at=timezone.now() - timedelta(minutes=1))
    assert readers(scene, "cohorts_asktext", where) == {"ann"}
    with tenant_context(scene.tenant, scene.ann.person):
        close_ask(ask=row, by=scene.ann.actor)
        Ask.objects.filter(pk=row.pk).update(ends_at=timezone.now() + timedelta(days=1))
    assert readers(scene, "cohorts_asktext", where) == {"ann"}


def test_an_alumna_asks_every_cohort_and_offers_to_later_ones(scene):
    row = post(scene, "old", kind="offer", audience="later", title="An hour on my board")
    assert readers(scene, "cohorts_asktext", f"ask_id = {row.pk}") == {"old", "ann", "ben", "cem", "new"}
    assert "An hour on my board" in scene.new.client.get(ASKS).content.decode()
    assert "Old O" in scene.new.client.get(url("directory-person", scene.old.person)).content.decode()


def test_a_participant_asks_somebody_offers_and_it_closes_with_who_helped(scene):
    ann, old, ben = scene.ann, scene.old, scene.ben
    at = reverse("cohorts:ask-post", kwargs={**AT, "kind": "ask"})
    said = {"title": f"{SECRET}  data", "body": "How?", "audience": "programme", "weeks": "4"}
    first, again = ann.client.post(at, said), ann.client.post(at, said)
    assert first.status_code == 302 and first["Location"] == again["Location"], "a double click makes one"
    with tenant_context(scene.tenant, ann.person):
        row = Ask.objects.get()
    assert f"{SECRET} data" in old.client.get("/essex/").content.decode()
    assert url("ask-answer", row) in old.client.get(url("ask-detail", row)).content.decode()
    reply = {"body": f"{SECRET} yes", "contact": "old@example.org"}
    assert old.client.post(url("ask-answer", row), reply).status_code == 302
    assert old.client.post(url("ask-answer", row), {**reply, "contact": "01245 000000"}).status_code == 302
    answer(scene, row, "ben")
    with tenant_context(scene.tenant, ben.person), pytest.raises(DatabaseError), transaction.atomic():
        AskAnswer.objects.create(
            ask=row,
            owner=scene.cem.person,
            by_person=ben.person,
            about="?",
            body="To somebody else",
            contact="x",
            answered_at=timezone.now(),
        )
    assert readers(scene, "cohorts_askanswer", f"by_person_id = {old.person.pk}") == {"ann", "old"}
    page = ann.client.get(url("ask-detail", row)).content.decode()
    assert "01245 000000" in page and "old@example.org" not in page
    assert ann.client.get(url("ask-answer", row)).status_code == 404
    assert old.client.get(url("ask-close", row)).status_code == 403
    closing = url("ask-close", row)
    helper = {"helper": old.person.public_id, "counts": "on"}
    assert ann.client.post(closing, helper).status_code == 422
    assert ann.client.post(closing, {**helper, "body": f"{SECRET} sharing"}).status_code == 302
    with tenant_context(scene.tenant):
        mails = list(Message.objects.filter(kind__in=("cohorts.ask_answered", "cohorts.thanked")).order_by("pk"))
        assert [(m.kind, m.recipient) for m in mails] == [
            ("cohorts.ask_answered", ann.person),
            ("cohorts.ask_answered", ann.person),
            ("cohorts.thanked", old.person),
        ]
        assert not any(SECRET in m.subject + m.body_text for m in mails)
        count = ThanksCount.objects.get()
        assert (count.cohort, count.other_organisation, count.other_cohort) == (scene.cohort, True, True)
    assert readers(scene, "cohorts_thanks") == {"ann", "old"}
    for who in (ann, old):
        assert f"{SECRET} sharing" in who.client.get(reverse("cohorts:thanks-list", kwargs=AT)).content.decode()
    assert ben.client.get(url("ask-detail", row)).status_code == 404
    assert f"{SECRET} data" in ben.client.get(ASKS).content.decode(), "what they answered stays with them"
    with tenant_context(scene.tenant, scene.cem.person), pytest.raises(WrongState):
        answer_ask(ask=row, body="Late", contact="x", by=scene.cem.actor)
    with tenant_context(scene.tenant, ann.person), pytest.raises(WrongState):
        close_ask(ask=row, by=ann.actor)


def test_thanks_are_between_two_and_count_only_if_let(scene):
    ann, ben = scene.ann, scene.ben
    with tenant_context(scene.tenant, ann.person):
        for n in range(5):
            say_thanks(helper=ben.person, body=f"{SECRET} {n}", counts=True, by=ann.actor)
        kept = say_thanks(helper=scene.cem.person, body=SECRET, counts=False, by=ann.actor)
        with pytest.raises(NotAllowed):
            say_thanks(helper=scene.oth.person, body=SECRET, counts=True, by=ann.actor)
    with tenant_context(scene.tenant, scene.staff.person):
        figures = help_figures(scene.cohort.pk)
        for figure in figures:
            check_figure(figure)
        assert [(f["key"], f["data"]) for f in figures] == [
            ("helped", {"value": 5}),
            ("helped-across", {"value": 5, "of": 5}),
        ]
        assert help_figures(scene.first.pk) == [] and not Thanks.objects.exists()
    change = url("thanks-change", kept)
    assert ben.client.get(change).status_code == 404
    assert scene.cem.client.get(change).status_code == 403, "the helper reads it, and changes nothing"
    assert ann.client.post(change, {"do": "count"}).status_code == 302
    with tenant_context(scene.tenant, scene.staff.person):
        assert help_figures(scene.cohort.pk)[0]["data"] == {"value": 6}
    assert ann.client.post(change, {"do": "keep"}).status_code == 302
    with tenant_context(scene.tenant, ann.person):
        one = Thanks.objects.filter(helper=ben.person).first()
    assert ann.client.post(url("thanks-change", one), {"do": "delete"}).status_code == 302
    with tenant_context(scene.tenant, scene.staff.person):
        assert help_figures(scene.cohort.pk) == [], "four would point at somebody"
    assert url("directory-thanks", ben.person) in ann.client.get(url("directory-person", ben.person)).content.decode()
    said = {"body": "Introducing me to the trust", "counts": ""}
    assert ann.client.post(url("directory-thanks", ben.person), said).status_code == 302
    assert "Introducing me to the trust" in ben.client.get(reverse("cohorts:thanks-list", kwargs=AT)).content.decode()


def test_their_copy_has_it_and_a_copy_for_staff_has_none(scene):
    show(scene, helps_with=f"{SECRET} help", helps_with_to="programme")
    row = post(scene)
    answer(scene, row, "ben", body=f"{SECRET} answer")
    with tenant_context(scene.tenant, scene.ann.person):
        close_ask(ask=row, helper=scene.ben.person, body=f"{SECRET} thanks", counts=True, by=scene.ann.actor)
        copy = str(export_person(scene.ann.person))
    assert all(f"{SECRET} {word}" in copy for word in ("help", "data", "answer", "thanks"))
    with tenant_context(scene.tenant, scene.ben.person):
        copy = str(export_person(scene.ben.person))
    assert f"{SECRET} answer" in copy and f"{SECRET} thanks" in copy and f"{SECRET} help" not in copy
    with tenant_context(scene.tenant, scene.staff.person):
        assert SECRET not in str(export_person(scene.ann.person))
        assert not AskText.objects.exists()


def test_lists_ask_the_same_of_one_and_of_many(scene):
    show(scene, helps_with=SECRET, helps_with_to="cohort")
    post(scene)
    address = (DIRECTORY, ASKS)
    few = [page_queries(scene.ben.client, at) for at in address]
    for who in ("cem", "old", "new"):
        show(scene, who, helps_with=SECRET, helps_with_to="programme", listed_to="programme")
        post(scene, who, title=f"{SECRET} {who}")
    assert [page_queries(scene.ben.client, at) for at in address] == few
    assert max(few) <= 12
