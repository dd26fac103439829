"""summary.html as a browser shows it: nothing leaves the page, nothing hostile runs, everything answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from assessment.reports import summary
from assessment.reports.reading import ResultsMissing
from assessment.reports.summary.drawing import written
from assessment.reports.summary.page import in_a_script, plotly
from tests.screens.made_up_estate import CLOSING_SCRIPT, LINK, Estate, make

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
LOCAL = ("file:", "data:", "about:", "blob:")
READY = "#figure-scorecard[data-ready=true]"
MARKS = "#figure-scorecard .scatterlayer path.point"


@dataclass
class Seen:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note every request, console message and error of the page."""
        page.on("request", self._request)
        page.on("console", self._message)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _message(self, message: ConsoleMessage) -> None:
        self.complaints.append(message.text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on the PATH: install the Debian package chromium to run the browser tests")
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    return make(tmp_path_factory.mktemp("estate") / "client")


@pytest.fixture(scope="module")
def file(estate: Estate) -> Path:
    return summary.write(estate)


def _open(browser: Browser, file: Path, width: int = 1280, height: int = 900) -> tuple[Page, Seen]:
    page, seen = browser.new_page(viewport={"width": width, "height": height}), Seen()
    page.set_default_timeout(60_000)
    seen.watch(page)
    page.goto(file.as_uri())
    page.wait_for_selector(READY, state="attached")
    return page, seen


@pytest.fixture
def shown(browser: Browser, file: Path) -> Iterator[tuple[Page, Seen]]:
    page, seen = _open(browser, file)
    yield page, seen
    page.close()


def _everything(page: Page) -> None:
    """Use whatever can be used."""
    for name in ("#choose-capacity", "#choose-health", "#choose-verdict"):
        for value in page.eval_on_selector(name, "each => [...each.options].map(option => option.value)"):
            page.select_option(name, value)
    page.check("#show-ranges")
    page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true; })")
    for mark in page.query_selector_all(MARKS)[:6]:
        mark.hover(force=True)
    page.wait_for_timeout(200)


def test_nothing_leaves_the_page_and_nothing_is_complained_about(shown: tuple[Page, Seen]) -> None:
    page, seen = shown
    _everything(page)
    assert seen.complaints == []
    assert seen.requests and all(url.startswith(LOCAL) for url in seen.requests)


def test_hostile_names_are_shown_and_do_nothing(shown: tuple[Page, Seen]) -> None:
    page, seen = shown
    _everything(page)
    assert page.evaluate("window.hostile") is None and seen.complaints == []
    assert page.locator("main script, main img, main iframe").count() == 0
    outside = page.eval_on_selector_all(
        "a", "all => all.map(each => each.getAttribute('href') || each.getAttribute('xlink:href'))"
    )
    assert all(address and address.startswith("#") for address in outside)
    text = page.inner_text("#table-packages")
    assert CLOSING_SCRIPT in text and LINK.replace("  ", " ") in text
    assert "line[U+2028]separator [U+202E]evil[U+202C]" in text


def test_every_package_is_one_mark_and_one_row(estate: Estate, shown: tuple[Page, Seen]) -> None:
    packages = len(estate.rows("packages"))
    assert shown[0].locator(MARKS).count() == packages
    assert shown[0].locator("#table-packages tbody tr[id]").count() == packages


def test_a_click_on_a_mark_goes_to_its_row(shown: tuple[Page, Seen]) -> None:
    page, _ = shown
    mark = page.locator(f"{MARKS}[aria-label^=' #20 ']")
    page.locator("#figure-scorecard").scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("location.hash === '#package-20'")
    assert page.evaluate("document.activeElement.id") == "package-20"
    assert page.evaluate("document.getElementById('package-20').getBoundingClientRect().top") < 900


def test_a_quarter_without_packages_does_not_mix_up_the_others(browser: Browser, tmp_path: Path) -> None:
    estate = make(tmp_path / "client", packages=3)
    estate.rewrite("plan", lambda number, row: row | {"quarter": (1, 4, None)[number]})
    page, seen = _open(browser, summary.write(estate))
    for number in (1, 2, 3):
        page.locator(f"{MARKS}[aria-label^=' #{number} ']").focus()
        page.keyboard.press("Enter")
        page.wait_for_function(f"location.hash === '#package-{number}'")
    assert page.locator(MARKS).count() == 3 and seen.complaints == []
    page.close()


