"""Three small studies for `make demo`: what a newcomer should see cleaned, and what held and why."""

from case import CLEANED, QUARANTINED, Case
from identity import ZEBULON, Ledger
from instances import abdomen_ct, part10
from objects import structured_report
from pixels import secondary_capture, ultrasound


def cases():
    for index in range(5):
        ledger = Ledger()
        ds = abdomen_ct(ledger, ZEBULON, f"demo_{index}", slice_index=index, study="demo")
        yield Case(f"zebulon/ct_{index + 1}.dcm", part10(ds), ledger, (CLEANED,), "abdominal CT: no face, no burned-in text")
    ds, ledger, why = ultrasound("demo_ultrasound")
    yield Case("amaryllis/us_1.dcm", part10(ds), ledger, (CLEANED,), why)
    ds, ledger, outcomes, why = structured_report("demo_report")
    yield Case("amaryllis/sr_1.dcm", part10(ds), ledger, outcomes, why)
    ds, ledger, why = secondary_capture("demo_screenshot")
    yield Case("isidore/sc_1.dcm", part10(ds), ledger, (QUARANTINED,), why)
