"""The places of the demo: real names from the country down to Dioïla's health areas, fictional below.

Regions: codes of law 2023-007. Koulikoro is told as the programme knew it in 2019, with its ten health districts and
their codes in the national reporting software of then (SNISI); some belong to other regions since 2023.
"""

from datetime import date

from lms.core.database import db, new_uid
from lms.people.models import OrgUnit, OrgUnitCode

REGIONS = {
    "KAY": ("Kayes", "01"), "KKR": ("Koulikoro", "02"), "SIK": ("Sikasso", "03"), "SEG": ("Ségou", "04"),
    "MOP": ("Mopti", "05"), "TOM": ("Tombouctou", "06"), "GAO": ("Gao", "07"), "KID": ("Kidal", "08"),
    "TAO": ("Taoudénit", "09"), "MEN": ("Ménaka", "10"), "NIO": ("Nioro", "11"), "KIT": ("Kita", "12"),
    "DLA": ("Dioïla", "13"), "NAR": ("Nara", "14"), "BOU": ("Bougouni", "15"), "KOU": ("Koutiala", "16"),
    "SAN": ("San", "17"), "DOU": ("Douentza", "18"), "BAN": ("Bandiagara", "19"), "BKO": ("District de Bamako", "BKO"),
}  # fmt: skip
DISTRICTS = {
    "DIO": ("Dioïla", "N696"), "BNB": ("Banamba", "4Z85"), "FAN": ("Fana", "W6D2"), "KGB": ("Kangaba", "S9W6"),
    "KTI": ("Kati", "RN42"), "KLK": ("Kolokani", "8P65"), "KLR": ("Koulikoro", "D2K8"), "NRA": ("Nara", "G272"),
    "OUE": ("Ouélessébougou", "ZWT5"), "KCO": ("Kalaban Coro", "X922"),
}  # fmt: skip
DIOILA_AREAS = {
    "WAC": "Wacoro", "DCE": "Dioïla central", "NGO": "N’Golobougou", "MAS": "Massigui",
    "BEL": "Béléko", "BCO": "Banco", "MNA": "Ména",
}  # fmt: skip
VILLAGES = (
    "Kɔrɔbugu", "Jigila", "Sanankɔrɔ", "Fadugu", "Balandugu", "Nɛgɛla", "Wolodo", "Sirakɔrɔ", "Dugabugu", "Bananidugu",
    "Ŋɔnna", "Sebugu", "Tilebugu", "Dasiribugu", "Ɲɛnabugu", "Kuludugu",
)  # fmt: skip
AREAS_ELSEWHERE = 2
REFORM = date(2023, 3, 13)


def build():
    """Writes the places; returns {path: unit} of those in which the demo's story happens."""
    units = {}

    def add(name, level, code, parent=None, codes=(), fictional=False):
        path = f"{parent.path}.{code}" if parent else code
        unit = OrgUnit(
            uid=new_uid(),
            name=name,
            level=level,
            path=path,
            parent_uid=parent.uid if parent else None,
            fictional=fictional,
        )
        db.session.add(unit)
        db.session.add_all(OrgUnitCode(unit_uid=unit.uid, scheme=s, code=c, since=since) for s, c, since in codes)
        units[path] = unit
        return unit

    mali = add("Mali", "country", "ML", codes=[("iso-3166", "ML", None)])
    for code, (name, number) in REGIONS.items():
        since = REFORM if number > "10" else None
        codes = [("loi-2023-007", number, since)] + ([("snisi", "4JN7", None)] if code == "KKR" else [])
        add(name, "region", code, mali, codes=codes)
    for code, (name, snisi) in DISTRICTS.items():
        district = add(name, "district", code, units["ML.KKR"], codes=[("snisi", snisi, None)])
        for area_code, area_name in _areas(code, name):
            area = add(area_name, "area", area_code, district, fictional=code != "DIO")
            for number, village in enumerate(_villages(area_code), start=1):
                add(village, "village", f"V{number:02d}", area, fictional=True)
    db.session.flush()
    return units


def _areas(district, name):
    if district == "DIO":
        return DIOILA_AREAS.items()
    return [(f"{district}{n}", f"{name}, aire {n} (fictive)") for n in range(1, AREAS_ELSEWHERE + 1)]


def _villages(area_code):
    start = sum(map(ord, area_code)) % len(VILLAGES)
    return [VILLAGES[(start + 3 * step) % len(VILLAGES)] for step in range(4)]
