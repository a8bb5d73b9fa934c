"""The command line. It only translates: options into calls, results into text or JSON."""

from thesis_qa.cli.main import main

__all__ = ["main"]
