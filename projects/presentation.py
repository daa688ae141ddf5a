"""A project as pages show it: rows of summary lists, tasks, colours of states. Reads what whole_project() brought, asks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.dates import uk_date
from engine.figures import Mark, placed
from projects.models import Level, Project, Stakeholder, StakeholderEntry, Stance
from projects.selectors import Standing
from projects.services.proposals import missing_from
from projects.states import ProjectState, Rag
from tenancy.models import Change, Tenant

STATE_COLOURS: dict[str, str] = {
    ProjectState.DRAFT: "grey",
    ProjectState.PROPOSED: "yellow",
    ProjectState.RETURNED: "orange",
    ProjectState.DECLINED: "red",
    ProjectState.APPROVED: "turquoise",
    ProjectState.ACTIVE: "blue",
    ProjectState.PAUSED: "purple",
    ProjectState.STOPPED: "grey",
    ProjectState.CLOSED: "green",
}


def href(name: str, project: Project, tenant: Tenant, **more: str) -> str:
    return reverse(f"projects:{name}", kwargs={"tenant": tenant.slug, "public_id": project.public_id, **more})


def sponsor_line(project: Project) -> str:
    person = project.sponsor
    if person is None:
        return ""
    parts = [person.name, person.job_title, person.organisation.name if person.organisation else ""]
    return ", ".join(part for part in parts if part)


def districts_line(project: Project) -> str:
    return ", ".join(link.district.name for link in project.districts.all())


def dates_line(project: Project) -> str:
    if not project.starts_on or not project.ends_on:
        return ""
    return _("%(start)s to %(end)s") % {"start": uk_date(project.starts_on), "end": uk_date(project.ends_on)}


def proposal_rows(project: Project, tenant: Tenant, *, change: bool = True) -> list[dict[str, Any]]:
    """The whole proposal as a summary list, with links to change each part."""
    ambitions = "; ".join(link.ambition.name for link in project.ambitions.all())
    parts = [
        (_("Title"), project.title, "project-edit"),
        (_("What it is"), project.summary, "project-edit"),
        (_("What will be better, and for whom"), project.benefit, "project-edit"),
        (_("Dates"), dates_line(project), "project-edit"),
        (_("Ambitions"), ambitions, "project-ambitions"),
        (_("Where it works"), districts_line(project), "project-districts"),
        (_("Team"), "; ".join(team_names(project)), "project-team"),
        (_("Sponsor"), sponsor_line(project), "project-sponsor"),
    ]
    return [
        {"key": key, "value": value or _("Not there yet"), "href": href(page, project, tenant) if change else ""}
        for key, value, page in parts
    ]


def team_names(project: Project) -> Iterable[str]:
    for member in project.memberships.all():
        yield _("%(name)s (leads)") % {"name": member.person.name} if member.is_lead else member.person.name


def goal_rows(project: Project) -> list[dict[str, Any]]:
    return [
        {"key": member.person.name, "value": member.learning_goal or _("Hasn’t said yet")}
        for member in project.memberships.all()
    ]


def proposal_tasks(project: Project, tenant: Tenant, *, leads: bool, member: Any) -> list[dict[str, Any]]:
    """The sections of a proposal as a task list; `member` is the reader's own membership, if any."""
    lacking = missing_from(project)
    missing = {section for section, _text in lacking}
    sections = [
        ("texts", _("What the project is"), _("Title, what will be better, dates"), "project-edit"),
        ("ambitions", _("Ambitions it serves"), "", "project-ambitions"),
        ("team", _("Team"), _("From your own cohort"), "project-team"),
        ("sponsor", _("Sponsor"), _("The chief officer who decides"), "project-sponsor"),
    ]
    tasks = [
        task(text, hint, href(page, project, tenant) if leads else None, key not in missing)
        for key, text, hint, page in sections
    ]
    if member is not None:
        goal = href("project-goal", project, tenant)
        tasks.insert(3, task(_("Your learning goal"), "", goal, bool(member.learning_goal)))
    if leads:
        ready = not missing
        tasks.append(
            {
                "text": _("Check and send to the sponsor"),
                # The other sections say by themselves that they aren't done; the goals are other people's to write.
                "hint": " ".join(text for section, text in lacking if section == "goals"),
                "href": href("project-propose", project, tenant) if ready else None,
                "status": _("Ready") if ready else _("Can’t send yet"),
                "colour": "blue" if ready else "",
            }
        )
    return tasks


