"""What carries messages: the address with the receiver in it, the id beside it, and why it was not taken."""

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_string, policy
from typing import Any

import pytest

from messages.carriers import Console, Gateways, NotSent, UnknownGateway, open_carrier
from messages.letters import Letter
from store.messages import Addresses
from tests.messages.gateway import Gateway
from tests.messages.outbox import EMAIL, PHONE

LINK = "http://onedoor.test/a/c0ffee"
NOWHERE = "json://127.0.0.1:9/sms?:to={phone}"


def a_letter(phone: str | None = PHONE, email: str | None = None) -> Letter:
    return Letter(42, Addresses(phone, email), "ໄຊເສດຖາ: ນັດໝາຍ", f"ຈອງແລ້ວ & 100%: {LINK}", LINK)


def why(carrier: Gateways, letter: Letter) -> str:
    with pytest.raises(NotSent) as refused:
        carrier.send(letter)
    return refused.value.why


def test_a_gateway_is_given_the_number_the_words_and_the_id(gateway: Gateway) -> None:
    Gateways([gateway.address]).send(a_letter())
    (taken,) = gateway.taken
    assert (taken["to"], taken["message"], taken["title"]) == ("02055512345", f"ຈອງແລ້ວ & 100%: {LINK}", "")
    assert taken["id"] == "42"


def test_the_id_stands_where_the_address_says(gateway: Gateway) -> None:
    Gateways([f"{gateway.address}&:ref={{id}}&+X-Message-Id=no-{{id}}"]).send(a_letter())
    assert (gateway.taken[0]["ref"], gateway.taken[0]["id"]) == ("42", "no-42")


def test_the_first_address_that_reaches_somebody_is_taken(gateway: Gateway) -> None:
    carrier = Gateways([gateway.address, gateway.address.replace("phone", "email")])
    assert carrier.reach == {"phone", "email"}
    carrier.send(a_letter(PHONE, EMAIL))
    carrier.send(a_letter(None, EMAIL))
    assert [one["to"] for one in gateway.taken] == ["02055512345", EMAIL]


@pytest.mark.parametrize(("status", "said"), [(500, "http-500"), (401, "http-401"), (429, "http-429")])
def test_what_a_gateway_answers_is_told(gateway: Gateway, status: int, said: str) -> None:
    gateway.answers = [status]
    assert why(Gateways([gateway.address]), a_letter()) == said


def test_a_gateway_that_is_not_there_did_not_answer() -> None:
    assert why(Gateways([NOWHERE]), a_letter()) == "no-answer"


def test_an_address_that_apprise_does_not_know_is_refused_without_being_repeated() -> None:
    with pytest.raises(UnknownGateway) as refused:
        open_carrier(f"{NOWHERE} nosuch://user:s3cret@{{phone}}", demo=False)
    assert "address 2" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_there_is_no_carrier_unless_one_is_set_or_it_is_a_demonstration() -> None:
    assert open_carrier(None, demo=False) is None
    assert isinstance(open_carrier(None, demo=True), Console)


def test_the_console_hides_whose_a_message_is_and_its_link(capsys: pytest.CaptureFixture[str]) -> None:
    for carrier in (open_carrier(None, demo=True), open_carrier("console", demo=False)):
        assert carrier
        carrier.send(a_letter())
        carrier.send(a_letter(None, EMAIL))
    hidden, by_email, asked_for, _ = capsys.readouterr().out.splitlines()
    assert hidden == "message 42 to …45: ຈອງແລ້ວ & 100%: …"
    assert EMAIL not in by_email
    assert asked_for == f"message 42 to …45: ຈອງແລ້ວ & 100%: {LINK}"


class Post(socketserver.StreamRequestHandler):
    """As much of SMTP as it takes to be given one message, or to refuse its receiver."""

    def handle(self) -> None:
        office: Any = self.server
        says = {b"DATA": b"354 go on", b"QUIT": b"221 bye", b"RCPT": office.rcpt}
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            self.wfile.write(says.get(line[:4].upper(), b"250 ok") + b"\r\n")
            if line[:4].upper() == b"DATA":
                office.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.wfile.write(b"250 taken\r\n")


@pytest.fixture
def post_office() -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        office: Any = server
        office.letters, office.rcpt = [], b"250 ok"
        office.address = f"mailto://127.0.0.1:{office.server_address[1]}?to={{email}}&from=me@example.org&mode=insecure"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield office
        server.shutdown()
        thread.join()


def test_an_email_has_a_subject_and_the_id_in_its_head(post_office: Any) -> None:
    Gateways([post_office.address]).send(a_letter(None, EMAIL))
    (taken,) = post_office.letters
    mail = message_from_string(taken, policy=policy.default)
    assert (mail["To"], mail["Subject"], mail["X-Message-Id"]) == (EMAIL, "ໄຊເສດຖາ: ນັດໝາຍ", "42")
    assert LINK in mail.get_content()


def test_an_address_that_the_mail_server_refuses_is_not_taken(post_office: Any) -> None:
    post_office.rcpt = b"550 no such user"
    assert why(Gateways([post_office.address]), a_letter(None, EMAIL)) == "not-taken"
