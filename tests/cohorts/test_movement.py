"""The movement around a programme: nobody is in it before they have said yes, and no page tells whether an address is known."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.consents import CURRENT_CONSENT, MOVEMENT_CONSENT
from cohorts.models import Movement, MovementMember, MovementWords
from cohorts.selectors.movement import head_count
from cohorts.services.movement import (
    bring_colleague,
    edit_membership,
    join_movement,
    leave_movement,
    register_member,
    save_movement,
)
from cohorts.services.participation import graduate_participant
from reminders.links import link_path
from reminders.mail import compose
from reminders.models import Message
from reminders.selectors import read_obligations
from reminders.services.reminding import queue_due_reminders
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.links import find_link, mint_link
from tenancy.models import Change, Person, RetentionPeriod, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.retention import delete_due
from tenancy.unneeded import unneeded
from tests.access.filling import Filled
from tests.access.interleaving import first_places, interleave, statements
from tests.access.small_world import undone
from tests.clock import travel
from tests.conftest import make_member
from tests.factories.cohorts import SYSTEM, make_cohort, make_organisation, make_participant, make_person, sign_in_as
from tests.factories.tenancy import make_tenant
from tests.queries import page_queries

SYS = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
VISITOR = Actor("visitor")
TYPED = {"name": "Mia Member", "email": "mia@voices.example", "organisation_name": "Voices", "place": "Harlow"}


def at(name, row=None, tenant="essex", **more):
    public = {"public_id": row.public_id} if row is not None else {}
    return reverse(f"cohorts:movement-{name}", kwargs={"tenant": tenant, **public, **more})


@pytest.fixture
def movement(essex, cohort) -> Movement:
    with tenant_context(essex):
        return begin(cohort.programme)


def begin(programme):
    return save_movement(
        programme=programme, purpose="We ask before we answer.", is_open=True, shows_spread=True, version=0, by=SYSTEM
    )


def by_link(person):
    return Actor.for_link(person, "movement")


def row_of(movement, email):
    rows = MovementMember.objects.select_related("movement__programme", "person", "organisation")
    return rows.get(movement=movement, person__email=email)


def joined(movement, name="Mia Member", email="mia@voices.example", **said):
    """In the open tenant: typed by a visitor, and said yes to by the holder of the address."""
    register_member(movement=movement, name=name, email=email, by=VISITOR, **said)
    row = row_of(movement, email)
    return join_movement(member=row, consent_version=CURRENT_CONSENT, by=by_link(row.person))


def link_of(row):
    return mint_link(person=row.person, purpose="movement", about=row.public_id)


def test_a_visitor_is_in_once_they_have_said_yes(essex, movement, staff, stranger):
    programme, visitor = movement.programme, Client()
    page = visitor.get(at("public", programme)).content.decode()
    assert "We ask before we answer." in page and str(MOVEMENT_CONSENT[CURRENT_CONSENT])[:40] in page
    with tenant_context(essex):
        hospital = make_organisation("Mid Essex Hospital", "health")
    typed = {**TYPED, "organisation": hospital.public_id, "organisation_name": "", "interests": "Shared budgets"}
    for _click in range(2):
        answer = visitor.post(at("public", programme), typed, follow=True)
        assert answer.status_code == 200 and "Look in your inbox" in answer.content.decode()
    with tenant_context(essex):
        (mail,) = Message.objects.filter(kind="cohorts.movement_confirm")
        row = row_of(movement, "mia@voices.example")
        assert (mail.asks, mail.link_purpose, mail.link_about) == (True, "movement", row.public_id)
        assert "Shared budgets" not in mail.body_text and "Hospital" not in mail.body_text
        assert (head_count(movement).members, head_count(movement).asked) == (0, 1)
        token = link_of(row)
    listed = at("staff", programme)
    assert "Shared budgets" not in staff.client.get(listed).content.decode()
    link, by_anybody = at("link", token=token), Client()
    # opening it changes nothing: mail programs open links too
    assert "Would you like to be in it?" in by_anybody.get(link).content.decode()
    assert by_anybody.post(link, {"consent": "0"}).status_code == 422
    with tenant_context(essex):
        assert head_count(movement).members == 0
    for _click in range(2):
        assert by_anybody.post(link, {"consent": str(CURRENT_CONSENT)}).status_code == 302
    own = by_anybody.get(link).content.decode()
    assert "Shared budgets" in own and "Mid Essex Hospital" in own and "By the public page" in own
    with tenant_context(essex):
        row.refresh_from_db()
        assert (row.state, row.consent_version, row.generation, row.was_brought) == (
            "member",
            CURRENT_CONSENT,
            1,
            False,
        )
        assert head_count(movement).members == 1
        assert Message.objects.filter(kind="cohorts.movement_joined", recipient=row.person).count() == 1
        # no history has the name
        assert not Change.objects.filter(subject_id=row.public_id).exclude(by_label__contains="movement").exists()
    shown = staff.client.get(listed).content.decode()
    assert "Shared budgets" in shown and "Mia Member" in shown and "by the public page" in shown
    assert "Mia Member" in staff.client.get(listed, {"download": "csv"}).content.decode()
    for who, status in ((stranger, 404),):
        assert who.client.get(listed).status_code == status
    edit = {"organisation_name": "Voices of Harlow", "place": " Old  Harlow ", "interests": "Data"}
    assert by_anybody.post(at("link-edit", token=token), edit).status_code == 302
    own = by_anybody.get(link).content.decode()
    assert "Voices of Harlow" in own and "Old Harlow" in own and "Shared budgets" not in own


def test_the_answer_is_the_same_whatever_is_known(essex, movement, participant, staff):
    """New, asked, in it, left, on a cohort: one page, and what is known stays as it is. Who left or said no isn’t written to."""
    with tenant_context(essex):
        joined(movement, "Ina In", "in@voices.example", place="Harlow")
        register_member(movement=movement, name="Ada Asked", email="asked@voices.example", by=VISITOR)
        gone = joined(movement, "Leo Left", "left@voices.example")
        leave_movement(member=gone, erase=False, by=by_link(gone.person))
        Message.objects.all().delete()
    pages = set()
    for email in ("new@x.example", "asked@voices.example", "in@voices.example", "left@voices.example"):
        pages.add(asking(movement, email))
    pages.add(asking(movement, participant.person.email))
    assert len(pages) == 1
    assert "Whoever has left the movement or said no isn’t written to for 30 days" in pages.pop()
    with tenant_context(essex):
        kinds = list(Message.objects.order_by("pk").values_list("kind", flat=True))
        confirm, again = "cohorts.movement_confirm", "cohorts.movement_again"
        assert kinds == [confirm, confirm, again, again]
        assert row_of(movement, "in@voices.example").place == "Harlow"
        assert not MovementMember.objects.filter(person=participant.person).exists()
        assert row_of(movement, "left@voices.example").state == "left"
        assert Person.objects.get(email="asked@voices.example").name == "Ada Asked"
        # a place on a cohort leads to the page behind the sign-in
        mail = Message.objects.get(kind=again, recipient=participant.person)
        assert mail.link_path == at("home", movement.programme) and not mail.link_purpose


def asking(movement, email):
    answer = Client().post(at("public", movement.programme), {**TYPED, "name": "Somebody", "email": email}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode().replace(email, "")


def test_closed_there_is_no_page_and_foreign_there_is_none(essex, movement, staff, other_staff, stranger, participant):
    programme = movement.programme
    with tenant_context(essex):
        row = joined(movement)
        token = link_of(row)
    page = at("staff", programme)
    assert (
        page
        in staff.client.get(reverse("cohorts:programme-detail", args=["essex", programme.public_id])).content.decode()
    )
    form = {"purpose": "Anew", "version": str(movement.version)}
    assert participant.client.post(page, form).status_code == 403
    assert other_staff.client.post(page, form).status_code == 403
    assert stranger.client.post(page, form).status_code == 404
    # the public page belongs to its tenant alone
    assert Client().get(at("public", programme, tenant="hsmc")).status_code == 404
    assert Client().post(at("public", programme, tenant="hsmc"), TYPED).status_code == 404
    assert staff.client.post(page, form).status_code == 302
    # somebody else saved meanwhile: both texts
    stale = staff.client.post(page, {**form, "purpose": "Mine"})
    assert stale.status_code == 409 and "Anew" in stale.content.decode() and "Mine" in stale.content.decode()
    for name in ("public", "sent", "home", "bring"):
        assert participant.client.get(at(name, programme)).status_code == 404
    # who is in it reads and deletes as before
    assert "Mia Member" in Client().get(at("link", token=token)).content.decode()
    with tenant_context(essex):
        movement.refresh_from_db()
        with pytest.raises(WrongState):
            register_member(movement=movement, name="N", email="n@x.example", by=VISITOR)
        with pytest.raises(NotAllowed):
            save_movement(
                programme=programme, purpose="x", is_open=True, shows_spread=False, version=2, by=participant.actor
            )
        with pytest.raises(StaleEdit):
            save_movement(programme=programme, purpose="x", is_open=True, shows_spread=False, version=1, by=SYSTEM)


def test_a_colleague_is_told_says_yes_and_tells_the_next(essex, movement, participant, other_participant, staff):
    programme = movement.programme
    home = participant.client.get("/essex/").content.decode()
    assert at("home", programme) in home
    assert at("bring", programme) in participant.client.get(at("home", programme)).content.decode()
    bring = at("bring", programme)
    for _click in range(2):
        told = participant.client.post(bring, {"name": "Col League", "email": "Col@work.example"}, follow=True)
        assert "Col League decides now" in told.content.decode()
    # somebody else tells them too: the first counts, and they get no second message
    other_participant.client.post(bring, {"name": "C", "email": "col@work.example"})
    with tenant_context(essex):
        (mail,) = Message.objects.filter(kind="cohorts.movement_brought")
        row = row_of(movement, "col@work.example")
        assert "Pat Participant" in mail.subject and mail.link_about == row.public_id and mail.asks
        assert (row.brought_by, row.generation, row.was_brought) == (participant.person, 1, True)
        token = link_of(row)
    # not in it yet, they tell nobody
    assert Client().get(at("link-bring", token=token)).status_code == 404
    Client().post(at("link", token=token), {"consent": str(CURRENT_CONSENT)})
    page = participant.client.get(bring).content.decode()
    assert "1 person has joined so far" in page and "Col League" not in page
    answer = Client().post(at("link-bring", token=token), {"name": "Nex T", "email": "next@work.example"})
    assert answer.status_code == 302
    with tenant_context(essex):
        nexts = row_of(movement, "next@work.example")
        assert (nexts.brought_by, nexts.generation) == (row.person, 2)
        join_movement(member=nexts, consent_version=CURRENT_CONSENT, by=by_link(nexts.person))
    assert "told by Col League" in staff.client.get(at("staff", programme)).content.decode()


def test_whom_nobody_may_bother(essex, movement, participant, other_participant, cohort):
    """Oneself, the cohort's own, who said no: none of them gets a message."""
    with tenant_context(essex):
        told = {"movement": movement, "by": participant.actor}
        with pytest.raises(Refused):
            bring_colleague(name="Me", email=participant.person.email, **told)
        bring_colleague(name="Olu", email=other_participant.person.email, **told)
        bring_colleague(name="No", email="no@work.example", **told)
        row = row_of(movement, "no@work.example")
        leave_movement(member=row, erase=False, by=by_link(row.person))
        Message.objects.all().delete()
        bring_colleague(name="No", email="no@work.example", **{**told, "by": other_participant.actor})
        assert not Message.objects.exists()
        assert row_of(movement, "no@work.example").state == "left"
        with pytest.raises(NotAllowed):
            bring_colleague(movement=movement, name="X", email="x@x.example", by=VISITOR)