def task(text: str, hint: str, link: str | None, done: bool) -> dict[str, Any]:
    return {
        "text": text,
        "hint": hint,
        "href": link,
        "status": _("Done") if done else _("Not done yet"),
        "colour": "" if done else "blue",
    }


def rag_labels(counts: dict[str, int]) -> list[tuple[str, dict[str, Any]]]:
    """(rating, {text, count}), the worst first; 'none' for projects not rated yet."""
    words = {Rag.RED: _("Red"), Rag.AMBER: _("Amber"), Rag.GREEN: _("Green"), "none": _("Not rated yet")}
    return [(str(key), {"text": text, "count": counts[key]}) for key, text in words.items()]


def change_words(change: Change) -> str:
    """One step of a project's history in words."""
    words = {
        "create": _("begun"),
        "propose": _("sent to the sponsor"),
        "take_back": _("taken back"),
        "approve": _("approved"),
        "send_back": _("sent back"),
        "decline": _("declined"),
        "start": _("work started"),
        "pause": _("paused"),
        "resume": _("resumed"),
        "stop": _("stopped"),
        "close": _("closed"),
        "drop": _("dropped"),
        "sponsor": _("sponsor chosen"),
        "join": _("joined the team"),
        "leave": _("left the team"),
        "lead": _("new lead"),
    }
    return words.get(change.name, change.name)


def history_lines(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The history, newest first."""
    lines = [
        {"at": c.at, "name": c.name, "words": change_words(c), "reason": c.reason, "by_label": c.by_label}
        for c in changes
    ]
    return lines[::-1]


def stakeholder_sentence(standing: Standing) -> str:
    """How many who can affect the project much are where they need to be; '' of an empty map."""
    if not standing.all:
        return ""
    if not standing.high:
        return ngettext(
            "%(n)d stakeholder on the map, of no high influence.",
            "%(n)d stakeholders on the map, none of high influence.",
            standing.all,
        ) % {"n": standing.all}
    return ngettext(
        "%(there)d of %(high)d stakeholder of high influence is where they need to be.",
        "%(there)d of %(high)d stakeholders of high influence are where they need to be.",
        standing.high,
    ) % {"there": standing.high_there, "high": standing.high}


def stakeholder_picture(entries: Sequence[StakeholderEntry]) -> SafeString:
    """Influence by stance; the numbers are those of the table, in the order of `entries`."""
    levels, stances = list(reversed(Level)), list(Stance)
    marks = [
        Mark(levels.index(Level(e.stakeholder.influence)), stances.index(Stance(e.stance)), number, e.is_there)
        for number, e in enumerate(entries, start=1)
    ]
    return placed(
        marks,
        rows=[str(level.label) for level in levels],
        columns=[str(stance.label) for stance in stances],
        scale=_("Influence"),
        title=_("Influence, from low to high, and where each stands now"),
        settled=_("where they need to be"),
        moving=_("needs to be further to the right"),
    )


def stakeholder_rows(row: Stakeholder) -> list[dict[str, Any]]:
    """What the map says of one, as a summary list."""
    entry = row.entry
    words = _("%(wanted)s: they’re there") if entry.is_there else _("%(wanted)s: they’re not there yet")
    wanted = words % {"wanted": entry.get_wanted_display()}
    step = entry.next_step
    if step and row.step_due:
        step = _("%(step)s, by %(day)s") % {"step": step, "day": uk_date(row.step_due)}
    facts = [
        (_("What they do"), entry.role),
        (_("Organisation"), entry.organisation_name),
        (_("Influence on the project"), row.get_influence_display()),
        (_("How much it affects them"), entry.get_impact_display()),
        (_("Where they stand"), entry.get_stance_display()),
        (_("Where they need to be"), wanted),
        (_("What they care about"), entry.cares_about),
        (_("Leads the relationship"), row.lead.person.name if row.lead else _("Nobody since somebody left the team")),
        (_("Next step"), step or _("None")),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]
