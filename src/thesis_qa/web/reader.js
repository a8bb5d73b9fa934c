// Citations lead to their card, and pages open in a window, each at what is quoted.
(() => {
  const ours = window.thesisQA;
  const reader = ours.reader;
  let places = []; // addresses of what is quoted beside the place that is read
  let place = -1;

  function showCard(card) {
    document.querySelectorAll(".card.current").forEach((other) => other.classList.remove("current"));
    const tab = document.querySelector("#sources-tab-button, [role=tab][aria-controls*=sources]");
    if (tab && tab.getAttribute("aria-selected") !== "true") tab.click();
    ours.sheet(true);
    requestAnimationFrame(() => {
      card.classList.add("current");
      card.scrollIntoView({ block: "start" });
      card.querySelectorAll("details.place").forEach((details) => {
        if (details.open) toSight(details.querySelector(".paragraphs"));
        details.open = true;
      });
      card.focus({ preventScroll: true });
    });
  }

  async function main(address) {
    const response = await fetch(address);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("main") || page.body;
  }

  // What is marked comes to the upper third of the frame, or all of it in sight.
  function toMark(frame) {
    const marks = [...frame.querySelectorAll("mark, .marks rect")].map((m) => m.getBoundingClientRect());
    if (!marks.length) return;
    const box = frame.getBoundingClientRect();
    const top = Math.min(...marks.map((m) => m.top));
    const height = Math.max(...marks.map((m) => m.bottom)) - top;
    const room = Math.max(2, Math.min((frame.clientHeight - height) / 2, frame.clientHeight / 3));
    frame.scrollTop += top - box.top - room;
    frame.scrollLeft += Math.min(...marks.map((m) => m.left)) - box.left - 12;
  }

  // The same in a card, whose frame itself may be out of sight.
  function toSight(frame) {
    toMark(frame);
    const marks = [...frame.querySelectorAll("mark, .marks rect")].map((m) => m.getBoundingClientRect());
    const beside = frame.closest(".tabitem");
    if (!marks.length || !beside) return;
    const last = Math.min(innerHeight, beside.getBoundingClientRect().bottom) - 24;
    beside.scrollTop += Math.max(0, Math.max(...marks.map((mark) => mark.bottom)) - last);
  }

  async function read(address) {
    const content = reader().querySelector(".content");
    content.replaceChildren(...(await main(address)).childNodes);
    content.scrollTop = 0;
    if (!reader().open) reader().showModal();
    reader().querySelector(".spots").hidden = places.length < 2;
    reader().querySelector(".spots output").value = `${place + 1} / ${places.length}`;
    toMark(content);
  }

  function readPlace(link) {
    const group = link.closest(".sources, .thesis-card, .comparison, .found");
    const spots = group ? [...group.querySelectorAll("[data-spot]")].map((s) => s.dataset.spot) : [];
    places = [...new Set(spots)];
    const address = link.dataset.spot ?? link.getAttribute("href");
    place = places.indexOf(address);
    if (place < 0) places = [];
    read(address);
  }

  function step(by) {
    if (places.length < 2) return;
    place = (place + by + places.length) % places.length;
    read(places[place]);
  }

  function zoom(by) {
    const content = reader().querySelector(".content");
    const now = Number(content.style.getPropertyValue("--zoom")) || 1;
    content.style.setProperty("--zoom", Math.min(3, Math.max(0.5, now + by * 0.25)));
    toMark(content);
  }

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    const [cite, page, sheet] = [at("a.cite"), at("a[data-reader]"), at(".card .sheet")];
    unpeek();
    if (cite) {
      event.preventDefault();
      const card = document.getElementById(cite.getAttribute("href").slice(1));
      if (card) showCard(card);
    } else if (page && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (page.closest("#reader")) read(page.href);
      else readPlace(page);
    } else if (sheet) {
      readPlace(sheet.closest("[data-spot]"));
    } else if (at("[data-zoom]")) {
      zoom(Number(at("[data-zoom]").dataset.zoom));
    } else if (at("[data-by]")) {
      step(Number(at("[data-by]").dataset.by));
    }
  });

  // The page or the paragraph, in a frame.
  async function unfold(frame, address) {
    if (!frame.childElementCount) {
      const found = await main(`${address}&width=1000`);
      found.querySelectorAll("h1, nav").forEach((part) => part.remove());
      frame.replaceChildren(...found.childNodes);
    }
    toSight(frame);
  }

  // A card fetches the place when it is opened; so does what went wrong in an evaluation, for the
  // first place that was cited and the first that was expected.
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (!target.open) return;
      const frame = target.dataset.place && target.querySelector(".paragraphs");
      if (frame) unfold(frame, target.dataset.place);
      if (!target.matches(".results details")) return;
      for (const side of target.querySelectorAll(".two > div")) {
        const link = side.querySelector("a[data-reader]");
        if (!link || side.querySelector(".paragraphs")) continue;
        const shown = document.createElement("div");
        shown.className = "paragraphs";
        shown.tabIndex = 0;
        link.closest("blockquote").after(shown);
        unfold(shown, link.href);
      }
    },
    true,
  );

  // Pointing at a citation, or reaching it by the keyboard, shows its quote beside it.
  function peek(cite) {
    const card = document.getElementById(cite.getAttribute("href").slice(1));
    const box = document.getElementById("peek");
    if (!card || matchMedia("(hover: none)").matches) return;
    const parts = [...card.querySelectorAll("blockquote, .where")];
    box.replaceChildren(...parts.map((part) => part.cloneNode(true)));
    cite.setAttribute("aria-describedby", "peek");
    box.classList.add("shown");
    const at = cite.getBoundingClientRect();
    const below = at.bottom + 8 + box.offsetHeight < innerHeight;
    box.style.left = `${Math.max(8, Math.min(at.left - 24, innerWidth - box.offsetWidth - 8))}px`;
    box.style.top = `${below ? at.bottom + 8 : Math.max(8, at.top - 8 - box.offsetHeight)}px`;
  }
  const unpeek = () => document.getElementById("peek")?.classList.remove("shown");

  for (const [shows, hides] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(shows, (event) => {
      const cite = event.target.closest?.("a.cite");
      if (cite) peek(cite);
    });
    document.addEventListener(hides, (event) => event.target.closest?.("a.cite") && unpeek());
  }
  document.addEventListener("scroll", unpeek, true);

  document.addEventListener("keydown", (event) => {
    if (/^Arrow(Up|Down)$/.test(event.key) && event.target.matches?.(".card")) {
      event.preventDefault();
      const cards = [...event.target.closest(".sources").querySelectorAll(".card")];
      cards[cards.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    } else if (!reader()?.open) {
      return;
    } else if (/^Arrow(Left|Right)$/.test(event.key)) {
      const turns = reader().querySelectorAll(".turn");
      turns[event.key === "ArrowLeft" ? 0 : turns.length - 1]?.click();
    } else if (event.key === "n" || event.key === "p") {
      step(event.key === "n" ? 1 : -1);
    }
  });
})();
