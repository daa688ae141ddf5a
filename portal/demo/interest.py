"""Who asked to hear of the next cohort before its round opened, and who has asked since."""

from __future__ import annotations

from cohorts.models import Programme
from portal.demo.story import Story
from portal.demo.world import address
from selection.models import ExpressionOfInterest
from selection.rules import INTEREST
from selection.services.interest import confirm_interest, register_interest
from tenancy.actors import Actor

# (name, short name of the employer, or '' and its name in full, job title); these heard when the round opened …
BEFORE = (
    ("Delphine Okonjo", "ECC", "", "Head of Early Help"),
    ("Marcus Wetherby", "ECC", "", "Strategic Lead, Adult Social Care"),
    ("Ffion Garrowby", "Colchester", "", "Housing Solutions Manager"),
    ("Ranjit Sohal-Pryce", "Southend", "", "Head of Public Realm"),
    ("Beatrix Lomax", "Tendring", "", "Community Safety Manager"),
    ("Ekow Ansah-Drake", "MSEFT", "", "Deputy Director of Operations"),
    ("Sorcha Pemberley", "EPUT", "", "Service Director, Older Adults"),
    ("Lucian Threadgold", "Essex Police", "", "Chief Inspector"),
    ("Hermione Vasquez-Todd", "", "Saltmarsh Community Transport", "Chief Executive"),
    ("Cormac Ellingham", "Basildon", "", "Regeneration Manager"),
)
# … these have registered since, and one hasn't opened the message yet.
SINCE = (
    ("Thandiwe Marlowe", "ARU", "", "Director of Partnerships"),
    ("Gareth Nunnery", "Essex Police", "", "Head of Crime Prevention"),
)
UNCONFIRMED = ("Isolde Farthingale", "Rochford", "", "Assistant Director, People")
Who = tuple[str, str, str, str]


def plan_interest(story: Story) -> None:
    timeline, opens = story.world.timeline, story.days.opens
    moments = timeline.spread(opens - 20, opens - 4, len(BEFORE)) + timeline.spread(opens + 8, -6, len(SINCE))
    for who, moment in zip((*BEFORE, *SINCE), moments, strict=True):
        timeline.add(moment, lambda who=who: confirm(story, register(story, who)))
    timeline.add(timeline.at(-3, "12:20"), lambda: leave_open(story))


def leave_open(story: Story) -> None:
    register(story, UNCONFIRMED)


def register(story: Story, who: Who) -> ExpressionOfInterest:
    """As a visitor fills in the public page."""
    name, short_name, in_full, job_title = who
    assert story.programme is not None
    with story.world.reading():
        return register_interest(
            programme=Programme.objects.get(pk=story.programme.pk),
            name=name,
            email=address(name, short_name or in_full.partition(" ")[0]),
            organisation=story.world.organisations[short_name] if short_name else None,
            organisation_name=in_full,
            job_title=job_title,
            by=Actor("visitor"),
        )


def confirm(story: Story, interest: ExpressionOfInterest) -> None:
    """By the link in the message."""
    with story.world.by_link(interest.person, INTEREST) as by:
        confirm_interest(interest=interest, by=by)
