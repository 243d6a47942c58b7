"""Every Specific Character Set (PS3.3 C.12.1.1.2), with the identity written in it.

The words are invented people's names and a note. MANIFEST.json has them as bytes in their own set and in UTF-8.
"""

from case import CLEANED, Case
from identity import Ledger, Person
from instances import abdomen_ct, part10

# defined term(s), family name, given name, a word for free text
SETS = (
    ("default", None, "Wintergreen", "Thaddeus", "Umberleigh"),
    ("latin1", "ISO_IR 100", "Çetiñkaya", "Søréna", "Größenwahn"),
    ("latin2", "ISO_IR 101", "Wiśniewłąk", "Božidąr", "Żyrardów"),
    ("latin3", "ISO_IR 109", "Ĉirkaŭbran", "Ĵaŭdora", "Ġgantija"),
    ("latin4", "ISO_IR 110", "Kļaviņškrūms", "Ģirtsons", "Šķirotava"),
    ("cyrillic", "ISO_IR 144", "Полуэктовский", "Зебулон", "Замоскворечье"),
    ("arabic", "ISO_IR 127", "قباني", "زبولون", "المستشفى"),
    ("greek", "ISO_IR 126", "Παπαζήσης", "Ζαβουλών", "Καλαμάτα"),
    ("hebrew", "ISO_IR 138", "שרוןוביץ", "זבולוןי", "ירושלים"),
    ("latin5", "ISO_IR 148", "Çavuşoğlugil", "Gülşahık", "Beyoğlu"),
    ("latin9", "ISO_IR 203", "Œuvrardžin", "Zébulonœ", "Mœurs"),
    ("thai", "ISO_IR 166", "นามสกุลปลอม", "เศบูลุน", "โรงพยาบาล"),
    ("katakana", "ISO_IR 13", "ﾔﾏﾀﾞｾﾞﾌﾞ", "ﾀﾛｳｻﾞｴ", "ﾖｺﾊﾏｼﾅｶ"),
    ("utf8", "ISO_IR 192", "Плантагенет山田", "Ζεβουλών", "横浜市中区"),
    ("gb18030", "GB18030", "欧阳泽布龙氏", "普兰塔吉", "上海市浦东新区"),
    ("gbk", "GBK", "欧阳泽布伦家", "普兰塔金", "上海市静安区"),
)

# Code extensions: escape sequences switch sets inside a value. (name, defined terms, PN in component groups, text)
EXTENDED = (
    ("japanese_kanji", ["", "ISO 2022 IR 87"], "Yamadazebu^Tarouza=山田是部^太郎左衛=やまだぜぶ^たろうざえ", "横浜市中区山下"),
    ("japanese_kanji_katakana", ["ISO 2022 IR 13", "ISO 2022 IR 87"], "ﾔﾏﾀﾞｾﾞﾌﾞ^ﾀﾛｳｻﾞｴ=山田是部^太郎左衛=やまだぜぶ^たろうざえ", "横浜市中区山下"),
    ("japanese_supplementary", ["", "ISO 2022 IR 159"], "Yamadazebu^Tarouza=丂丄丅丌^丒丟丣两", "丂丄丅丌"),
    ("korean", ["", "ISO 2022 IR 149"], "Gimzebul^Gildongza=金是部龍^吉洞左衛=김제불론^길동자위", "서울특별시강남"),
    ("chinese_ir58", ["", "ISO 2022 IR 58"], "Zhangzebu^Xiaodongza=张泽布龙^小东左卫", "上海市浦东新区"),
    ("latin1_greek", ["ISO 2022 IR 100", "ISO 2022 IR 126"], "Çetiñkaya^Ζαβουλών", "Größe Καλαμάτα"),
    ("latin1_cyrillic", ["ISO 2022 IR 100", "ISO 2022 IR 144"], "Çetiñkaya^Зебулон", "Größe Замоскворечье"),
)


def _spoken(family, given, word):
    return Person(family, given, "PID-CHAR-9931", "ACC9931CHR", "19550505", word, "+44-5550-050555", f"{given}^{family}")


def cases():
    for name, term, family, given, word in SETS:
        terms = [term or ""]
        yield _case(name, term, terms, _spoken(family, given, word), f"{family}^{given}", word)
    for name, terms, pn, word in EXTENDED:
        first = pn.split("=")[0].split("^")
        person = _spoken(first[0], first[1], word)
        yield _case(name, terms, terms, person, pn, word)


def _case(name, charset, terms, person, pn, word):
    ledger = Ledger()
    ds = abdomen_ct(ledger, person, f"charset_{name}", study=name, charset=charset)
    ds.PatientName = ledger.plant_name(pn, "(0010,0010)", terms)
    ds.PatientAddress = ledger.plant(word, "(0010,1040)", terms)
    ds.PatientComments = ledger.plant(word + person.given, "(0010,4000)", terms)
    ds.OtherPatientNames = pn
    return Case(f"charset/{name}.dcm", part10(ds), ledger, (CLEANED,), f"abdominal CT with an identity in {terms}")
