"""The web chat's page: what it shows, in Indonesian and English."""

from thesis_qa.web.context import AppContext
from thesis_qa.web.look import icon, script, style_sheet, theme
from thesis_qa.web.page import build_page
from thesis_qa.web.places import Highlight
from thesis_qa.web.texts import TEXTS
from thesis_qa.web.uploads import MAX_FILES, MEGABYTE
from thesis_qa.web.viewer import Place, missing_page, place_page, translation_page

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
