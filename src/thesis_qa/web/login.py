"""The page to sign in on; it works without a script."""

from thesis_qa.web.render import render
from thesis_qa.web.texts import Texts


def sign_in_page(texts: Texts, back: str, problem: str = "") -> str:
    """A whole page of HTML; `back` is the address that was asked for."""
    return render("sign_in.html", texts, back=back, problem=problem)
