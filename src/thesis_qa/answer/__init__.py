"""Choose the sentences that answer a question, and judge whether they do.

No language model: the answer is made of sentences of the documents.
"""

from thesis_qa.answer.confidence import confidence, likely
from thesis_qa.answer.evidence import Asked, Evidence, asked, find_evidence
from thesis_qa.answer.select import Shown, select

__all__ = ["Asked", "Evidence", "Shown", "asked", "confidence", "find_evidence", "likely", "select"]
