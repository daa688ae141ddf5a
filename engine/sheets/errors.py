"""What is said to a person whose file can't be used."""

from tenancy.errors import Refused


class SheetError(Refused):
    """The file can't be read as a table; the message says what happened and what to do, and may be shown."""

    @property
    def message(self) -> str:
        return str(self)

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")
