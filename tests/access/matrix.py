"""Who may open what: one row for every named URL of the portal. The test walks the URLconf and stops at a name without a row.

Everybody of the tenant who isn't named in `allowed` must get 403 (404 where the row is `hidden`), staff of another tenant 404,
and a visitor the sign-in page. `post` says who may send it, where that differs from who may open it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ANYBODY = frozenset({"*", "stranger", "nobody"})
MEMBERS = frozenset({"*"})
STAFF = frozenset({"staff"})
ANY_STAFF = frozenset({"staff", "cohort_staff"})
PARTICIPANTS = frozenset({"participant", "classmate", "lead", "teammate", "drafting"})
WRITERS = PARTICIPANTS | {"alumnus"}
MENTORS = frozenset({"mentor", "other_mentor"})
TEAM = frozenset({"lead", "teammate"})


@dataclass(frozen=True)
class Row:
    """`about` names the object in the URL; `at` the other words of it, as names of the world or as they are."""

    name: str
    allowed: frozenset[str]
    about: str = ""
    at: dict[str, Any] = field(default_factory=dict)
    # 'g', 'p' or 'gp'
    does: str = "g"
    data: dict[str, str] = field(default_factory=dict)
    # What an allowed GET answers.
    status: int = 200
    # The wall hides the object itself: refused is 404.
    hidden: bool = False
    # The purpose of the signed link that the URL carries.
    link: str = ""
    # Outside any tenant.
    tenant: bool = True
    # An allowed POST may answer so beside 200, 302, 409 and 422.
    refused_by_state: bool = False


def who(*roles: str) -> frozenset[str]:
    return frozenset(roles)


PORTAL = (
    Row("start", ANYBODY, tenant=False, status=302),
    Row("health", ANYBODY, tenant=False),
    Row("help:accessibility", ANYBODY, tenant=False),
    Row("help:privacy", ANYBODY, tenant=False),
    Row("help:cookies", ANYBODY, tenant=False),
    Row("demo:sign-ins", ANYBODY, tenant=False),
    Row("demo:inbox", ANYBODY, tenant=False),
    Row("demo:inbox-mail", ANYBODY, at={"pk": "mail"}, tenant=False),
    Row("demo:inbox-mail-html", ANYBODY, at={"pk": "mail"}, tenant=False),
    Row("portal:home", MEMBERS),
    Row("portal:sign-in", ANYBODY, status=302),
)
TENANCY = (
    Row("tenancy:brand-css", ANYBODY),
    Row("tenancy:accessibility", ANYBODY),
    Row("tenancy:privacy", ANYBODY),
    Row("tenancy:cookies", ANYBODY),
    Row("tenancy:tenant-settings", STAFF, does="gp"),
    Row("tenancy:organisation-list", STAFF),
    Row("tenancy:organisation-create", STAFF, does="gp", data={"name": "A new body"}),
    Row("tenancy:organisation-edit", STAFF, "organisation", does="gp"),
    Row("tenancy:sector-create", STAFF, does="gp", data={"name": "A new sector"}),
    Row("tenancy:person-list", ANY_STAFF),
    Row("tenancy:person-detail", STAFF, "person"),
    Row("tenancy:role-give", STAFF, "person", does="gp", data={"role": "facilitator"}),
    Row("tenancy:role-end", STAFF, "person", {"role": "role"}, does="p"),
    Row("tenancy:employer-change", STAFF, "person", does="gp"),
    Row("tenancy:conflict-list", MEMBERS),
    Row("tenancy:conflict-declare", MEMBERS, does="gp"),
    Row("tenancy:conflict-lift", ANY_STAFF, "conflict", does="gp", data={"reason": "No longer so"}),
    Row("tenancy:your-data", MEMBERS),
    Row("tenancy:your-data-download", MEMBERS),
)
ENGINE = (
    Row("engine:job-list", ANY_STAFF),
    Row("engine:job-detail", STAFF, "job"),
    Row("engine:job-progress", STAFF, "job"),
    Row("engine:job-stop", STAFF, "job", does="p"),
)
REMINDERS = (
    Row("reminders:board", ANY_STAFF),
    Row("reminders:board-chase", ANY_STAFF, does="p"),
    Row("reminders:message-list", ANY_STAFF),
    Row("reminders:my-message-list", MEMBERS),
    Row("reminders:message-detail", who("staff", "participant"), "message"),
    Row("reminders:message-mend", STAFF, "message", does="p", data={"do": "retry"}),
    Row("reminders:calendar", MEMBERS),
    Row("reminders:calendar-feed", MEMBERS, does="p"),
    Row("reminders:calendar-ics", ANYBODY, link="calendar"),
)
COHORTS = (
    Row("cohorts:cohort-list", ANY_STAFF),
    Row("cohorts:cohort-create", STAFF, does="gp"),
    Row("cohorts:programme-create", STAFF, does="gp", data={"name": "Another programme"}),
    Row("cohorts:cohort-detail", STAFF, "cohort"),
    Row("cohorts:cohort-edit", STAFF, "cohort", does="gp"),
    Row("cohorts:cohort-move", STAFF, "cohort", does="p", data={"stage": "finished"}),
    Row("cohorts:cohort-close", STAFF, "cohort", does="gp"),
    Row("cohorts:participation-list", STAFF, "cohort"),
    Row("cohorts:participation-change", STAFF, "place", {"step": "withdraw"}, does="gp", data={"reason": "Moved away"}),
    Row("cohorts:event-list", STAFF, "cohort"),
    Row("cohorts:event-create", STAFF, "cohort", does="gp"),
    Row("cohorts:event-mine", MEMBERS),
    Row("cohorts:event-detail", PARTICIPANTS | STAFF, "event"),
    Row("cohorts:event-edit", STAFF, "event", does="gp"),
    Row("cohorts:event-cancel", STAFF, "event", does="gp", data={"reason": "Snow"}),
    Row("cohorts:event-register", who("staff", "facilitator"), "set_meeting", does="gp"),
    Row("cohorts:event-apologies", PARTICIPANTS, "event", does="gp"),
    Row("cohorts:event-apologies-take-back", PARTICIPANTS, "event", does="p"),
    Row("cohorts:event-calendar", PARTICIPANTS | STAFF, "event"),
    Row("cohorts:set-list", STAFF, "cohort", does="gp"),
    Row("cohorts:set-plan", STAFF, "plan"),
    Row("cohorts:set-move", STAFF, "plan", does="p"),
    Row("cohorts:set-publish", STAFF, "plan", does="gp"),
    Row("cohorts:set-discard", STAFF, "plan", does="p"),
    Row("cohorts:set-mine", MEMBERS),
    Row("cohorts:set-detail", who("staff", "participant", "facilitator"), "set"),
    Row("cohorts:set-name", STAFF, "set", does="gp"),
    Row("cohorts:reflection-list", MEMBERS),
    Row("cohorts:reflection-write", WRITERS, does="gp", data={"title": "A", "body": "B"}),
    Row("cohorts:reflection-export", MEMBERS, at={"form": "md"}),
    Row("cohorts:reflection-detail", who("participant"), "reflection", hidden=True),
    Row("cohorts:reflection-edit", who("participant"), "reflection", does="gp", hidden=True),
    Row("cohorts:reflection-delete", who("participant"), "reflection", does="gp", hidden=True),
    Row("cohorts:reflection-share", who("participant"), "reflection", does="gp", hidden=True),
    Row("cohorts:reflection-take-back", who("participant"), "reflection", {"person": "mentee"}, does="p", hidden=True),
    Row("cohorts:invitation-list", ANY_STAFF),
    Row("cohorts:invitation-create", ANY_STAFF, does="gp"),
    Row("cohorts:invitation-accept", ANYBODY, link="invitation"),
    Row("cohorts:invitation-answer", who("invitee"), "invitation", does="gp"),
    Row("cohorts:invitation-step", STAFF, "invitation", {"step": "resend"}, does="p"),
)
SELECTION = (
    Row("selection:round-list", ANY_STAFF),
    Row("selection:round-create", STAFF, at={"cohort_id": "new_cohort"}, does="gp"),
    Row("selection:round-detail", STAFF, "round"),
    Row("selection:round-about", ANYBODY, "round"),
    Row("selection:round-edit", STAFF, "round", does="gp"),
    Row("selection:round-open", STAFF, "round", does="p"),
    Row("selection:round-close", STAFF, "round", does="p"),
    Row("selection:application-start", MEMBERS, "round", does="p"),
    Row("selection:import-create", STAFF, "round", does="gp"),
    Row("selection:application-list", STAFF, "round"),
    Row("selection:endorsement-list", STAFF, "round"),
    Row("selection:question-edit", STAFF, "question", does="gp"),
    Row("selection:import-detail", STAFF, "imported"),
    Row("selection:import-columns", STAFF, "imported", does="gp"),
    Row("selection:import-write", STAFF, "imported", does="p"),
    Row("selection:import-abandon", STAFF, "imported", does="p"),
    Row("selection:import-row", STAFF, "imported", {"number": 2}, does="gp"),
    Row("selection:import-row-leave", STAFF, "imported", {"number": 2}, does="p"),
    Row("selection:import-organisation", STAFF, "imported", {"number": 2}, does="gp"),
    Row("selection:application-detail", who("applicant", "staff"), "application"),
    Row("selection:application-details", who("applicant"), "application", does="gp"),
    Row("selection:application-scope", who("applicant"), "application", does="gp"),
    Row("selection:application-question", who("applicant"), "application", {"position": 1}, does="gp"),
    Row("selection:application-endorsers", who("applicant"), "application", does="gp"),
    Row("selection:application-submit", who("applicant"), "application", does="gp"),
    Row("selection:application-submitted", who("participant"), "accepted"),
    Row("selection:application-reopen", who("participant", "staff"), "accepted", does="p"),
    Row("selection:application-withdraw", who("applicant", "staff"), "application", does="gp"),
    Row("selection:endorse-done", ANYBODY),
    Row("selection:endorse", ANYBODY, link="endorse", does="g"),
    Row("selection:endorse-pass-on", ANYBODY, link="endorse", does="g"),
    Row("selection:endorsement-detail", who("endorser"), "endorsement", does="gp"),
    Row("selection:endorsement-pass-on", who("endorser"), "endorsement", does="gp"),
    Row("selection:endorsement-resend", STAFF, "endorsement", does="p"),
    Row("selection:endorsement-replace", STAFF, "endorsement", does="gp"),
    Row("selection:assess-pile", who("assessor", "other_assessor"), "assessing"),
    Row("selection:assess-application", who("assessor"), "allocation", does="gp"),
    Row("selection:assess-conflict", who("assessor"), "allocation", does="gp"),
    Row("selection:assess-round", ANY_STAFF, "assessing"),
    Row("selection:assess-start", STAFF, "round", does="gp"),
    Row("selection:assess-allocate", STAFF, "round", does="p"),
    Row("selection:assess-withdraw", ANY_STAFF, "assessing", {"person": "assessor"}, does="gp"),
    Row("selection:assess-include", STAFF, "endorsed", does="gp"),
    Row("selection:moderation-list", STAFF, "decided", does="gp"),
    Row("selection:moderation-start", ANY_STAFF, "assessing", does="gp"),
    Row("selection:moderation-detail", STAFF, "accepted", does="gp"),
    Row("selection:choosing-board", STAFF, "decided", does="gp"),
    Row("selection:offer-confirm", STAFF, "decided", does="gp"),
    Row("selection:offer-list", STAFF, "decided"),
    Row("selection:offer-not-selected", STAFF, "decided", does="gp"),
    Row("selection:offer-place", STAFF, "reserve", does="gp"),
    Row("selection:offer-answer", who("participant"), "accepted", does="gp"),
)
PROJECTS = (
    Row("projects:project-list", ANY_STAFF | PARTICIPANTS | {"sponsor", "alumnus"}),
    Row("projects:project-create", PARTICIPANTS, does="gp"),
    Row("projects:ambition-list", ANY_STAFF),
    Row("projects:ambition-create", STAFF, does="gp", data={"name": "Another ambition"}),
    Row("projects:project-decide-link", ANYBODY, link="project-decision"),
    Row("projects:project-detail", TEAM | {"staff", "sponsor"}, "project"),
    Row("projects:project-edit", who("drafting", "staff"), "draft", does="gp"),
    Row("projects:project-ambitions", who("drafting", "staff"), "draft", does="gp"),
    Row("projects:project-team", who("drafting", "staff"), "draft", does="gp"),
    Row("projects:project-remove", who("lead", "staff"), "project", {"member": "teammate"}, does="p"),
    Row("projects:project-lead", who("lead", "staff"), "project", {"member": "teammate"}, does="p"),
    Row("projects:project-goal", who("drafting"), "draft", does="gp"),
    Row("projects:project-sponsor", who("drafting", "staff"), "draft", does="gp"),
    Row("projects:project-propose", who("drafting", "staff"), "draft", does="gp"),
    Row("projects:project-decide", who("sponsor"), "project", does="gp"),
    Row("projects:project-update", TEAM, "project", does="gp"),
    Row("projects:project-step", TEAM | {"staff", "sponsor"}, "project", {"step": "take_back"}, does="gp"),
)
MENTORING = (
    Row("mentoring:mentoring-home", MEMBERS),
    Row("mentoring:profile-edit", MENTORS, does="gp"),
    Row("mentoring:slot-list", MENTORS, does="gp"),
    Row("mentoring:slot-withdraw", who("mentor"), "slot", does="p"),
    Row("mentoring:mentor-list", ANY_STAFF, does="gp"),
    Row("mentoring:request", PARTICIPANTS, "cohort", does="gp"),
    Row("mentoring:matching", STAFF, "cohort"),
    Row("mentoring:match-propose", STAFF, "cohort", {"person": "mentee"}, does="gp"),
    Row("mentoring:match-detail", who("mentor", "participant", "staff"), "match"),
    Row("mentoring:session-book", who("participant"), "match", does="gp"),
    Row("mentoring:note-create", who("mentor", "participant"), "match", does="gp", data={"body": "A note"}),
    Row("mentoring:match-step", who("mentor", "participant", "staff"), "match", {"step": "end"}, does="gp"),
    Row("mentoring:session-detail", who("mentor", "participant"), "session"),
    Row("mentoring:session-move", who("participant"), "session", does="gp"),
    Row("mentoring:session-cancel", who("mentor", "participant", "staff"), "session", does="gp"),
    Row("mentoring:session-record", who("mentor", "participant"), "session", does="p"),
    Row("mentoring:note-edit", who("mentor"), "note", does="gp", hidden=True),
    Row("mentoring:note-delete", who("mentor"), "note", does="p", hidden=True),
)
OUTCOMES = (
    Row("outcomes:survey-list", ANY_STAFF),
    Row("outcomes:survey-create", ANY_STAFF, does="gp"),
    Row("outcomes:disclosure", STAFF, does="gp"),
    Row("outcomes:answer-list", WRITERS),
    Row("outcomes:wave-move", STAFF, "wave", does="gp"),
    Row("outcomes:wave-close", STAFF, "wave", does="gp"),
    Row("outcomes:wave-invite", STAFF, "wave", does="p"),
    Row("outcomes:answer-start", PARTICIPANTS, "wave"),
    Row("outcomes:answer-note", PARTICIPANTS, "wave", does="gp"),
    Row("outcomes:answer-check", PARTICIPANTS, "wave", does="gp"),
    Row("outcomes:answer-done", PARTICIPANTS, "wave", status=302),
    Row("outcomes:answer-domain", PARTICIPANTS, "wave", {"domain": "skills"}, does="gp"),
    Row("outcomes:survey-detail", STAFF, "survey"),
    Row("outcomes:survey-edit", STAFF, "unasked", does="gp"),
    Row("outcomes:wave-open", STAFF, "unasked", {"kind": "before"}, does="gp"),
    Row("outcomes:survey-results", STAFF, "answered"),
    Row("outcomes:my-change", PARTICIPANTS, "answered"),
    Row("outcomes:report-overview", ANY_STAFF),
    Row("outcomes:report-list", STAFF, "report"),
    Row("outcomes:report-introduction", STAFF, "report", does="gp"),
    Row("outcomes:report-make", STAFF, "report", does="p"),
    Row("outcomes:report-detail", STAFF, "report", {"version": "version"}),
    Row("outcomes:report-pdf", STAFF, "report", {"version": "version"}),
)
MATRIX = (*PORTAL, *TENANCY, *ENGINE, *REMINDERS, *COHORTS, *SELECTION, *PROJECTS, *MENTORING, *OUTCOMES)
