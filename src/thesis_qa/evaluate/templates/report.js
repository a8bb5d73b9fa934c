"use strict";
// Shows the questions that hold every word typed and are of the kinds chosen.
const rows = [...document.querySelectorAll("details[data-kind]")];
const typed = document.getElementById("typed");
const kind = document.getElementById("kind");
const slice = document.getElementById("slice");
const count = document.getElementById("count");
const texts = rows.map((row) => row.textContent.toLowerCase());

function show() {
  const words = typed.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  rows.forEach((row, i) => {
    const fits = (!kind.value || row.dataset.kind === kind.value)
      && (!slice.value || row.dataset.slice === slice.value)
      && words.every((word) => texts[i].includes(word));
    row.hidden = !fits;
    shown += fits;
  });
  count.textContent = `${shown} of ${rows.length}`;
}

for (const field of [typed, kind, slice]) field.addEventListener("input", show);
show();
