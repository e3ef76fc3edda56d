"""Rankings against judgements: measures, significance, the curve over candidates, and files for other tools."""

from searchcore.evaluate.curve import CandidateCurve, CurvePoint, candidate_curve, curve_steps
from searchcore.evaluate.export import as_json, to_csv, trec_run
from searchcore.evaluate.judged import JudgedRanking, judged_ranking
from searchcore.evaluate.measures import MEASURES, Measure, measures_for
from searchcore.evaluate.results import Evaluation, QueryEvaluation, evaluate, evaluation_steps
from searchcore.evaluate.significance import TEST_CITATION, TEST_LIBRARY, TEST_NAME, significance

__all__ = [
    "MEASURES",
    "TEST_CITATION",
    "TEST_LIBRARY",
    "TEST_NAME",
    "CandidateCurve",
    "CurvePoint",
    "Evaluation",
    "JudgedRanking",
    "Measure",
    "QueryEvaluation",
    "as_json",
    "candidate_curve",
    "curve_steps",
    "evaluate",
    "evaluation_steps",
    "judged_ranking",
    "measures_for",
    "significance",
    "to_csv",
    "trec_run",
]
