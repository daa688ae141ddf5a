import html
from pathlib import Path

import pytest
from django.utils import timezone

from reminders.kinds import kind_in_words, message_kinds, name_kinds, private_kinds
from reminders.models import STUCK, Message
from tenancy.models import Change, Role
from tenancy.models.base import new_public_id
from tenancy.scope import tenant_context
from tenancy.services.people import give_role
from tests.conftest import cast_member, make_member
from tests.factories.reminders import make_cohort
from tests.queries import page_queries

CANARY = "The body of this message is a canary"


@pytest.fixture
def ann(essex):
    return make_member(essex, "Ann Able", Role.PARTICIPANT)


def make_message(tenant, recipient, state="sent", subject="Your place on the cohort", n=0, **fields):
    now = timezone.now()
    with tenant_context(tenant):
        return Message.objects.create(
            dedupe_key=f"{subject}:{n}:{new_public_id()}",
            recipient=recipient,
            subject=subject,
            body_text=CANARY,
            body_html=f"<p>{CANARY}</p>",
            state=state,
            available_at=now,
            queued_at=now,
            queued_by="Sita Staff",
            sent_at=now if state == "sent" else None,
            attempts=5,
            error="SMTPDataError 550",
            **{"kind": "cohorts.welcome", **fields},
        )


def page_of(message, what=""):
    return f"/essex/messages/{message.public_id}/{what}"


def text_of(response):
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_staff_see_that_it_was_sent_and_not_what_it_says(essex, ann, staff):
    message = make_message(essex, ann.person)
    for address in ("/essex/messages/", page_of(message)):
        page = text_of(staff.client.get(address))
        assert "Your place on the cohort" in page and "Ann Able" in page and CANARY not in page


def listed(staff, query=""):
    """What the page and what is downloaded say."""
    return (
        text_of(staff.client.get(f"/essex/messages/?{query}")),
        staff.client.get(f"/essex/messages/?{query}&download=csv").content.decode(),
    )


PRIVATE = (
    {"kind": "cohorts.buddy_suggested"},
    {"kind": "cohorts.pledge_hidden"},
    # reminders of nothing but what is owed in private: one of them is named in the subject
    {"kind": "reminders.digest", "owed": [["cohorts.buddy", "abc"]]},
    {"kind": "reminders.ask", "owed": [["cohorts.return_talk", "abc"]]},
    {"kind": "reminders.digest", "owed": [["cohorts.buddy", "abc"], ["cohorts.return_talk", "abc"]]},
)


@pytest.mark.parametrize("fields", PRIVATE)
@pytest.mark.parametrize("state", [state for state in Message.State.values if state not in STUCK])
def test_a_private_message_is_not_on_the_list(essex, ann, staff, fields, state):
    make_message(essex, staff.person, subject="Something else")
    message = make_message(essex, ann.person, subject="About Aila", state=state, **fields)
    for query in ("", f"state={state}", "q=aila", "q=able", f"kind={fields['kind']}"):
        for said in listed(staff, query):
            assert "About Aila" not in said and "Ann Able" not in said and kind_in_words(fields["kind"]) not in said
    assert staff.client.get(page_of(message)).status_code == 403
    assert "About Aila" in text_of(ann.client.get("/essex/messages/yours/"))
    assert CANARY in text_of(ann.client.get(page_of(message)))


@pytest.mark.parametrize("fields", PRIVATE)
@pytest.mark.parametrize("state", STUCK)
def test_a_stuck_private_message_has_no_name_and_can_be_sent_again(essex, ann, staff, fields, state):
    message = make_message(essex, ann.person, subject="About Aila", state=state, **fields)
    page = text_of(staff.client.get(page_of(message)))
    for said in (*listed(staff), *listed(staff, "state=stuck"), page):
        assert "A private message" in said
        for word in ("About Aila", "Ann Able", kind_in_words(fields["kind"])):
            assert word not in said
    assert "Sita Staff" not in page.split("<main", 1)[1]
    for query in ("q=aila", "q=able", f"kind={fields['kind']}"):
        assert not any("A private message" in said for said in listed(staff, query))
    assert "A private message" not in text_of(ann.client.get(page_of(message)))
    assert "1 message hasn’t left" in text_of(staff.client.get("/essex/"))
    for said in ("It will be sent once more", "This message is now"):
        mended = staff.client.post(page_of(message, "mend/"), {"do": "retry"}, follow=True)
        assert said in text_of(mended)
    with tenant_context(essex):
        assert Message.objects.get(pk=message.pk).state == "pending"


def test_staff_read_their_own_private_message(essex, staff):
    message = make_message(essex, staff.person, kind="cohorts.support_asked", subject="About Aila", state="failed")
    page = text_of(staff.client.get(page_of(message)))
    assert "About Aila" in page and CANARY in page
    assert "About Aila" in text_of(staff.client.get("/essex/messages/yours/"))


def test_a_reminder_of_private_and_other_things_is_listed(essex, ann, staff):
    owed = [["cohorts.buddy", "abc"], ["cohorts.presence", "abc"]]
    make_message(essex, ann.person, kind="reminders.digest", subject="Reminder: 2 things are waiting", owed=owed)
    make_message(essex, ann.person, kind="reminders.ask", subject="Reminder: an endorsement", owed=owed[1:])
    for said in listed(staff):
        assert "2 things are waiting" in said and "an endorsement" in said and "Ann Able" in said


