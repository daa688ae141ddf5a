"""The whole way by a real worker: the tick works out a reminder and the mail is in the inbox."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from reminders.hours import is_working_day
from reminders.models import DemoMail, Message
from reminders.selectors import read_obligations
from reminders.services.reminding import queue_due_reminders, send_chase
from reminders.tasks import tenants_to_consider
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.reminders import make_cohort, owe
from tests.worker import until, worker, worker_broker  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


@pytest.mark.usefixtures("only_sources")
def test_the_tick_reminds_and_the_dispatcher_sends(essex, worker):
    ann = make_member(essex, "Ann Able", Role.PARTICIPANT)
    # Whatever the hour at which the test runs is working time, unless it is a weekend or bank holiday.
    essex.work_starts, essex.work_ends = time(0), time(23, 59, 59)
    essex.save()
    with tenant_context(essex):
        owe(ann.person, make_cohort(), timezone.now() - timedelta(days=7))
    worker.include = ["tests.worker_jobs", "tests.worker_obligations"]
    worker.start(BATON_EMAIL_BACKEND="reminders.inbox.InboxBackend")
    worker.tick("reminders.tasks.queue_due_reminders")
    working = is_working_day(timezone.localdate())

    def considered():
        return essex.pk not in tenants_to_consider()

    until(considered, what="the round")
    with tenant_context(essex):
        assert Message.objects.filter(kind="reminders.digest").count() == int(working)
    if not working:
        # On a weekend a chase does what the round would have done.
        with tenant_context(essex):
            send_chase(owed=read_obligations(with_people=True), tenant=essex, by=ann.actor)
            Message.objects.update(available_at=timezone.now())
    worker.flush()
    worker.tick("reminders.tasks.dispatch_due_messages")
    mail = until(lambda: DemoMail.objects.first(), what="the mail")
    assert mail.to == "ann.able@essex.example" and "Say hello to Cohort 1" in mail.subject


def test_tenants_take_turns(essex, hsmc):
    assert set(tenants_to_consider()) == {essex.pk, hsmc.pk}
    with tenant_context(essex):
        queue_due_reminders(tenant=essex)
    assert tenants_to_consider() == [hsmc.pk]