def test_what_limits_the_plan_stands_beside_it_with_the_numbers_of_packages(
    estate: Estate, shown: tuple[Page, Seen]
) -> None:
    text = shown[0].inner_text("#plan")
    assert "capacity of the team is assumed" in text and "not proven to be the best" in text
    assert "package-04" not in text and "comes first." in text


def test_the_keyboard_goes_there_too(shown: tuple[Page, Seen]) -> None:
    page, _ = shown
    page.locator(f"{MARKS}[aria-label^=' #3 ']").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#package-3'")
    assert page.evaluate("document.activeElement.id") == "package-3"


def test_the_hover_text_says_what_a_mark_is(estate: Estate, shown: tuple[Page, Seen]) -> None:
    row = estate.rows("packages")[1]
    label = next(text for text in shown[0].eval_on_selector_all(
        MARKS, "all => all.map(each => each.getAttribute('aria-label'))") if row["title"] in text)
    assert f"{row['effort_low']:.1f} and {row['effort_high']:.1f}" in label
    assert f"Score {row['score']}, between" in label and row["clusters"][0] in label


def test_search_leaves_the_rows_that_hold_every_word(estate: Estate, shown: tuple[Page, Seen]) -> None:
    page, _ = shown
    visible = "#table-findings tbody tr:not([hidden])"
    everything = page.locator(visible).count()
    assert everything == sum(row["verdict"] != "pass" for row in estate.rows("findings"))
    page.fill("#find", "SERVICE-26 fail")
    rows = page.locator(visible).all_inner_texts()
    assert 0 < len(rows) < everything and all("service-26" in row for row in rows)
    assert page.inner_text("#found") == f"{len(rows)} of {everything} shown rows"
    page.fill("#find", "<script>alert(1)")
    assert page.locator(visible).count() > 0
    page.fill("#find", "")
    page.select_option("#choose-verdict", "unknown")
    assert page.locator(visible).count() == sum(row["verdict"] == "unknown" for row in estate.rows("findings"))


def _numbers(page: Page) -> list[list[str]]:
    return page.eval_on_selector_all(
        "#table-plan tbody tr", "all => all.map(row => [...row.cells].slice(0, 5).map(cell => cell.textContent))"
    )


def test_another_capacity_shows_its_own_numbers(estate: Estate, shown: tuple[Page, Seen]) -> None:
    page, _ = shown
    assert page.input_value("#choose-capacity") == "x1"
    for scenario in ("x1", "x2", "x0.75"):
        page.select_option("#choose-capacity", scenario)
        planned = [row for row in estate.rows("quarters") if row["scenario"] == scenario]
        assert [line[:3] for line in _numbers(page)[:5]] == [
            [str(row["quarter"] or "today"), f"{row['residual']:,.1f}", f"{row['residual_upper']:,.1f}"]
            for row in planned
        ]
        drawn = page.evaluate("document.getElementById('figure-burn-down').data[0].y")
        assert drawn == [row["residual"] for row in planned]
        assert page.is_visible("#capacity-note") == (scenario == "x0.75")
        counted = page.locator("#table-plan tbody a").count()
        assert counted == len(estate.rows("packages")), "each package stands in one quarter or later"
    assert "Not every fixed date can hold" in page.inner_text("#capacity-note")
    assert "The date of #" in page.inner_text("#capacity-note")


def test_health_of_a_cluster_replaces_that_of_the_estate(estate: Estate, shown: tuple[Page, Seen]) -> None:
    page, _ = shown
    for value, cluster in (("cluster prod-eu-2", "prod-eu-2"), ("estate", None)):
        page.select_option("#choose-health", value)
        best = page.evaluate("document.getElementById('figure-health-dimensions').data[1].x")
        rows = [row for row in estate.rows("health") if row["cluster"] == cluster and row["dimension"]]
        assert sorted(best) == sorted(row["best_estimate"] for row in rows)


def test_the_ranges_appear_when_asked_for(shown: tuple[Page, Seen]) -> None:
    page, _ = shown
    assert page.locator("#figure-scorecard path.yerror").count() == 0
    page.check("#show-ranges")
    page.wait_for_selector("#figure-scorecard path.yerror", state="attached")
    assert page.locator(MARKS).count() == page.locator("#table-packages tbody tr[id]").count()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844), (320, 640)])
def test_the_page_is_never_wider_than_the_screen(browser: Browser, file: Path, width: int, height: int) -> None:
    page, seen = _open(browser, file, width, height)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.complaints == []
    page.close()


