"""The demo is a true story: what its pages show follows from what its services did, at the times it says."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.db import connections
from django.db.models import Max
from django.utils import timezone

from cohorts.models import Cohort, Participation
from engine.models import Job
from outcomes.models import CohortReport, NetworkChange, NetworkWave, SurveyInvitation
from portal.demo.load import TALES
from portal.demo.people import DEMO_PASSWORD, ESSEX, HSMC, SIGN_INS
from projects.models import Project, ProjectUpdate
from reminders.models import DemoMail, Message
from reminders.obligations import owed
from reminders.selectors import read_obligations
from reminders.services.reminding import ASK, DIGEST
from selection.models import (
    Application,
    AssessmentCentre,
    AssessorAllocation,
    AssessorTerms,
    CentrePlace,
    Correction,
    Endorsement,
    Moderation,
    NominationImport,
    Offer,
    SelectionFramework,
    SelectionRound,
    Suspension,
)
from selection.selectors.frameworks import differences, framework_parts
from selection.selectors.ranking import rank_round
from selection.states import RoundState
from tenancy.models import Change, ConflictDeclaration, Link, Tenant
from tenancy.scope import tenant_context
from tenancy.walls import tenant_models
from tests.demo_fixture import Demo, load

pytestmark = pytest.mark.django_db
ALL_ROLES = pytest.mark.django_db(databases=["default", "owner", "sys"])
SLUGS = [tale.slug for tale in TALES]
# Written at other moments than now on purpose: they say when something is to be, not when it was.
AHEAD = {
    "cohorts.Ask": {"ends_at"},
    "cohorts.Introduction": {"until"},
    "cohorts.Notice": {"ends_at"},
    # who learns of it when, and until when somebody is away
    "cohorts.EngagementSignal": {"facilitator_from", "staff_from"},
    "cohorts.BuddyPair": {"until"},
    "cohorts.BuddyPlace": {"held_until"},
    "cohorts.ReturnBrief": {"meet_at"},
    "cohorts.CoDesignAsk": {"answer_by", "starts_at", "ends_at"},
    "cohorts.EngagementPause": {"ends_at"},
    "cohorts.Event": {"starts_at", "ends_at"},
    "cohorts.EventGuest": {"answer_by"},
    "cohorts.MovementMember": {"answer_by"},
    "cohorts.Pledge": {"due_at"},
    "cohorts.PartnerOffer": {"starts_at", "ends_at"},
    "cohorts.PartnerPlaces": {"name_by"},
    "cohorts.TermsAsk": {"until"},
    "cohorts.VetoRound": {"until"},
    "mentoring.AvailabilitySlot": {"starts_at", "ends_at"},
    "mentoring.MentoringSession": {"starts_at", "ends_at"},
    "outcomes.NetworkWave": {"closes_at"},
    "outcomes.SurveyWave": {"closes_at"},
    "projects.Project": {"decide_by"},
    "selection.AssessmentCentre": {"book_by"},
    "selection.CentreSlot": {"starts_at", "ends_at"},
    "selection.Observer": {"starts_at", "ends_at"},
    "selection.Offer": {"deadline"},
    "selection.SelectionRound": {"opens_at", "closes_at", "endorse_by", "late_until", "score_by"},
    "tenancy.Link": {"expires_at"},
}


def every_tenant(demo: Demo) -> list[Tenant]:
    return [demo.tenant(slug) for slug in SLUGS]


@pytest.mark.parametrize("who", SIGN_INS, ids=lambda s: s.name)
def test_everyone_listed_signs_in_and_finds_something_at_home(demo: Demo, who) -> None:
    account = authenticate(None, email=who.email, password=DEMO_PASSWORD)
    member = demo.member(who.name, tenant=who.tenant)

    page = member.client.get(f"/{who.tenant}/")

    assert account == member.account
    assert page.status_code == 200
    with tenant_context(member.tenant, member.person):
        assert page.context["panels"] or owed(person_id=member.person.pk), "an empty home"


def test_one_person_is_at_home_in_both_programmes(demo: Demo) -> None:
    one, other = demo.member("Kit Sorrell", ESSEX), demo.member("Kit Sorrell", HSMC)

    assert one.account == other.account
    assert one.person.pk != other.person.pk
    assert [one.client.get(f"/{slug}/").status_code for slug in SLUGS] == [200, 200]


def test_the_cohorts_stand_where_the_story_says(demo: Demo) -> None:
    stages = {}
    for tenant in every_tenant(demo):
        with tenant_context(tenant):
            for cohort in Cohort.objects.all():
                people = Counter(Participation.objects.filter(cohort=cohort).values_list("state", flat=True))
                stages[tenant.slug, cohort.slug.removeprefix("cohort-")] = (cohort.stage, dict(people))
                assert (cohort.starts_on <= timezone.localdate() <= cohort.ends_on) == (cohort.stage == "running")

    year = timezone.localdate().year
    # twenty, and one from before the portal, whom staff added
    assert stages[ESSEX, "1"] == ("finished", {"alumnus": 21})
    assert stages[ESSEX, "2"] == ("running", {"active": 49, "withdrawn": 1})
    assert stages[ESSEX, "coastal"] == ("selecting", {})
    assert stages[ESSEX, "3"] == ("selecting", {})
    assert sorted(stage for (slug, _cohort), (stage, _people) in stages.items() if slug == HSMC) == [
        "finished",
        "finished",
        "planning",
        "running",
        "selecting",
        "selecting",
        "selecting",
    ]
    years = [cohort.removeprefix("fellowship-") for slug, cohort in stages if slug == HSMC and "pilot" not in cohort]
    assert all(int(named) <= year + 2 for named in years)


def test_an_assessment_centre_is_under_way(demo: Demo) -> None:
    """Some came yesterday and are marked but for one, some have times to come and nobody who watches, one hasn't chosen."""
    staff = demo.member("Helen Ashworth-Bell", HSMC)
    with tenant_context(staff.tenant, staff.person):
        centre = AssessmentCentre.objects.select_related("round").get(state="booking")
        places = CentrePlace.objects.filter(application__round=centre.round)
        states = Counter(places.values_list("state", flat=True))
        assert states == {"came": 3, "booked": 2, "called": 1}
        assert [o.about for o in read_obligations(kind="selection.centre_observers")] == ["2"]
        (late,) = read_obligations(kind="selection.centre_marks", with_people=True)
        assert read_obligations(kind="selection.centre_time")
    rounds = f"/{HSMC}/rounds/{centre.round.public_id}/centre"
    assert late.person.name in staff.client.get(f"{rounds}/observers/").content.decode()
    page = staff.client.get(f"{rounds}/")
    assert page.status_code == 200 and page.context["bare"] == 2 and len(page.context["people"]) == 6


