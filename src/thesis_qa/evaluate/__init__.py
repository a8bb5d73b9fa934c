"""Evaluate answers on a question set: metrics with intervals, comparison, check of the set."""

from thesis_qa.evaluate.compare import Comparison, compare, compare_run, read_gate, read_run
from thesis_qa.evaluate.evidence_check import DocumentTexts
from thesis_qa.evaluate.html_report import report_html, report_json, save_page
from thesis_qa.evaluate.metrics import Metric
from thesis_qa.evaluate.outcome import Outcome, Report
from thesis_qa.evaluate.question_set import QuestionSet, SetQuestion, read_questions
from thesis_qa.evaluate.run import GatedRun, check_set, evaluate, run_set
from thesis_qa.evaluate.set_check import check
from thesis_qa.evaluate.set_files import Finding, findings_table

__all__ = [
    "Comparison",
    "DocumentTexts",
    "Finding",
    "GatedRun",
    "Metric",
    "Outcome",
    "QuestionSet",
    "Report",
    "SetQuestion",
    "check",
    "check_set",
    "compare",
    "compare_run",
    "evaluate",
    "findings_table",
    "read_gate",
    "read_questions",
    "read_run",
    "report_html",
    "report_json",
    "run_set",
    "save_page",
]
