"""The page to sign in on; it works without a script."""

from html import escape

from thesis_qa.web.texts import Texts
from thesis_qa.web.viewer import STYLE


def sign_in_page(texts: Texts, back: str, problem: str = "") -> str:
    """A whole page of HTML; `back` is the address that was asked for."""
    say = texts.shelf
    wrong = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    return (
        f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(say.sign_in)} · {escape(texts.name)}</title>{STYLE}</head>"
        f'<body class="reading"><main class="sign-in"><h1>{escape(texts.name)}</h1>'
        f"<p>{escape(say.sign_in_why)}</p>{wrong}"
        f'<form method="post" action="/login">'
        f'<input type="hidden" name="next" value="{escape(back)}">'
        f'<label>{escape(say.user_name)}<input name="name" autocomplete="username"'
        f' autocapitalize="none" required autofocus></label>'
        f'<label>{escape(say.password)}<input name="password" type="password"'
        f' autocomplete="current-password" required></label>'
        f'<button type="submit">{escape(say.sign_in)}</button></form></main></body></html>'
    )


def sign_out_form(texts: Texts) -> str:
    """A button for the head of the page."""
    return (
        f'<form method="post" action="/logout"><button type="submit" class="sign-out">'
        f"{escape(texts.shelf.sign_out)}</button></form>"
    )
