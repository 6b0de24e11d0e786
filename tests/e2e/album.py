"""What there is to be seen: the pages with their states, and docs/screens/README.md that shows them."""

LANGUAGES = {"lo": "ລາວ", "en": "English"}
# Each page's pictures in the order of a visit, with what is seen in them.
PAGES = {
    "kiosk": {
        "services": "Choose a service",
        "group": "A group of services is open",
        "search": "A search in plain words",
        "documents": "The documents to bring, and who is called earlier",
        "ticket": "The number is given",
        "idle": "Are you still there?",
        "back": "Who may come back",
        "back-confirm": "Is this your number?",
        "back-done": "In the queue again",
        "appointment": "With an appointment",
        "not-today": "An appointment of another day",
        "service-off": "A service that is not given at the moment",
        "before-closing": "Before closing: what is full for today, what may no longer fit",
        "doubt": "A word of warning before the ticket is taken",
        "full": "No more tickets today",
        "stopped": "Ticketing is stopped",
        "lunch": "Lunch break",
        "closed": "Closed",
        "no-server": "No connection",
        "pairing": "A new screen, not paired yet",
    },
    "phone": {
        "take": "What do you come for?",
        "bring": "What to bring, what it takes",
        "times": "The soonest times, and a month at a glance",
        "check": "Check and book; the time is kept for ten minutes",
        "booked": "The appointment",
        "move": "Another time",
        "find": "Found again",
        "on-the-way": "On the way: the place is kept",
        "before-closing": "Before closing",
        "waiting": "Waiting",
        "near": "Almost one's turn",
        "next": "Next",
        "called": "Called",
        "serving": "Being served",
        "finished": "Finished",
        "later": "Finished; the result can be collected later",
        "missed": "Missed the call",
        "aside": "Set aside",
        "fetching": "Set aside until a paper is there",
        "leave": "Leave the queue?",
        "left": "Left",
        "offline": "Without a line: what was known last",
    },
    "counter": {
        "choose": "Choose a counter",
        "free": "Nobody is here, somebody is next",
        "called": "Called",
        "serving": "Serving",
        "transfer": "Transfer",
        "otherwise": "A document is missing, or the result is ready on another day",
        "details": "What was given once",
        "aside": "Who is set aside",
        "about": "One of those who wait, looked at more closely",
        "break": "Why the break?",
        "close": "Closing while somebody was sent here",
        "reception": "Reception",
        "reception-ticket": "A ticket that is printed again",
        "paper": "Paper tickets of an outage",
        "pad": "A pad of paper tickets, to be printed beforehand",
        "no-server": "No connection",
    },
    "tv": {
        "empty": "Nobody has been called yet",
        "paused": "All counters have a break",
        "unstaffed": "No counter is open",
        "calls": "The last calls",
        "announcing": "A call is announced",
        "again": "Somebody is called again",
        "many": "Several calls at once",
        "served": "All who were called have come",
        "from-4m": "To be read from four metres",
        "from-8m": "To be read from eight metres",
        "upright": "On an upright screen",
        "notice": "A notice",
        "closed": "The centre is closed",
        "no-server": "No connection",
    },
    "office": {
        "today": "Today",
        "waits": "Waiting times",
        "charts": "Waiting times: the charts",
        "notice": "Notice and tickets",
        "services": "Services",
        "counters": "Counters",
        "hours": "Hours and holidays",
        "people": "People",
        "devices": "Devices: pairing a screen",
        "backup": "Backup",
        "changes": "Record of changes",
    },
    "home": {
        "start": "The start",
        "start-phone": "The start, on a phone",
        "demonstration": "The start of a demonstration",
        "sign-in": "Sign in",
        "sign-in-phone": "Sign in, on a phone",
        "sign-in-failed": "A wrong password",
        "sign-in-ended": "The session has ended",
        "sign-out": "Sign out",
        "not-found": "A page that is not there",
        "not-allowed": "A page for somebody else",
        "used-link": "A link that was used before",
    },
}


def table() -> str:
    """docs/screens/README.md: all pictures by page and state, both languages side by side."""
    lines = ["# The screens", "", "Taken by `make pictures` from a running server; see tests/e2e/pictures.py."]
    for kind, states in PAGES.items():
        lines += ["", f"## {kind.upper() if kind == 'tv' else kind.capitalize()}", ""]
        lines += ["| | " + " | ".join(LANGUAGES.values()) + " |", "|---|---|---|"]
        for state, words in states.items():
            cells = [f"![{words} ({lang})]({kind}-{state}-{lang}.webp)" for lang in LANGUAGES]
            lines.append(f"| {words} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
