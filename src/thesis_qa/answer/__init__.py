"""Answer a question with sentences of the documents: strategies find them, and judge whether they
answer; no language model takes part."""
