"""The outbox against a real mail server on the loopback."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reminders import dispatch
from reminders.dispatch import claim_batch, dispatch_due, process, set_aside_uncertain
from reminders.models import Message
from reminders.selectors import read_obligations
from reminders.services.messages import LinkTo, queue_message
from reminders.services.reminding import send_chase
from reminders.writing import LINK
from tenancy.actors import Actor
from tenancy.models import Link, Person
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.reminders import finish, make_cohort, make_person, owe
from tests.smtp_sink import smtp_sink  # noqa: F401 -- a fixture

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"]),
    pytest.mark.usefixtures("only_sources"),
]
BY = Actor.system("test")


@pytest.fixture(autouse=True)
def mail(settings, smtp_sink):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    return smtp_sink


def queue(tenant, name="Zoë Ångström", **options):
    """A message of any kind; 'reminders.ask' has templates of its own."""
    item = {"label": "Sign", "due": None, "since": timezone.now(), "late": False, "address": ""}
    with tenant_context(tenant):
        person = make_person(name, email=f"{name.split()[0].lower()}@people.example".replace("ë", "e"))
        queue_message(
            kind="reminders.ask", to=person, by=BY, **{"about": "x", "context": {"item": item, "count": 1}, **options}
        )
        return person


def messages(tenant):
    with tenant_context(tenant):
        return list(Message.objects.order_by("pk"))


def test_a_message_leaves_once_with_its_link_which_is_kept_nowhere(essex, mail):
    person = queue(essex, link=LinkTo(purpose="calendar", about="abc", text="Sign now"))
    assert dispatch_due() == {"sent": 1}
    assert dispatch_due() == {}
    (to, sent), (row,) = mail.mails[0], messages(essex)
    text = sent.get_body(("plain",)).get_content()
    html = sent.get_body(("html",)).get_content()
    token = text.split("/essex/calendar/", 1)[1].split(".ics", 1)[0]
    assert len(token) == 43 and token in html and "Sign now" in html
    assert len(mail.mails) == 1 and to == "zoe@people.example" and str(sent["To"]) == "zoe@people.example"
    assert row.state == "sent" and row.sent_at and not row.token and row.attempts == 1
    assert LINK in row.body_text and token not in row.body_text + row.body_html
    with tenant_context(essex):
        link = Link.objects.get()
        assert (link.purpose, link.about, link.person) == ("calendar", "abc", person)


def test_headers_say_who_writes_and_whom_to_answer(essex, mail):
    essex.reply_to = "programme@essex.example"
    essex.save()
    queue(essex, occurrence="1")
    queue(essex, occurrence="2")
    dispatch_due()
    first, second = (sent for _to, sent in mail.mails)
    assert str(first["Reply-To"]) == "programme@essex.example" and "Essex Partners" in str(first["From"])
    assert first["Message-ID"] != second["Message-ID"] and first["Auto-Submitted"] == "auto-generated"


def test_a_calendar_part_goes_along(essex, mail):
    queue(essex, calendar_text="BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n")
    dispatch_due()
    parts = [p for p in mail.mails[0][1].walk() if p.get_content_type() == "text/calendar"]
    assert parts[0].get_param("method") == "CANCEL" and "METHOD:CANCEL" in parts[0].get_content()


def test_queueing_the_same_twice_adds_nothing(essex, mail):
    queue(essex)
    queue(essex)
    assert dispatch_due() == {"sent": 1}


def test_a_message_without_an_address_is_not_queued(essex):
    with tenant_context(essex):
        assert queue_message(kind="reminders.ask", to=make_person("Nobody", email=""), about="x", by=BY) is False
    assert messages(essex) == []


@pytest.mark.parametrize(
    ("answer", "state", "attempts"),
    [("451 try later", "pending", 1), ("550 no such person", "failed", 1), ("hang up", "uncertain", 1)],
)
def test_what_the_server_says_decides(essex, mail, answer, state, attempts):
    mail.answers["zoe@people.example"] = answer
    queue(essex)
    queue(essex, name="Bob")
    assert dispatch_due()[state] == 1
    row = messages(essex)[0]
    assert (row.state, row.attempts) == (state, attempts)
    assert row.error and "zoe" not in row.error
    assert [to for to, _mail in mail.mails] == ["bob@people.example"], "one bad address must not hold up another"
    assert dispatch_due() == {}, "nothing is tried again at once, and the uncertain never by itself"


def test_a_server_that_is_down_is_asked_again_and_given_up_after_five(essex, mail, settings):
    settings.EMAIL_PORT = 9  # discard: nobody listens
    queue(essex)
    for attempt in range(1, dispatch.MAX_ATTEMPTS + 1):
        assert dispatch_due() == {"pending" if attempt < dispatch.MAX_ATTEMPTS else "failed": 1}
        (row,) = messages(essex)
        if attempt < dispatch.MAX_ATTEMPTS:
            wait = row.available_at - timezone.now()
            assert timedelta(minutes=2 ** (attempt - 1) - 0.5) < wait <= timedelta(minutes=2 ** (attempt - 1))
        with tenant_context(essex):
            Message.objects.update(available_at=timezone.now())
    assert messages(essex)[0].attempts == 5


def test_not_before_its_time(essex, mail):
    queue(essex, available_at=timezone.now() + timedelta(hours=1))
    assert dispatch_due() == {}


def expire():
    Message.unscoped("sys").update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_claim_that_never_began_is_taken_up_again(essex, mail):
    queue(essex)
    (stale,) = claim_batch()
    assert claim_batch() == [], "a live lease keeps others off"
    expire()
    assert dispatch_due() == {"sent": 1}
    assert process(stale) == "lost" and len(mail.mails) == 1


def test_a_claim_that_fell_silent_after_it_began_is_left_to_staff(essex, mail):
    queue(essex)
    (claim,) = claim_batch()
    message = dispatch._renewed(claim)
    assert dispatch._begin(claim, message, "")
    expire()
    assert set_aside_uncertain() == 1
    assert dispatch_due() == {} and mail.mails == []
    assert messages(essex)[0].state == "uncertain"


def test_what_is_done_before_it_leaves_is_not_asked_for(essex, mail):
    ann = make_member(essex, "Ann").person
    with tenant_context(essex):
        things = [owe(ann, make_cohort(f"Cohort {n}"), timezone.now() + timedelta(days=n)) for n in (1, 2)]
        send_chase(owed=read_obligations(with_people=True), tenant=essex, by=BY)
        Message.objects.update(available_at=timezone.now())
        finish(things[0])
    assert dispatch_due() == {"sent": 1}
    sent = mail.mails[0][1]
    assert "Cohort 2" in str(sent["Subject"]), "it was written anew for the one thing left"
    assert "Cohort 1" not in sent.get_body(("plain",)).get_content()


def test_what_is_all_done_is_dropped(essex, mail):
    ann = make_member(essex, "Ann").person
    with tenant_context(essex):
        thing = owe(ann, make_cohort(), timezone.now() + timedelta(days=1))
        send_chase(owed=read_obligations(with_people=True), tenant=essex, by=BY)
        Message.objects.update(available_at=timezone.now())
        finish(thing)
    assert dispatch_due() == {"dropped": 1} and mail.mails == []


def test_a_person_who_lost_their_address_gets_nothing(essex, mail):
    person = queue(essex)
    with tenant_context(essex):
        Person.objects.filter(pk=person.pk).update(email="")
    assert dispatch_due() == {"dropped": 1}


def test_a_link_no_page_takes_fails_that_message_only(essex, mail):
    queue(essex, link=LinkTo(purpose="no-such-page"))
    queue(essex, name="Bob")
    assert dispatch_due() == {"failed": 1, "sent": 1}
    with tenant_context(essex):
        assert not Link.objects.exists()


def test_every_tenant_s_messages_leave_under_its_own_name(essex, hsmc, mail):
    queue(essex)
    queue(hsmc, name="Bob")
    assert dispatch_due() == {"sent": 2}
    assert [str(m["From"]).split(" <")[0].strip('"') for _to, m in mail.mails] == ["Essex Partners", "HSMC Birmingham"]