def test_private_kinds_are_kinds_that_are_sent(essex):
    assert private_kinds and private_kinds <= dict(message_kinds.items()).keys()
    with pytest.raises(ValueError, match="no name"):
        name_kinds("cohorts", {}, private=["unheard_of"])


def test_the_recipient_reads_their_own(essex, ann):
    message = make_message(essex, ann.person)
    assert "Your place on the cohort" in text_of(ann.client.get("/essex/messages/yours/"))
    assert CANARY in text_of(ann.client.get(page_of(message)))


def test_nobody_else_does(essex, ann, stranger):
    message = make_message(essex, ann.person)
    other = make_member(essex, "Olga Other", Role.PARTICIPANT)
    assert other.client.get(page_of(message)).status_code == 403
    assert other.client.get("/essex/messages/").status_code == 403
    assert "Your place" not in text_of(other.client.get("/essex/messages/yours/"))
    for address in (
        page_of(message),
        "/essex/messages/",
        "/essex/messages/yours/",
        page_of(message).replace("essex", "hsmc"),
    ):
        assert stranger.client.get(address).status_code == 404


def test_staff_of_a_cohort_see_messages_to_its_people(essex, ann):
    cora, member = make_member(essex, "Cora"), make_member(essex, "Mo Member")
    with tenant_context(essex):
        cohort = make_cohort()
        give_role(person=cora.person, role=Role.STAFF, by=cora.actor, cohort_id=cohort.pk)
        give_role(person=member.person, role=Role.PARTICIPANT, by=cora.actor, cohort_id=cohort.pk)
    cora = cast_member(essex, cora.person, cora.account)
    theirs, other = (
        make_message(essex, member.person, subject="To Mo"),
        make_message(essex, ann.person, subject="To Ann"),
    )
    page = text_of(cora.client.get("/essex/messages/"))
    assert "To Mo" in page and "To Ann" not in page
    assert cora.client.get(page_of(theirs)).status_code == 200
    assert cora.client.get(page_of(other)).status_code == 403
    assert cora.client.post(page_of(other, "mend/"), {"do": "retry"}).status_code == 403


def test_filters(essex, ann, staff):
    make_message(essex, ann.person, subject="One")
    make_message(essex, ann.person, state="failed", subject="Two")
    assert "Two" not in text_of(staff.client.get("/essex/messages/?state=sent"))
    assert "One" not in text_of(staff.client.get("/essex/messages/?q=two"))
    assert "One" in text_of(staff.client.get("/essex/messages/?q=able"))
    assert "None fits" in text_of(staff.client.get("/essex/messages/?kind=none.such"))


@pytest.mark.parametrize(("do", "state"), [("retry", "pending"), ("arrived", "sent"), ("drop", "dropped")])
@pytest.mark.parametrize("before", ["failed", "uncertain"])
def test_staff_decide_about_what_may_not_have_left(essex, ann, staff, do, state, before):
    message = make_message(essex, ann.person, state=before)
    assert f'value="{do}"' in text_of(staff.client.get(page_of(message)))
    staff.client.post(page_of(message, "mend/"), {"do": do})
    with tenant_context(essex):
        row = Message.objects.get(pk=message.pk)
        assert row.state == state
        assert Change.objects.get(subject_id=message.public_id).by_person == staff.person
    if do == "retry":
        assert (row.attempts, row.began_at, row.error) == (0, None, "")


@pytest.mark.parametrize("before", ["pending", "sending", "sent", "dropped"])
@pytest.mark.parametrize("do", ["retry", "arrived", "drop"])
def test_what_is_not_stuck_is_left_alone(essex, ann, staff, before, do):
    message = make_message(essex, ann.person, state=before)
    assert 'name="do"' not in text_of(staff.client.get(page_of(message)))
    assert "This message is now" in text_of(staff.client.post(page_of(message, "mend/"), {"do": do}, follow=True))
    with tenant_context(essex):
        assert Message.objects.get(pk=message.pk).state == before


def test_the_recipient_may_not_mend(essex, ann):
    message = make_message(essex, ann.person, state="failed")
    assert ann.client.post(page_of(message, "mend/"), {"do": "retry"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_many_as_for_one(essex, ann, staff, count):
    for n in range(count):
        make_message(essex, ann.person, n=n)
    assert page_queries(staff.client, "/essex/messages/") == 8


def test_every_kind_of_message_has_a_name_that_people_use(essex, staff, ann, settings):
    """One a mail template, of the app that sends it; the list's filter and the message's own page use it."""
    mails = (Path(settings.BASE_DIR) / "templates").glob("*/email/*.subject.txt")
    sent = {f"{path.parts[-3]}.{path.name.removesuffix('.subject.txt')}" for path in mails}
    assert dict(message_kinds.items()).keys() == sent
    message = make_message(essex, ann.person)
    for page in ("", f"{message.public_id}/"):
        assert "Welcome to the cohort" in staff.client.get(f"/essex/messages/{page}").content.decode()
    assert kind_in_words("gone.long_ago") == "Long ago"
