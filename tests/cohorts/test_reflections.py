"""Reflections: nobody reads one but its author and whom the author shows it to, whatever they ask: pages, services, SQL."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Reflection, ReflectionFact, ReflectionShare, SetMembership, SetPlan
from cohorts.selectors import reflection_counts
from cohorts.selectors.reflections import readers_for
from cohorts.services.reflections import (
    delete_reflection,
    edit_reflection,
    share_reflection,
    take_back_reflection,
    write_reflection,
)
from cohorts.services.set_room import add_action
from reminders.models import Message
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.models import Role, RoleAssignment
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.people import give_role
from tenancy.services.retention import delete_due
from tests.factories.cohorts import (
    SYSTEM,
    make_cohort,
    make_event,
    make_participant,
    make_person,
    make_programme,
    make_sets,
    sign_in_as,
)
from tests.queries import page_queries

SECRET = "Marmalade sandwiches at Paddington"


@pytest.fixture
def entry(essex, cohort, participant):
    with tenant_context(essex, participant.person):
        return write_reflection(
            cohort=cohort, kind="learned", title=f"{SECRET} title", body=f"{SECRET} body", by=participant.actor
        )


def url_of(name, entry):
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", "public_id": entry.public_id})


PAGES = ("reflection-detail", "reflection-edit", "reflection-delete", "reflection-share")
LIST = reverse("cohorts:reflection-list", kwargs={"tenant": "essex"})


def test_a_participant_writes_one_and_reads_it(essex, cohort, participant):
    url = reverse("cohorts:reflection-write", kwargs={"tenant": "essex"})
    page = participant.client.get(url).content.decode()
    assert f'data-baton-draft="reflection-{participant.person.public_id}-new"' in page
    for asked in ("Something I tried at work", "Something I learned", "what you might do differently"):
        assert asked in page
    response = participant.client.post(
        url, {"kind": "tried", "title": "First try", "body": "Asked, didn't tell. 你好 🦉", "version": "0"}
    )
    assert response.status_code == 302
    page = participant.client.get(response.url).content.decode()
    assert "你好 🦉" in page and "Only you" in page
    assert "First try" in participant.client.get(LIST).content.decode()
    with tenant_context(essex):
        assert ReflectionFact.objects.get().kind == "tried"
        counts = reflection_counts(cohort.pk)
        assert (counts["entries"], counts["writers"], counts["tried"], counts["about_work"]) == (1, 1, 1, 0)


def test_a_double_click_is_one_entry_and_the_same_words_again_another_day_are_two(essex, cohort, participant):
    url = reverse("cohorts:reflection-write", kwargs={"tenant": "essex"})
    said = {"kind": "tried", "title": "Nothing new", "body": "As last week.", "version": "0"}
    first = participant.client.post(url, said)
    assert participant.client.post(url, said).url == first.url
    with tenant_context(essex, participant.person):
        Reflection.objects.update(written_at=timezone.now() - timedelta(days=7))
    assert participant.client.post(url, said).url != first.url
    with tenant_context(essex, participant.person):
        assert Reflection.objects.count() == ReflectionFact.objects.count() == 2


def test_what_is_typed_isnt_lost(participant):
    url = reverse("cohorts:reflection-write", kwargs={"tenant": "essex"})
    response = participant.client.post(url, {"kind": "tried", "title": "", "body": SECRET})
    assert response.status_code == 422 and SECRET in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_everyone_else_finds_nothing_there(essex, entry, participant, other_participant, staff, stranger, name):
    with tenant_context(essex):
        operator = make_person("Ada Admin")
    operator = sign_in_as(essex, operator, Role.STAFF)
    operator.account.is_staff = operator.account.is_superuser = True
    operator.account.save()
    assert participant.client.get(url_of(name, entry)).status_code == 200
    for reader in (other_participant, staff, operator, stranger):
        assert reader.client.get(url_of(name, entry)).status_code == 404
        assert reader.client.post(url_of(name, entry), {"title": "x", "body": "y", "kind": "free"}).status_code == 404


def test_no_page_of_staff_says_a_word_of_it(essex, cohort, entry, participant, staff):
    at = {"tenant": "essex", "public_id": cohort.public_id}
    pages = [
        reverse("cohorts:participation-list", kwargs=at),
        reverse("cohorts:cohort-detail", kwargs=at),
        LIST,
        reverse("tenancy:person-detail", kwargs={"tenant": "essex", "public_id": participant.person.public_id}),
        reverse("portal:home", kwargs={"tenant": "essex"}),
        reverse("tenancy:your-data-download", kwargs={"tenant": "essex"}),
    ]
    for page in pages:
        response = staff.client.get(page)
        assert response.status_code == 200
        assert SECRET not in response.content.decode()
    # but they see that there is one
    assert 'class="baton-number">1</td>' in staff.client.get(pages[0]).content.decode()


def sql_rows(table: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return cursor.fetchall()


def test_sql_shows_it_to_nobody_else(essex, entry, participant, other_participant, staff):
    with tenant_context(essex, participant.person):
        assert len(sql_rows("cohorts_reflection")) == 1
    for person in (None, staff.person, other_participant.person):
        with tenant_context(essex, person):
            assert sql_rows("cohorts_reflection") == []
            assert not Reflection.objects.exists()


def test_sql_lets_nobody_else_write_or_share_it(essex, entry, cohort, participant, other_participant):
    """The tables themselves refuse: an entry in another's name, and a share of an entry that isn't one's own."""
    me, them, book = other_participant.person, participant.person, entry.notebook_id
    with tenant_context(essex, me):
        assert Reflection.objects.filter(pk=entry.pk).update(body="taken over") == 0
        assert Reflection.objects.filter(pk=entry.pk).delete()[0] == 0
        now = timezone.now()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Reflection.objects.create(
                notebook_id=book,
                author=them,
                cohort=cohort,
                kind="free",
                title="x",
                body="x",
                written_at=now,
                changed_at=now,
            )
        with pytest.raises(DatabaseError, match="in_own_notebook"), transaction.atomic():
            # in one's own name, in somebody else's notebook
            Reflection.objects.create(
                notebook_id=book,
                author=me,
                cohort=cohort,
                kind="free",
                title="x",
                body="x",
                written_at=now,
                changed_at=now,
            )
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            ReflectionShare.objects.create(
                reflection=entry, author=them, with_person=me, ground="helper", shared_at=now
            )
        with pytest.raises(DatabaseError, match="reflectionshare_of_author"), transaction.atomic():
            # in one's own name: the composite key finds no such entry of one's own
            ReflectionShare.objects.create(reflection=entry, author=me, with_person=me, ground="helper", shared_at=now)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert not Reflection.objects.exists()


