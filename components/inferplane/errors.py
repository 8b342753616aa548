"""The errors that a user can cause: each says what is wrong, where, what is allowed and how to mend it."""


class InferplaneError(Exception):
    """An error whose message is written for the person who can mend it; shown without a stack trace.

    `what` is one sentence; `where` names the field, file or resource; `allowed` and `fix` are optional sentences.
    """

    def __init__(self, what: str, *, where: str = "", allowed: str = "", fix: str = "") -> None:
        self.what, self.where, self.allowed, self.fix = what, where, allowed, fix
        lines = [f"{where}: {what}" if where else what]
        if allowed:
            lines.append(f"  allowed: {allowed}")
        if fix:
            lines.append(f"  fix: {fix}")
        super().__init__("\n".join(lines))