def test_an_assessment_centre_is_over_and_counts(demo: Demo) -> None:
    """Five came and one didn't; whoever was seen ranks by paper and centre together, and the four chosen come from them."""
    staff = demo.member("Helen Ashworth-Bell", HSMC)
    with tenant_context(staff.tenant, staff.person):
        centre = AssessmentCentre.objects.select_related("round").get(state="held")
        places = CentrePlace.objects.filter(application__round=centre.round)
        assert Counter(places.values_list("state", flat=True)) == {"came": 5, "missed": 1}
        ranked = {row.pk: row for row in rank_round(centre.round, places=4)}
        one = next(row for row in ranked.values() if row.rank == 1)
        seen = [ranked[pk] for pk in places.filter(state="came").values_list("application_id", flat=True)]
        assert {row.rank for row in seen} == {1, 2, 3, 4, 5}
        offered = Offer.objects.filter(application__round=centre.round)
        assert Counter(offered.values_list("application__state", flat=True)) == {"accepted": 4, "declined": 1}
        assert set(offered.values_list("application_id", flat=True)) == {row.pk for row in seen}
    page = staff.client.get(f"/{HSMC}/rounds/{centre.round.public_id}/moderation/?show=all").content.decode()
    assert f"On paper {one.paper}, at the centre {one.centre}" in page and one.paper != one.centre != one.points
    assert page.count("Not seen at the centre") == len(ranked) - 5


