"""What `make assets` puts together: indigo pictures, one sprite, two small fonts with all Bambara letters."""

import re
import xml.etree.ElementTree as ElementTree

import brotli
import pytest
from fontTools.ttLib import TTFont

from lms.core import assets

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def vendor(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vendor")
    assets.pictures(folder / "healthicons")
    assets.sprite(folder / "icons.svg")
    assets.fonts(folder / "fonts")
    assets.compress(folder)
    return folder


def test_pictures_are_indigo_and_drawable(vendor):
    pictures = list((vendor / "healthicons").glob("*/*.svg"))
    assert len(pictures) > 600
    for picture in pictures:
        text = picture.read_text()
        assert "currentColor" not in text
        ElementTree.fromstring(text)


def test_the_sprite_holds_each_icon_once_in_the_colour_of_the_text(vendor):
    symbols = ElementTree.parse(vendor / "icons.svg").getroot().findall(f"{SVG}symbol")
    names = [symbol.get("id") for symbol in symbols]
    assert len(names) == len(set(names))
    assert {"house", "group", "calendar", "listen", "back", "next", "check", "cross", "flag"} <= set(names)
    for symbol in symbols:
        assert symbol.get("viewBox")
        assert "currentColor" in ElementTree.tostring(symbol, encoding="unicode")


@pytest.mark.parametrize("name", assets.WEIGHTS.values())
def test_fonts_hold_french_and_bambara_and_place_the_tones(vendor, name):
    font = TTFont(vendor / "fonts" / name)
    held = set(font.getBestCmap())
    assert {ord(letter) for letter in "ɛƐɔƆɲƝŋŊœŒŸéàçÉ’«»…→✓\u202f\u0300\u0301\u0302\u030c"} <= held
    assert {feature.FeatureTag for feature in font["GPOS"].table.FeatureList.FeatureRecord} >= {"mark"}
    assert "fpgm" not in font


def test_both_fonts_together_stay_small(vendor):
    assert sum(file.stat().st_size for file in (vendor / "fonts").glob("*.woff2")) <= 30_000


def test_what_is_served_often_lies_compressed_beside_itself(vendor):
    body = (vendor / "icons.svg").read_bytes()
    assert brotli.decompress((vendor / "icons.svg.br").read_bytes()) == body
    assert (vendor / "icons.svg.gz").exists()


def test_a_script_is_served_without_its_comments_and_is_the_same_module(tmp_path):
    (tmp_path / "sum.js").write_text(
        "// Said for who reads it here.\n" * 9 + "export const sum = (first, second) => first + second;\n"
    )
    assets.compress(tmp_path)
    served = brotli.decompress((tmp_path / "sum.js.br").read_bytes()).decode()
    assert "Said" not in served
    assert "export" in served
    assert "sum" in served


def test_all_our_scripts_weigh_no_more_than_25_kilobytes_and_our_styles_12():
    weight = {
        kind: sum(len(file.read_bytes()) for file in (assets.STATIC / kind).rglob("*.br")) for kind in ("js", "css")
    }
    assert 10_000 < weight["js"] <= 25_000
    assert 5_000 < weight["css"] <= 12_000


def test_compressing_again_leaves_no_copy_of_a_file_that_is_gone(tmp_path):
    style = tmp_path / "old.css"
    style.write_text("a { color: red }\n" * 50)
    assets.compress(tmp_path)
    style.unlink()
    assets.compress(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_the_same_is_left_alone_for_the_server_that_serves_it(tmp_path):
    style = tmp_path / "a.css"
    style.write_text("a { color: red }\n" * 50)
    assets.compress(tmp_path)
    packed = tmp_path / "a.css.br"
    before = packed.stat().st_ino
    assets.compress(tmp_path)
    assert packed.stat().st_ino == before
    style.write_text("a { color: blue }\n" * 50)
    assets.compress(tmp_path)
    assert packed.stat().st_ino != before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.css", "a.css.br", "a.css.gz"]


def test_coordinates_are_cut_without_running_into_each_other():
    assert assets.slim('<path d="M0.12345.6789-1.0004 2"/>') == '<path d="M0.12.67-1.00 2"/>'


@pytest.mark.parametrize(("name", "cure"), [("HEALTHICONS", "bin/node-packages"), ("ANDIKA", "fonts-sil-andika")])
def test_what_is_missing_is_said_with_its_cure(monkeypatch, tmp_path, name, cure):
    monkeypatch.setattr(assets, name, tmp_path / "nowhere")
    with pytest.raises(assets.Missing, match=cure):
        assets.build(tmp_path / "vendor")


def test_every_icon_the_templates_name_is_in_the_sprite(vendor):
    symbols = ElementTree.parse(vendor / "icons.svg").getroot().findall(f"{SVG}symbol")
    names = {symbol.get("id") for symbol in symbols}
    asked = set()
    for template in (assets.ROOT / "lms").glob("*/templates/**/*.html"):
        asked |= set(re.findall(r'\bicon\("([a-z-]+)"', template.read_text()))
    assert asked <= names
