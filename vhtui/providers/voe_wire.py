"""VOE's answers as they come over the wire, and the models they become.

The three spellings of a file code and the other oddities are those of the host.
"""

from __future__ import annotations

import re

import msgspec

from vhtui.errors import ProviderError
from vhtui.models import (
    AccountInfo,
    DeletedFile,
    Encoding,
    File,
    FileInfo,
    Folder,
    PremiumKey,
    RemoteState,
    RemoteUpload,
    Takedown,
)
from vhtui.providers.answers import Answer
from vhtui.providers.wire import (
    MISSING,
    NULL,
    Scalar,
    first,
    fraction,
    is_null,
    known,
    moment,
    number,
    part,
    required,
    word,
)

_REMOTE_STATES = {
    "1": RemoteState.WAITING,
    "2": RemoteState.RUNNING,
    "3": RemoteState.COMPLETED,
    "4": RemoteState.FAILED,
}
_HOST_NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class Envelope(msgspec.Struct):
    """What every answer is wrapped in; the payload's key differs from call to call."""

    status: Scalar = None
    success: Scalar | bool = None
    message: Scalar = None
    msg: Scalar = None
    server_time: Scalar = None
    result: msgspec.Raw = MISSING
    list: msgspec.Raw = MISSING
    data: msgspec.Raw = MISSING
    files: msgspec.Raw = MISSING
    file: msgspec.Raw = MISSING
    keys: msgspec.Raw = MISSING
    domain: Scalar = None
    deleted_count: Scalar = None


def opened(answer: Answer) -> Envelope:
    """Return the envelope of a call that succeeded: ``status`` 200 and ``success`` not false.

    RefusedError with the host's own sentence when it did not, UnreadableError when it does not say.
    """
    envelope = answer.decode(Envelope)
    try:
        status = number(envelope.status)
    except ValueError:
        status = None
    if status is None:
        raise answer.unreadable("did not say whether the call succeeded")
    if error := refusal(answer, envelope, status):
        raise error
    return envelope


def listing(envelope: Envelope) -> msgspec.Raw:
    """Return the payload of files/deleted and dmca/list: paged under ``files``, else ``result``."""
    is_paged = not is_null(envelope.files) or not bytes(envelope.result)
    return envelope.files if is_paged else envelope.result


def refusal(answer: Answer, envelope: Envelope, status: int) -> ProviderError | None:
    """Return what the host refused the call with, None when it took it."""
    if status == 200 and envelope.success not in (False, 0, "0", "false"):
        return None
    return answer.error(status, first(envelope.message, envelope.msg))


class CodeRow(msgspec.Struct):
    """A row about a file: its code in any of the host's spellings, its title under two names."""

    filecode: Scalar = None
    file_code: Scalar = None
    code_in_camel_case: Scalar = msgspec.field(default=None, name="fileCode")
    title: Scalar = None
    name: Scalar = None

    @property
    def code(self) -> str:
        """The file's code; ValueError without one."""
        return required(self.code_if_any)

    @property
    def code_if_any(self) -> str | None:
        """The file's code, where there is a file yet."""
        return first(self.file_code, self.filecode, self.code_in_camel_case) or None

    @property
    def shown_title(self) -> str:
        """The title; "" when the row has none."""
        return first(self.title, self.name)


class FileRow(CodeRow):
    """A row of file/list, or of the files in folder/list."""

    file_fld_id: Scalar = None
    size: Scalar = None
    file_size: Scalar = None
    length: Scalar = None
    views: Scalar = None
    uploaded: Scalar = None
    file_money: Scalar = None
    revenue: Scalar = None

    def model(self, folder: str | None = None) -> File:
        """Return the file; ``folder`` is where it was listed, if the row does not say."""
        return File(
            code=self.code,
            title=self.shown_title,
            folder=first(self.file_fld_id, folder) or None,
            size=known(self.size) or known(self.file_size),
            length=known(self.length),
            views=number(self.views),
            uploaded=moment(self.uploaded),
            revenue=first(self.revenue, self.file_money) or None,
        )


class InfoRow(CodeRow):
    """A row of file/info: 200 for a file that is there, 404 for one that is not."""

    status: Scalar = None
    length: Scalar = None
    file_size: Scalar = None
    size: Scalar = None

    def model(self) -> FileInfo:
        """Return what is known; ValueError for a status that means neither."""
        if number(self.status) not in (200, 404):
            raise ValueError("neither found nor gone")
        return FileInfo(
            code=self.code,
            found=number(self.status) == 200,
            title=self.shown_title or None,
            size=known(self.file_size) or known(self.size),
            length=known(self.length),
        )


def listed(answer: Answer, raw: msgspec.Raw) -> msgspec.Raw:
    """Return file/info's payload as a list: for one code it may be a bare object."""
    if not bytes(raw).startswith(b"{"):
        return raw
    is_row = part(answer, raw, CodeRow).code_if_any is not None
    return msgspec.Raw(b"[" + bytes(raw) + b"]") if is_row else raw


class FolderRow(msgspec.Struct):
    """A row of the folders in folder/list."""

    fld_id: Scalar = None
    name: Scalar = None

    def model(self, parent: str) -> Folder:
        """Return the folder, listed in ``parent``."""
        return Folder(required(self.fld_id), word(self.name), parent)