def test_a_round_in_the_middle_of_moderation_shows_what_moderation_does(demo: Demo) -> None:
    """The chair's meeting view, the correction with its reason, the board before offers; uneven capacities and what assessors know."""
    chair, staff = demo.member("Kit Sorrell", HSMC), demo.member("Helen Ashworth-Bell", HSMC)
    with tenant_context(staff.tenant, staff.person):
        round_ = SelectionRound.objects.get(state=RoundState.MODERATING)
        assert round_.chair_id == chair.person.pk and round_.assessors_per_application == 3
        assert round_.correction == Correction.ADDITIVE and round_.moderation_locked_at is None
        ranked = rank_round(round_, places=round_.cohort.places)
        agreed = [r for r in ranked if r.moderated is not None]
        assert agreed and all(r.moderation_reason for r in agreed) and any(r.needs_moderation for r in ranked)
        assert AssessorTerms.objects.filter(round=round_, most__isnull=False).count() == 1
        meeting = next(r for r in ranked if r.needs_moderation and not r.closed).public_id
    rounds = f"/{HSMC}/rounds/{round_.public_id}"
    for member in (chair, staff):
        page = member.client.get(f"/{HSMC}/applications/{meeting}/moderation/meeting/")
        assert page.status_code == 200 and len(page.context["marks"]) == 3
        assert "half a point apart" in member.client.get(f"{rounds}/moderation/severity/").content.decode()
    board = staff.client.get(f"{rounds}/choosing/")
    assert board.status_code == 200 and any(line.get("why") for line in board.context["rows"])


def test_staff_with_a_conflict_read_everything_but_how_it_was_marked(demo: Demo) -> None:
    officer, lead = demo.member("Rosalind Thackeray-Owusu", HSMC), demo.member("Helen Ashworth-Bell", HSMC)
    with tenant_context(officer.tenant, lead.person):
        tie = ConflictDeclaration.objects.select_related("other").get(person=officer.person, lifted_at__isnull=True)
        application = Application.objects.get(round__state=RoundState.MODERATING, applicant=tie.other)
        mean = next(r.mean for r in rank_round(application.round, places=14) if r.pk == application.pk)
    rounds = f"/{HSMC}/rounds/{application.round.public_id}"
    for member, closed in ((officer, True), (lead, False)):
        page = member.client.get(f"{rounds}/moderation/?show=all")
        row = next(r for r in page.context["page_obj"] if r.public_id == application.public_id)
        assert row.closed is closed and mean is not None
        assert row.mean == (None if closed else mean)
        assert ("You have a conflict" in page.content.decode()) is closed


def test_what_is_about_to_be_deleted_is_told_a_fortnight_before(demo: Demo) -> None:
    staff = demo.member("Sunita Rao")
    with tenant_context(staff.tenant, staff.person):
        (asked,) = (o for o in owed(person_id=staff.person.pk, kind="selection.deletion") if "Cohort 2" in o.about)
        assert asked.due is not None
        assert timedelta() < asked.due - timezone.now() < timedelta(days=14)
        round_ = SelectionRound.objects.get(public_id=asked.key)
    page = staff.client.get(f"/{ESSEX}/rounds/{round_.public_id}/deletion/")
    assert page.status_code == 200 and len(page.context["page_obj"]) == page.context["applications"] > 5


def test_the_log_was_put_right_row_by_row(demo: Demo) -> None:
    with tenant_context(demo.tenant()):
        done = NominationImport.objects.get(file__name="nominations.xlsx")
        applications = Application.objects.filter(round=done.round)
        found = applications.count(), applications.values("applicant").distinct().count()

    assert done.outcome["totals"] == {
        "good": 122,
        "guessed": 4,
        "wrong": 0,
        "already there": 0,
        "left out": 1,
        "empty": 1,
    }
    # and one whom a senior leader nominated on her page
    assert found == (127, 127)


def test_the_register_of_interest_has_a_dozen_people_of_every_kind(demo: Demo) -> None:
    page = demo.member("Sunita Rao").client.get(f"/{ESSEX}/interest/")

    balance = page.context["balance"]
    assert (balance.total, balance.unconfirmed) == (12, 1)
    assert dict(balance.lines)["Local government"] == 6
    assert dict(balance.lines)["Business"] == 0
    told = [row.told_for.cohort.name for row in page.context["page_obj"].object_list if row.told_for]
    assert len(told) == 10 and set(told) == {"Cohort 3"}


def test_what_is_owed_is_what_the_rows_leave_open(demo: Demo) -> None:
    """Counted a second time from the states of the rows, without the sources of obligations."""
    now = timezone.now()
    with tenant_context(demo.tenant()):
        found = Counter(o.kind for o in owed())
        open_rounds = Application.objects.filter(round__state="open", round__closes_at__gt=now)
        unsent = open_rounds.filter(state__in=("invited", "draft")).count()
        asked = Endorsement.objects.filter(state="asked", application__state__in=("submitted", "endorsed"))
        answers_due = asked.count()
        late = {row.pk for row in asked.filter(application__round__endorse_by__lt=now)}
        undecided = Project.objects.filter(state="proposed").count()
        late_owed = [o for o in owed(kind="selection.endorsement") if o.due is not None and o.due < now]

    assert found["selection.application"] == unsent > 50
    assert found["selection.endorsement"] == answers_due > 10
    assert len(late_owed) == len(late) >= 2
    assert found["projects.decision"] == undecided == 1
    assert found["selection.score"] >= 1
    assert found["cohorts.register"] >= 1


