from cohorts.models.alumni import AlumniMembership, CareerConsent, CareerPurpose, CareerStep
from cohorts.models.alumni_events import EventOpening
from cohorts.models.alumni_group import AlumniGroup, AlumniGroupMember
from cohorts.models.ask import Ask, AskAnswer, AskKind, AskText, Thanks, ThanksCount
from cohorts.models.attendance_import import AttendanceImport
from cohorts.models.audience import ShownTo
from cohorts.models.buddy import BuddyOffer, BuddyPair, BuddyPlace, BuddyWords
from cohorts.models.co_design import CoDesignAsk, CoDesignInvitation
from cohorts.models.cohort import Cohort, Participation, SectorTarget
from cohorts.models.development import (
    AppraisalShare,
    AppraisalSummary,
    DevelopmentGoal,
    GoalReview,
    WorkObjective,
)
from cohorts.models.directory import DirectoryLine, LineKind, Readiness
from cohorts.models.engagement import (
    CheckIn,
    DayJobText,
    DayJobWord,
    EngagementLimits,
    EngagementPause,
    EngagementSignal,
)
from cohorts.models.event import Attendance, Event, EventKind
from cohorts.models.event_guest import EventGuest
from cohorts.models.event_needs import EventNeeds
from cohorts.models.event_task import FOLLOW_ON, EventTask, EventTaskDone
from cohorts.models.introduction import Introduction, IntroductionQuestion, IntroductionWords
from cohorts.models.invitation import Invitation
from cohorts.models.issue_tag import IssueTag, IssueTally, MeetingTag
from cohorts.models.leadership_history import LeadershipHistoryEntry, LeadershipHistoryNod
from cohorts.models.learning_set import LearningSet, SetMembership, SetPlan
from cohorts.models.method import Experiment, ExperimentFact, Method
from cohorts.models.movement import Movement, MovementMember, MovementWords
from cohorts.models.movement_opening import MovementOpening
from cohorts.models.notebook import Notebook
from cohorts.models.notice import Notice
from cohorts.models.objective_tie import ActionTie, ActionTieFact
from cohorts.models.onward import OnwardStep
from cohorts.models.partners import LinkedProgramme, PartnerOffer, PartnerOfferTaken, PartnerPlaces
from cohorts.models.pledge import Pledge, PledgeWords
from cohorts.models.presence import Presence
from cohorts.models.programme import ClosedDays, Nation, Programme, ProgrammePartner, StrategicAmbition
from cohorts.models.reflection import (
    Reflection,
    ReflectionDraft,
    ReflectionFact,
    ReflectionKind,
    ReflectionPrompts,
    ReflectionShare,
    ShareGround,
)
from cohorts.models.return_brief import ReturnBrief, ReturnBriefText
from cohorts.models.returning import (
    ChangeContext,
    ChangeContextKind,
    ChangeKind,
    ReturnPlan,
    ReturnPlanText,
    ReturnReview,
    ReturnReviewText,
)
from cohorts.models.review import CohortReview, Lesson
from cohorts.models.seating import Seat, Seating, SeatingKind, SeatingPair, SeatingTable
from cohorts.models.set_room import (
    AirTime,
    GroundRules,
    GroundRulesText,
    ProcessNote,
    RulesAcceptance,
    SetAction,
    SetActionText,
    SetCoFacilitator,
    SetMeeting,
)
from cohorts.models.set_terms import FacilitatorCapacity, HalfDay, SetTerms, TermsAsk, TermsSaid
from cohorts.models.set_veto import SetVeto, VetoAnswer, VetoRound
from cohorts.models.support import SupportRequest, SupportText
from cohorts.models.venue import FEATURES, Venue

__all__ = [
    "FEATURES",
    "FOLLOW_ON",
    "ActionTie",
    "ActionTieFact",
    "AirTime",
    "AlumniGroup",
    "AlumniGroupMember",
    "AlumniMembership",
    "AppraisalShare",
    "AppraisalSummary",
    "Ask",
    "AskAnswer",
    "AskKind",
    "AskText",
    "Attendance",
    "AttendanceImport",
    "BuddyOffer",
    "BuddyPair",
    "BuddyPlace",
    "BuddyWords",
    "CareerConsent",
    "CareerPurpose",
    "CareerStep",
    "ChangeContext",
    "ChangeContextKind",
    "ChangeKind",
    "CheckIn",
    "ClosedDays",
    "CoDesignAsk",
    "CoDesignInvitation",
    "Cohort",
    "CohortReview",
    "DayJobText",
    "DayJobWord",
    "DevelopmentGoal",
    "DirectoryLine",
    "EngagementLimits",
    "EngagementPause",
    "EngagementSignal",
    "Event",
    "EventGuest",
    "EventKind",
    "EventNeeds",
    "EventOpening",
    "EventTask",
    "EventTaskDone",
    "Experiment",
    "ExperimentFact",
    "FacilitatorCapacity",
    "GoalReview",
    "GroundRules",
    "GroundRulesText",
    "HalfDay",
    "Introduction",
    "IntroductionQuestion",
    "IntroductionWords",
    "Invitation",
    "IssueTag",
    "IssueTally",
    "LeadershipHistoryEntry",
    "LeadershipHistoryNod",
    "LearningSet",
    "Lesson",
    "LineKind",
    "LinkedProgramme",
    "MeetingTag",
    "Method",
    "Movement",
    "MovementMember",
    "MovementOpening",
    "MovementWords",
    "Nation",
    "Notebook",
    "Notice",
    "OnwardStep",
    "Participation",
    "PartnerOffer",
    "PartnerOfferTaken",
    "PartnerPlaces",
    "Pledge",
    "PledgeWords",
    "Presence",
    "ProcessNote",
    "Programme",
    "ProgrammePartner",
    "Readiness",
    "Reflection",
    "ReflectionDraft",
    "ReflectionFact",
    "ReflectionKind",
    "ReflectionPrompts",
    "ReflectionShare",
    "ReturnBrief",
    "ReturnBriefText",
    "ReturnPlan",
    "ReturnPlanText",
    "ReturnReview",
    "ReturnReviewText",
    "RulesAcceptance",
    "Seat",
    "Seating",
    "SeatingKind",
    "SeatingPair",
    "SeatingTable",
    "SectorTarget",
    "SetAction",
    "SetActionText",
    "SetCoFacilitator",
    "SetMeeting",
    "SetMembership",
    "SetPlan",
    "SetTerms",
    "SetVeto",
    "ShareGround",
    "ShownTo",
    "StrategicAmbition",
    "SupportRequest",
    "SupportText",
    "TermsAsk",
    "TermsSaid",
    "Thanks",
    "ThanksCount",
    "Venue",
    "VetoAnswer",
    "VetoRound",
    "WorkObjective",
]
