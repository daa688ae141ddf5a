"""Who may open what: one row for every named URL of the portal. A URL without a row fails the suite.

`about` names what of the world the address is about (small_world.World.at). `allowed` names the roles; every other member is refused
with 403, or with 404 where the database hides the very row (`hidden`). `methods` follow the view. `data` is posted by the allowed
role and must be accepted (a redirect), “@role” standing for that person; without it the allowed
role's empty POST must be answered by the form itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.access.small_world import ROLES

STAFF = ("staff",)
ANY_STAFF = ("staff", "cohort_staff")
MODERATORS = ("staff", "chair")
MEMBERS = ROLES
LEAD = ("participant",)
TEAM = ("participant", "teammate")
PARTICIPANTS = ("participant", "teammate", "neighbour")
EXPECTED = (*PARTICIPANTS,)
KEEPER = ("facilitator",)
ROOM = ("facilitator", *TEAM)
PUBLIC = "public"
BY_LINK = "by link"


@dataclass(frozen=True)
class Row:
    about: str
    allowed: tuple[str, ...] | str
    more: tuple[tuple[str, Any], ...] = ()
    data: dict[str, Any] | None = None
    hidden: bool = False
    # what the allowed role's GET answers besides 200, and why
    get: int = 200
    # roles answered otherwise than the rest
    but: dict[str, int] = field(default_factory=dict)

    @property
    def needs_sign_in(self) -> bool:
        return not isinstance(self.allowed, str)


def row(
    about: str,
    allowed: tuple[str, ...] | str,
    /,
    *,
    data: dict[str, Any] | None = None,
    hidden: bool = False,
    get: int = 200,
    but: dict[str, int] | None = None,
    **more: Any,
) -> Row:
    return Row(about, allowed, tuple(more.items()), data, hidden, get, but or {})


PORTAL = {
    "start": row("nothing", PUBLIC, get=302),  # to the sign-in page, or to the only programme
    "demo:sign-ins": row("nothing", PUBLIC),
    "demo:inbox": row("nothing", PUBLIC),
    "demo:inbox-mail": row("mail", PUBLIC),
    "demo:inbox-mail-html": row("mail", PUBLIC),
    "health": row("nothing", PUBLIC),
    "help:accessibility": row("nothing", PUBLIC),
    "help:privacy": row("nothing", PUBLIC),
    "help:cookies": row("nothing", PUBLIC),
    "portal:home": row("nothing", MEMBERS),
    "portal:sign-in": row("nothing", PUBLIC),
}
TENANCY = {
    "tenancy:brand-css": row("nothing", PUBLIC),
    "tenancy:tenant-settings": row("nothing", STAFF),
    "tenancy:retention": row("nothing", STAFF),
    "tenancy:organisation-list": row("nothing", STAFF),
    "tenancy:organisation-create": row("nothing", STAFF),
    "tenancy:organisation-edit": row("organisation", STAFF),
    "tenancy:sector-create": row("nothing", STAFF, data={"name": "Fire"}),
    "tenancy:band-list": row("nothing", STAFF),
    "tenancy:band-create": row("nothing", STAFF),
    "tenancy:band-edit": row("band", STAFF),
    "tenancy:band-up": row("band", STAFF, data={}),
    "tenancy:band-remove": row("band", STAFF, data={}),
    "tenancy:person-list": row("nothing", ANY_STAFF),
    "tenancy:person-detail": row("person", STAFF),
    "tenancy:role-give": row("person", STAFF),
    "tenancy:role-end": row("role", STAFF, data={}),
    "tenancy:person-readers": row("person", STAFF),
    "tenancy:employer-change": row("person", STAFF),
    "tenancy:conflict-list": row("nothing", MEMBERS),
    "tenancy:conflict-declare": row("nothing", MEMBERS),
    "tenancy:conflict-lift": row(
        "conflict", STAFF, data={"reason": "They no longer work together."}, but={"cohort_staff": 404}
    ),
    "tenancy:your-data": row("nothing", MEMBERS),
    "tenancy:your-data-download": row("nothing", MEMBERS),
    "tenancy:accessibility": row("nothing", PUBLIC),
    "tenancy:privacy": row("nothing", PUBLIC),
    "tenancy:cookies": row("nothing", PUBLIC),
    "engine:job-list": row("nothing", ANY_STAFF),
    "engine:job-detail": row("job", STAFF),
    "engine:job-progress": row("job", STAFF),
    "engine:job-stop": row("job", STAFF, data={}),
}
REMINDERS = {
    "reminders:board": row("nothing", ANY_STAFF),
    "reminders:message-list": row("nothing", ANY_STAFF),
    "reminders:my-message-list": row("nothing", MEMBERS),
    "reminders:message-detail": row("message", ("staff", "participant")),
    "reminders:message-mend": row("message", STAFF, data={"do": "retry"}),
    "reminders:calendar": row("nothing", MEMBERS),
    "reminders:calendar-feed": row("nothing", MEMBERS, data={"do": "close"}),
    "reminders:calendar-ics": row("feed", BY_LINK),
}
COHORTS = {
    "cohorts:cohort-list": row("nothing", ANY_STAFF),
    "cohorts:cohort-create": row("nothing", STAFF),
    "cohorts:cohort-copy-list": row("nothing", STAFF),
    "cohorts:cohort-compare": row("nothing", ANY_STAFF),
    "cohorts:cohort-copy": row("cohort", STAFF),
    "cohorts:cohort-copy-dates": row("cohort", STAFF, first_day="2030-09-02"),
    "cohorts:cohort-pattern": row("cohort", STAFF, data={}),
    "cohorts:go-live": row("planned", STAFF),
    "cohorts:closed-days-add": row("programme", STAFF),
    "cohorts:closed-days-remove": row("closed days", STAFF, data={}),
    "cohorts:programme-create": row("nothing", STAFF, data={"name": "Another programme"}),
    "cohorts:programme-detail": row("programme", STAFF),
    "cohorts:programme-edit": row("programme", STAFF),
    "cohorts:partner-add": row("programme", STAFF),
    "cohorts:partner-remove": row("partner", STAFF, data={}),
    "cohorts:cohort-detail": row("cohort", STAFF),
    "cohorts:cohort-edit": row("cohort", STAFF),
    "cohorts:cohort-move": row("cohort", STAFF),
    "cohorts:cohort-close": row("cohort", STAFF),
    "cohorts:participation-list": row("cohort", STAFF),
    "cohorts:participation-change": row("place", STAFF, step="withdraw", data={"reason": "Has moved away."}),
    "cohorts:event-list": row("cohort", STAFF),
    "cohorts:event-create": row("cohort", STAFF),
    "cohorts:cohort-programme": row("cohort", ("staff", *PARTICIPANTS)),
    "cohorts:venue-list": row("nothing", ANY_STAFF),
    "cohorts:venue-create": row("nothing", ANY_STAFF),
    "cohorts:venue-detail": row("venue", MEMBERS),
    "cohorts:venue-edit": row("venue", STAFF),
    "cohorts:needs-edit": row("nothing", (*PARTICIPANTS, "alumnus")),
    "cohorts:needs-remove": row("nothing", (*PARTICIPANTS, "alumnus"), data={}),
    "cohorts:event-needs": row("event", STAFF),
    "cohorts:presence-mine": row("nothing", ("sponsor",)),
    "cohorts:event-presence": row("event", ("staff", "facilitator")),
    "cohorts:presence-answer": row("event", ("sponsor",), data={"answer": "yes"}),
    "cohorts:presence-record": row("underway", ("staff", "facilitator"), data={"person": "@sponsor", "came": "yes"}),
    "cohorts:event-mine": row("nothing", MEMBERS),
    "cohorts:event-detail": row("meeting", ("staff", "facilitator", *TEAM)),
    "cohorts:event-edit": row("event", STAFF),
    "cohorts:event-cancel": row("event", STAFF),
    "cohorts:event-register": row("past", ("staff", "facilitator")),
    "cohorts:attendance-import-create": row("past", ("staff", "facilitator")),
    "cohorts:attendance-import-detail": row("list", KEEPER, hidden=True),
    "cohorts:attendance-import-columns": row("list", KEEPER, hidden=True),
    "cohorts:attendance-import-write": row("list", KEEPER, hidden=True),
    "cohorts:attendance-import-abandon": row("list", KEEPER, hidden=True, data={}),
    "cohorts:attendance-import-row": row("list row", KEEPER, hidden=True),
    "cohorts:attendance-import-row-leave": row("list row", KEEPER, hidden=True, data={}),
    "cohorts:event-apologies": row("event", EXPECTED),
    "cohorts:event-apologies-take-back": row("event", EXPECTED, data={}),
    "cohorts:event-task-add": row("meeting", ("staff", "facilitator")),
    "cohorts:event-task-detail": row("task", ("staff", "facilitator", *TEAM)),
    "cohorts:event-task-done": row("task", TEAM, data={"done": "yes"}),
    "cohorts:event-task-edit": row("task", ("staff", "facilitator")),
    "cohorts:event-task-remove": row("task", ("staff", "facilitator"), data={}),
    "cohorts:event-here": row("underway", EXPECTED),
    "cohorts:event-screen": row("underway", ("staff", "facilitator")),
    "cohorts:event-calendar": row("event", ("staff", "facilitator", *EXPECTED)),
    "cohorts:set-list": row("cohort", STAFF),
    "cohorts:set-plan": row("plan", STAFF),
    "cohorts:set-move": row("plan", STAFF, data={"person": "@teammate", "learning_set": "none"}),
    "cohorts:set-lock": row("plan", STAFF, data={"person": "@teammate", "locked": "yes"}),
    "cohorts:set-repair": row("plan", STAFF, data={}),
    "cohorts:set-publish": row("plan", STAFF),
    "cohorts:set-discard": row("plan", STAFF, data={}),
    # who is in one set only is sent there
    "cohorts:set-mine": row("nothing", MEMBERS, but=dict.fromkeys(PARTICIPANTS, 302)),
    "cohorts:set-detail": row("set", ("staff", "facilitator", *TEAM)),
    "cohorts:set-name": row("set", STAFF),
    "cohorts:set-rules": row("set", ROOM),
    "cohorts:set-rules-change": row("set", KEEPER),
    "cohorts:set-rules-accept": row("set", TEAM, data={"version": "1"}),
    "cohorts:set-action-list": row("set", ROOM),
    "cohorts:set-action-add": row("set", ROOM),
    "cohorts:set-action-answer": row("set_action", ("participant", "facilitator")),
    "cohorts:set-air-time": row("set", ROOM),
    "cohorts:set-co-facilitator-add": row("set", ("staff", "facilitator")),
    "cohorts:set-co-facilitator-remove": row("co_facilitator", ("staff", "facilitator"), data={}),
    "cohorts:set-meeting": row("begun", ROOM),
    "cohorts:set-meeting-begin": row("unbegun", KEEPER, data={}),
    "cohorts:set-meeting-bid": row("begun", TEAM),
    "cohorts:set-meeting-step": row("begun", KEEPER, step="presenting"),
    "cohorts:leadership-history": row("nothing", MEMBERS),
    "cohorts:leadership-history-write": row("nothing", PARTICIPANTS, but={"alumnus": 302}),  # no cohort to tell it in
    "cohorts:leadership-history-of": row("told_by", ("teammate", "neighbour"), hidden=True),
    "cohorts:leadership-history-edit": row(
        "told", LEAD, hidden=True, but=dict.fromkeys(("teammate", "neighbour"), 403)
    ),
    "cohorts:leadership-history-delete": row(
        "told", LEAD, hidden=True, data={}, but=dict.fromkeys(("teammate", "neighbour"), 403)
    ),
    "cohorts:leadership-history-nod": row(
        "told", ("teammate", "neighbour"), hidden=True, data={}, but={"participant": 403}, kind="thanks"
    ),
    "cohorts:reflection-list": row("nothing", MEMBERS),
    "cohorts:reflection-write": row("nothing", PARTICIPANTS, but={"alumnus": 302}),  # no cohort to write in
    "cohorts:reflection-prompts": row("cohort", STAFF),
    "cohorts:reflection-draft-drop": row("nothing", (*PARTICIPANTS, "alumnus"), data={}),
    "cohorts:reflection-export": row("nothing", MEMBERS, form="md"),
    "cohorts:reflection-take-back-all": row("shown", LEAD, hidden=True, data={}, but={"teammate": 403}),
    "cohorts:reflection-detail": row("shown", TEAM, hidden=True),
    "cohorts:reflection-edit": row("reflection", LEAD, hidden=True),
    "cohorts:reflection-delete": row("reflection", LEAD, hidden=True, data={}),
    "cohorts:reflection-share": row("reflection", LEAD, hidden=True),
    "cohorts:reflection-take-back": row("share", LEAD, hidden=True, data={}, but={"teammate": 403}),
    "cohorts:invitation-list": row("nothing", ANY_STAFF),
    "cohorts:invitation-create": row("nothing", ANY_STAFF),
    "cohorts:invitation-accept": row("accept", BY_LINK),
    "cohorts:invitation-answer": row("invited", ("invited",)),
    "cohorts:invitation-step": row("invitation", STAFF, step="resend", data={}),
}
ROUNDS = {
    "selection:round-list": row("nothing", ANY_STAFF),
    "selection:round-create": row("coming", STAFF),
    "selection:round-detail": row("round", STAFF),
    "selection:round-about": row("round", PUBLIC),
    "selection:round-edit": row("preparing", STAFF),
    "selection:round-open": row("preparing", STAFF, data={}),
    "selection:round-close": row("round", STAFF, data={}),
    "selection:application-start": row("round", MEMBERS),
    "selection:import-create": row("round", STAFF),
    "selection:application-list": row("round", STAFF),
    "selection:round-history": row("round", STAFF),
    "selection:round-readers": row("round", STAFF),
    "selection:round-deletion": row("round", STAFF, data={}),
    "selection:round-hold": row("round", STAFF, data={"reason": "An appeal"}),
    "selection:application-hold": row("application", STAFF, data={"reason": "An appeal"}),
    "selection:application-history": row("application", STAFF),
    "selection:application-readers": row("application", STAFF),
    "selection:endorsement-list": row("round", STAFF),
    "selection:sponsor-list": row("round", STAFF),
    "selection:seat-list": row("cohort", STAFF),
    "selection:seat-create": row("cohort", STAFF),
    "selection:seat-edit": row("seats", STAFF),
    "selection:seat-remove": row("seats", STAFF, data={"reason": "Said again for less."}),
    "selection:endorsement-chase": row("round", STAFF, data={}),
    "selection:endorser-domains": row("round", STAFF),
    "selection:endorser-allow": row("application", STAFF),
    "selection:endorsement-change": row("endorsement", ("submitter",)),
    "selection:endorse-renew": row("endorse-renew", PUBLIC, data={}),
    "selection:framework-detail": row("framework", STAFF),
    "selection:criterion-create": row("framework", STAFF),
    "selection:criterion-edit": row("criterion", STAFF),
    "selection:criterion-remove": row("criterion", STAFF, data={}),
    "selection:criterion-up": row("criterion", STAFF, data={"position": "3"}),
    "selection:question-create": row("framework", STAFF),
    "selection:question-edit": row("question", STAFF),
    "selection:question-remove": row("question", STAFF, data={}),
    "selection:question-up": row("question", STAFF, data={"position": "3"}),
    "selection:interest-list": row("nothing", ANY_STAFF),
    "selection:interest-register": row("programme", PUBLIC),
    "selection:interest-sent": row("programme", PUBLIC),
    "selection:interest-join": row("programme", MEMBERS, data={}),
    "selection:interest-leave": row("programme", MEMBERS, data={}),
    "selection:interest-link": row("interest", BY_LINK),
    "selection:nominate": row("nominate", BY_LINK),
    "selection:nominate-add": row("nominate", BY_LINK),
    "selection:nominate-check": row("nominate", BY_LINK),
    "selection:nominate-sent": row("nominate", BY_LINK),
    "selection:nominate-edit": row("nominate-draft", BY_LINK),
    "selection:nominate-remove": row("nominate-draft", BY_LINK, data={}),
    "selection:nomination-list": row("round", STAFF),
    "selection:nomination-confirm": row("round", STAFF, data={}),
    "selection:nomination-settle": row("nomination", STAFF),
    "selection:nominator-list": row("round", STAFF),
    "selection:nominator-create": row("round", STAFF, data={"leaders": "Ada Able, ada@example.org"}),
    "selection:nominator-renew": row("nominator", STAFF, data={}),
    "selection:nominator-withdraw": row("nominator", STAFF, data={}),
    "selection:import-detail": row("import", STAFF),
    "selection:import-columns": row("import", STAFF),
    "selection:import-write": row("import", STAFF),
    "selection:import-abandon": row("import", STAFF, data={}),
    "selection:import-row": row("row", STAFF),
    "selection:import-row-leave": row("row", STAFF, data={}),
    "selection:import-organisation": row("row", STAFF),
}
APPLICATIONS = {
    "selection:application-detail": row("application", ("staff", "applicant")),
    "selection:application-details": row("application", ("applicant",)),
    "selection:application-scope": row("application", ("applicant",)),
    "selection:application-question": row("answer", ("applicant",)),
    "selection:application-file": row("attached", ("staff", "applicant")),
    "selection:application-endorsers": row("application", ("applicant",)),
    "selection:application-submit": row("application", ("applicant",)),
    "selection:application-submitted": row("sent", ("submitter",)),
    "selection:application-reopen": row("sent", ("staff", "submitter"), data={}),
    "selection:application-withdraw": row("application", ("staff", "applicant")),
    "selection:application-adjustment": row("application", ("applicant",)),
    "selection:adjustment-arrange": row("sent", STAFF),
    "selection:application-interest": row("application", ("applicant",)),
    "selection:own-applications": row("nothing", MEMBERS),
    "selection:application-equality": row("sent", ("submitter",)),
    "selection:application-equality-withdraw": row("sent", ("submitter",), data={}),
    "selection:equality-figures": row("round", STAFF),
    "selection:equality-question-list": row("preparing", STAFF),
    "selection:equality-question-create": row("preparing", STAFF),
    "selection:equality-question-edit": row("preparing", STAFF, key="sex"),
    "selection:equality-question-remove": row("preparing", STAFF, key="sex", data={}),
    "selection:equality-standard": row("preparing", STAFF, data={}),
    "selection:application-eligibility": row("sent", STAFF, data={"answer": "yes", "reason": "Decides as much."}),
    "selection:application-lateness": row("late", STAFF, data={"answer": "no", "reason": "Two days late."}),
    "selection:endorse-done": row("nothing", PUBLIC),
    "selection:endorse": row("endorse", BY_LINK),
    "selection:endorse-pass-on": row("endorse-pass-on", BY_LINK),
    "selection:endorsement-detail": row("endorsement", ("endorser",)),
    "selection:endorsement-pass-on": row("endorsement", ("endorser",)),
    "selection:endorsement-resend": row("endorsement", STAFF, data={}),
    "selection:endorsement-replace": row("endorsement", STAFF),
    "selection:endorsement-take-back": row("endorsement", STAFF),
}
ASSESSMENT = {
    "selection:assess-pile": row("assessing", ("assessor",)),
    "selection:assess-application": row("allocation", ("assessor",)),
    "selection:assess-conflict": row("allocation", ("assessor",)),
    "selection:conflict-list": row("assessing", STAFF),
    "selection:conflict-record": row("assessing", STAFF),
    "selection:application-assessors": row("application", ("applicant",)),
    "selection:objection-remove": row("objection", ("applicant",), data={}, hidden=True),
    "selection:assess-round": row("assessing", STAFF),
    "selection:assess-start": row("assessing", STAFF),
    "selection:assess-allocate": row("assessing", STAFF, data={}),
    "selection:assess-withdraw": row("assessor", STAFF),
    "selection:assess-person": row("assessor", STAFF),
    "selection:assess-expertise": row("assessing", STAFF),
    "selection:assess-minutes": row("assessing", STAFF),
    "selection:assess-hindsight": row("assessing", STAFF),
    "selection:assess-why": row("assessed", STAFF),
    "selection:assess-include": row("sent", STAFF),
    "selection:score-import-create": row("assessing", STAFF),
    "selection:score-import-detail": row("scores", STAFF, hidden=True),
    "selection:score-import-columns": row("scores", STAFF, hidden=True),
    "selection:score-import-write": row("scores", STAFF, hidden=True),
    "selection:score-import-abandon": row("scores", STAFF, hidden=True, data={}),
    "selection:score-import-row": row("score row", STAFF, hidden=True),
    "selection:score-import-row-leave": row("score row", STAFF, hidden=True, data={}),
    "selection:moderation-list": row("moderating", MODERATORS),
    "selection:moderation-start": row("assessing", STAFF),
    "selection:moderation-detail": row("moderated", MODERATORS),
    "selection:moderation-meeting": row("moderated", MODERATORS),
    "selection:moderation-severity": row("moderating", MODERATORS),
    "selection:moderation-lock": row("moderating", MODERATORS),
    "selection:moderation-chair": row("moderating", STAFF),
    "selection:choosing-board": row("moderating", STAFF),
    "selection:what-if": row("moderating", STAFF),
    "selection:round-limits": row("moderating", STAFF),
    "selection:offer-over": row("moderating", STAFF),
    "selection:offer-confirm": row("moderating", STAFF),
    "selection:offer-list": row("decided", STAFF),
    "selection:offer-not-selected": row("decided", STAFF),
    "selection:offer-place": row("reserve", STAFF),
    "selection:offer-extend": row("offered", STAFF),
    "selection:offer-withdraw": row("offered", STAFF),
    "selection:deferral-list": row("decided", STAFF),
    "selection:deferral-decide": row("wish", STAFF),
    "selection:deferral-end": row("deferred", STAFF),
    "selection:feedback-list": row("decided", STAFF),
    "selection:feedback-send": row("decided", STAFF),
    "selection:feedback-edit": row("offered", STAFF),
    "selection:letter": row("offered", ("staff", "offered")),
    "selection:letter-pdf": row("offered", ("staff", "offered")),
    "selection:offer-answer": row("offered", ("offered",)),
    "selection:offer-defer": row("offered", ("offered",)),
    "selection:offer-give-up": row("offered", ("offered",)),
}
LEADS = ("staff", "participant")
# a draft doesn't exist for its sponsor before it is proposed
UNSEEN = {"sponsor": 404}
SEEN = ("staff", "sponsor", *TEAM)
PROJECTS = {
    "projects:project-list": row("nothing", MEMBERS),
    "projects:project-create": row("nothing", PARTICIPANTS),
    "projects:ambition-list": row("nothing", ANY_STAFF),
    "projects:ambition-create": row("nothing", STAFF),
    "projects:project-decide-link": row("decide", BY_LINK),
    "projects:project-detail": row("approved", SEEN),
    "projects:project-edit": row("draft", LEADS, but=UNSEEN),
    "projects:project-ambitions": row("draft", LEADS, but=UNSEEN),
    "projects:project-team": row("draft", LEADS, but=UNSEEN),
    "projects:project-remove": row("member", LEADS, data={}, but=UNSEEN),
    "projects:project-lead": row("member", LEADS, data={}, but=UNSEEN),
    "projects:project-goal": row("draft", TEAM, but=UNSEEN),
    "projects:project-sponsor": row("draft", LEADS, but=UNSEEN),
    "projects:project-propose": row("draft", LEADS, but=UNSEEN),
    "projects:project-decide": row("proposed", ("sponsor",)),
    "projects:project-update": row("approved", TEAM),
    "projects:project-step": row("proposed", LEADS, step="take_back"),
}
PAIR = ("mentor", "participant")
MENTORING = {
    "mentoring:mentoring-home": row("nothing", MEMBERS),
    "mentoring:profile-edit": row("nothing", ("mentor",)),
    "mentoring:slot-list": row("nothing", ("mentor",)),
    "mentoring:slot-withdraw": row("slot", ("mentor",), data={}),
    "mentoring:mentor-list": row("nothing", ANY_STAFF),
    "mentoring:request": row("cohort", PARTICIPANTS),
    "mentoring:matching": row("cohort", STAFF),
    "mentoring:match-propose": row("mentee", STAFF),
    "mentoring:match-detail": row("match", ("staff", *PAIR)),
    "mentoring:session-book": row("match", ("participant",)),
    "mentoring:note-create": row("match", PAIR),
    "mentoring:match-step": row("match", ("staff", *PAIR), step="end"),
    "mentoring:session-detail": row("session", PAIR),
    "mentoring:session-move": row("session", ("participant",)),
    "mentoring:session-cancel": row("session", ("staff", *PAIR)),
    "mentoring:session-record": row("session", PAIR, data={"held": "yes"}),
    "mentoring:note-edit": row("kept", LEAD, hidden=True),
    "mentoring:note-delete": row("kept", LEAD, hidden=True, data={}),
}
OUTCOMES = {
    "outcomes:survey-list": row("nothing", ANY_STAFF),
    "outcomes:survey-create": row("nothing", ANY_STAFF),
    "outcomes:disclosure": row("nothing", STAFF),
    "outcomes:answer-list": row("nothing", (*PARTICIPANTS, "alumnus")),
    "outcomes:wave-move": row("wave", STAFF),
    "outcomes:wave-close": row("wave", STAFF),
    "outcomes:wave-invite": row("wave", STAFF, data={}),
    "outcomes:answer-start": row("wave", PARTICIPANTS),
    "outcomes:answer-note": row("wave", PARTICIPANTS),
    "outcomes:answer-check": row("wave", PARTICIPANTS),
    # the two others were asked, and have answered nothing yet
    "outcomes:answer-done": row("done", LEAD, but={"teammate": 404, "neighbour": 404}),
    "outcomes:answer-domain": row("domain", PARTICIPANTS),
    "outcomes:survey-detail": row("survey", STAFF),
    "outcomes:survey-edit": row("unasked", STAFF),
    "outcomes:wave-open": row("unasked", STAFF, kind="before"),
    "outcomes:survey-results": row("survey", STAFF),
    "outcomes:my-change": row("survey", PARTICIPANTS),
    "outcomes:report-overview": row("nothing", ANY_STAFF),
    "outcomes:report-list": row("cohort", STAFF),
    "outcomes:report-introduction": row("cohort", STAFF),
    "outcomes:report-make": row("cohort", STAFF, data={}),
    "outcomes:report-detail": row("report", STAFF),
    "outcomes:report-pdf": row("report", STAFF),
}
MATRIX: dict[str, Row] = (
    PORTAL | TENANCY | REMINDERS | COHORTS | ROUNDS | APPLICATIONS | ASSESSMENT | PROJECTS | MENTORING | OUTCOMES
)
