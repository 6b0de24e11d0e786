"""Why a counter can be paused, in words."""

from collections.abc import Mapping

from answers.words import _

BREAK_WORDS: Mapping[str, str] = {
    "meal": _("A meal"),
    "rest": _("A short rest"),
    "errand": _("An errand for the office"),
    "meeting": _("A meeting"),
    "fault": _("Something is broken"),
}
