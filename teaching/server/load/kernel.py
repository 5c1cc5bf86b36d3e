"""A kernel as JupyterLab's page talks to it: one websocket, all channels, the message format "v1"."""

import asyncio
import json
import time
import uuid
from datetime import UTC, datetime

from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1

from .checking import add_output, as_output
from .widgets import Models

PROTOCOL = "v1.kernel.websocket.jupyter.org"


class Lost(Exception):
    """The kernel's connection ended while somebody waited for it."""


class Request:
    """A message to the kernel and what comes back because of it."""

    def __init__(self, awaited):
        self.id, self.sent = uuid.uuid4().hex, time.perf_counter()
        self.awaited, self.reply, self.outputs = set(awaited), None, []
        self.updates = []           # (time, widget, its changed state)
        self.ended = None           # when the kernel said that it was idle again
        self.done = asyncio.get_running_loop().create_future()

    def came(self, part):
        """One of the awaited parts is here."""
        self.awaited.discard(part)
        if not self.awaited and not self.done.done():
            self.done.set_result(self)

    def sent_or_not(self, sending):
        """What could not be sent will not be answered."""
        if not sending.cancelled() and sending.exception() and not self.done.done():
            self.done.set_exception(Lost(f"a message could not be sent: {sending.exception()}"))

    def picture_after(self, picture):
        """Seconds from sending to the first new picture, or None if there was none."""
        times = [when for when, model, state in self.updates if model == picture and "value" in state]
        return times[0] - self.sent if times else None


class Kernel:
    """One connection. `models` holds the widgets that this page knows of."""

    def __init__(self, socket, session):
        self.socket, self.session = socket, session
        self.models, self.requests = Models(), {}
        self.listener = asyncio.create_task(self._listen())

    @classmethod
    async def connect(cls, browser, address, session):
        """Open the websocket and wait until the kernel has answered once."""
        socket = await browser.ws_connect(f"{address}?session_id={session}", protocols=[PROTOCOL], max_msg_size=0)
        kernel = cls(socket, session)
        await kernel.send("kernel_info_request", {}, awaited=("reply",)).done
        return kernel

    async def close(self):
        """Close the websocket; the kernel runs on."""
        self.listener.cancel()
        await self.socket.close()

    def send(self, kind, content, awaited=("idle",)):
        """Send a message on the shell channel; the request's `done` ends when the awaited parts have come."""
        if self.listener.done():
            raise Lost("the connection to the kernel has ended")
        request = Request(awaited)
        self.requests[request.id] = request
        header = {"msg_id": request.id, "msg_type": kind, "session": self.session, "username": "", "version": "5.4",
                  "date": datetime.now(UTC).isoformat()}
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        sending = asyncio.create_task(self.socket.send_bytes(serialize_msg_to_ws_v1(parts, "shell")))
        sending.add_done_callback(request.sent_or_not)
        return request

    async def run(self, code):
        """Run a cell: (execution count, outputs)."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
                   "stop_on_error": True}
        request = await self.send("execute_request", content, awaited=("reply", "idle")).done
        return request.reply["execution_count"], request.outputs

    # ---- what comes back -----------------------------------------------------------------------------------

    async def _listen(self):
        try:
            async for packet in self.socket:
                when = time.perf_counter()
                if isinstance(packet.data, bytes):
                    self._take(when, *deserialize_msg_from_ws_v1(packet.data))
        finally:
            for request in self.requests.values():
                if not request.done.done():
                    request.done.set_exception(Lost("the connection to the kernel ended"))

    def _take(self, when, channel, parts):
        header, parent, metadata, content = (json.loads(part) for part in parts[:4])
        message = {"header": header, "metadata": metadata, "content": content}
        request = self.requests.get(parent.get("msg_id"))
        changed = self.models.take(message)
        if request is None:
            return
        if changed:
            request.updates.append((when, *changed))
        if channel == "shell":
            request.reply = content
            request.came("reply")
        elif header["msg_type"] == "status" and content["execution_state"] == "idle":
            request.ended = when
            request.came("idle")
        elif header["msg_type"] in ("update_display_data", "clear_output"):
            raise NotImplementedError(f"the load test does not follow {header['msg_type']}")
        elif output := as_output(message):
            add_output(request.outputs, output)
