"""Choose the sentences that answer a question, and judge whether they do.

No language model: the answer is made of sentences of the documents.
"""

from thesis_qa.answer.evidence import Evidence
from thesis_qa.answer.select import Shown

__all__ = ["Evidence", "Shown"]
