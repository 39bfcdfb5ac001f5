"""Which sentence of a text is its heading, and how it says that there is more."""

import pytest

from webapp.rules import headings
from webapp.rules.headings import LONGEST

ASKED = {
    "The confirmation mail is ready. May I send it to the 1,204 customers?": (
        "May I send it to the 1,204 customers?"
    ),
    "May I send it? It goes to 1,204 customers.": "May I send it?",
    "I have two logos. Which one is current? Should the old one go?": "Which one is current?",
    "The page asks “Continue?” and stops. Which button do I press?": "Which button do I press?",
    'The dialog says "Delete everything?" I did not press it. May I press it now?': (
        "May I press it now?"
    ),
    "All is ready. (Or shall I wait until Monday?)": "(Or shall I wait until Monday?)",
    "It costs money, e.g. 5 euros. May Dr. Miller pay for it, i.e. today?": (
        "May Dr. Miller pay for it, i.e. today?"
    ),
    "The list is at https://example.com/a?b=1 already. Who may see it?": "Who may see it?",
    "Die Mail ist fertig, d. h. geprüft. Darf ich sie am 3. März z. B. an alle Kunden senden?": (
        "Darf ich sie am 3. März z. B. an alle Kunden senden?"
    ),
    "Er fragte: „Soll das weg?“ und ging. Soll ich es löschen?": "Soll ich es löschen?",
    "メールの準備ができました。1,204人の顧客に送ってもいいですか？送信は取り消せません。": (
        "1,204人の顧客に送ってもいいですか？"
    ),
    "البريد جاهز. هل أرسله إلى العملاء؟": "هل أرسله إلى العملاء؟",
    "El correo está listo. ¿Puedo enviarlo a los clientes?": "¿Puedo enviarlo a los clientes?",
    "Really all of them?! It is a long list.": "Really all of them?!",
    "I found:\n- a red logo\n- a blue logo\n\nWhich logo do we use?": "Which logo do we use?",
    "The mail is ready\n\nMay I send it to everybody?": "May I send it to everybody?",
    "the mail is ready. may i send it to everybody?": "may i send it to everybody?",
}

TOLD = {
    "The shop has no access key. It is needed for payments.": "The shop has no access key.",
    "The shop has no access key. What should I do?": "The shop has no access key.",
    "Two logos are here. Which one?": "Two logos are here.",
    "Der Schlüssel fehlt. Wie soll ich weitermachen?": "Der Schlüssel fehlt.",
    "It takes approx. 5 minutes, i.e. long. I wait.": "It takes approx. 5 minutes, i.e. long.",
    "Well … this is odd. I stop.": "Well … this is odd.",
    "I bought pens etc. The bill is here.": "I bought pens etc.",
    "What should I do?": "What should I do?",
    "No mark at all": "No mark at all",
    "": "",
    "?": "?",
}


@pytest.mark.parametrize(("text", "heading"), (ASKED | TOLD).items())
def test_the_sentence_that_asks_leads_or_else_the_first(text: str, heading: str) -> None:
    assert headings.parts(text).heading == heading


@pytest.mark.parametrize("text", ASKED | TOLD)
def test_no_word_of_a_text_is_lost(text: str) -> None:
    found = headings.parts(text)
    together = f"{found.before} {found.heading} {found.after}"
    assert "".join(together.split()) == "".join(text.split())


def test_what_is_left_out_is_marked_where_it_is_not_shown() -> None:
    ready, may = "The mail is ready.", "May I send it to all?"
    assert headings.shortened(headings.parts(f"{ready} {may}")) == f"{may} …"
    assert headings.shortened(headings.parts(f"{may} {ready}")) == f"{may} …"
    assert headings.shortened(headings.parts(may)) == may
    assert headings.opening(f"{ready} {may}") == f"{ready} …"
    assert headings.opening(ready) == ready


def test_the_rest_keeps_the_order_of_the_text() -> None:
    found = headings.parts("The mail is ready. May I send it to all? It can't be taken back.")
    assert found.rest == "The mail is ready.\n\nIt can't be taken back."


def test_a_long_question_is_cut_at_a_word_and_goes_on_below() -> None:
    found = headings.parts("All is ready. " + "May I go on " * 40 + "today? Thanks.")
    assert len(found.heading) <= LONGEST + 1
    assert found.heading.endswith("…")
    assert found.after.startswith("…")
    assert found.after.endswith("today? Thanks.")
    assert headings.shortened(found) == found.heading


def test_a_long_hostile_text_takes_no_time() -> None:
    for unit in ("?", ". ", "\n", "a.b.", '?"', "\n- "):
        assert headings.parts(unit * 20_000) is not None
