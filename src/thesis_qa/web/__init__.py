"""The web chat's page: what it shows, in Indonesian and English."""

from thesis_qa.web.changes import MAX_FILES, MEGABYTE
from thesis_qa.web.context import AppContext
from thesis_qa.web.look import icon, script, style_sheet, theme
from thesis_qa.web.markup import Place, missing_page, place_page, translation_page
from thesis_qa.web.page import build_page
from thesis_qa.web.places import Highlight
from thesis_qa.web.texts import TEXTS

__all__ = [
    "MAX_FILES",
    "MEGABYTE",
    "TEXTS",
    "AppContext",
    "Highlight",
    "Place",
    "build_page",
    "icon",
    "missing_page",
    "place_page",
    "script",
    "style_sheet",
    "theme",
    "translation_page",
]