def test_only_the_programmes_own_people_and_members_are_inside(essex, movement, participant, other_cohort, cohort):
    programme = movement.programme
    with tenant_context(essex):
        supplier = make_person("Sue Supplier")
        place = make_participant(cohort, "Al Umna")
        graduate_participant(participation=place, by=SYSTEM)
    supplier = sign_in_as(essex, supplier, Role.SUPPLIER)
    alumna = sign_in_as(essex, place.person)
    home = at("home", programme)
    assert [w.client.get(home).status_code for w in (participant, alumna, supplier)] == [200, 200, 403]
    with tenant_context(essex):
        bring_colleague(movement=movement, name="Sue Supplier", email=supplier.person.email, by=participant.actor)
        row = row_of(movement, supplier.person.email)
    mine = at("mine", row)
    # who signs in owes an answer, and finds it at home
    assert "Say whether you’d like to be in the movement" in supplier.client.get("/essex/").content.decode()
    assert participant.client.get(mine).status_code == 403
    assert supplier.client.post(mine, {"consent": str(CURRENT_CONSENT)}).status_code == 302
    assert "Say whether you’d like to be" not in supplier.client.get("/essex/").content.decode()
    assert supplier.client.get(home).status_code == 200
    assert mine in supplier.client.get(home).content.decode()
    assert supplier.client.post(at("mine-leave", row), {"how": "erase"}).status_code == 302
    assert supplier.client.get(home).status_code == 403


