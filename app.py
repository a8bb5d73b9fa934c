"""`python app.py` is `thesis-qa`: alone, it indexes `documents` and serves the web chat."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent / "src"))  # where only what it needs is installed
    from thesis_qa.cli import main

    sys.exit(main())
