from selection.models.application import AllowedEndorser, Application, ApplicationAnswer, Endorsement
from selection.models.assessment import AssessorAllocation, AssessorExpertise, AssessorTerms, Moderation, Score
from selection.models.balance import Attribute, BalanceRule, SeatCommitment
from selection.models.centre import (
    AssessmentCentre,
    CentreArrangement,
    CentrePlace,
    CentreSlot,
    Exercise,
    ExerciseCriterion,
    ObservedMark,
    Observer,
)
from selection.models.conflict import ASKED_BEFORE, AssessorObjection, KnownConflict, ObjectionReason, Suspension
from selection.models.equality import (
    EqualityAnswer,
    EqualityFigure,
    EqualityOption,
    EqualityQuestion,
    EqualitySecret,
    EqualityStage,
)
from selection.models.figures import RoundFigures
from selection.models.files import ApplicationFile
from selection.models.framework import Criterion, Question, RatingDescriptor, SelectionFramework
from selection.models.interest import ExpressionOfInterest
from selection.models.nomination import Nomination, NominationImport, Nominator
from selection.models.offer import Deferral, Departure, Feedback, Offer
from selection.models.reasons import ReasonsDue
from selection.models.round import Correction, Expertise, SelectionRound
from selection.models.score_import import ScoreImport
from selection.models.support import AdjustmentNeed, AdjustmentRequest, InterestingAmbition, ProjectInterest

__all__ = [
    "ASKED_BEFORE",
    "AdjustmentNeed",
    "AdjustmentRequest",
    "AllowedEndorser",
    "Application",
    "ApplicationAnswer",
    "ApplicationFile",
    "AssessmentCentre",
    "AssessorAllocation",
    "AssessorExpertise",
    "AssessorObjection",
    "AssessorTerms",
    "Attribute",
    "BalanceRule",
    "CentreArrangement",
    "CentrePlace",
    "CentreSlot",
    "Correction",
    "Criterion",
    "Deferral",
    "Departure",
    "Endorsement",
    "EqualityAnswer",
    "EqualityFigure",
    "EqualityOption",
    "EqualityQuestion",
    "EqualitySecret",
    "EqualityStage",
    "Exercise",
    "ExerciseCriterion",
    "Expertise",
    "ExpressionOfInterest",
    "Feedback",
    "InterestingAmbition",
    "KnownConflict",
    "Moderation",
    "Nomination",
    "NominationImport",
    "Nominator",
    "ObjectionReason",
    "ObservedMark",
    "Observer",
    "Offer",
    "ProjectInterest",
    "Question",
    "RatingDescriptor",
    "ReasonsDue",
    "RoundFigures",
    "Score",
    "ScoreImport",
    "SeatCommitment",
    "SelectionFramework",
    "SelectionRound",
    "Suspension",
]
