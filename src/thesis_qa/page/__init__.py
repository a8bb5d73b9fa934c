"""The web chat's page: what it shows, in Indonesian and English."""

from thesis_qa.page.blocks import build_page
from thesis_qa.page.desk import Desk
from thesis_qa.page.login import sign_in_page
from thesis_qa.page.look import icon, script, style, theme
from thesis_qa.page.reader import Mark, Place, missing_page, place_page, translation_page
from thesis_qa.page.texts import TEXTS, Interface, preferred
from thesis_qa.page.uploads import MAX_FILES, MEGABYTE

__all__ = [
    "MAX_FILES",
    "MEGABYTE",
    "TEXTS",
    "Desk",
    "Interface",
    "Mark",
    "Place",
    "build_page",
    "icon",
    "missing_page",
    "place_page",
    "preferred",
    "script",
    "sign_in_page",
    "style",
    "theme",
    "translation_page",
]
