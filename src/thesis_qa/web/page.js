// The page itself: its language and colours, what its buttons do, what it says in passing.
window.thesisQA = (() => {
  const language = location.pathname.startsWith("/id") || location.pathname.includes("/id/") ? "id" : "en";
  const reader = () => document.getElementById("reader");

  // Gradio sets the page's language to the browser's, which need not be the one that was chosen.
  const html = document.documentElement;
  const speak = () => html.lang === language || (html.lang = language);
  new MutationObserver(speak).observe(html, { attributeFilter: ["lang"] });
  speak();

  // While a kept conversation is opened, the first screen isn't shown.
  const opening = document.createElement("style");
  opening.textContent = "#first { visibility: hidden }";
  if (new URLSearchParams(location.search).has("c")) document.head.append(opening);

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

  // `what` names a text of the toast; `undo`, where there is one, is offered beside it.
  const say = (what, undo) => tells(document.getElementById("toast").dataset[what], undo);

  function tells(words, undo) {
    const toast = document.getElementById("toast");
    const button = toast.querySelector("button");
    toast.querySelector("span").textContent = words;
    button.hidden = !undo;
    button.onclick = () => (toast.classList.remove("shown"), undo?.());
    (document.querySelector("dialog[open]") ?? document.getElementById("peek").parentElement).append(toast);
    toast.classList.add("shown");
    clearTimeout(tells.timer);
    tells.timer = setTimeout(() => toast.classList.remove("shown"), undo ? 8000 : 2000 + 45 * words.length);
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

  // What a button does, as the event of the hidden component that page.py and actions.py listen to.
  const EVENTS = {
    copy: "copy", link: "download", retry: "retry", edit: "edit", keep: "undo", clear: "clear",
    card: "select", helpful: "like", "wrong-answer": "like", "wrong-page": "like", ask: "submit",
    lift: "delete",
  };
  const act = (button) => ours.does(button.name, button.value);

  function does(name, value) {
    ours.tell(EVENTS[name], { act: name, key: value });
    if (name === "clear") ours.begin();
    if (name === "card") ours.sheet(true);
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
      if (note) ours.tell("like", { act: name, key: value, note });
      say("thanks");
    };
    dialog.showModal();
  }

  // On a phone the sources and the other tabs come as a sheet from below.
  const narrow = () => matchMedia("(width < 48rem)").matches;
  const raised = () => document.querySelectorAll(".raised").length > 0;
  function sheet(open) {
    for (const part of document.querySelectorAll("#desk, #sheet-close"))
      part.classList.toggle("raised", open && narrow());
  }

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    const shut = at("dialog[open]");
    if (at("button.act")) {
      act(at("button.act"));
    } else if (at("[data-close]") || (shut && event.target === shut)) {
      shut?.close();
    } else if (at("[data-theme]")) {
      const dark = document.body.classList.toggle("dark");
      localStorage.setItem("thesis-qa-theme", dark ? "dark" : "light");
    } else if (at("[data-about]")) {
      document.getElementById("about").showModal();
    } else if (at("#sheet-close")) {
      sheet(false);
    } else if (at("#tabs [role=tab]")) {
      sheet(true);
    }
  });

  // Gradio labels a message with its source; a screen reader shall read what is shown instead.
  // What it says by itself is English and meant for programmers: it is said here in words of ours.
  let [turns, held, stands] = [0, false, 0];
  new MutationObserver((changes) => {
    document
      .querySelectorAll('#log [data-testid][aria-label*="<div"]')
      .forEach((message) => message.removeAttribute("aria-label"));
    document
      .querySelectorAll("#log button.rate:not([aria-pressed])")
      .forEach((rate) => rate.setAttribute("aria-pressed", rate.classList.contains("chosen")));
    document.querySelectorAll(".toast-body.error:not(.ours)").forEach(translate);
    const questions = document.querySelectorAll("#log .user-row");
    if (questions.length > turns) held = true;
    turns = questions.length;
    const grown = changes.some(({ target }) => target.closest?.("#log"));
    if (turns && held && grown) toQuestion(questions[turns - 1]);
    if (turns) opening.remove();
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-label"] });

  function translate(body) {
    body.classList.add("ours");
    const words = document.getElementById("toast")?.dataset;
    const lost = /connection/i.test(body.textContent);
    const [title, said] = [body.querySelector(".toast-title"), body.querySelector(".toast-text")];
    if (title) title.textContent = words?.wrong ?? "";
    if (said) said.textContent = (lost ? words?.lost : words?.broken) ?? "";
  }

  // An answer is read from its beginning: the question stays in sight while it grows, until
  // whoever reads it moves on.
  function toQuestion(row) {
    const log = row.closest("[role=log]");
    log.scrollTop += row.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
    stands = log.scrollTop;
  }
  const moves = (event) => {
    if (event.target.matches?.("[role=log]") && Math.abs(event.target.scrollTop - stands) > 2) held = false;
  };
  document.addEventListener("scroll", moves, true);

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    const shut = !document.querySelector("dialog[open]");
    if (event.key === "/" && !typing && shut) {
      event.preventDefault();
      focus();
    } else if (event.key === "Escape" && shut) {
      escape(event.target);
    } else if (event.key === "ArrowUp" && event.target.matches?.("#question textarea")) {
      const cites = document.querySelectorAll("#log .bot a.cite, #log .bot button.act");
      const last = document.querySelectorAll("#log .answer");
      const first = [...cites].find((cite) => last[last.length - 1]?.contains(cite));
      if (!event.target.value) first?.focus();
    }
  });

  // Escape stops an answer, else keeps a question as it was, else leaves the question box.
  function escape(from) {
    const stop = document.querySelector("#question-row button.stop-button");
    const keep = document.querySelector("#changing button[name=keep]");
    if (stop ?? keep) (stop ?? keep).click();
    else if (raised()) sheet(false);
    else from.blur();
  }

  const chosen = localStorage.getItem("thesis-qa-theme");
  if (chosen) document.body.classList.toggle("dark", chosen === "dark");
  const opened = () => opening.remove();
  const ours = { language, save, say, tells, copy, focus, does, sheet, reader, opened };
  return ours;
})();