def test_people_owe_what_they_are_shown_to_owe(demo: Demo) -> None:
    applicant, sponsor = demo.member("Melissa Campbell"), demo.member("Alison Dixon")
    assessor = demo.member("Tobias Fairweather")
    with tenant_context(applicant.tenant):
        draft = Application.objects.get(applicant=applicant.person)
        proposal = Project.objects.get(sponsor=sponsor.person, state="proposed")
        pile = AssessorAllocation.objects.filter(
            assessor=assessor.person, finished_at__isnull=True, withdrawn_at__isnull=True, application__state="eligible"
        )
        unscored = pile.count()
        theirs = {
            p.name: {o.kind for o in owed(person_id=p.pk)} for p in (applicant.person, sponsor.person, assessor.person)
        }

    assert draft.state == "draft"
    assert theirs["Melissa Campbell"] == {"selection.application"}
    assert "projects.decision" in theirs["Alison Dixon"]
    assert unscored > 0
    assert "selection.score" in theirs["Tobias Fairweather"]
    assert proposal.title in sponsor.client.get("/essex/").content.decode()


def test_every_history_runs_forward_and_ends_before_now(demo: Demo) -> None:
    for tenant in every_tenant(demo):
        with tenant_context(tenant):
            steps = Change.objects.order_by("pk").values_list("subject_kind", "subject_id", "at", "source", "target")
            last: dict[tuple[str, str], tuple] = {}
            for kind, subject, at, source, target in steps:
                before = last.get((kind, subject))
                assert before is None or before[0] <= at, (kind, subject)
                if before is not None and source and before[1]:
                    assert source == before[1], (kind, subject, source, before)
                last[kind, subject] = (at, target or (before[1] if before else ""))
            assert Change.objects.count() > 500
            assert Change.objects.aggregate(last=Max("at"))["last"] <= timezone.now()


def test_nothing_has_happened_in_the_future(demo: Demo) -> None:
    checked = 0
    for tenant in every_tenant(demo):
        with tenant_context(tenant):
            for model in tenant_models():
                names = {f.name for f in model._meta.local_fields if f.get_internal_type() == "DateTimeField"}
                label = getattr(model, "pgh_tracked_model", model)._meta.label
                for name in names - AHEAD.get(label, set()) - {"valid_to", "lease_until"}:
                    latest = model._base_manager.aggregate(last=Max(name))["last"]
                    checked += latest is not None
                    assert latest is None or latest <= timezone.now(), (model, name)
    assert checked > 60


def test_the_audit_and_the_messages_tell_the_storys_times(demo: Demo) -> None:
    """PostgreSQL's own now() was stepped too: the audit's rows and the mails bear the dates of what they tell."""
    with tenant_context(demo.tenant()):
        events = apps.get_model("selection", "ApplicationEvent").objects.filter(pgh_label="update")
        offers = {o.application_id: o.offered_at for o in Offer.objects.all()}
        spread = {e.pgh_created_at.date() for e in events}
        sent = Message.objects.filter(state="sent")
        slow = [m.kind for m in sent if not m.queued_at <= m.sent_at <= m.queued_at + timedelta(hours=1)]
        offered = set(Message.objects.filter(kind="selection.offered").values_list("recipient_id", "queued_at"))
        recipients = dict(Application.objects.filter(pk__in=offers).values_list("pk", "applicant_id"))
        jobs = list(Job.objects.all())

    assert len(spread) > 60
    assert slow == []
    assert offers and all((recipients[pk], at) in offered for pk, at in offers.items())
    assert len(jobs) >= 7
    assert all(
        job.state == "done" and timedelta() <= job.finished_at - job.created_at < timedelta(hours=1) for job in jobs
    )


@ALL_ROLES
def test_every_sent_message_is_in_the_inbox_once(demo: Demo) -> None:
    sent = 0
    for tenant in every_tenant(demo):
        with tenant_context(tenant):
            states = Counter(Message.objects.values_list("state", flat=True))
            sent += states.pop("sent")
            assert not states, "nothing waits, failed or is in doubt"
    mails = DemoMail.objects.using("sys")

    assert mails.count() == sent
    assert mails.values("message_id").distinct().count() == sent


