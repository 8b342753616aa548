"""The base of all components: type token, parenthood and outputs in one place."""

import pulumi

__all__ = ["Component"]


class Component(pulumi.ComponentResource):
    """A component resource whose type token is `inferplane:index:<Class>`.

    Tokens are fixed by a table test; a rename ships an alias.
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        self.name = name
        super().__init__(f"inferplane:index:{type(self).__name__}", name, {}, opts)

    def child(self, **options: object) -> pulumi.ResourceOptions:
        """Return the options of a child of this component; keyword arguments as of `pulumi.ResourceOptions`."""
        return pulumi.ResourceOptions(parent=self, **options)  # type: ignore[arg-type]
