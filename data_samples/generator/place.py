"""Where the made-up municipality lies, and what its places, streets and cadastral municipalities are called.

No municipality or settlement of Slovenia bears these names, and no cadastral municipality these codes.
Streets are named after trees, crafts and directions, never after a person.
"""

from __future__ import annotations

from dataclasses import dataclass

ORIGIN = (556_000.0, 142_500.0)  # D96/TM of the local (0, 0): open fields of Dravsko polje
STATE_DATE = "2026-03-01"
MUNICIPALITY = "Jelšnica"
STREAM = "Studenčica"
BROOK = "Lužec"


@dataclass(frozen=True)
class Settlement:
    """A settlement: seeds its territory grows from, its cadastral municipality, its zoning prefix."""

    name: str
    ko: int
    prefix: str
    seeds: tuple[tuple[float, float], ...]
    post: str = "9990 Jelšnica"


KO_NAMES = {9001: "JELŠNICA", 9002: "BREZOVŠČINA", 9003: "ZALIPJE", 9004: "VRBOVŠČICA"}

SETTLEMENTS = (
    Settlement(
        "Jelšnica",
        9001,
        "JE",
        ((0, 0), (-450, 350), (-500, -300), (450, -450), (500, 350), (0, 650), (-850, 50), (0, -750)),
    ),
    Settlement("Brezovščina", 9002, "BR", ((250, 1750), (-250, 1600), (800, 1900))),
    Settlement("Javorščica", 9002, "JA", ((-1500, 1500), (-2100, 1700), (-1000, 1350))),
    Settlement("Zalipje", 9003, "ZA", ((1950, 500), (1500, 900), (2300, 200))),
    Settlement("Rečičje", 9003, "RE", ((1500, -300), (2100, -600))),
    Settlement("Vrbovščica", 9004, "VR", ((-280, -1650), (500, -1600), (1400, -1400))),
    Settlement("Lužnica", 9004, "LU", ((-1550, -1300), (-2100, -1400))),
    Settlement("Žabnik", 9001, "ŽA", ((-2000, -100), (-1700, 500), (-2300, -500))),
)

STREET_NAMES = (
    "Lipova ulica",
    "Vrtna ulica",
    "Sončna ulica",
    "Češnjeva ulica",
    "Jelševa ulica",
    "Ulica na brežini",
    "Brezova ulica",
    "Žitna ulica",
    "Čebelarska ulica",
    "Mlinska ulica",
    "Travniška ulica",
    "Hrastova ulica",
    "Cvetlična ulica",
    "Javorjeva ulica",
    "Kovaška ulica",
    "Ulica ob gozdu",
    "Kostanjeva ulica",
    "Poljska ulica",
    "Smrekova ulica",
    "Borova ulica",
    "Ribiška ulica",
    "Tkalska ulica",
    "Lončarska ulica",
    "Gozdna ulica",
    "Zelena ulica",
    "Vrbova ulica",
    "Sadjarska ulica",
    "Razgledna ulica",
    "Jasminova ulica",
    "Pod gričem",
    "Šmarnična ulica",
    "Ulica pod lipami",
    "Nova ulica",
    "Leskova ulica",
    "Bezgova ulica",
    "Drenova ulica",
    "Ulica mladosti",
    "Orehova ulica",
    "Hruševa ulica",
    "Slivova ulica",
    "Marelična ulica",
    "Breskova ulica",
    "Žirovska pot",
    "Usnjarska ulica",
    "Mizarska ulica",
    "Zidarska ulica",
    "Čevljarska ulica",
    "Pekovska ulica",
    "Lovska ulica",
    "Jesenova pot",
    "Škrjančeva ulica",
    "Lastovičja ulica",
    "Siničina ulica",
    "Kresnička ulica",
    "Ulica na jasi",
    "Ob žagi",
    "Studenčna ulica",
    "Pšenična ulica",
    "Ajdova ulica",
    "Ržena ulica",
    "Prosena ulica",
    "Deteljna ulica",
    "Makova ulica",
    "Plavična ulica",
    "Marjetična ulica",
    "Trobentična ulica",
    "Zvončkova ulica",
    "Ulica na ledinah",
    "Akacijeva ulica",
    "Brinova ulica",
    "Gabrova ulica",
    "Topolova ulica",
    "Bukova ulica",
    "Macesnova ulica",
    "Tisina ulica",
    "Rožna ulica",
    "Malinova ulica",
    "Robidova ulica",
    "Borovničeva ulica",
    "Jagodna ulica",
    "Kutinova ulica",
    "Nešpljeva ulica",
    "Oljkova ulica",
    "Figova ulica",
    "Vinogradniška ulica",
    "Trsna ulica",
    "Sodarska ulica",
    "Kolarska ulica",
    "Sedlarska ulica",
    "Klobučarska ulica",
    "Urarska ulica",
    "Steklarska ulica",
    "Apnarska ulica",
    "Opekarska ulica",
    "Rudarska ulica",
    "Železničarska ulica",
    "Brodarska ulica",
    "Splavarska ulica",
    "Čolnarska ulica",
    "Ovčarska ulica",
    "Pastirska ulica",
    "Kosna ulica",
    "Senožetna ulica",
    "Žetvena ulica",
    "Mlatilna ulica",
    "Kozolčna ulica",
    "Skedenjska ulica",
    "Vodnjaška ulica",
    "Studenška ulica",
    "Potočna ulica",
    "Obrežna ulica",
    "Nasipna ulica",
    "Mostna ulica",
    "Prečna ulica",
    "Vzhodna ulica",
    "Zahodna ulica",
    "Severna ulica",
    "Južna ulica",
    "Zgornja ulica",
    "Spodnja ulica",
    "Sredinska ulica",
    "Stara ulica",
    "Tiha ulica",
    "Vesela ulica",
    "Prijazna ulica",
    "Zvezdna ulica",
    "Jutranja ulica",
    "Večerna ulica",
    "Spomladanska ulica",
    "Jesenska ulica",
    "Zimska ulica",
    "Poletna ulica",
    "Mavrična ulica",
    "Rosna ulica",
    "Meglena ulica",
    "Vetrna ulica",
)
