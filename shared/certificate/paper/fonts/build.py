"""Builds the fonts of the paper from IBM Plex; see README.md beside this file.

Usage: python build.py FOLDER, where FOLDER holds the unpacked npm packages.
"""
import sys
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

LATIN = [
    (0x20, 0x7E), (0xA0, 0x24F), (0x259, 0x259), (0x2BC, 0x2BC), (0x2C6, 0x2DD),
    (0x370, 0x3FF), (0x400, 0x4FF), (0x1E00, 0x1EFF),
    (0x2000, 0x200A), (0x2010, 0x2027), (0x202F, 0x203A), (0x2044, 0x2044),
    (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2100, 0x215F), (0x2190, 0x2199),
    (0x2200, 0x22FF), (0x25A0, 0x25FF), (0x2713, 0x2717), (0xFFFD, 0xFFFD),
]
ARABIC = [
    (0x600, 0x6FF), (0xFB50, 0xFBFF), (0xFDF2, 0xFDF2), (0xFDFC, 0xFDFC), (0xFE70, 0xFEFC),
]
FIGURES = [(0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2014), (0x2026, 0x2026), (0x202F, 0x202F), (0xFFFD, 0xFFFD)]

EPOCH = 2082844800  # 1 January 1970 in seconds since 1904

# The licence reserves the name "Plex": a changed font must bear another.
FONTS = [
    ("portal-sans-regular.ttf", "Portal Sans", "Regular",
     [("Sans", "Regular", LATIN), ("SansArabic", "Regular", ARABIC)]),
    ("portal-sans-semibold.ttf", "Portal Sans", "SemiBold",
     [("Sans", "SemiBold", LATIN), ("SansArabic", "SemiBold", ARABIC)]),
    ("portal-mono-medium.ttf", "Portal Mono", "Medium", [("Mono", "Medium", FIGURES)]),
]


def source(folder, family, weight):
    found = sorted(folder.glob(f"**/complete/woff/IBMPlex{family}-{weight}.woff"))
    if not found:
        sys.exit(f"IBMPlex{family}-{weight}.woff is not under {folder}")
    return found[0]


def subset(path, ranges):
    font = TTFont(path, recalcTimestamp=False)
    options = Options()
    options.hinting = False
    options.layout_features = []
    options.glyph_names = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "gasp", "DSIG"]
    wanted = [c for first, last in ranges for c in range(first, last + 1)]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.flavor = None
    return font


def rename(font, family, weight):
    copyright = "Copyright 2017-2019 IBM Corp. Subset and renamed; the original is IBM's typeface."
    names = {
        0: copyright, 1: family, 2: weight, 3: f"{family} {weight}", 4: f"{family} {weight}",
        6: f"{family.replace(' ', '')}-{weight}",
        13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        14: "https://openfontlicense.org",
    }
    table = font["name"]
    table.names = []
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)


def keep_every_width(font):
    """Gives the last glyph a width of its own, so that hmtx stores all of them.

    The PDF writer misreads fonts whose trailing glyphs share one width.
    """
    metrics, order = font["hmtx"], font.getGlyphOrder()
    last, before = order[-1], order[-2]
    if metrics[last][0] == metrics[before][0]:
        width, bearing = metrics[last]
        metrics[last] = (width + 1, bearing)


def build(folder, out, family, weight, parts):
    fonts = []
    for i, (name, style, ranges) in enumerate(parts):
        part = out.with_suffix(f".part{i}")
        subset(source(folder, name, style), ranges).save(part)
        fonts.append(part)
    if len(fonts) == 1:
        font = TTFont(fonts[0], recalcTimestamp=False)
    else:
        font = Merger().merge([str(f) for f in fonts])
    for part in fonts:
        part.unlink()
    rename(font, family, weight)
    keep_every_width(font)
    font["post"].formatType = 3.0
    font["head"].created = font["head"].modified = EPOCH
    font.recalcTimestamp = False
    font.save(out)
    print(out.name, out.stat().st_size, "bytes", font["maxp"].numGlyphs, "glyphs")


if __name__ == "__main__":
    for file, family, weight, parts in FONTS:
        build(Path(sys.argv[1]), Path(__file__).with_name(file), family, weight, parts)
