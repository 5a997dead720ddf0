"""The language server: what an editor asks, and when open files are looked at."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import unquote

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcParseError
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.uris import from_fs_path, to_fs_path

from agentconv import __version__
from agentconv.core import bugs
from agentconv.core.diagnostics import Span
from agentconv.editors import actions, completion, diagnostics, hover, parts, settings
from agentconv.editors.document import Document
from agentconv.editors.framing import Framed
from agentconv.editors.looked import Looked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.editors.looked import Looker

_WATCHED = ("**/agentconv.toml", "**/pyproject.toml", "**/agentconv-baseline.json", "**/SKILL.md", "**/.mcp.json")
"""Files that decide what is said of others."""


class _Protocol(LanguageServerProtocol):
    """The protocol, without what pygls 2.1 keeps of every notification for as long as a session lasts, and with answers to what is none."""

    _given: Mapping[str, Any] = MappingProxyType({})
    """The message that is being read, as far as it is one."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Read a message, or a map in one: the outermost comes last."""
        self._given = data
        if "jsonrpc" in data and "method" in data:
            data = {"params": None} | data  # which a message may do without; pygls has none of a method that it does not know
        return super().structure_message(data)

    def handle_message(self, message: Any) -> None:
        """Do what a message asks."""
        if getattr(message, "jsonrpc", None) != self.VERSION:
            raise JsonRpcInvalidRequest("no message of JSON-RPC 2.0")
        self._given = {}
        super().handle_message(message)

    def answers(self, error: Exception) -> bool:
        """Answer a message that cannot be read; of a notification, nobody waits for an answer."""
        asked, self._given = self._given, {}
        if isinstance(error, JsonRpcInvalidRequest):
            pass  # whatever it is, it is answered
        elif not isinstance(error, JsonRpcException):
            asked, error = {}, JsonRpcParseError("no JSON")
        elif "id" not in asked or "method" not in asked:
            return False
        told = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": asked.get("id"), "error": told})
        return True

    def _is_open(self, uri: str) -> bool:
        """Whether a file is open: pygls has some by their addresses, and some by these with each sign as itself."""
        return not self.workspace.text_documents.keys().isdisjoint((uri, unquote(uri)))

    def _handle_notification(self, method_name: str, params: Any) -> None:
        if method_name == types.TEXT_DOCUMENT_DID_CHANGE and not self._is_open(uri := params.text_document.uri):
            logging.getLogger("pygls").warning("%s was never opened: its change says nothing", uri)
            return
        super()._handle_notification(method_name, params)
        for number in [number for number, future in self._request_futures.items() if future.done()]:
            del self._request_futures[number]


class _Server(LanguageServer):
    """The server, which leaves nobody waiting for an answer."""

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Say what went wrong: in an answer, where there is somebody who waits for one; else the log has a line."""
        protocol: Any = self.protocol
        if source is not JsonRpcException or not (protocol.answers(error) or isinstance(error, JsonRpcException)):
            super().report_server_error(error, source)


class _Line(logging.Formatter):
    """What is logged, in one line: what was said wrong is no bug, and a traceback of pygls tells nobody anything."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with the end of what was raised."""
        said = [line for line in record.getMessage().splitlines() if line.strip()] or [""]
        error = record.exc_info[1] if record.exc_info else None
        why = f"{type(error).__name__}: {error}" if error else said[-1]
        return f"agentconv lsp: {record.levelname.lower()}: {said[0]}{f': {why}' if why != said[0] else ''}"[:_LONGEST_LINE]


_LONGEST_LINE = 300