@pytest.fixture
def mates(essex, cohort, participant, other_participant):
    with tenant_context(essex):
        return make_sets(cohort, [[participant.person, other_participant.person]])


def test_shared_with_one_person_and_taken_back(essex, entry, participant, other_participant, staff, mates):
    share = url_of("reflection-share", entry)
    page = participant.client.get(share).content.decode()
    assert "Olu Other" in page and "Sita Staff" not in page
    assert participant.client.post(share, {"reader": other_participant.person.public_id}).status_code == 302
    assert (
        participant.client.post(share, {"reader": other_participant.person.public_id}).status_code == 302
    )  # twice: once
    page = other_participant.client.get(url_of("reflection-detail", entry)).content.decode()
    assert f"{SECRET} body" in page and "chose to show you this" in page
    assert SECRET in other_participant.client.get(LIST).content.decode()
    # a reader may not change, share on or see who else reads
    for name in PAGES[1:]:
        assert other_participant.client.get(url_of(name, entry)).status_code == 403
    assert staff.client.get(url_of("reflection-detail", entry)).status_code == 404
    with tenant_context(essex):
        message = Message.objects.get(kind="cohorts.reflection_shared")
        assert message.recipient == other_participant.person
        assert SECRET not in message.subject + message.body_text + message.body_html
    with tenant_context(essex, participant.person):
        kept = entry.shares.get()
    back = reverse(
        "cohorts:reflection-take-back",
        kwargs={"tenant": "essex", "public_id": entry.public_id, "share": kept.public_id},
    )
    assert other_participant.client.post(back).status_code == 403
    assert participant.client.post(back).status_code == 302
    assert other_participant.client.get(url_of("reflection-detail", entry)).status_code == 404
    assert SECRET not in other_participant.client.get(LIST).content.decode()


