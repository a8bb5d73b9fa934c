"""The web chat's page: what it shows, in Indonesian and English."""

from thesis_qa.page.blocks import build_page
from thesis_qa.page.desk import Desk
from thesis_qa.page.look import icon, script, style, theme
from thesis_qa.page.reader import Mark, Place, place_page, translation_page
from thesis_qa.page.texts import TEXTS, Interface, preferred

__all__ = [
    "TEXTS",
    "Desk",
    "Interface",
    "Mark",
    "Place",
    "build_page",
    "icon",
    "place_page",
    "preferred",
    "script",
    "style",
    "theme",
    "translation_page",
]
