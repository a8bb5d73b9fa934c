"""The page under a path of a site that has others, as nginx serves it; and with many theses."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from servers import PATIENCE, free_port, indexed, serving
from visitors import Visit, visiting

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin")
CONFIGURATION = """
pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
  fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port};
    location /tanya/ {{
      proxy_pass http://127.0.0.1:{behind}/;
      proxy_set_header Host $http_host; proxy_buffering off;
    }}
  }}
}}
"""
THESES = [  # title, year, university, faculty
    ("Perahu", 2019, "Universitas Haluoleo", "Teknik"),
    ("Ikan", 2019, "Universitas Haluoleo", "Perikanan"),
    ("Karang", 2021, "Universitas Haluoleo", "Perikanan"),
    ("Pasar", 2021, "Universitas Gayo", "Ekonomi"),
    ("Kopi", 2022, "Universitas Gayo", "Pertanian"),
    ("Sawah", 2022, "Universitas Gayo", "Pertanian"),
    ("Garam", 2023, "Universitas Gayo", "Ekonomi"),
]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    (folder / "documents").mkdir()
    for title, year, university, faculty in THESES:
        text = folder / "documents" / f"{title.lower()}.md"
        text.write_text(f"# {title}\n\nPenelitian ini bertujuan untuk mengukur {title.lower()}.\n")
        text.with_name(f"{text.name}.meta.toml").write_text(
            f'title = "{title}"\nyear = {year}\n'
            f'university = "{university}"\nfaculty = "{faculty}"\n'
        )
    return indexed(folder)


@contextmanager
def nginx(folder: Path, port: int, behind: int) -> Iterator[None]:
    assert NGINX
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=folder, port=port, behind=behind), encoding="utf-8"
    )
    proxy = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(configuration)])
    try:
        until = time.monotonic() + PATIENCE
        while not (folder / "nginx.pid").exists() and time.monotonic() < until:
            assert proxy.poll() is None, "nginx ended"
            time.sleep(0.1)
        yield
    finally:
        proxy.terminate()
        proxy.wait(PATIENCE)


def use(visit: Visit) -> None:
    """What is asked for elsewhere than under the visit's address counts as outside."""
    visit.open("/id/").ask("Apa tujuan penelitian tentang kopi?")
    visit.settle()
    visit.page.locator("#log a.cite").first.click()
    expect(visit.page.locator("#sources .card.current .paragraphs mark").first).to_be_visible()
    assert visit.page.locator("html").get_attribute("lang") == "id"
    visit.leave(visit.page.locator("a.language"))
    expect(visit.page).to_have_url(re.compile(rf"^{re.escape(visit.address)}/en/\?c=\w+$"))


def test_everything_is_asked_for_under_the_path(browser: Browser, many: Path) -> None:
    with (
        serving(many, THESIS_QA_ROOT_PATH="/tesis") as address,
        visiting(browser, f"{address}/tesis") as visit,
    ):
        use(visit)


@pytest.mark.skipif(NGINX is None, reason="no nginx on this machine")
def test_behind_nginx_under_a_path(browser: Browser, many: Path, tmp_path: Path) -> None:
    port, behind = free_port(), free_port()
    public = f"http://127.0.0.1:{port}/tanya"
    settings = {"THESIS_QA_PUBLIC_URL": public, "THESIS_QA_TRUSTED_PROXIES": "127.0.0.1"}
    with (
        nginx(tmp_path, port, behind),
        serving(many, port=behind, **settings),
        visiting(browser, public) as visit,
    ):
        use(visit)
        # Before the page says where its icon is, a browser looks for one at the site's root.
        visit.complaints = [said for said in visit.complaints if "/favicon.ico" not in said]


def test_among_many_theses_one_searches_and_filters(browser: Browser, many: Path) -> None:
    with serving(many) as address, visiting(browser, address) as visit:
        page = visit.open().page
        shown = page.locator("#theses .pick:visible .title")
        expect(shown).to_have_count(len(THESES))
        page.locator("#theses [data-filter=words]").fill("gayo")
        expect(shown).to_have_text(["Garam", "Kopi", "Sawah", "Pasar"])
        page.locator("#theses [data-filter=year]").select_option("2022")
        expect(shown).to_have_text(["Kopi", "Sawah"])
        page.locator("#theses [data-filter=words]").fill("")
        page.locator("#theses [data-filter=year]").select_option("")
        page.locator("#theses [data-filter=university]").select_option("Universitas Haluoleo")
        page.locator("#theses [data-filter=faculty]").select_option("Perikanan")
        expect(shown).to_have_text(["Karang", "Ikan"])
        page.locator("#theses .pick", has_text="Karang").click()
        expect(page.locator("#chosen .chip")).to_have_text("Karang")
        page.locator("#theses [data-filter=words]").fill("pabrik")
        expect(page.locator("#theses .nothing")).to_be_visible()
        visit.picture("many-desktop-en")