def test_only_with_ones_own_set_or_mentors_and_sponsors(essex, cohort, entry, participant, other_participant, staff):
    with tenant_context(essex):
        mentor, chief, other_chief = (make_person(name) for name in ("Mel Mentor", "Carl Chief", "Olga Other"))
        for person, programme in ((chief, cohort.programme), (other_chief, make_programme("Another programme"))):
            give_role(person=person, role=Role.SPONSOR, programme_id=programme.pk, by=SYSTEM)
    sign_in_as(essex, mentor, Role.MENTOR, cohort=cohort)
    with tenant_context(essex, participant.person):
        for person in (other_chief, other_participant.person, staff.person, participant.person):
            with pytest.raises(Refused, match="your own set"):
                share_reflection(reflection=entry, with_person=person, by=participant.actor)
        share_reflection(reflection=entry, with_person=mentor, by=participant.actor)
        assert {r.person for r in readers_for(participant.person.pk, cohort.pk)} == {mentor, chief}
    with tenant_context(essex, mentor):
        assert Reflection.objects.get().body == f"{SECRET} body"
        RoleAssignment.objects.filter(person=mentor).update(valid_to=timezone.now())
        # no mentor any more, so nothing to read, whatever was shared
        assert not Reflection.objects.exists()
    with tenant_context(essex, participant.person):
        assert take_back_reflection(reflection=entry, share=entry.shares.get(), by=participant.actor) == 1


def test_services_refuse_everyone_but_the_author(essex, cohort, entry, participant, other_participant, staff):
    with tenant_context(essex, participant.person):
        for actor in (other_participant.actor, staff.actor, SYSTEM):
            with pytest.raises(NotAllowed):
                edit_reflection(reflection=entry, version=1, kind="free", title="x", body="x", by=actor)
            with pytest.raises(NotAllowed):
                delete_reflection(reflection=entry, by=actor)
            with pytest.raises(NotAllowed):
                share_reflection(reflection=entry, with_person=staff.person, by=actor)
        with pytest.raises(NotAllowed):
            write_reflection(cohort=cohort, kind="free", title="x", body="x", by=Actor.for_person(staff.person))


