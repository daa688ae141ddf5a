"""Everything outcomes keeps; see the modules."""

from outcomes.models.application import ReflectionIndicator
from outcomes.models.network import (
    NetworkChange,
    NetworkMetric,
    NetworkPlace,
    NetworkStanding,
    NetworkWave,
    NetworkWaveKind,
    Relation,
    Tie,
)
from outcomes.models.report import CohortReport, ReportDraft
from outcomes.models.response import ResponseAnswer, SurveyResponse
from outcomes.models.survey import (
    DisclosureSetting,
    Domain,
    Indicator,
    IndicatorKind,
    Survey,
    SurveyInvitation,
    SurveyWave,
    WaveKind,
)

__all__ = [
    "CohortReport",
    "DisclosureSetting",
    "Domain",
    "Indicator",
    "IndicatorKind",
    "NetworkChange",
    "NetworkMetric",
    "NetworkPlace",
    "NetworkStanding",
    "NetworkWave",
    "NetworkWaveKind",
    "ReflectionIndicator",
    "Relation",
    "ReportDraft",
    "ResponseAnswer",
    "Survey",
    "SurveyInvitation",
    "SurveyResponse",
    "SurveyWave",
    "Tie",
    "WaveKind",
]
