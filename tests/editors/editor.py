"""An editor: a real client of the protocol that starts the server as editors do, and asks it over standard input and output."""

import asyncio
import json
import sys
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

SOURCE = Path(__file__).parents[2] / "converters"
_PATIENCE = 30


class Editor:
    """One session. What is asked blocks until it is answered."""

    def __init__(self, folder, encodings=None):
        self.folder = folder
        self._loop = asyncio.new_event_loop()
        self._client = LanguageClient("editor", "1")
        self._told = {}
        self._versions = {}
        self.messages = []
        self.watched = []
        self._client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda told: self._told.update({told.uri: told}))
        self._client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda told: self.watched.extend(patterns(told)))
        self._client.feature(types.WINDOW_SHOW_MESSAGE)(lambda told: self.messages.append(told.message))
        self._run(self._client.start_io(sys.executable, "-m", "agentconv", "lsp", "--stdio", cwd=folder, env=environment(folder)))
        able = types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=encodings),
            workspace=types.WorkspaceClientCapabilities(
                workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
                did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            ),
        )
        begun = types.InitializeParams(able, workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name)])
        self.able = self._run(self._client.initialize_async(begun)).capabilities
        self._client.initialized(types.InitializedParams())

    @property
    def process(self):
        """The server."""
        return self._client._server

    def _run(self, what):
        return self._loop.run_until_complete(asyncio.wait_for(what, _PATIENCE))

    def open(self, path, text=None):
        """Open a file, by default as it is on the disk, and return what is marked in it."""
        place = self.folder / path
        text = place.read_bytes().decode() if text is None else text
        self._told.pop(self.uri(path), None)
        self._versions[path] = 1
        self.send_open(self.uri(path), text)
        return self.marks(path)

    def send_open(self, uri, text):
        """Say that something was opened."""
        self._client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "markdown", 1, text)))

    def type(self, path, text):
        """Change all of an open file, and return what is marked in it then."""
        self._versions[path] += 1
        changed = types.VersionedTextDocumentIdentifier(self._versions[path], self.uri(path))
        whole = [types.TextDocumentContentChangeWholeDocument(text)]
        self._client.text_document_did_change(types.DidChangeTextDocumentParams(changed, whole))
        return self.marks(path)

    def touch(self, path):
        """Say that a file on the disk is there now, or changed, which is told of those that the server wants to be told of."""
        assert f"**/{path}" in self.watched
        changed = types.FileEvent(self.uri(path), types.FileChangeType.Changed)
        self._client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))

    def save(self, path):
        """Say that a file was saved."""
        self._client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(self.uri(path))))

    def close(self, path):
        """Close a file."""
        self._client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri(path))))

    def marks(self, path, until=None):
        """Return what is marked in a file, once something is said of its last version, or once it is as it should be."""

        async def told():
            while True:
                found = self._told.get(self.uri(path))
                fresh = found and found.version in (None, self._versions.get(path))
                if fresh and (until is None or until(found.diagnostics)):
                    return list(found.diagnostics)
                await asyncio.sleep(0.005)

        return self._run(told())

    def hover(self, path, line, character):
        """Return what is shown about a place."""
        asked = types.HoverParams(types.TextDocumentIdentifier(self.uri(path)), types.Position(line, character))
        found = self._run(self._client.text_document_hover_async(asked))
        return found.contents.value if found else None

    def offered(self, path, line, character):
        """Return what is offered while something is typed, by what it would insert."""
        asked = types.CompletionParams(types.TextDocumentIdentifier(self.uri(path)), types.Position(line, character))
        return {one.text_edit.new_text: one for one in self._run(self._client.text_document_completion_async(asked))}

    def actions(self, path, first=0, last=10_000, only=None):
        """Return what can be done about lines, by its title."""
        place = types.Range(types.Position(first, 0), types.Position(last, 0))
        context = types.CodeActionContext([], only)
        asked = types.CodeActionParams(types.TextDocumentIdentifier(self.uri(path)), place, context)
        return {one.title: one for one in self._run(self._client.text_document_code_action_async(asked))}

    def uri(self, path):
        """Return how a file is called in the protocol."""
        return (self.folder / path).as_uri()

    def quit(self):
        """End the session, and return how the server ended."""
        if self.process.returncode is None:
            self._run(self._client.shutdown_async(None))
            self._client.exit(None)
        return self.wait()

    def leave(self):
        """Go away without a word, and return how the server ended."""
        self.process.stdin.close()
        return self.wait()

    def wait(self):
        """Return how the server ended, and what it said besides."""
        said = self._run(self.process.stderr.read()).decode()
        self._run(self.process.wait())
        self._run(self._client.stop())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
        return self.process.returncode, said


def put(folder, files):
    """Write files by their paths."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())


def patterns(told):
    """Return the files of which a server wants to be told."""
    return [one["globPattern"] for registration in told.registrations for one in registration.register_options["watchers"]]


def environment(folder):
    """Return the environment of a server of this checkout."""
    return {"PYTHONPATH": str(SOURCE), "HOME": str(folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def applied(text, action):
    """Return a text with what an action does, its places counted in UTF-16."""
    (change,) = action.edit.document_changes
    lines = text.splitlines(keepends=True)
    starts = [sum(len(line.encode("utf-16-le")) // 2 for line in lines[:number]) for number in range(len(lines) + 1)]
    units = text.encode("utf-16-le")
    for edit in reversed(change.edits):
        start, end = (2 * (starts[place.line] + place.character) for place in (edit.range.start, edit.range.end))
        units = units[:start] + edit.new_text.encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le")


def plain(diagnostics):
    """Return marks as what decides: line, character, code."""
    return [(one.range.start.line, one.range.start.character, str(one.code)) for one in diagnostics]


def as_linted(report, text):
    """Return what `agentconv lint --output-format json` says in the same form."""
    lines = text.split("\n")
    return [
        (one["line"] - 1, len(lines[one["line"] - 1][: one["column"] - 1].encode("utf-16-le")) // 2, one["code"])
        for one in json.loads(report)["findings"]
    ]