def test_leaving_deletes_and_the_links_open_nothing(essex, movement, staff):
    with tenant_context(essex):
        one, two = (
            joined(movement, interests="Data"),
            joined(movement, "Two", "two@x.example", place="Harlow", interests="Y"),
        )
        tokens = [link_of(one), link_of(two)]
    for token, how in zip(tokens, ("erase", "leave"), strict=True):
        assert Client().post(at("link-leave", token=token), {}).status_code == 422
        gone = Client().post(at("link-leave", token=token), {"how": how}, follow=True)
        assert gone.status_code == 200 and "not in the movement" in gone.content.decode()
        assert Client().get(at("link", token=token)).status_code == 404
    with tenant_context(essex):
        assert not MovementMember.objects.filter(pk=one.pk).exists()
        two.refresh_from_db(fields=["state", "place"])
        assert (two.state, two.place) == ("left", "")
        assert all(find_link(token) is None for token in tokens)
    with tenant_context(essex, two.person):
        assert not MovementWords.objects.exists()
        with pytest.raises(NotAllowed):
            leave_movement(member=two, erase=True, by=by_link(one.person))
        # not by a link for something else
        with pytest.raises(NotAllowed):
            edit_membership(
                member=two, organisation=None, organisation_name="", place="", interests="",
                by=Actor.for_link(two.person, "guest"),
            )  # fmt: skip


