"""Choose the sentences that answer a question, and judge whether they do.

No language model: the answer is made of sentences of the documents.
"""

from thesis_qa.answer.confidence import confidence, likely
from thesis_qa.answer.evidence import Evidence, find_evidence, term_weights
from thesis_qa.answer.select import Shown, select

__all__ = ["Evidence", "Shown", "confidence", "find_evidence", "likely", "select", "term_weights"]