class Desk:
    """The files that are open, and what is shown of them. A file is looked at when it changed, and no more often than there is time for."""

    def __init__(self, server: LanguageServer, looker: Looker) -> None:
        self._server = server
        self._looker = looker
        self._open: dict[str, Document] = {}
        self._told: dict[str, dict[str, list[types.Diagnostic]]] = {}
        """By open file what is marked because of it, by file."""
        self._waiting: dict[str, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0.0
        """Before that, nothing is looked at: a look may take half of the time, and no more."""

    def put(self, uri: str, text: str, version: int | None) -> None:
        """Take in a file as it stands now."""
        path, uri = to_fs_path(uri), self._as_opened(uri)
        if path is None:
            return
        if uri not in self._open:
            self._looker.forget()
        self._open[uri] = Document(uri, os.path.normpath(path), text, version, self._encoding())
        self._waiting[uri] = None
        self._look_soon()

    def close(self, uri: str) -> None:
        """Let go of a file, and of all that looking at it took: nobody waits for an answer now."""
        uri = self._as_opened(uri)
        self._waiting.pop(uri, None)
        if self._open.pop(uri, None) is not None:
            self._tell(uri, {})
            self._told.pop(uri, None)
        gc.collect()

    def again(self) -> None:
        """Look at all of them again: something on the disk changed."""
        self._looker.forget()
        self._waiting.update(dict.fromkeys(self._open))
        self._look_soon()

    def looked(self, uri: str) -> Document | None:
        """Return a file of which it is known what there is to say; None for one that is not open."""
        uri = self._as_opened(uri)
        document = self._open.get(uri)
        if document is not None and document.looked is None:
            self._look(uri)
        return document

    def _as_opened(self, uri: str) -> str:
        """Return the address by which a file was opened: a sign in it may be written as itself or as `%` and its number."""
        return next((one for one in self._open if unquote(one) == unquote(uri)), uri)

    def _encoding(self) -> str:
        found = self._server.server_capabilities.position_encoding
        return str(getattr(found, "value", found) or types.PositionEncodingKind.Utf16.value)

    def _look_soon(self) -> None:
        if self._timer is None:
            wait = max(0.0, self._next - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(wait, self._look_at_all)

    def _look_at_all(self) -> None:
        self._timer = None
        begun = time.monotonic()
        for uri in list(self._waiting):
            self._look(uri)
        if not self._next:
            gc.collect()
            gc.freeze()  # what is there by now, tables and code, stays; looking through it is most of what collecting costs
        self._next = 2 * time.monotonic() - begun

    def _look(self, uri: str) -> None:
        self._waiting.pop(uri, None)
        document = self._open[uri]
        others = {one.location: one.text for other, one in self._open.items() if other != uri}
        try:
            document.looked = self._looker.look(document.location, document.text, others, self._folders())
        except Exception as error:  # noqa: BLE001 - a bug must surface as one, and must not end the editor's session
            told = bugs.told(error, "while it was looked at", Span(document.location))
            document.looked = Looked(diagnostics=(told,))
        self._tell(uri, diagnostics.of(document, document.looked))

    def _folders(self) -> Sequence[str]:
        found = [to_fs_path(folder.uri) for folder in self._server.workspace.folders.values()]
        return [os.path.normpath(path) for path in (*found, self._server.workspace.root_path) if path]

    def _tell(self, uri: str, found: dict[str, list[types.Diagnostic]]) -> None:
        """Show what is marked because of a file, beside what is because of others."""
        before = self._told.get(uri, {})
        self._told[uri] = found
        by_place = {document.location: document for document in self._open.values()}
        for place in {**before, **found}:
            document = by_place.get(place)
            if document is not None and document.uri in self._told:  # which knows best what is in it
                several = self._told[document.uri].get(place, [])
            else:
                several = [one for told in self._told.values() for one in told.get(place, ())]
            once = list({(str(one.range), one.message): one for one in several}.values())
            shown = document.uri if document else uri if not document and place == to_fs_path(uri) else from_fs_path(place)
            version = document.version if document else None
            self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(str(shown), once, version))


def serve(looker: Looker, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Answer an editor until it goes away."""
    lines = logging.StreamHandler()
    lines.setFormatter(_Line())
    lines.addFilter(lambda record: not record.getMessage().startswith("Unable to deserialize"))  # of which the next one speaks, too
    log = logging.getLogger("pygls")
    log.addHandler(lines)
    log.propagate = False
    made(looker).start_io(cast("BinaryIO", Framed(stdin)), stdout)  # it reads lines, and messages


def made(looker: Looker) -> LanguageServer:
    """Return a server that knows what editors ask."""
    server = _Server("agentconv", __version__, types.TextDocumentSyncKind.Full, protocol_cls=_Protocol)
    desk = Desk(server, looker)
    _follow(server, desk)
    _answer(server, desk)
    return server


def _follow(server: LanguageServer, desk: Desk) -> None:
    """Follow what happens to files."""

    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        watching = server.client_capabilities.workspace and server.client_capabilities.workspace.did_change_watched_files
        if watching and watching.dynamic_registration:
            patterns = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(patterns)
            wanted = types.Registration("agentconv-watched", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            server.client_register_capability(types.RegistrationParams([wanted]))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        desk.put(params.text_document.uri, params.text_document.text, params.text_document.version)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        if params.content_changes:
            desk.put(params.text_document.uri, params.content_changes[-1].text, params.text_document.version)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        desk.close(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(_params: types.DidSaveTextDocumentParams) -> None:
        desk.again()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(_params: types.DidChangeWatchedFilesParams) -> None:
        desk.again()


def _answer(server: LanguageServer, desk: Desk) -> None:
    """Answer what is asked."""

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(list(actions.KINDS)))
    def offered(params: types.CodeActionParams) -> list[types.CodeAction]:
        document = desk.looked(params.text_document.uri)
        workspace = server.client_capabilities.workspace
        versioned = bool(workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes)
        return actions.of(document, params.range, params.context.only, versioned=versioned) if document else []

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def shown(params: types.HoverParams) -> types.Hover | None:
        document = desk.looked(params.text_document.uri)
        if document is None:
            return None
        offset = document.positions.offset(params.position)
        told = settings.hover(document, offset) if settings.is_of(document) else hover.of(document, offset) or parts.shown(document, offset)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, told)) if told else None

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=list(completion.TRIGGERS)))
    def completed(params: types.CompletionParams) -> list[types.CompletionItem]:
        document = desk.looked(params.text_document.uri)
        return completion.of(document, document.positions.offset(params.position)) if document else []