def test_what_interests_them_is_theirs_and_the_programmes_staffs(essex, movement, staff, other_staff, participant):
    """In the database, not the template: and while they haven't said yes, nobody else's at all."""
    with tenant_context(essex):
        register_member(movement=movement, name="Mia", email="mia@voices.example", interests="Data", by=VISITOR)
        row = row_of(movement, "mia@voices.example")

    def seen_by(person):
        with tenant_context(essex, person), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cohorts_movementwords")
            return cursor.fetchone()[0]

    everybody = (staff.person, other_staff.person, participant.person, None, row.person)
    assert [seen_by(p) for p in everybody] == [0, 0, 0, 0, 1]
    with tenant_context(essex):
        join_movement(member=row, consent_version=CURRENT_CONSENT, by=by_link(row.person))
    assert [seen_by(p) for p in everybody] == [1, 0, 0, 0, 1]
    with tenant_context(essex, staff.person), connection.cursor() as cursor:
        cursor.execute("UPDATE cohorts_movementwords SET interests = 'x'")
        assert cursor.rowcount == 0
    with tenant_context(essex, row.person):
        (held,) = export_person(row.person)["The movement around a programme"]
        assert held["what interests you"] == "Data" and held["agreed to version"] == CURRENT_CONSENT


def test_the_public_page_counts_what_comes_from_one_place(essex, movement, settings):
    settings.ACCOUNT_RATE_LIMITS = {"movement": "3/h/ip"}
    page = at("public", movement.programme)
    answers = [Client().post(page, {**TYPED, "email": f"n{n}@x.example"}).status_code for n in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert Client().get(page).status_code == 200


@SYS
def test_unconfirmed_left_and_lapsed_go_at_their_days(essex):
    with tenant_context(essex):
        movement = begin(make_cohort().programme)
        register_member(movement=movement, name="U", email="u@x.example", interests="Data", by=VISITOR)
        left, stays = joined(movement, "L", "l@x.example"), joined(movement, "S", "s@x.example")
        leave_movement(member=left, erase=False, by=by_link(left.person))
    now = timezone.now()
    assert "cohorts.movement_asked" not in delete_due(tenant=essex, now=now + timedelta(days=29))
    assert delete_due(tenant=essex, now=now + timedelta(days=31))["cohorts.movement_asked"] == 2
    with tenant_context(essex):
        assert [m.pk for m in MovementMember.objects.all()] == [stays.pk]
    assert delete_due(tenant=essex, now=now + timedelta(days=731))["cohorts.movement"] == 1


def test_what_a_stranger_typed_goes_into_no_message(essex, movement, participant, settings):
    """Neither a link where the name belongs, nor the name: the messages would be the stranger's."""
    public, bring = at("public", movement.programme), at("bring", movement.programme)
    for client, page in ((Client(), public), (participant.client, bring)):
        for name in (
            "Win at evil.example",
            "https://x",
            "www.evil",
            "a@b",
            "Prize: claim",
            "evil。com",
            "\U00020000.中国",
        ):
            refused = client.post(page, {"name": name, "email": "victim@x.example"})
            assert refused.status_code == 422 and "A name can’t have a web or email address" in refused.content.decode()
    with tenant_context(essex):
        assert not Person.objects.filter(email="victim@x.example").exists()
    names = {
        "a": "J. R. Smith",
        "b": "St. John Rivers",
        "c": "\U00020bb7野家",
        "d": "\u200fد. أحمد",
        "e": "J.R.R. Tolkien",
    }
    for key, name in names.items():
        assert Client().post(public, {"name": name, "email": f"{key}@x.example"}).status_code == 302
        assert participant.client.post(bring, {"name": name, "email": f"{key}@y.example"}).status_code == 302
    with tenant_context(essex):
        joined(movement, "Typed By A Stranger", "in@x.example")
        register_member(movement=movement, name="Else", email="in@x.example", by=VISITOR)
        kinds = ("movement_confirm", "movement_again", "movement_brought")
        for kind in kinds:
            mails = Message.objects.filter(kind=f"cohorts.{kind}").select_related("recipient", "tenant")
            assert mails
            for mail in mails:
                sent = compose(mail, "/x")
                assert mail.recipient.name not in mail.subject + mail.body_text + mail.body_html + "".join(sent.to)
                assert mail.body_text.startswith("Hello,")
        # a name known from elsewhere that reads as a link isn't passed on either
        told_by = participant.person
        told_by.name = "Prizes at evil.example"
        bring_colleague(movement=movement, name="Z", email="z@y.example", by=Actor.for_person(told_by))
        mail = Message.objects.get(kind="cohorts.movement_brought", recipient__email="z@y.example")
        assert "evil" not in mail.subject + mail.body_text and "Somebody who belongs to it told you" in mail.subject


def test_tries_count_and_not_what_was_known(essex, movement, participant, other_participant, settings):
    """Else the limit would tell which addresses were known."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "movement_bring": "3/d/key"}
    bring = at("bring", movement.programme)

    def tell(who, email):
        return who.client.post(bring, {"name": "Col League", "email": email})

    known = other_participant.person.email
    assert [tell(participant, known).status_code for _try in range(3)] == [302, 302, 302]
    for email in (known, "new@work.example", participant.person.email):
        refused = tell(participant, email)
        assert refused.status_code == 422 and "You’ve told 3 people today. Go on tomorrow." in refused.content.decode()
    assert tell(other_participant, "new@work.example").status_code == 302
    with tenant_context(essex):
        assert MovementMember.objects.get().brought_by == other_participant.person


def test_whoever_has_all_deleted_is_named_by_nobody_they_told(essex, movement, staff):
    with tenant_context(essex):
        mia = joined(movement)
        bring_colleague(movement=movement, name="Nex T", email="next@x.example", by=by_link(mia.person))
        told = row_of(movement, "next@x.example")
        join_movement(member=told, consent_version=CURRENT_CONSENT, by=by_link(told.person))
        token = link_of(mia)
    listed = at("staff", movement.programme)
    assert "told by Mia Member" in staff.client.get(listed).content.decode()
    leaving = Client().get(at("link-leave", token=token)).content.decode()
    assert "90 days have passed since we first had them" in leaving
    # with the bare row it is still known who told them
    with tenant_context(essex):
        leave_movement(member=mia, erase=False, by=by_link(mia.person))
        assert row_of(movement, "next@x.example").brought_by == mia.person
        assert "Mia Member" not in [p.name for p in unneeded(timezone.now() + timedelta(days=1))]
        leave_movement(member=mia, erase=True, by=by_link(mia.person))
        told = row_of(movement, "next@x.example")
        assert (told.brought_by, told.was_brought, told.generation) == (None, True, 2)
        # their messages have left: nothing keeps the name and the address any more
        Message.objects.all().delete()
        assert "Mia Member" in [p.name for p in unneeded(timezone.now() + timedelta(days=1))]
    shown = staff.client.get(listed).content.decode()
    assert "told by somebody" in shown and "Mia Member" not in shown


@SYS
def test_whoever_lapses_is_named_by_nobody_they_told(essex):
    with tenant_context(essex):
        movement = begin(make_cohort().programme)
        mia = joined(movement)
        bring_colleague(movement=movement, name="Nex T", email="next@x.example", by=by_link(mia.person))
        told = row_of(movement, "next@x.example")
        join_movement(member=told, consent_version=CURRENT_CONSENT, by=by_link(told.person))
        MovementMember.objects.filter(pk=told.pk).update(seen_at=timezone.now() + timedelta(days=400))
        Message.objects.all().delete()
    nights = [delete_due(tenant=essex, now=timezone.now() + timedelta(days=days)) for days in (731, 732)]
    assert [night.get("cohorts.movement", 0) for night in nights] == [1, 0]
    # and the person goes, with the next night at the latest
    assert sum(night.get("tenancy.people", 0) for night in nights) == 1
    with tenant_context(essex):
        told = row_of(movement, "next@x.example")
        assert (told.brought_by, told.was_brought, told.generation) == (None, True, 2)
        assert not Person.objects.filter(email="mia@voices.example").exists()


def test_the_pages_say_who_reads_a_name_before_anybody_has_said_yes(essex, movement, staff):
    """Staff of the whole portal see the name and address on their list; the words say so, and nothing else is read."""
    page = at("public", movement.programme)
    Client().post(page, {**TYPED, "interests": "Shared budgets"})
    with tenant_context(essex):
        whole = make_member(essex, "Wanda Whole", Role.STAFF)
        mail = Message.objects.get(kind="cohorts.movement_confirm")
    people = whole.client.get(reverse("tenancy:person-list", args=["essex"])).content.decode()
    assert "Mia Member" in people and "mia@voices.example" in people and "Harlow" not in people
    said = "Staff of the whole portal can see the name and"
    assert said in Client().get(page).content.decode() and said in mail.body_text
    assert "Staff of the whole portal see my name and address" in str(MOVEMENT_CONSENT[CURRENT_CONSENT])


class Joining:
    """One open movement, and a visitor who types an address."""

    def __init__(self) -> None:
        self.tenant = make_tenant("essex", "Essex Partners")
        make_member(self.tenant, "Sita Staff", Role.STAFF)
        with tenant_context(self.tenant):
            self.cohort = make_cohort()
            self.movement = begin(self.cohort.programme)
            person = make_participant(self.cohort, "Pat Participant").person
        self.participant: SimpleNamespace = sign_in_as(self.tenant, person)

    def type(self, email: str) -> Filled:
        return Filled(at("public", self.movement.programme), Client(), {**TYPED, "email": email})

    def bring(self, email: str) -> Filled:
        typed = {"name": "Col League", "email": email}
        return Filled(at("bring", self.movement.programme), self.participant.client, typed)

    def members(self, email: str) -> int:
        with tenant_context(self.tenant):
            return MovementMember.objects.filter(person__email=email).count()


@SYS
def test_two_at_once_with_one_address_are_one() -> None:
    scene, number = Joining(), 0
    with undone(), statements() as seen:
        assert scene.type("probe@x.example").send().status_code == 302
    stops = first_places(seen)
    assert stops
    for stop in stops:
        for other in (scene.type, scene.bring):
            number += 1
            email = f"both{number}@x.example"
            clicks = interleave(scene.type(email), other(email), stop_at=stop)
            assert [click.status for click in clicks] == [302, 302], stop
            assert scene.members(email) == 1


def test_links_of_messages_open_the_members_page_and_the_one_question(essex):
    assert link_path("movement", "essex", "x") == at("link", token="x")
    assert link_path("pledge", "essex", "x") == reverse("cohorts:pledge-due", kwargs={"tenant": "essex", "token": "x"})


def test_pages_ask_no_more_for_more(essex, movement, participant, staff):
    with tenant_context(essex):
        token = link_of(joined(movement))
        pages = {
            at("staff", movement.programme): staff.client,
            at("public", movement.programme): Client(),
            at("home", movement.programme): participant.client,
            at("link", token=token): Client(),
        }
    before = [page_queries(client, url) for url, client in pages.items()]
    with tenant_context(essex):
        for n in range(4):
            joined(movement, f"More {n}", f"more{n}@x.example")
    assert [page_queries(client, url) for url, client in pages.items()] == before
    assert max(before) <= 12


def test_who_has_been_away_for_long_is_asked_before_they_go(essex, movement, staff):
    """A month ahead, by a reminder with their link, and by the tenant's own period; one button keeps them."""
    now = timezone.now()

    def away(row, days):
        MovementMember.objects.filter(pk=row.pk).update(seen_at=now - timedelta(days=days))

    def owing():
        assert not read_obligations(kind="cohorts.movement_stay")
        return {o.person_id: o for o in read_obligations(kind="cohorts.movement_stay", private=True)}

    with tenant_context(essex):
        mia = joined(movement)
        ina = joined(movement, "Ina In", "in@voices.example")
        away(mia, 705), away(ina, 690)
        assert set(owing()) == {mia.person_id}
        assert owing()[mia.person_id].due.date() == (now + timedelta(days=25)).date()
        token = link_of(mia)
        with travel(now.replace(hour=11) + timedelta(days=7 - now.weekday())):
            queue_due_reminders(tenant=essex)
        (mail,) = Message.objects.filter(
            recipient=mia.person, owed__contains=[["cohorts.movement_stay", mia.public_id]]
        )
        assert (mail.link_purpose, mail.link_about) == ("movement", mia.public_id)
        RetentionPeriod.objects.create(kind="cohorts.movement", days=200)
        away(ina, 180)
        assert ina.person_id in owing()
    # by the new period her time is over, and until the night she can still say so
    page = Client().get(at("link", token=token)).content.decode()
    assert "I stay in it" in page and f"{timezone.localtime():%-d %B %Y}" in page
    with tenant_context(essex):
        RetentionPeriod.objects.all().delete()
    page = Client().get(at("link", token=token)).content.decode()
    assert "I stay in it" in page and "unless you say that you stay" in page
    said = Client().post(at("link", token=token), {"consent": str(CURRENT_CONSENT)}, follow=True).content.decode()
    assert "Thank you: you stay in it." in said and "I stay in it" not in said
    with tenant_context(essex):
        assert not owing()
        row = row_of(movement, "mia@voices.example")
        assert row.joined_at == mia.joined_at and row.seen_at > now
