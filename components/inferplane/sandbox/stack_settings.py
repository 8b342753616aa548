"""The sandbox's own copy of a stack's settings file, so that a sandbox run never writes to the project.

The CLI writes to Pulumi.<stack>.yaml on many occasions: the passphrase provider adds its salt, `config set`
a value, `stack rm` deletes the file. In the sandbox all of that happens to a copy in
`<sandbox>/projects/<project>/`.

Secrets of the real stack can not be decrypted here, and must not be: each is replaced by one stand-in. A
secret that was set in the sandbox (`scripts/sandbox pulumi config set --secret ...`) is kept when the copy
is renewed.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from inferplane.errors import InferplaneError
from inferplane.sandbox.project import Project, check_mapping

# The passphrase of every sandbox and what Pulumi's passphrase provider makes of it. Nothing is protected by
# it: a sandbox holds no real secret. Both are constants so that copies and states are the same on every
# machine.
PASSPHRASE = "sandbox"  # noqa: S105 see above
SALT = "v1:MblacwacNg4=:v1:Vq3Bx0/2BgYau4nh:1wsrMRQzhk4KuCCBzuKe6rSRzcuuGQ=="

# "sandbox-stand-in-for-a-secret-0123456789", encrypted by `pulumi config set --secret` under the salt above.
STAND_IN = "sandbox-stand-in-for-a-secret-0123456789"
STAND_IN_ENCRYPTED = (
    "v1:Hdecdpx+7CSXrLU/:QOMInVZ6LIhiPcu/zj+04oPwa276iOEHFBPED0vqwraSMqAYeOAvHjMNvnjP2OD9Eja5G4/r/dU="
)

_SECRET = "secure"  # noqa: S105 the key of an encrypted value in a stack file
_PROVIDER_KEYS = ("encryptionsalt", "encryptedkey", "secretsprovider")


@dataclass(frozen=True)
class StackSettings:
    """The mirror of a project's settings inside of a sandbox: Pulumi.yaml and the stack files, no program."""

    project: Project
    root: Path
    """`<sandbox>/projects/<project name>`: here the CLI finds the project, with copies of its stacks only."""

    def refresh_project(self) -> None:
        """Copy Pulumi.yaml, with the stack files beside it."""
        settings = {**self.project.settings, "stackConfigDir": "stacks"}
        (self.root / "stacks").mkdir(parents=True, exist_ok=True)
        write_if_changed(self.root / self.project.file.name, yaml.safe_dump(settings, sort_keys=False))

    def file(self, stack: str) -> Path:
        """The copy of a stack's settings file."""
        return self.root / "stacks" / self.project.stack_file(stack).name

    def refresh_stack(self, stack: str, source: Path | None = None) -> Path:
        """Make the copy anew when its source has changed since it was made; returns the copy.

        `source` is the stack's file in the project unless another is given (`--config-file`).
        """
        source = source or self.project.stack_file(stack)
        copy = self.file(stack)
        made_from = copy.with_suffix(".source")
        original = source.read_bytes() if source.is_file() else b""
        stamp = hashlib.sha256(str(source).encode() + b"\0" + original).hexdigest()
        if copy.is_file() and made_from.is_file() and made_from.read_text(encoding="utf-8") == stamp:
            return copy
        before = copy.read_text(encoding="utf-8") if copy.is_file() else ""
        write_if_changed(copy, in_sandbox(original.decode("utf-8", "replace"), before, where=str(source)))
        write_if_changed(made_from, stamp)
        return copy


def in_sandbox(source: str, before: str, *, where: str) -> str:
    """A stack file's text as the sandbox can read it; `before` is the text of the copy that it replaces.

    Works on YAML nodes, not on values, so that every scalar keeps its spelling: Pulumi reads YAML 1.2, where
    `no` is a word and `1:30` no number.
    """
    settings, old = _mapping(source, where), _mapping(before, where)
    readable = _get(settings, "encryptionsalt") is not None and _get(settings, "encryptionsalt").value == SALT
    config = _get(settings, "config")
    if config is not None and not isinstance(config, yaml.MappingNode):
        raise InferplaneError("`config` must be a mapping", where=where)
    if config is not None and not readable:
        _put_stand_ins(config, _get(old, "config"))
    settings.value = [(key, value) for key, value in settings.value if key.value not in _PROVIDER_KEYS]
    settings.value.append((_text("encryptionsalt"), _text(SALT)))
    settings.flow_style = False
    return yaml.serialize(settings, Dumper=yaml.SafeDumper)


def _put_stand_ins(node: Any, before: Any) -> None:
    """Replace every encrypted value below `node`, by that at the same place in `before` if there is one."""
    if isinstance(node, yaml.MappingNode):
        encrypted = _get(node, _SECRET)
        if encrypted is not None and len(node.value) == 1:
            set_here = _get(before, _SECRET)
            encrypted.value = set_here.value if set_here is not None else STAND_IN_ENCRYPTED
            return
        for key, value in node.value:
            _put_stand_ins(value, _get(before, key.value))
    elif isinstance(node, yaml.SequenceNode):
        old = before.value if isinstance(before, yaml.SequenceNode) else []
        for position, item in enumerate(node.value):
            _put_stand_ins(item, old[position] if position < len(old) else None)


def _mapping(text: str, where: str) -> yaml.MappingNode:
    check_mapping(text, where)
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return node if isinstance(node, yaml.MappingNode) else yaml.MappingNode("tag:yaml.org,2002:map", [])


def _get(node: Any, key: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _text(value: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", value)


def write_if_changed(path: Path, content: str, mode: int = 0o644) -> None:
    """Write a file at once or not at all, and not when it already holds `content`: runs may overlap."""
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.write_text(content, encoding="utf-8")
    partial.chmod(mode)
    partial.replace(path)
