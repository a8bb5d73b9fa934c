"""`python -m thesis_qa.cli` is `thesis-qa`."""

import sys

from thesis_qa.cli import main

if __name__ == "__main__":
    sys.exit(main())
