"""Evaluate answers on a question set: metrics with intervals, comparison, check of the set."""

from thesis_qa.evaluate.check import check
from thesis_qa.evaluate.command import Run, check_set, run_set
from thesis_qa.evaluate.compare import Comparison, compare, read_gate, read_run
from thesis_qa.evaluate.findings import Finding, Library
from thesis_qa.evaluate.html_report import save_page
from thesis_qa.evaluate.intervals import Metric
from thesis_qa.evaluate.outcome import Outcome, Report
from thesis_qa.evaluate.questions import Question, QuestionSet, read_questions
from thesis_qa.evaluate.report import findings_table, report_json
from thesis_qa.evaluate.run import evaluate

__all__ = [
    "Comparison",
    "Finding",
    "Library",
    "Metric",
    "Outcome",
    "Question",
    "QuestionSet",
    "Report",
    "Run",
    "check",
    "check_set",
    "compare",
    "evaluate",
    "findings_table",
    "read_gate",
    "read_questions",
    "read_run",
    "report_json",
    "run_set",
    "save_page",
]
