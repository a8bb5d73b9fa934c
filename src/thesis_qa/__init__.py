"""Ask a thesis a question; get an answer quoted from a page you can open."""

from thesis_qa.assistant import Assistant
from thesis_qa.errors import ThesisQAError
from thesis_qa.evaluate import Report, evaluate
from thesis_qa.library import Index
from thesis_qa.types import Answer, Citation, CitedSpan, Passage

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "CitedSpan",
    "Index",
    "Passage",
    "Report",
    "ThesisQAError",
    "evaluate",
]
