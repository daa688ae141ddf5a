import base64
import hashlib
import io

import pytest
from django.core.mail import get_connection, send_mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from reminders.models import DemoMail

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


@pytest.fixture(autouse=True)
def demo(settings):
    assert settings.DEMO, "the suite runs in demo mode, as ./baton starts it"
    settings.EMAIL_BACKEND = "reminders.inbox.InboxBackend"


def kept(subject="Your code: 123456", to="ann@essex.example", html=""):
    send_mail(subject, "See http://localhost:8000/essex/ <now>", "Essex <no-reply@localhost>", [to], html_message=html)
    return DemoMail.objects.latest("pk")


def test_account_mails_are_kept_too_and_can_be_read():
    mail = kept()
    page = Client().get("/demo/inbox/").content.decode()
    assert "Your code: 123456" in page and f"/demo/inbox/{mail.pk}/" in page
    text = Client().get(f"/demo/inbox/{mail.pk}/").content.decode()
    assert '<a href="http://localhost:8000/essex/"' in text and "&lt;now&gt;" in text
    assert "as a mail program shows it" not in text


def test_the_list_is_narrowed_by_address():
    kept()
    kept(subject="For Bob", to="Bob Baker <BOB@essex.example>")
    page = Client().get("/demo/inbox/?to=bob@").content.decode()
    assert "For Bob" in page and "Your code" not in page
    assert "has had a mail" in Client().get("/demo/inbox/?to=nobody").content.decode()


def test_the_html_version_lets_in_its_own_style_and_nothing_else():
    style = "p{color:red}"
    mail = kept(html=f"<html><head><style>{style}</style></head><body><script>alert(1)</script><p>Hi</p></body></html>")
    assert "as a mail program shows it" in Client().get(f"/demo/inbox/{mail.pk}/").content.decode()
    response = Client().get(f"/demo/inbox/{mail.pk}/html/")
    policy = response["Content-Security-Policy"]
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy
    assert "script-src 'none'" in policy and "default-src 'none'" in policy and "unsafe" not in policy


def test_a_mail_that_is_not_there():
    mail = kept()
    assert Client().get(f"/demo/inbox/{mail.pk + 1}/").status_code == 404
    assert Client().get(f"/demo/inbox/{mail.pk}/html/").status_code == 404


def test_the_backend_counts_what_it_took():
    assert get_connection().send_messages([]) == 0


def test_sign_ins_are_listed_on_the_page_and_by_the_command(settings):
    out = io.StringIO()
    call_command("demo_sign_ins", stdout=out)
    page = Client().get("/demo/sign-ins/").content.decode()
    from portal.demo.people import SIGN_INS

    for person in SIGN_INS:
        assert person.email in out.getvalue() and person.email in page
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo_sign_ins")


def test_every_page_of_the_demo_says_so_and_leads_to_its_inbox():
    page = Client().get("/accounts/login/").content.decode()
    assert "This is a demonstration" in page and 'href="/demo/inbox/"' in page and 'href="/demo/sign-ins/"' in page