def test_reminders_named_what_was_owed_then(demo: Demo) -> None:
    """Each thing a reminder asked for began to be owed before it; what is still owed after a reminder has been reminded of."""
    asked_of = {
        "selection.endorsement": Endorsement,
        "projects.decision": Project,
        "selection.application": Application,
    }
    checked: Counter[str] = Counter()
    with tenant_context(demo.tenant()):
        registered = {o.kind for o in owed()}
        for message in Message.objects.filter(kind__in=(ASK, DIGEST)):
            for kind, key in message.owed:
                model = asked_of.get(kind)
                if model is None:
                    continue
                row = model.objects.get(public_id=key)
                began = {Endorsement: "asked_at", Project: "proposed_at", Application: "created_at"}[model]
                assert getattr(row, began) <= message.queued_at, (kind, key)
                checked[kind] += 1
        owed_now = {
            (o.kind, o.person_id) for o in owed(kind="selection.endorsement") if o.due and o.due < timezone.now()
        }
        reminded = {
            (kind, message.recipient_id)
            for message in Message.objects.filter(kind__in=(ASK, DIGEST))
            for kind, _key in message.owed
        }

    assert registered and checked["selection.endorsement"] >= 2
    assert owed_now and owed_now <= reminded


def test_links_were_used_by_those_who_answered(demo: Demo) -> None:
    with tenant_context(demo.tenant()):
        answered = Endorsement.objects.filter(state__in=("given", "declined"), asked_at__isnull=False)
        used = set(Link.objects.filter(purpose="endorse", used_at__isnull=False).values_list("about", flat=True))
        waiting = Endorsement.objects.filter(state="asked", application__state="submitted")
        live = set(
            Link.objects.filter(purpose="endorse", used_at__isnull=True, revoked_at__isnull=True).values_list(
                "about", flat=True
            )
        )
        given = {row.public_id for row in answered}
        unanswered = {
            row.public_id for row in waiting.exclude(application__line_manager=None) if row.kind == "line_manager"
        }

    assert given <= used
    assert unanswered and unanswered <= live


def test_projects_show_every_colour_and_state(demo: Demo) -> None:
    with tenant_context(demo.tenant()):
        states = set(Project.objects.values_list("state", flat=True))
        colours = set(ProjectUpdate.objects.values_list("rag", flat=True))

    assert {"draft", "proposed", "returned", "declined", "active", "paused", "stopped", "closed"} <= states
    assert colours == {"green", "amber", "red"}


def test_finished_cohorts_have_a_report_with_its_pdf(demo: Demo) -> None:
    reports = 0
    for tenant in every_tenant(demo):
        with tenant_context(tenant):
            for cohort in Cohort.objects.filter(stage="finished"):
                report = CohortReport.objects.select_related("pdf").get(cohort=cohort)
                answered = SurveyInvitation.objects.filter(wave__survey__cohort=cohort, answered_at__isnull=False)
                reports += 1
                assert report.pdf is not None and bytes(report.pdf.content).startswith(b"%PDF"), report.pdf_problem
                assert answered.filter(wave__kind="after").exists()
                assert report.narrative
    assert reports == 3


def test_who_knows_whom_was_asked_and_counted(demo: Demo) -> None:
    shown = {}
    for tenant in every_tenant(demo):
        with tenant_context(tenant):
            for wave in NetworkWave.objects.select_related("cohort").order_by("opens_at"):
                if wave.is_closed:
                    metric = wave.metrics.get(relation="know")
                    assert metric.answered >= 8 and metric.density and metric.centralisation is not None
                    shown.setdefault(wave.cohort, []).append((wave.kind, metric.density))
            kept = NetworkChange.objects.filter(relation="know", kept__isnull=False)
            assert kept.exists()
            alike = NetworkChange.objects.exclude(density_before=None)
            assert all(c.density_after > c.density_before for c in alike.filter(wave__kind="end", relation="know"))
    assert sorted(len(waves) for waves in shown.values()) == [1, 1, 2, 2, 3]
    with tenant_context(demo.tenant()):
        open_wave = NetworkWave.objects.select_related("cohort").get(closes_at__gt=timezone.now())
        assert 0 < open_wave.places.filter(answered_at__isnull=False).count() < open_wave.places.count()
    listed = f"/essex/networks/{open_wave.cohort.public_id}/"
    page = demo.member("Sunita Rao").client.get(listed).content.decode()
    assert "were kept up" in page and "Krackhardt" in page
    answering = demo.member("Joel Hartnoll").client.get(f"/essex/networks/waves/{open_wave.public_id}/answer/")
    assert answering.status_code == 200 and "Ask for advice" in answering.content.decode()


