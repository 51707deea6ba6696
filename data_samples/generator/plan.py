"""The plan of the town, laid by hand: outline, waters, railway, main roads, built-up areas, special sites.

Points are local metres; curves are Catmull-Rom splines through them. Everything else grows from this plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString, Point, Polygon

from data_samples.generator.curves import area, curve, ended_at, meander, ragged

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Skeleton:
    """A road laid by hand; houses stand along `built` ones."""

    kind: str
    name: str
    line: LineString
    built: bool = False


@dataclass(frozen=True)
class Site:
    """A special place carved out of its block: what stands there."""

    use: str
    shape: Polygon


OUTLINE = ragged(
    area(
        *[(-2750, -350), (-2650, 450), (-2380, 1150), (-2450, 1900), (-1700, 2250), (-800, 2050), (-100, 2380)],
        *[(700, 2200), (1400, 2050), (1700, 1450), (2400, 1150), (2700, 450), (2480, -350), (2750, -1050)],
        *[(2300, -1550), (1500, -1800), (700, -2200), (-200, -2300), (-1100, -2080), (-1900, -2120)],
        *[(-2600, -1750), (-2380, -1050)],
    ),
    every=74,
    depth=17,
)

_STREAM_COURSE = curve(
    *[(-3100, 1500), (-2000, 1230), (-1300, 830), (-700, 540), (-250, 320), (120, 190), (330, 20), (620, -220)],
    *[(1050, -430), (1500, -620), (2100, -900), (3100, -1300)],
)
_BROOK_COURSE = curve(
    *[(-3000, -1500), (-1950, -1020), (-1350, -690), (-1050, -330), (-900, 60), (-760, 330), (-640, 560)]
)
STREAM_LINE = meander(_STREAM_COURSE, amplitude=13, wave=210, phase=0.4)
BROOK_LINE = ended_at(meander(_BROOK_COURSE, amplitude=7, wave=120, phase=1.1), STREAM_LINE)
STREAM_WIDTH = 8.5
BROOK_WIDTH = 4.0
WATER_LINES = (STREAM_LINE, BROOK_LINE)

RAIL_LINE = curve((-3000, -760), (-1500, -760), (-500, -690), (500, -740), (1500, -1060), (3000, -1800))

SQUARE = area((-150, -32), (-60, -22), (40, -6), (120, 14), (142, 30), (60, 29), (-40, 12), (-140, -8))


def _road(kind: str, name: str, *points: tuple[float, float], built: bool = False) -> Skeleton:
    return Skeleton(kind, name, curve(*points), built)


SKELETON = (
    _road(
        "main",
        "Žabniška cesta",
        (-3000, -150),
        (-1950, -120),
        (-1100, -70),
        (-520, -52),
        (-150, -22),
        built=True,
    ),
    _road("main", "Glavni trg", (-150, -22), (-60, -6), (40, 12), (140, 28)),
    _road(
        "main",
        "Zalipska cesta",
        (140, 28),
        (300, 62),
        (600, 150),
        (1200, 330),
        (2000, 480),
        (3000, 720),
        built=True,
    ),
    _road(
        "main",
        "Cesta na Brezovščino",
        *[(0, 6), (-34, 120), (-52, 280), (-30, 520), (80, 900), (150, 1350), (300, 1800), (380, 2500)],
        built=True,
    ),
    _road(
        "main",
        "Kolodvorska cesta",
        *[
            (-70, -8),
            (-96, -120),
            (-100, -330),
            (-70, -640),
            (-70, -760),
            (-160, -1050),
            (-310, -1600),
            (-220, -2500),
        ],
        built=True,
    ),
    _road(
        "collector",
        "Južna cesta",
        *[(-980, -66), (-900, -330), (-700, -480), (-400, -540), (-78, -560), (300, -560), (600, -470)],
        *[(820, -200), (900, 50), (890, 238)],
        built=True,
    ),
    _road(
        "collector",
        "Šolska cesta",
        *[(-640, -56), (-600, 180), (-540, 420), (-330, 590), (-28, 650), (300, 620), (560, 470), (690, 180)],
        built=True,
    ),
    _road(
        "collector",
        "Cesta v Javorščico",
        (-480, 488),
        (-800, 880),
        (-1250, 1330),
        (-1600, 1580),
        (-2600, 1990),
        built=True,
    ),
    _road(
        "local",
        "Cesta v Lužnico",
        (-760, -450),
        (-1000, -700),
        (-1250, -1050),
        (-1600, -1350),
        (-2700, -1800),
        built=True,
    ),
    _road(
        "local",
        "Cesta v Rečičje",
        (860, -100),
        (1150, -250),
        (1500, -300),
        (2050, -560),
        (3000, -760),
        built=True,
    ),
    _road(
        "local", "Severna cesta", (290, 1750), (700, 1650), (1200, 1400), (1550, 950), (1930, 466), built=True
    ),
    _road(
        "local",
        "Vrbovška cesta",
        *[(-300, -1560), (300, -1640), (900, -1500), (1450, -1330), (1560, -1000), (1560, -600), (1530, -310)],
        built=True,
    ),
    _road("local", "Spodnja cesta", (-1580, -1330), (-1000, -1600), (-310, -1620)),
    _road("local", "Zgornja cesta", (-1500, 1530), (-1100, 1800), (-400, 1750), (280, 1740)),
    _road("residential", "Cerkvena ulica", (40, 12), (75, -70), (60, -170), (-100, -215)),
    _road("residential", "Grajska ulica", (-150, -22), (-190, -120), (-100, -215)),
    _road("residential", "Kovaška steza", (140, 28), (185, -70), (150, -190), (60, -170)),
    _road("lane", "Trška ulica", (-12, 2), (-22, -78), (-12, -140), (84, -153)),
    _road("lane", "Ozka ulica", (-98, -125), (-20, -90)),
    _road("residential", "Gasilska ulica", (-45, 170), (-190, 140), (-300, 40), (-330, -48)),
    _road("residential", "Spodnji trg", (-33, 112), (-120, 82), (-190, 40), (-210, -27)),
    _road("residential", "Ob potoku", (-34, 120), (60, 110), (190, 60), (225, 45)),
    _road("residential", "Industrijska cesta", (-74, -620), (250, -650), (620, -640), (800, -480), (740, -320)),
    _road("residential", "Obrtniška ulica", (-76, -600), (-330, -620), (-620, -610), (-780, -440)),
    _road("residential", "Naselje ob parku", (-54, 403), (150, 370), (330, 330), (520, 300), (682, 240)),
    _road("residential", "Parkovna ulica", (118, 656), (140, 510), (152, 358)),
    _road("residential", "Ulica ob gaju", (126, 526), (330, 484), (470, 502), (580, 468)),
    _road("residential", "Pokopališka pot", (-562, 340), (-700, 280), (-830, 250)),
    _road("residential", "Breg", (-45, 235), (40, 262), (180, 220), (300, 130), (352, 78)),
)

TOWN = area(
    *[(-1000, -120), (-1010, 120), (-800, 330), (-760, 600), (-520, 830), (-150, 900), (250, 870), (600, 680)],
    *[(950, 480), (1080, 200), (1000, -60), (900, -300), (760, -560), (400, -690), (0, -690), (-500, -660)],
    *[(-850, -560), (-1000, -330)],
)
CORE = area(
    *[(-215, -40), (-200, -130), (-100, -230), (60, -195), (165, -200), (205, -60), (215, 60), (130, 112)],
    *[(-45, 130), (-150, 92), (-225, 45)],
)
ESTATE = Polygon(
    [
        *[(140, 372), (330, 332), (520, 302), (652, 252), (640, 340), (590, 430), (540, 492), (470, 508)],
        *[(330, 488), (138, 530)],
    ]
)
INDUSTRY = Polygon(
    [
        *[
            (-800, -430),
            (-400, -545),
            (0, -565),
            (300, -565),
            (600, -475),
            (740, -330),
            (1000, -500),
            (950, -930),
        ],
        *[(300, -730), (-500, -690), (-900, -730)],
    ]
)

_VILLAGE_CIRCLES: tuple[tuple[tuple[float, float, float], ...], ...] = (
    ((270, 1740, 330), (620, 1680, 120)),
    ((-1560, 1540, 260), (-1200, 1290, 160), (-1330, 1700, 120)),
    ((1930, 466, 290), (1700, 790, 190)),
    ((1500, -310, 270), (1560, -560, 120), (1880, -480, 110)),
    ((-310, -1590, 300), (120, -1650, 130), (-650, -1620, 110)),
    ((-1590, -1330, 280), (-1280, -1080, 110)),
    ((-2020, -120, 330),),
)
# Lanes of the villages: short roads beside the through road, where the older farms stand.
VILLAGE_LANES = (
    _road("lane", "", (215, 1590), (100, 1640), (60, 1742)),
    _road("lane", "", (292, 1790), (390, 1850), (480, 1830), (520, 1705)),
    _road("lane", "", (-1480, 1508), (-1540, 1420), (-1470, 1340), (-1330, 1400)),
    _road("lane", "", (-1500, 1532), (-1480, 1640), (-1380, 1655)),
    _road("lane", "", (1960, 475), (2010, 380), (1960, 300), (1840, 340), (1800, 440)),
    _road("lane", "", (1880, 540), (1990, 600), (2080, 500)),
    _road("lane", "", (1480, -300), (1440, -400), (1340, -420), (1300, -275)),
    _road("lane", "", (1535, -350), (1660, -430), (1750, -415)),
    _road("lane", "", (-305, -1590), (-400, -1500), (-370, -1400), (-245, -1360)),
    _road("lane", "", (-300, -1620), (-190, -1740), (-60, -1740), (-40, -1620)),
    _road("lane", "", (-1600, -1350), (-1690, -1260), (-1640, -1150), (-1450, -1220)),
    _road("lane", "", (-2080, -123), (-2100, -20), (-1990, 20), (-1920, -118)),
    _road("lane", "", (-2020, -121), (-2060, -240), (-1950, -260), (-1860, -112)),
)


def _village(circles: tuple[tuple[float, float, float], ...]) -> BaseGeometry:
    """The land a village takes: a lot deep on both sides of the roads inside its circles."""
    deep = [each.line.buffer(52, cap_style="flat") for each in SKELETON]
    deep += [each.line.buffer(42, cap_style="round") for each in VILLAGE_LANES]
    return shapely.intersection(
        shapely.union_all(deep), shapely.union_all([Point(x, y).buffer(r) for x, y, r in circles])
    )


VILLAGES = tuple(_village(circles) for circles in _VILLAGE_CIRCLES)

SITES = (
    Site("church", Polygon([(78, -62), (140, -40), (150, -118), (72, -130)])),
    Site("school", Polygon([(-585, 60), (-455, 40), (-430, 190), (-585, 205)])),
    Site("sports", Polygon([(-590, 215), (-430, 200), (-400, 330), (-560, 350)])),
    Site("cemetery", Polygon([(-742, 150), (-650, 150), (-655, 250), (-705, 268), (-750, 240)])),
    Site("park", Polygon([(-40, 395), (110, 374), (95, 272), (40, 266), (-46, 240)])),
    Site("kindergarten", Polygon([(20, 650), (115, 648), (125, 560), (20, 570)])),
    Site("health", Polygon([(-290, -60), (-222, -50), (-235, -130), (-295, -130)])),
    Site("fire", Polygon([(-335, 40), (-270, 55), (-250, 120), (-330, 100)])),
    Site("station", Polygon([(-55, -700), (130, -700), (130, -655), (-60, -640)])),
    Site("shop", Polygon([(395, 85), (505, 115), (480, 205), (375, 170)])),
    Site("wastewater", Polygon([(1120, -520), (1200, -560), (1240, -500), (1150, -450)])),
    Site("substation", Polygon([(-1080, -230), (-1010, -235), (-1005, -170), (-1075, -165)])),
    Site("heatplant", Polygon([(640, -520), (720, -470), (690, -420), (620, -450)])),
)
