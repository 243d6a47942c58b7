"""The people of the synthetic set, and the ledger of what was planted where. Nobody here exists."""

import re
from dataclasses import dataclass, field

from pydicom.charset import encode_string, python_encoding

# Latin-9 is younger than this pydicom.
python_encoding.setdefault("ISO_IR 203", "iso8859_15")


@dataclass(frozen=True)
class Person:
    """A synthetic patient with the people around them. Every part is long enough to search for."""

    family: str
    given: str
    patient_id: str
    accession: str
    birth_date: str
    address: str
    telephone: str
    physician: str

    @property
    def name(self):
        return f"{self.family}^{self.given}"


ZEBULON = Person("Plantagenetti", "Zebulon", "PID-7788-ZQ", "ACC4711ZQX", "19470813", "17 Quillfeather Row, Umberleigh",
                 "+44-5550-171947", "Quackenbush^Ottoline")
AMARYLLIS = Person("Featherstonhaugh", "Amaryllis", "PID-1203-VK", "ACC0815VKW", "19610228", "4 Marzipan Mews, Nether Wallop",
                   "+44-5550-290261", "Thistlewood^Barnabas")
ISIDORE = Person("Okonkwo-Lindqvist", "Isidore", "PID-5561-JB", "ACC2024JBY", "19880402", "92 Gooseberry Wharf, Zennor",
                 "+44-5550-040288", "Vandersloot^Philippa")


ESCAPE = re.compile(rb"\x1b[ -/]*[0-~]")


def byte_forms(text, terms):
    """How `text` may stand in a file whose Specific Character Set has `terms`, or in one transcoded to UTF-8.

    Escape sequences at the ends are left off: a writer may put them elsewhere.
    """
    forms = {text.encode("utf-8")}
    codecs = [python_encoding[term] for term in terms]
    try:
        encoded = encode_string(text, codecs)
        # pydicom writes '?' for what a set lacks, with a warning only.
        if encoded.count(b"?") == text.count("?"):
            forms.add(encoded)
    except (UnicodeError, ValueError):
        pass
    for codec in codecs:
        try:
            forms.add(text.encode(codec))
        except UnicodeError:
            pass
    cores = set()
    for form in forms:
        parts = [part for part in ESCAPE.split(form) if part]
        cores.add(form if len(parts) != 1 else parts[0])
    return sorted(cores)


@dataclass
class Ledger:
    """What was planted in one file, as bytes that must stand in no output."""

    planted: list = field(default_factory=list)

    def plant(self, text, where, charset=("",)):
        """Notes `text` at `where` and returns it, so that planting reads as an assignment."""
        forms = [form.hex() for form in byte_forms(text, charset)]
        self._add({"text": text, "where": where, "forms": forms})
        return text

    def plant_bytes(self, *forms, where):
        """Bytes that must not be found, in any of several forms (byte orders); returns the first."""
        self._add({"text": "", "where": where, "forms": [form.hex() for form in forms]})
        return forms[0]

    def plant_name(self, name, where, charset=("",)):
        """A person name: each component is searched for by itself, as de-identifiers that keep one would leak it."""
        for component in name.replace("=", "^").split("^"):
            if len(component) >= 4:
                self.plant(component, where, charset)
        return name

    def _add(self, entry):
        if entry not in self.planted:
            self.planted.append(entry)
