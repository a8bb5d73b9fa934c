"""Keep libraries from reporting home.

onnxruntime (since 1.32 on Linux too), Chroma, Gradio and the Hugging Face libraries send usage
data unless told not to, some of them from the moment they are imported; LangChain sends prompts to
LangSmith where the environment says so.
"""

import os

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DISABLE_TELEMETRY": "1",
    "LANGSMITH_TRACING_V2": "false",  # would send every prompt along
    "LANGCHAIN_TRACING_V2": "false",
}


def disable_telemetry() -> None:
    """Called before any of these libraries is imported."""
    os.environ.update(SWITCHES)