def test_selection_left_its_traces(demo: Demo) -> None:
    with tenant_context(demo.tenant()):
        departures = Change.objects.filter(name="departure").count()
        moved_up = Offer.objects.filter(in_place_of__isnull=False).count()
        assert Moderation.objects.count() > 5
        taken = Suspension.objects.select_related("allocation__assessor", "known", "declaration")
        assert {s.allocation.assessor.name: s.known is not None for s in taken} == {
            "Mehreen Qadir": False,
            "Philippa Threlkeld": True,
        }
        assert AssessorAllocation.objects.filter(withdrawn_because="conflict").count() == len(taken) == 2

        timed = AssessorAllocation.objects.filter(
            application__round__cohort__slug="cohort-2", finished_at__isnull=False
        )
        assert {12 <= row.active_seconds / 60 <= 34 for row in timed} == {True}

    assert departures >= 2
    assert moved_up >= 4


@pytest.mark.parametrize("slug", ["essex", "aspirant-dph"])
def test_the_second_rounds_framework_learned_from_the_first(demo: Demo, slug: str) -> None:
    with tenant_context(demo.tenant(slug)):
        versions = list(SelectionFramework.objects.select_related("copied_from").order_by("number"))
        told = [[line.what for line in differences(version, *framework_parts(version))] for version in versions]

    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    assert len(told[1]) == 3 and "6 points" in told[1][0]
    assert all(not lines for lines in (told[0], *told[2:]))


def test_names_of_every_kind_are_people_too(demo: Demo) -> None:
    with tenant_context(demo.tenant()):
        names = list(Participation.objects.filter(cohort__slug="cohort-2").values_list("person__name", flat=True))

    assert any("’" in name for name in names)
    assert any(any("\u0600" <= letter <= "\u06ff" for letter in name) for name in names)
    assert any(any(ord(letter) > 0xFFFF for letter in name) for name in names)


@ALL_ROLES
def test_no_row_stands_between_two_tenants(demo: Demo) -> None:
    """Asked of the database as its owner, whom no wall hides anything from."""
    checked = 0
    with connections["owner"].cursor() as cursor:
        for model in tenant_models():
            for field in model._meta.local_fields:
                target = field.related_model
                if (
                    target is None
                    or field.name == "tenant"
                    or not any(f.name == "tenant" for f in target._meta.local_fields)
                ):
                    continue
                cursor.execute(
                    f'SELECT count(*), count(*) FILTER (WHERE a.tenant_id <> b.tenant_id) FROM "{model._meta.db_table}" a'
                    f' JOIN "{target._meta.db_table}" b ON b.id = a."{field.column}"'
                )
                rows, crossing = cursor.fetchone()
                checked += rows
                assert crossing == 0, (model, field.name)
        cursor.execute("SELECT count(DISTINCT tenant_id) FROM tenancy_person")
        assert cursor.fetchone()[0] == len(SLUGS)
    assert checked > 5000


def test_private_words_stay_with_their_people(demo: Demo) -> None:
    from cohorts.models import Reflection

    staff, writer = demo.member("Sunita Rao"), demo.member("Nadia Kerr-Whitfield")
    with tenant_context(staff.tenant, staff.person):
        seen_by_staff = Reflection.objects.count()
    with tenant_context(staff.tenant, writer.person):
        own = Reflection.objects.filter(author=writer.person).count()

    assert seen_by_staff == 0
    assert own >= 4


@ALL_ROLES
def test_loading_again_adds_nothing(demo: Demo) -> None:
    before = row_counts()

    said = load(demo.database)

    assert said.strip() == "The demo is there already."
    assert row_counts() == before


def row_counts() -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    with connections["owner"].cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
                counts[model._meta.label] = cursor.fetchone()[0]
    return counts


@ALL_ROLES
def test_nothing_of_the_stepped_clock_is_left_behind(demo: Demo) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'demo_clock'")
        assert cursor.fetchone()[0] == 0
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT abs(extract(epoch FROM now() - %s)) < 60", [timezone.now()])
        assert cursor.fetchone()[0]
