// Citations lead to their card, pages open in a window, the colours follow the reader.
(() => {
  const reader = () => document.getElementById("reader");
  const language = /\/id\/?$/.test(location.pathname) ? "id" : "en";

  // Gradio sets the page's language to the browser's, which need not be the one that was chosen.
  const html = document.documentElement;
  const speak = () => html.lang === language || (html.lang = language);
  new MutationObserver(speak).observe(html, { attributeFilter: ["lang"] });
  speak();

  function showCard(card) {
    document.querySelectorAll(".card.current").forEach((other) => other.classList.remove("current"));
    const tab = document.querySelector("#sources-tab-button, [role=tab][aria-controls*=sources]");
    if (tab && tab.getAttribute("aria-selected") !== "true") tab.click();
    requestAnimationFrame(() => {
      card.classList.add("current");
      card.querySelectorAll("details.place").forEach((place) => (place.open = true));
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      card.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
      card.focus({ preventScroll: true });
    });
  }

  async function main(address) {
    const response = await fetch(address);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("main") || page.body;
  }

  async function read(address) {
    const content = reader().querySelector(".content");
    content.replaceChildren(...(await main(address)).childNodes);
    if (!reader().open) reader().showModal();
    content.scrollTop = 0;
  }

  function zoom(by) {
    const content = reader().querySelector(".content");
    const now = Number(content.style.getPropertyValue("--zoom")) || 1;
    content.style.setProperty("--zoom", Math.min(3, Math.max(0.5, now + by * 0.25)));
  }

  // A file as paper.py gives it: JSON with a name, a media type and the content in base 64.
  function save(text) {
    if (!text) return;
    const file = JSON.parse(text);
    const bytes = Uint8Array.from(atob(file.data), (c) => c.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: file.type }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function say(what) {
    const toast = document.getElementById("toast");
    toast.textContent = toast.dataset[what];
    toast.classList.add("shown");
    clearTimeout(say.timer);
    say.timer = setTimeout(() => toast.classList.remove("shown"), 3500);
  }

  // Browsers give the clipboard to pages of this machine and of https only; elsewhere the old way.
  async function copy(text, what) {
    if (!text) return;
    const full = what === "link" ? location.origin + text : text;
    try {
      await navigator.clipboard.writeText(full);
      say(what);
    } catch {
      say(copyOldWay(full) ? what : "refused");
    }
  }

  function copyOldWay(text) {
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }

  function focus() {
    const box = document.querySelector("#question textarea");
    box?.focus();
    box?.setSelectionRange(box.value.length, box.value.length);
  }
  window.thesisQA = { save, copy, focus };

  // What a button under an answer does, as the event that actions.py listens to.
  const EVENTS = {
    copy: "copy", link: "download", retry: "retry", edit: "edit", keep: "undo", clear: "clear",
    card: "select", helpful: "like", "wrong-answer": "like", "wrong-page": "like",
  };

  function act(button) {
    const { name, value } = button;
    window.thesisQA.tell(EVENTS[name], { act: name, key: value });
    if (name === "clear") focus();
    if (EVENTS[name] !== "like") return;
    if (name === "helpful") say("thanks");
    else askForNote(name, value);
  }

  function askForNote(name, value) {
    const dialog = document.getElementById("note");
    const box = dialog.querySelector("textarea");
    box.value = "";
    dialog.returnValue = "";
    dialog.onclose = () => {
      const note = dialog.returnValue === "send" ? box.value.trim() : "";
      if (note) window.thesisQA.tell("like", { act: name, key: value, note });
      say("thanks");
    };
    dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    const cite = at("a.cite");
    const page = at("a[data-reader]");
    unpeek();
    if (at("button.act")) {
      act(at("button.act"));
    } else if (cite) {
      event.preventDefault();
      const card = document.getElementById(cite.getAttribute("href").slice(1));
      if (card) showCard(card);
    } else if (page && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      read(page.href);
    } else if (at("[data-zoom]")) {
      zoom(Number(at("[data-zoom]").dataset.zoom));
    } else if (at("[data-close]") || event.target === reader()) {
      reader().close();
    } else if (at("[data-theme]")) {
      const dark = document.body.classList.toggle("dark");
      localStorage.setItem("thesis-qa-theme", dark ? "dark" : "light");
    }
  });

  // Gradio labels a message with its source; a screen reader shall read what is shown instead.
  new MutationObserver(() => {
    document
      .querySelectorAll('#log [data-testid][aria-label*="<div"]')
      .forEach((message) => message.removeAttribute("aria-label"));
    document.querySelector("#log .examples[role=list]")?.removeAttribute("role"); // of buttons
    document
      .querySelectorAll("#log button.rate:not([aria-pressed])")
      .forEach((rate) => rate.setAttribute("aria-pressed", rate.classList.contains("chosen")));
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-label"] });

  // A card without a picture fetches the paragraph when it is opened.
  document.addEventListener(
    "toggle",
    async (event) => {
      const place = event.target.dataset?.place;
      const frame = place && event.target.querySelector(".paragraphs");
      if (frame && event.target.open && !frame.childElementCount) {
        const paragraphs = await main(place);
        paragraphs.querySelector("h1")?.remove();
        frame.replaceChildren(...paragraphs.childNodes);
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
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !reader().open) {
      event.preventDefault();
      document.querySelector("#question textarea")?.focus();
    } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      escape(event.target);
    } else if (/^Arrow(Up|Down)$/.test(event.key) && event.target.matches?.(".card")) {
      event.preventDefault();
      const cards = [...event.target.closest(".sources").querySelectorAll(".card")];
      cards[cards.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    } else if (/^Arrow(Left|Right)$/.test(event.key) && reader()?.open) {
      const turns = reader().querySelectorAll(".turn");
      turns[event.key === "ArrowLeft" ? 0 : turns.length - 1]?.click();
    }
  });

  // Escape stops an answer, else keeps a question as it was, else leaves the question box.
  function escape(from) {
    const stop = document.querySelector("#question-row button.stop-button");
    const keep = document.querySelector("#changing button[name=keep]");
    if (stop ?? keep) (stop ?? keep).click();
    else from.blur();
  }

  const chosen = localStorage.getItem("thesis-qa-theme");
  if (chosen) document.body.classList.toggle("dark", chosen === "dark");
})();
