"""Rankings against judgements: measures, significance, curve and frontier, and files for other tools."""

from searchcore.evaluate.agreement import Agreement, agreement, kendall_tau, moved_from
from searchcore.evaluate.by_hand import AT_FIVE, PLACES, ByHand, Place, by_hand
from searchcore.evaluate.crossing import AtSize, Crossing, crossing_steps
from searchcore.evaluate.curve import CandidateCurve, CurvePoint, candidate_curve, curve_steps
from searchcore.evaluate.export import as_json, to_csv, trec_run
from searchcore.evaluate.frontier import Frontier, FrontierPoint, Way, frontier, frontier_steps
from searchcore.evaluate.judged import (
    Grades,
    JudgedRanking,
    against,
    decisive,
    grades_of,
    judged_ranking,
    ndcg_by_depth,
)
from searchcore.evaluate.measures import MEASURES, NDCG, Measure, description, measures_for
from searchcore.evaluate.results import Evaluation, QueryEvaluation, evaluate, evaluation_steps
from searchcore.evaluate.significance import TEST_CITATION, TEST_LIBRARY, TEST_NAME, significance
from searchcore.evaluate.smaller import Small, Smaller, smaller_steps
from searchcore.evaluate.tradeoff import (
    EXACT,
    HNSW,
    INDEXES,
    IVF,
    Neighbourhood,
    Point,
    Setting,
    Spread,
    TradeOff,
    neighbour_steps,
    quickest_at,
)

__all__ = [
    "AT_FIVE",
    "EXACT",
    "HNSW",
    "INDEXES",
    "IVF",
    "MEASURES",
    "NDCG",
    "PLACES",
    "TEST_CITATION",
    "TEST_LIBRARY",
    "TEST_NAME",
    "Agreement",
    "AtSize",
    "ByHand",
    "CandidateCurve",
    "Crossing",
    "CurvePoint",
    "Evaluation",
    "Frontier",
    "FrontierPoint",
    "Grades",
    "JudgedRanking",
    "Measure",
    "Neighbourhood",
    "Place",
    "Point",
    "QueryEvaluation",
    "Setting",
    "Small",
    "Smaller",
    "Spread",
    "TradeOff",
    "Way",
    "against",
    "agreement",
    "as_json",
    "by_hand",
    "candidate_curve",
    "crossing_steps",
    "curve_steps",
    "decisive",
    "description",
    "evaluate",
    "evaluation_steps",
    "frontier",
    "frontier_steps",
    "grades_of",
    "judged_ranking",
    "kendall_tau",
    "measures_for",
    "moved_from",
    "ndcg_by_depth",
    "neighbour_steps",
    "quickest_at",
    "significance",
    "smaller_steps",
    "to_csv",
    "trec_run",
]
