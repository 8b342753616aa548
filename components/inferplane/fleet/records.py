"""Reads the release records of a region: what traffic each model's slots carry right now."""

import pulumi
import pulumi_aws as aws

from inferplane.planning import record_path
from inferplane.spec.release_record import ReleaseRecord

__all__ = ["read_records"]


def read_records(environment: str, region: str, provider: aws.Provider) -> dict[str, ReleaseRecord]:
    """Return the record of each model that has one; a model without a record is new.

    Read when the program runs, so that weights are declared as they are: an `up` in the middle of a release changes
    none. Raises InferplaneError for a record that can not be understood.
    """
    path = record_path(environment, region)
    found = aws.ssm.get_parameters_by_path(
        path=path, recursive=True, with_decryption=False, opts=pulumi.InvokeOptions(provider=provider)
    )
    return {
        name.removeprefix(f"{path}/"): ReleaseRecord.parse(value, where=f"SSM parameter {name}")
        for name, value in zip(found.names, found.values, strict=True)
    }
