// Conversations that are kept, and the theses that are chosen for them.
(() => {
  const ours = window.thesisQA;
  const PREFIX = "thesis-qa-talk-";
  const dialog = () => document.getElementById("talks");
  let current = ""; // the id of the conversation that is shown, once something was asked

  // Kept in this browser, or on the server for whoever has signed in.
  const words = (talk) =>
    [talk.title, ...talk.turns.map((turn) => `${turn.question} ${turn.answer?.text ?? ""}`)]
      .join(" ").toLowerCase();
  const inBrowser = {
    async list(sought) {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
      const talks = keys.map((key) => JSON.parse(localStorage.getItem(key)));
      return talks
        .filter((talk) => words(talk).includes(sought.toLowerCase()))
        .map(({ turns, ...talk }) => talk)
        .sort((one, other) => (one.when < other.when ? 1 : -1));
    },
    get: async (id) => JSON.parse(localStorage.getItem(PREFIX + id)),
    put: async (talk) => localStorage.setItem(PREFIX + talk.id, JSON.stringify(talk)),
    remove: async (id) => localStorage.removeItem(PREFIX + id),
    async clear() {
      for (const talk of await inBrowser.list("")) await inBrowser.remove(talk.id);
    },
  };
  const call = async (address, method = "GET", sent) => {
    const body = sent && JSON.stringify(sent);
    const answer = await fetch(new URL(`../conversations${address}`, location.href), { method, body });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };
  const onServer = {
    list: (sought) => call(`?sought=${encodeURIComponent(sought)}`),
    get: (id) => call(`/${id}`),
    put: (talk) => call(`/${talk.id}`, "PUT", talk),
    remove: (id) => call(`/${id}`, "DELETE"),
    clear: () => call("", "DELETE"),
  };
  const store = () =>
    document.querySelector("header.top")?.dataset.kept === "server" ? onServer : inBrowser;

  // Every conversation has an address. Going back leads to the one before.
  const asked = () => new URLSearchParams(location.search).get("c");
  const address = (id) => (id ? `${location.pathname}?c=${id}` : location.pathname);
  addEventListener("popstate", () => location.reload());

  async function keep(text) {
    if (!text) return;
    const { id, turns } = JSON.parse(text);
    if (current !== id) history.replaceState(null, "", address(id));
    current = id;
    try {
      const before = await store().get(id);
      const title = before?.named ? before.title : turns[0].question;
      const when = new Date().toISOString();
      await store().put({ id, title, named: Boolean(before?.named), when, turns });
    } catch {
      ours.say("full");
    }
  }

  async function restore() {
    const id = asked();
    while (!ours.tell) await new Promise((soon) => setTimeout(soon, 20)); // the page is being built
    const talk = id && (await store().get(id));
    if (talk) {
      current = id;
      const among = talk.turns[talk.turns.length - 1].among ?? [];
      choose(among, false);
      ours.tell("expand", { key: JSON.stringify(talk.turns) });
    } else {
      if (id) begin(ours.say("missing"));
      ours.opened();
    }
    typedBefore();
  }

  // A new conversation: of all theses, at an address without one.
  function begin() {
    if (location.search) history.pushState(null, "", address(""));
    current = "";
    choose([]);
    ours.focus();
  }

  // Another tab went on with this conversation.
  addEventListener("storage", (event) => {
    const asking = document.querySelector("#question-row button.stop-button");
    if (!current || event.key !== PREFIX + current || !event.newValue || asking) return;
    const last = JSON.parse(event.newValue).turns.pop();
    if (last.answer || last.problem) restore(); // while it is being answered there, nothing
  });

  // The list

  async function list() {
    const sought = dialog().querySelector("[type=search]").value;
    const talks = (await store().list(sought)) ?? [];
    const template = dialog().querySelector("template").content.firstElementChild;
    const time = new Intl.DateTimeFormat(ours.language, { dateStyle: "medium", timeStyle: "short" });
    dialog().querySelector("ol").replaceChildren(
      ...talks.map((talk) => {
        const item = template.cloneNode(true);
        const link = item.querySelector("a");
        item.dataset.talk = talk.id;
        link.href = address(talk.id);
        link.textContent = talk.title;
        if (talk.id === current) link.setAttribute("aria-current", "page");
        item.querySelector("small").textContent = time.format(new Date(talk.when));
        return item;
      }),
    );
    dialog().querySelector(".nothing").hidden = talks.length > 0;
    dialog().querySelector("[data-forget-all]").hidden = !talks.length;
  }

  async function forget(ids) {
    const talks = await Promise.all(ids.map((id) => store().get(id)));
    await Promise.all(ids.map((id) => store().remove(id)));
    const shown = ids.includes(current) && current;
    if (shown) ours.does("clear");
    const undo = async () => {
      for (const talk of talks.filter(Boolean)) await store().put(talk);
      if (shown) location.assign(address(shown));
      else list();
    };
    ours.say("forgotten", undo);
    list();
  }

  function rename(item) {
    const link = item.querySelector("a");
    const box = item.querySelector("input");
    link.hidden = !(box.hidden = false);
    box.value = link.textContent;
    box.select();
    box.onkeydown = (event) => {
      if (event.key === "Escape") event.preventDefault();
      if (event.key === "Escape" || event.key === "Enter") box.blur();
      if (event.key === "Escape") box.value = "";
    };
    box.onblur = async () => {
      const talk = await store().get(item.dataset.talk);
      const title = box.value.trim();
      if (talk && title) await store().put({ ...talk, title, named: true });
      list();
    };
  }

  document.addEventListener("click", async (event) => {
    const at = (selector) => event.target.closest?.(selector);
    const item = at("#talks li");
    const language = at("a.language");
    if (at("[data-talks]")) {
      dialog().querySelector("[type=search]").value = "";
      await list();
      dialog().showModal();
    } else if (language) {
      language.search = current ? `?c=${current}` : location.search;
    } else if (at("[data-forget-all]")) {
      forget((await store().list("")).map((talk) => talk.id));
    } else if (item && at("[data-forget]")) {
      forget([item.dataset.talk]);
    } else if (item && at("[data-rename]")) {
      rename(item);
    } else if (item && at("[data-export]")) {
      const talk = await store().get(item.dataset.talk);
      ours.tell("apply", { key: JSON.stringify(talk.turns) });
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("#talks [type=search]")) list();
  });

  // The theses that are asked: chosen on the first screen or in a window, shown below the question.

  const names = new Map(); // of theses, with their titles
  const boxes = () => [...document.querySelectorAll(".pick input")];

  function choose(wanted, offering = true) {
    const titles = new Map(boxes().map((box) => [box.value, box.dataset.title]));
    names.clear();
    for (const name of wanted) if (titles.has(name)) names.set(name, titles.get(name));
    for (const box of boxes()) box.checked = names.has(box.value);
    const frame = document.getElementById("chosen");
    frame.replaceChildren(
      ...[...names].map(([name, title]) => {
        const chip = document.createElement("button");
        chip.type = "button";
        chip.className = "chip";
        chip.dataset.drop = name;
        chip.textContent = title;
        chip.title = frame.dataset.remove.replace("{title}", title);
        chip.setAttribute("aria-label", chip.title);
        return chip;
      }),
    );
    document.querySelector(".among").hidden = titles.size < 2;
    document.querySelector(".among b").hidden = names.size > 0;
    if (offering) ours.tell?.("input", {});
  }

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.(".pick input")) return;
    const wanted = new Set(names.keys());
    wanted[event.target.checked ? "add" : "delete"](event.target.value);
    choose(wanted);
  });
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (at("[data-drop]")) choose([...names.keys()].filter((name) => name !== at("[data-drop]").dataset.drop));
    else if (at("[data-choose]")) showChoice((choosing = true));
    else if (at("[data-unchoose]")) choose([]);
    else if (at(".dropzone")) filesInput().then((input) => input?.click());
  });
  document.addEventListener("input", (event) => {
    const filters = event.target.closest?.(".filters");
    if (!filters) return;
    const wanted = [...filters.querySelectorAll("[data-filter]")].map((f) => [f.dataset.filter, f.value.toLowerCase()]);
    const frame = filters.nextElementSibling;
    const fits = (data, [name, value]) =>
      name === "words"
        ? value.split(/\s+/).every((word) => data.words.includes(word))
        : !value || data[name].toLowerCase() === value;
    let found = 0;
    for (const pick of frame.querySelectorAll(".pick")) {
      pick.hidden = !wanted.every((filter) => fits(pick.dataset, filter));
      found += !pick.hidden;
    }
    frame.querySelector(".nothing").hidden = found > 0;
  });

  // The lists are drawn anew when the library changes; a window that was open stays open.
  let choosing = false;
  function showChoice() {
    const dialog = document.getElementById("choosing");
    if (choosing && dialog && !dialog.open) dialog.showModal();
  }
  document.addEventListener("close", (event) => event.target.id === "choosing" && (choosing = false), true);
  new MutationObserver((changes) => {
    const drawn = changes.some((change) => change.target.closest?.("#theses, #chooser"));
    if (!drawn) return;
    choose([...names.keys()], false);
    showChoice();
  }).observe(document.body, { childList: true, subtree: true });

  // What is too large is told at once, in the reader's language, and not sent.
  document.addEventListener(
    "change",
    (event) => {
      if (!event.target.matches?.("#files input[type=file]")) return;
      const { most, large } = document.querySelector(".adding").dataset;
      const files = [...event.target.files];
      const fit = files.filter((file) => file.size <= most * 1e6);
      if (fit.length === files.length) return;
      const left = files.find((file) => !fit.includes(file));
      ours.tells(large.replace("{file}", left.name));
      const kept = new DataTransfer();
      fit.forEach((file) => kept.items.add(file));
      event.target.files = kept.files;
      if (!fit.length) event.stopImmediatePropagation();
    },
    true,
  );

  // The component that takes files is there once its tab was opened.
  async function filesInput() {
    const found = () => document.querySelector("#files input[type=file]");
    if (!found()) document.querySelector("[role=tab][aria-controls=library-tab]").click();
    for (let tried = 0; !found() && tried < 100; tried++) await new Promise((soon) => setTimeout(soon, 20));
    return found();
  }

  // Files can be dropped anywhere; the component of the library takes them.
  const sent = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragover", (event) => sent(event) && event.preventDefault());
  document.addEventListener("drop", async (event) => {
    if (!sent(event) || event.target.closest?.("#files")) return;
    event.preventDefault();
    const { files } = event.dataTransfer;
    const input = await filesInput();
    if (!input) return;
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A server that was started anew knows nothing of this page: it is opened again, with what was
  // kept and what was typed. Until there is a server, that is said.
  async function sameServer() {
    const known = document.querySelector("header.top")?.dataset.started;
    const answer = await fetch(new URL("../started", location.href)).catch(() => null);
    const found = answer?.ok ? await answer.json().catch(() => ({})) : {};
    if (found.started === known) return true;
    const typed = document.querySelector("#question textarea")?.value ?? "";
    sessionStorage.setItem("thesis-qa-typed", typed);
    if (answer && answer.status < 500) location.reload();
    else ours.say("lost"), setTimeout(sameServer, 2000);
    return false;
  }

  function typedBefore() {
    const [box, typed] = [document.querySelector("#question textarea"), sessionStorage.getItem("thesis-qa-typed")];
    sessionStorage.removeItem("thesis-qa-typed");
    if (!box || !typed) return;
    box.value = typed;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function chosen() {
    if (!(await sameServer())) await new Promise(() => {}); // the page is about to be opened again
    return JSON.stringify([...names.keys()]);
  }

  Object.assign(ours, { keep, restore, begin, chosen });
})();
