"""A user of the dashboard without a browser: a session over Streamlit's websocket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tornado.httpclient import HTTPError, HTTPRequest
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    websocket_connect,
)

# A page with several maps is a few megabytes; each of its elements is a message.
_MOST_BYTES = 256 * 2**20
_CLOSED = "The server has closed the session."


@dataclass
class Drawn:
    """What the last run of a page has drawn.

    Attributes:
        elements: By their place in the page.
        query: Query of the page's address, which the run may have changed.
    """

    elements: dict[tuple[int, ...], Element] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)

    def of_type(self, name: str) -> list[Element]:
        """The elements of one type, by the name of its field, in the page's order."""
        placed = sorted(self.elements.items())
        return [element for _, element in placed if element.WhichOneof("type") == name]

    def take(self, message: ForwardMsg) -> bool:
        """Apply a message of the server; True if it says that the page is complete."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.elements.clear()
        elif kind == "page_info_changed":
            self.query = dict(parse_qsl(message.page_info_changed.query_string))
        elif kind == "delta":
            self._change(tuple(message.metadata.delta_path), message)
        # A run may end early to start another one, which then completes the page.
        return kind == "script_finished" and (
            message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        )

    def _change(self, place: tuple[int, ...], message: ForwardMsg) -> None:
        kind = message.delta.WhichOneof("type")
        if kind not in ("new_element", "add_block"):
            return
        # What comes to a place replaces all that was within it.
        for other in [each for each in self.elements if each[: len(place)] == place]:
            del self.elements[other]
        if kind == "new_element":
            self.elements[place] = message.delta.new_element


class User:
    """A session on a server; use it as a context."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self._connection = connection
        self._drawn = Drawn()
        self._page_hash = ""

    @classmethod
    async def connect(cls, url: str, headers: Mapping[str, str] | None = None) -> Self:
        """Open a session on a server.

        Args:
            url: The server's address, as http://127.0.0.1:8501.
            headers: What the browser says, such as `Host` and `Origin`.

        Raises:
            ConnectionError: The server opens no session.
        """
        request = HTTPRequest(url.replace("http", "ws", 1) + "/_stcore/stream", headers=headers)
        try:
            connection = await websocket_connect(
                request, subprotocols=["streamlit"], max_message_size=_MOST_BYTES
            )
        except HTTPError as error:
            raise ConnectionError(f"The server opens no session: {error}") from error
        return cls(connection)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    async def visit(self, page: str, query: Mapping[str, str]) -> Drawn:
        """Go to an address within the session, as with the browser's back and forward.

        Args:
            page: Name of the page.
            query: Query of the address.

        Returns:
            The complete page.

        Raises:
            ConnectionError: The server has closed the session.
        """
        asked = BackMsg()
        asked.rerun_script.query_string = urlencode(query)
        asked.rerun_script.page_script_hash = self._page_hash
        asked.rerun_script.page_name = "" if self._page_hash else page
        asked.rerun_script.is_history_navigation = bool(self._page_hash)
        self._drawn.query = dict(query)
        try:
            await self._connection.write_message(asked.SerializeToString(), binary=True)
        except WebSocketClosedError as error:
            raise ConnectionError(_CLOSED) from error
        await self._receive()
        return self._drawn

    async def _receive(self) -> None:
        complete = False
        while not complete:
            data = await self._connection.read_message()
            if data is None:
                raise ConnectionError(_CLOSED)
            message = ForwardMsg()
            message.ParseFromString(data)
            if message.WhichOneof("type") == "navigation":
                self._page_hash = message.navigation.page_script_hash
            complete = self._drawn.take(message)
