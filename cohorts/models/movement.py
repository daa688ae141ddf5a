"""The movement around a programme: people outside its cohorts who say yes themselves, and who brought whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.audience import runs_programme
from cohorts.models.programme import Programme
from cohorts.models.set_room import COUNTED, through
from cohorts.states import MOVEMENT_MEMBER, MemberState
from tenancy.models import Organisation, Person, TenantModel, Wall

# How long somebody who was told of it by a colleague has to say yes.
ANSWER_DAYS = 14


class Movement(TenantModel):
    """That a programme has a movement, in which staff let people from outside join. Closed, nobody joins and its public page is gone;
    whoever is in it reads and deletes what is kept of them as before."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="movements")
    purpose = models.TextField()
    is_open = models.BooleanField(default=False)
    # Whether its public page says how far it has spread, as far as small numbers allow.
    shows_spread = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "programme"], name="movement_once_a_programme")]


class MovementMember(TenantModel):
    """One person and one movement: whoever typed the address, nobody is in it before its holder has said yes. What interests them stands
    in `MovementWords`."""

    movement = models.ForeignKey(Movement, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    # As they give it themselves; what is known of the person stays as it is.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation_name = models.CharField(max_length=160, blank=True)
    place = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=8, choices=MemberState.choices)
    # Who told them of it, and how many steps from the programme they are: 1 for whoever a cohort's people brought, or who came alone.
    brought_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    was_brought = models.BooleanField(default=False)
    generation = models.PositiveSmallIntegerField(default=1)
    registered_at = models.DateTimeField()
    # Until when somebody who was brought is asked.
    answer_by = models.DateTimeField(null=True, blank=True)
    # When they said yes, and to which words.
    joined_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.PositiveSmallIntegerField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    # When they last did anything here: two years later they have lapsed.
    seen_at = models.DateTimeField()

    machine = MOVEMENT_MEMBER
    wall = Wall(sys=COUNTED)

    class Meta:
        ordering = ["-joined_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "movement", "person"], name="movement_member_once"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(organisation_name=""), name="movement_one_organisation"
            ),
            models.CheckConstraint(
                condition=~Q(state="member") | Q(joined_at__isnull=False, consent_version__isnull=False),
                name="movement_member_consented",
            ),
        ]
        verbose_name = _("member")

    @property
    def programme_id(self) -> int:
        return self.movement.programme_id

    @property
    def works_at(self) -> str:
        return self.organisation.name if self.organisation else self.organisation_name


class MovementWords(TenantModel):
    """What interests a member. Its author's, and for staff of the programme once they have said yes."""

    member = models.OneToOneField(MovementMember, on_delete=models.CASCADE, related_name="words")
    interests = models.TextField()

    wall = Wall(
        readable=through(
            "cohorts_movementmember",
            "member_id",
            "(p.person_id = {me} OR (p.state = 'member' AND EXISTS (SELECT 1 FROM cohorts_movement m"  # noqa: S608 -- pieces of audience
            f" WHERE m.id = p.movement_id AND {runs_programme('m.programme_id')})))",
        ),
        writable=through("cohorts_movementmember", "member_id", "p.person_id = {me}"),
    )