class FolderContent(msgspec.Struct):
    """The payload of folder/list; a host may leave out the one that is empty."""

    folders: msgspec.Raw = NULL
    files: msgspec.Raw = NULL


class RemoteRow(CodeRow):
    """A row of upload/url/list."""

    id: Scalar = None
    folder_id: Scalar = None
    url: Scalar = None
    status: Scalar = None
    status_note: Scalar = None
    created_at: Scalar = None
    updated_at: Scalar = None
    total_size: Scalar = None
    loaded_size: Scalar = None
    speed: Scalar = None
    estimated_duration: Scalar = None
    percent: Scalar = None

    def model(self) -> RemoteUpload:
        """Return the entry of the queue; a state that is not documented stays unknown."""
        return RemoteUpload(
            id=required(self.id),
            url=word(self.url),
            state=_REMOTE_STATES.get(word(self.status), RemoteState.UNKNOWN),
            raw_state=word(self.status),
            code=self.code_if_any,
            folder=first(self.folder_id) or None,
            note=word(self.status_note),
            size=known(self.total_size),
            loaded=number(self.loaded_size),
            speed=number(self.speed),
            remaining=known(self.estimated_duration),
            percent=fraction(self.percent),
            created=moment(self.created_at),
            updated=moment(self.updated_at),
        )


class QueuedRow(CodeRow):
    """The payload of upload/url."""

    queue_id: Scalar = msgspec.field(default=None, name="queueID")


class _Source(msgspec.Struct, rename="camel"):
    video_width: Scalar = None
    video_height: Scalar = None
    video_bitrate: Scalar = None
    audio_bitrate: Scalar = None
    video_codec: Scalar = None
    audio_codec: Scalar = None
    video_container: Scalar = None

    def words(self) -> str:
        """Return "1920x1080 H.264 5000 kbit/s, AAC 128 kbit/s, MP4", as much as is known."""
        frame = f"{self.video_width}x{self.video_height}" if self.video_width else ""
        tracks = (
            (frame, word(self.video_codec), _rate(self.video_bitrate)),
            (word(self.audio_codec), _rate(self.audio_bitrate)),
            (word(self.video_container),),
        )
        return ", ".join(filter(None, (" ".join(filter(None, track)) for track in tracks)))


def _rate(bitrate: Scalar) -> str:
    return f"{bitrate} kbit/s" if bitrate else ""


class EncodingRow(CodeRow):
    """A row of encodings/list."""

    status: Scalar = None
    note: Scalar = None
    created_at: Scalar = None
    started_at: Scalar = None
    updated_at: Scalar = None
    file_title: Scalar = None
    quality: Scalar = None
    error: Scalar = None
    extra: Scalar = None
    percent: Scalar = None
    original_details: _Source | list[None] | None = None

    def model(self) -> Encoding:
        """Return the encoding job."""
        source = self.original_details
        return Encoding(
            code=self.code,
            title=first(self.file_title, self.shown_title),
            state=word(self.status),
            quality=known(self.quality),
            percent=fraction(self.percent),
            note=word(self.note),
            error=word(self.error),
            created=moment(self.created_at),
            started=moment(self.started_at),
            updated=moment(self.updated_at),
            source=source.words() if isinstance(source, _Source) else "",
            stage=word(self.extra),
        )


class AccountRow(msgspec.Struct):
    """The payload of account/info. ``storage_left`` may be negative."""

    email: Scalar = None
    balance: Scalar = None
    storage_used: Scalar = None
    storage_left: Scalar = None
    premium_until: Scalar = None
    partner_until: Scalar = None

    def model(self, server_time: Scalar) -> AccountInfo:
        """Return the figures; ValueError when one of them is no number or time."""
        return AccountInfo(
            login=word(self.email),
            balance=word(self.balance) or None,
            storage_used=number(self.storage_used),
            storage_left=number(self.storage_left),
            premium_until=moment(self.premium_until),
            partner_until=moment(self.partner_until),
            server_time=moment(server_time),
        )


class DeletedRow(CodeRow):
    """A row of files/deleted or dmca/list."""

    created: Scalar = None
    deleted: Scalar = None
    del_time: Scalar = None

    def deleted_file(self) -> DeletedFile:
        """Return the deleted file."""
        when = moment(self.deleted) or moment(self.del_time)
        return DeletedFile(code=self.code, title=self.shown_title, deleted=when)

    def takedown(self) -> Takedown:
        """Return the notice; ``del_time`` says when the file goes, or went."""
        return Takedown(
            code=self.code,
            title=self.shown_title,
            created=moment(self.created),
            expires=moment(self.del_time) or moment(self.deleted),
        )


class UploadedRow(CodeRow):
    """The ``file`` of an upload node's answer."""

    file_title: Scalar = None
    encoding_necessary: bool | None = None


class ClonedRow(CodeRow):
    """The payload of file/clone."""

    file_name: Scalar = None


class KeyRow(msgspec.Struct):
    """A key of reseller/premium/generate."""

    key: Scalar = None
    days: Scalar = None

    def model(self) -> PremiumKey:
        """Return the key."""
        return PremiumKey(key=required(self.key), days=number(self.days) or 0)


def host_name(answer: Answer, domain: Scalar) -> str:
    """Return a domain fit to put in links; UnreadableError for anything else."""
    name = word(domain).lower().rstrip(".")
    if not _HOST_NAME.fullmatch(name):
        raise answer.unreadable("named no domain")
    return name
