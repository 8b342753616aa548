"""The policy pack: constructing it starts its server, so nothing else happens here."""

from pulumi_policy import PolicyPack
from rules import ALL

PolicyPack("inferplane", policies=list(ALL))
