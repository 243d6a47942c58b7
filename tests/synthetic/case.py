"""One file of the synthetic set: its bytes, what was planted in it, and what the default rules make of it."""

from dataclasses import dataclass

from identity import Ledger

CLEANED = "cleaned"
QUARANTINED = "quarantined"
REFUSED = "refused"


@dataclass
class Case:
    path: str
    content: bytes
    ledger: Ledger
    # What the default rules may make of it; more than one where the standard leaves the choice to us.
    outcomes: tuple
    why: str
    # False: a peer cannot even offer it over the network (Deflated, DICOMDIR, no DICOM).
    sendable: bool = True

    def manifest_entry(self):
        return {
            "file": self.path,
            "outcomes": list(self.outcomes),
            "why": self.why,
            "sendable": self.sendable,
            "planted": self.ledger.planted,
        }