def test_two_tabs(essex, entry, participant):
    form = {"kind": "free", "title": "A", "body": "from the first tab", "version": "1"}
    assert participant.client.post(url_of("reflection-edit", entry), form).status_code == 302
    response = participant.client.post(url_of("reflection-edit", entry), {**form, "body": "from the second tab"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "from the first tab" in page and "from the second tab" in page
    with tenant_context(essex, participant.person), pytest.raises(StaleEdit):
        edit_reflection(reflection=entry, version=1, kind="free", title="x", body="x", by=participant.actor)


def test_deleted_for_everyone(essex, entry, participant, other_participant, mates):
    participant.client.post(url_of("reflection-share", entry), {"reader": other_participant.person.public_id})
    assert participant.client.post(url_of("reflection-delete", entry)).status_code == 302
    assert other_participant.client.get(url_of("reflection-detail", entry)).status_code == 404
    with tenant_context(essex, participant.person):
        assert not Reflection.objects.exists()
        assert not ReflectionShare.objects.exists()
        assert not ReflectionFact.objects.exists()


@pytest.mark.parametrize(("form", "kind"), [("md", "text/markdown"), ("html", "text/html"), ("pdf", "application/pdf")])
def test_a_copy_of_ones_own(essex, entry, participant, other_participant, staff, form, kind):
    url = reverse("cohorts:reflection-export", kwargs={"tenant": "essex", "form": form})
    response = participant.client.get(url)
    assert response["Content-Type"].startswith(kind) and "attachment" in response["Content-Disposition"]
    if form == "pdf":
        assert response.content.startswith(b"%PDF-")
        if shutil.which("pdftotext"):
            done = subprocess.run(["pdftotext", "-", "-"], input=response.content, capture_output=True, check=True)
            assert f"{SECRET} body" in done.stdout.decode()
        return
    assert f"{SECRET} body" in response.content.decode()
    assert "Nothing yet" in participant.client.get(url, {"q": "unsaid"}).content.decode()
    for reader in (other_participant, staff):
        assert SECRET not in reader.client.get(url).content.decode()


def test_html_in_an_entry_stays_text(essex, cohort, participant):
    with tenant_context(essex, participant.person):
        entry = write_reflection(
            cohort=cohort, kind="free", title="<b>x</b>", body="<script>alert(1)</script>", by=participant.actor
        )
    page = participant.client.get(url_of("reflection-detail", entry)).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    export = reverse("cohorts:reflection-export", kwargs={"tenant": "essex", "form": "html"})
    assert "<script>" not in participant.client.get(export).content.decode()


def test_the_persons_own_data_holds_them_and_only_then(essex, entry, participant, staff):
    with tenant_context(essex, participant.person):
        assert SECRET in str(export_person(participant.person))
    with tenant_context(essex, staff.person):
        assert SECRET not in str(export_person(participant.person))


def test_lists_cost_the_same(essex, cohort, participant, entry, count_queries):
    one = count_queries(participant.client, LIST)
    with tenant_context(essex, participant.person):
        for n in range(3):
            write_reflection(cohort=cohort, kind="free", title=f"N{n}", body="x", by=participant.actor)
    assert count_queries(participant.client, LIST) == one <= 12


@pytest.fixture
def set_of_two(essex, cohort, participant, other_participant):
    """A set whose facilitator is signed in, and a third participant who is in none yet."""
    with tenant_context(essex):
        fay = make_person("Fay Facilitator")
        plan = make_sets(cohort, [[participant.person, other_participant.person]], facilitator=fay)
        third = make_participant(cohort, "Thea Third").person
    keeper = sign_in_as(essex, fay, Role.FACILITATOR, cohort=cohort)
    later = sign_in_as(essex, third, Role.PARTICIPANT, cohort=cohort)
    return plan, keeper, later


def read_by(tenant, member) -> int:
    with tenant_context(tenant, member.person):
        return len(sql_rows("cohorts_reflection"))


def test_shared_with_the_whole_set_as_it_is(essex, entry, participant, other_participant, staff, set_of_two):
    plan, keeper, later = set_of_two
    share = url_of("reflection-share", entry)
    with tenant_context(essex):
        whole = plan.sets.get().public_id
    assert "Your whole set" in participant.client.get(share).content.decode().replace("your", "Your")
    assert participant.client.post(share, {"reader": whole}).status_code == 302
    assert participant.client.post(share, {"reader": whole}).status_code == 302  # twice: once
    for reader in (other_participant, keeper):
        assert f"{SECRET} body" in reader.client.get(url_of("reflection-detail", entry)).content.decode()
        assert f"{SECRET} title" in reader.client.get(LIST).content.decode()
    with tenant_context(essex):
        told = Message.objects.filter(kind="cohorts.reflection_shared").values_list("recipient__name", flat=True)
        assert sorted(told) == ["Fay Facilitator", "Olu Other"]
    assert [read_by(essex, who) for who in (staff, later)] == [0, 0]
    with tenant_context(essex):
        # who joins later isn't shown what was shared before they came
        row = plan.sets.get()
        SetMembership.objects.create(plan=plan, learning_set=row, person=later.person)
        assert read_by(essex, later) == 0
        SetMembership.objects.filter(person=other_participant.person).delete()
    assert read_by(essex, other_participant) == 0 and read_by(essex, keeper) == 1
    with tenant_context(essex):
        SetPlan.objects.filter(pk=plan.pk).update(state="replaced")
    assert read_by(essex, keeper) == 0
    page = participant.client.get(url_of("reflection-detail", entry)).content.decode()
    assert "Take it back from everybody" not in page and "take-back" in page
    assert participant.client.post(url_of("reflection-take-back-all", entry)).status_code == 302
    with tenant_context(essex, participant.person):
        assert not ReflectionShare.objects.exists()


def test_a_draft_is_kept_offered_and_thrown_away(essex, participant, other_participant, staff):
    url = reverse("cohorts:reflection-write", kwargs={"tenant": "essex"})
    part = {"kind": "tried", "title": "", "body": f"{SECRET} half", "version": "0"}
    kept = participant.client.post(url, part, headers={"X-Baton-Autosave": "1"})
    assert kept.json() == {"version": 1}
    again = participant.client.post(url, {**part, "version": "1", "title": "So far"}, headers={"X-Baton-Autosave": "1"})
    assert again.json() == {"version": 2}
    # another page of the same person knows less: nothing is written over
    assert participant.client.post(url, part, headers={"X-Baton-Autosave": "1"}).status_code == 409
    stale = participant.client.post(url, {**part, "body": "other words", "keep": "1"})
    assert stale.status_code == 409 and f"{SECRET} half" in stale.content.decode()
    assert "You have a draft" in participant.client.get(LIST).content.decode()
    page = participant.client.get(url).content.decode()
    assert f"{SECRET} half" in page and "So far" in page and 'data-baton-autosave="Draft kept at"' in page
    for who in (None, staff.person, other_participant.person):
        with tenant_context(essex, who):
            assert sql_rows("cohorts_reflectiondraft") == []
    assert SECRET not in other_participant.client.get(url).content.decode()
    with tenant_context(essex, participant.person):
        assert f"{SECRET} half" in str(export_person(participant.person))
        assert not ReflectionFact.objects.exists()  # a draft counts as nothing
    assert participant.client.post(url, {**part, "title": "Done", "version": "2"}).status_code == 302
    assert "You have a draft" not in participant.client.get(LIST).content.decode()
    participant.client.post(url, {**part, "keep": "1"})
    drop = reverse("cohorts:reflection-draft-drop", kwargs={"tenant": "essex"})
    assert participant.client.post(drop).status_code == 302
    assert SECRET not in participant.client.get(url).content.decode()


def test_an_entry_says_what_it_is_about(essex, cohort, participant, other_participant, set_of_two):
    plan, _keeper, _later = set_of_two
    with tenant_context(essex):
        workshop = make_event(cohort, "Power, place and permission")
        elsewhere = make_event(make_cohort("Cohort 9"), "Somebody else’s day")
        row = plan.sets.select_related("plan", "cohort__programme", "facilitator").get()
        mentor = make_person("Mel Mentor")
    mentor = sign_in_as(essex, mentor, Role.MENTOR, cohort=cohort)
    with tenant_context(essex, participant.person):
        action = add_action(
            learning_set=row,
            owner=participant.person,
            body="Ring the ward sister",
            due_on=timezone.localdate(),
            by=participant.actor,
        )
    url = reverse("cohorts:reflection-write", kwargs={"tenant": "essex"})
    answer = participant.client.get(url, {"event": workshop.public_id})
    page = answer.content.decode()
    assert answer.context["form"]["about_event"].value() == workshop.public_id and "Ring the ward sister" in page
    assert "Somebody else’s day" not in page
    said = {"kind": "tried", "title": "The call", "body": "She laughed.", "version": "0"}
    wrong = participant.client.post(url, {**said, "about_event": elsewhere.public_id})
    assert wrong.status_code == 422
    about = {"about_event": workshop.public_id, "about_action": action.public_id}
    went = participant.client.post(url, {**said, **about})
    page = participant.client.get(went.url).content.decode()
    assert "Event: Power, place and permission" in page and "Ring the ward sister" in page
    export = reverse("cohorts:reflection-export", kwargs={"tenant": "essex", "form": "md"})
    assert "Event: Power, place and permission" in participant.client.get(export).content.decode()
    # a mentor who is shown it reads that there is an action of the set, not what it says
    with tenant_context(essex, participant.person):
        entry = Reflection.objects.get()
        share_reflection(reflection=entry, with_person=mentor.person, by=participant.actor)
    page = mentor.client.get(went.url).content.decode()
    assert "She laughed." in page and "An action of the set" in page and "Ring the ward sister" not in page
    edit = {**said, "version": "1", "about_event": "", "about_action": action.public_id}
    assert page_queries(participant.client, url_of("reflection-edit", entry)) <= 12
    assert participant.client.post(url_of("reflection-edit", entry), edit).status_code == 302
    page = participant.client.get(went.url).content.decode()
    assert "Power, place" not in page and "Ring the ward sister" in page
    assert "Shared with you" in mentor.client.get(LIST).content.decode()


def test_search_finds_ones_own_words_only(essex, cohort, participant, other_participant, entry):
    with tenant_context(essex, other_participant.person):
        write_reflection(
            cohort=cohort, kind="tried", title="Mine", body="Marmalade on the ward", by=other_participant.actor
        )
    found = participant.client.get(LIST, {"q": "paddington MARMALADE"}).content.decode()
    assert "1 entry" in found and f"{SECRET} title" in found and "Mine" not in found
    assert "Nothing found" in participant.client.get(LIST, {"q": "marmalade ward"}).content.decode()
    assert "Nothing found" in participant.client.get(LIST, {"kind": "tried"}).content.decode()


def test_staff_set_the_questions_and_read_no_entry(essex, cohort, participant, staff, entry):
    url = reverse("cohorts:reflection-prompts", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    page = staff.client.get(url)
    assert "What did I try, with whom" in page.content.decode() and SECRET not in page.content.decode()
    said = {**page.context["form"].initial, "tried": " Who  noticed?\n\nWhat next?"}
    assert staff.client.post(url, said).status_code == 302
    write = reverse("cohorts:reflection-write", kwargs={"tenant": "essex"})
    shown = participant.client.get(write).content.decode()
    assert "<li>Who noticed?</li><li>What next?</li>" in shown and "What did I try, with whom" not in shown
    assert "What surprised me" in shown
    # a colleague who had the page open meanwhile
    assert staff.client.post(url, {**said, "tried": "Older"}).status_code == 409
    assert (
        staff.client.post(url, {**staff.client.get(url).context["form"].initial, "tried": "x" * 300}).status_code == 422
    )
    seen = staff.client.get(url).context["form"].initial
    assert staff.client.post(url, {**seen, "tried": ""}).status_code == 302
    assert "What did I try, with whom" in participant.client.get(write).content.decode()
    assert participant.client.get(url).status_code == 403


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_kept_while_written_in_and_gone_in_time(essex, cohort, participant, entry):
    participant.client.post(
        reverse("cohorts:reflection-write", kwargs={"tenant": "essex"}), {"kind": "free", "body": "half", "keep": "1"}
    )
    end = timezone.now() + timedelta(days=240)
    assert "cohorts.notebook" not in delete_due(tenant=essex, now=end + timedelta(days=1090))
    assert delete_due(tenant=essex, now=end + timedelta(days=1099))["cohorts.notebook"] == 1
    with connections["owner"].cursor() as cursor:
        for table in ("cohorts_reflection", "cohorts_reflectionfact", "cohorts_reflectiondraft", "cohorts_notebook"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table
