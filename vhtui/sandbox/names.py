"""Invented names that look like a real library: shows, films, groups, speakers, own videos."""

from __future__ import annotations

ADJECTIVES = (
    "Amber", "Ashen", "Blue", "Broken", "Copper", "Distant", "Drowned", "Eleventh", "Fallow",
    "Glass", "Gilded", "Hollow", "Iron", "Last", "Lesser", "Long", "Marble", "Midnight",
    "Northern", "Pale", "Paper", "Quiet", "Red", "Salt", "Second", "Silent", "Silver", "Sunken",
    "Tin", "Velvet", "Wandering", "White", "Winter", "Wooden",
)  # fmt: skip
NOUNS = (
    "Almanac", "Archive", "Bakery", "Bridge", "Cartographer", "Causeway", "Chandler", "Clock",
    "Colony", "Constable", "Estuary", "Ferry", "Foundry", "Gardener", "Harbour", "Heron",
    "Inheritance", "Kingdom", "Lantern", "Ledger", "Lighthouse", "Locksmith", "Meridian", "Mill",
    "Observatory", "Orchard", "Parish", "Quarry", "Regatta", "Signal", "Station", "Tailor",
    "Threshold", "Tide", "Vineyard", "Voyage", "Watchman", "Weaver",
)  # fmt: skip
WORLD_SHOWS = (
    "Тихая Гавань", "Соляной Мост", "灯台の夜", "塩の橋", "Der Späte Zug", "La Forêt d'Émeraude",
    "Göçmen Kuşlar", "Żółty Tramwaj", "El Año del Faro", "조용한 항구", "Ο Φάρος", "מגדלור",
)  # fmt: skip
WORLD_FILMS = (
    "L'été à la mer", "Ночной паром", "夏の終わりの手紙", "Smørhandleren", "Příběh mlynáře",
    "O Último Farol", "Kızıl Deniz Kıyısı", "Die Uhrmacherin", "늦은 기차", "طريق الملح",
)  # fmt: skip
ANIME = (
    "Kaze no Tegami", "Hoshi Hiroi", "Tsukiyo Denpo", "Umibe Techo", "Yuki no Kisha",
    "Nagareboshi Kobo", "Asagiri Shokudo", "Mahou Tokei", "Kumo no Toshokan", "Hotaru Yakyoku",
    "星拾いの夜", "雪の汽車",
)  # fmt: skip
SUB_GROUPS = ("KumoSubs", "Yorusora", "TsubameFS", "Nami-Raws", "HoshiSub", "MidoriTV")
RELEASE_GROUPS = ("GRP", "NORTHLIGHT", "TiDE", "OAKS", "FERRYMEN", "HALCYON", "c0bble", "VERST")
SPEAKERS = (
    "Ines Halloran", "Marek Dubrowski", "Aiko Tanemura", "Joost van Rieden", "Adaeze Okwuosa",
    "Łucja Wierzba", "Björn Åkerlund", "Paulo Serralheiro", "Мария Ветрова", "Chidi Anyaora",
)  # fmt: skip
TOPICS = (
    "Why queues are everywhere", "A tour of the write-ahead log", "Naming things, again",
    "Maps that lie", "Bread at scale", "Terminals in colour", "How tides are predicted",
    "The cost of a page fault", "Small languages", "Reading old code with pleasure",
    "Backups you have tested", "Typesetting a train timetable", "Clocks that disagree",
)  # fmt: skip
OWN_EVENTS = (
    "Urlaub am See – Tag", "Birthday 🎂 part", "Garden timelapse", "Vélo, étape", "Choir rehearsal",
    "Дача, день", "Drone over the dunes 🚁", "Cat 🐈‍⬛ compilation", "School play, act",
    "Kitchen renovation week", "運動会", "Screencast",
)  # fmt: skip
RESOLUTIONS = ("2160p", "1080p", "1080p", "1080p", "720p", "720p", "480p")
SOURCES = ("WEB-DL", "WEBRip", "BluRay", "HDTV", "WEB")
CODECS = ("x264", "x265", "H.264", "HEVC", "AV1")
HOSTS = ("files.example.org", "mirror.example.net", "media.example.com", "dl.example.edu")
