"""The mail server of tests/it/mail.rs (a handler for aiosmtpd), and a reader of what it has received."""

import asyncio
import email
import email.policy
import json
import pathlib
import sys

from aiosmtpd.handlers import Mailbox


class Handler(Mailbox):
    """Keeps mail in a maildir. How a recipient is treated stands in the address."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        user = address.partition("@")[0]
        if user.startswith("refused-"):
            return f"{user.removeprefix('refused-')} not today"
        if user == "slow":
            await asyncio.sleep(1)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("full@"):
            return "552 5.2.2 the mailbox is full"
        return await super().handle_DATA(server, session, envelope)


def read(path):
    """A message as a mail program understands it."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "type": message.get_content_type(),
        "parts": [
            [part.get_content_type(), part.get_content() if part.get_content_maintype() == "text" else part.get_filename()]
            for part in message.walk()
            if not part.is_multipart()
        ],
        "kinds": [part.get_content_type() for part in message.walk()],
    }


if __name__ == "__main__":
    print(json.dumps([read(path) for path in sorted(pathlib.Path(sys.argv[1]).glob("*")) if path.is_file()]))