def test_labels_of_marks_do_not_cover_each_other(shown: tuple[Page, Seen]) -> None:
    boxes = shown[0].eval_on_selector_all(
        "#figure-scorecard .annotation-text",
        "all => all.filter(each => each.textContent.startsWith('#')).map(each => { const b = "
        "each.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })",
    )
    covering = [(one, other) for place, one in enumerate(boxes) for other in boxes[place + 1:]
                if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]]
    assert len(boxes) == 23 and covering == []


def test_it_prints_without_its_controls(shown: tuple[Page, Seen]) -> None:
    page, _ = shown
    page.emulate_media(media="print")
    assert not page.is_visible("#choose-capacity") and not page.is_visible("nav")
    assert len(page.pdf()) > 50_000


def test_without_scripts_every_number_stands_in_a_table(browser: Browser, file: Path, estate: Estate) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert "need scripts" in page.inner_text("noscript")
    residual = next(row["residual"] for row in estate.rows("quarters") if row["quarter"] == 4)
    assert f"{residual:,.1f}" in page.inner_text("#table-plan")
    context.close()


def test_an_estate_without_packages_opens_too(browser: Browser, tmp_path: Path) -> None:
    estate = make(tmp_path / "client", packages=0)
    page, seen = _open(browser, summary.write(estate))
    assert seen.complaints == [] and page.locator(MARKS).count() == 0
    assert "No work package" in page.inner_text("#table-packages")
    page.close()


def test_a_cut_list_says_how_much_of_it_is_shown(estate: Estate, tmp_path: Path) -> None:
    few = make(tmp_path / "client")
    text = summary.write(few, findings_shown=12).read_text()
    total = sum(row["verdict"] != "pass" for row in few.rows("findings"))
    assert f"12 of {total} shown; the rest in findings.csv" in text
    assert text.count("<tr data-verdict=") == 12


def test_the_same_results_give_the_same_bytes(estate: Estate, file: Path) -> None:
    first = file.read_bytes()
    assert summary.write(estate).read_bytes() == first


def test_the_page_stays_small_beside_plotly(file: Path) -> None:
    assert file.stat().st_size < len(plotly().encode()) + 1_000_000


def test_the_policy_names_each_script_by_its_hash_and_allows_no_address(file: Path) -> None:
    head = file.read_text()[:2_000]
    assert "default-src &#39;none&#39;" in head and "script-src &#39;sha256-" in head
    assert "http" not in head.partition('content="default-src')[2].partition('">')[0]


@pytest.mark.parametrize("text", ["</script>", "<!--", "<script>", "a\u2028b\u2029c", "&lt;", 'quote"\\'])
def test_json_in_a_script_can_neither_end_it_nor_open_another(text: str) -> None:
    written_down = in_a_script({"name": text})
    assert not set("<>&\u2028\u2029") & set(written_down)
    assert orjson.loads(written_down) == {"name": text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<b>x</b> & co", "&lt;b&gt;x&lt;/b&gt; &amp; co"), ("", ""), ("one two", "one two"),
     ("n" * 300, "<br>".join(["n" * 60, "n" * 60, "n" * 39 + "…"]))],
)  # fmt: skip
def test_texts_in_figures_are_escaped_broken_and_cut_with_a_mark(text: str, expected: str) -> None:
    assert written(text) == expected


def test_plotly_itself_accepts_the_figures(file: Path) -> None:
    import plotly.graph_objects as go

    text = file.read_text()
    data: Any = orjson.loads(text.partition('id="data">')[2].partition("</script>")[0])
    figures = [*data["figures"].values(), *(figure for part in data["health"].values() for figure in part.values())]
    assert len(figures) == 4 + 2 * 4 and all(go.Figure(figure) for figure in figures)


def test_results_without_a_plan_are_refused_with_what_makes_them(tmp_path: Path) -> None:
    estate = make(tmp_path / "client")
    (estate.results / "plan.parquet").unlink()
    with pytest.raises(ResultsMissing, match="no plan: run `kubesurvey assess` again"):
        summary.write(estate)


def test_on_paper_no_table_is_cut_off(shown: tuple[Page, Seen]) -> None:
    page, _ = shown
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 990})
    wide = page.eval_on_selector_all("table", "all => all.filter(each => each.scrollWidth > 702).map(each => each.id)")
    assert wide == []
    assert page.evaluate("[...document.querySelectorAll('section > details')].every(each => each.open)")
