"""Reflections: nobody reads one but its author and whom the author shows it to, whatever they ask: pages, services, SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Reflection, ReflectionFact, ReflectionShare
from cohorts.selectors import reflection_counts
from cohorts.services.reflections import (
    delete_reflection,
    edit_reflection,
    share_reflection,
    take_back_reflection,
    write_reflection,
)
from reminders.models import Message
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.models import Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tests.factories.cohorts import SYSTEM, make_person, make_sets, sign_in_as

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
        url, {"kind": "tried", "title": "First try", "body": "Asked, didn't tell. 你好 🦉"}
    )
    assert response.status_code == 302
    page = participant.client.get(response.url).content.decode()
    assert "你好 🦉" in page and "Only you" in page
    assert "First try" in participant.client.get(LIST).content.decode()
    with tenant_context(essex):
        assert ReflectionFact.objects.get().kind == "tried"
        assert reflection_counts(cohort.pk) == {"entries": 1, "writers": 1}


def test_a_double_click_is_one_entry_and_the_same_words_again_another_day_are_two(essex, cohort, participant):
    url = reverse("cohorts:reflection-write", kwargs={"tenant": "essex"})
    said = {"kind": "tried", "title": "Nothing new", "body": "As last week."}
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
    me, them = other_participant.person, participant.person
    with tenant_context(essex, me):
        assert Reflection.objects.filter(pk=entry.pk).update(body="taken over") == 0
        assert Reflection.objects.filter(pk=entry.pk).delete()[0] == 0
        now = timezone.now()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Reflection.objects.create(
                author=them, cohort=cohort, kind="free", title="x", body="x", written_at=now, changed_at=now
            )
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            ReflectionShare.objects.create(reflection=entry, author=them, with_person=me, shared_at=now)
        with pytest.raises(DatabaseError, match="reflectionshare_of_author"), transaction.atomic():
            # in one's own name: the composite key finds no such entry of one's own
            ReflectionShare.objects.create(reflection=entry, author=me, with_person=me, shared_at=now)
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
    assert participant.client.post(share, {"person": other_participant.person.pk}).status_code == 302
    assert participant.client.post(share, {"person": other_participant.person.pk}).status_code == 302  # twice: once
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
    back = reverse(
        "cohorts:reflection-take-back",
        kwargs={"tenant": "essex", "public_id": entry.public_id, "person": other_participant.person.public_id},
    )
    assert other_participant.client.post(back).status_code == 403
    assert participant.client.post(back).status_code == 302
    assert other_participant.client.get(url_of("reflection-detail", entry)).status_code == 404
    assert SECRET not in other_participant.client.get(LIST).content.decode()


def test_only_with_ones_own_set_or_mentors_and_sponsors(essex, cohort, entry, participant, other_participant, staff):
    with tenant_context(essex):
        mentor = make_person("Mel Mentor")
    sign_in_as(essex, mentor, Role.MENTOR, cohort=cohort)
    with tenant_context(essex, participant.person):
        for person in (other_participant.person, staff.person, participant.person):
            with pytest.raises(Refused, match="your own set"):
                share_reflection(reflection=entry, with_person=person, by=participant.actor)
        share_reflection(reflection=entry, with_person=mentor, by=participant.actor)
        assert take_back_reflection(reflection=entry, with_person=mentor, by=participant.actor) == 1


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
    participant.client.post(url_of("reflection-share", entry), {"person": other_participant.person.pk})
    assert participant.client.post(url_of("reflection-delete", entry)).status_code == 302
    assert other_participant.client.get(url_of("reflection-detail", entry)).status_code == 404
    with tenant_context(essex, participant.person):
        assert not Reflection.objects.exists()
        assert not ReflectionShare.objects.exists()
        assert not ReflectionFact.objects.exists()


@pytest.mark.parametrize(("form", "kind"), [("md", "text/markdown"), ("html", "text/html")])
def test_a_copy_of_ones_own(essex, entry, participant, other_participant, staff, form, kind):
    url = reverse("cohorts:reflection-export", kwargs={"tenant": "essex", "form": form})
    response = participant.client.get(url)
    assert response["Content-Type"].startswith(kind) and "attachment" in response["Content-Disposition"]
    assert f"{SECRET} body" in response.content.decode()
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
