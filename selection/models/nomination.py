from __future__ import annotations

from django.db import models
from django.db.models import Q

from engine.models import SheetImport
from selection.models.application import Application
from selection.models.round import SelectionRound
from selection.states import NOMINATION, NominationState
from tenancy.audit import audited
from tenancy.models import Organisation, Person, TenantModel, Wall


class NominationImport(SheetImport):
    """One upload of a nominations log. Of the mapping: {field: {"column": index, "part": "" | "given" | "family"}}; beside the rows
    staff decide on spellings: {"organisations": {spelling: public id}}."""

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="imports")

    wall = Wall(sys=("SELECT",))

    class Meta(SheetImport.Meta):
        pass

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id

    @property
    def programme_id(self) -> int:
        return self.round.programme_id


@audited()
class Nominator(TenantModel):
    """A senior leader whom staff asked to nominate people for a round, by a link of their own."""

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="nominators")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    # As staff wrote it. Whether the tenant knows the address under another name isn't said to anybody else.
    named = models.CharField(max_length=160)
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    # Their link was taken back; what they had sent stays.
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    # Retention finds what is due and deletes it.
    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["named", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "person"], name="nominator_once_a_round")]

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id

    @property
    def programme_id(self) -> int:
        return self.round.programme_id


@audited("reason")
class Nomination(TenantModel):
    """One person whom a senior leader nominated on their page. Theirs alone until it's sent; then staff confirm it, and the person is
    invited as those of a log are."""

    nominator = models.ForeignKey(Nominator, on_delete=models.CASCADE, related_name="nominations")
    # As the leader wrote them; what the tenant knows of the person stays as it is.
    name = models.CharField(max_length=160)
    email = models.EmailField(max_length=254)
    job_title = models.CharField(max_length=160)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What they typed where the tenant's list hasn't got it.
    organisation_name = models.CharField(max_length=160, blank=True)
    # Why this person: read by staff, never by assessors.
    reason = models.TextField()
    # Whether the person has been told by the leader.
    knows = models.BooleanField()
    state = models.CharField(max_length=8, choices=NominationState.choices, default=NominationState.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # Who it's about, once it's sent.
    nominee = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="nominations")
    # What came of it: the nominee's only application in the round, however many nominated them.
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, null=True, blank=True, related_name="nominations"
    )
    version = models.PositiveIntegerField(default=1)

    machine = NOMINATION
    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "nominator", "email"], name="nomination_once_a_nominator"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(organisation_name=""), name="nomination_one_organisation"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(nominee__isnull=False), name="nomination_sent_is_of_somebody"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state"], name="nomination_by_state")]

    @property
    def cohort_id(self) -> int:
        return self.nominator.cohort_id

    @property
    def programme_id(self) -> int:
        return self.nominator.programme_id

    @property
    def person_id(self) -> int:
        """Whose it is to write: the leader's."""
        return self.nominator.person_id
