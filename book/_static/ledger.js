// Filters for the ledger, made from the table itself: without this script the table is whole.
{
  const table = document.querySelector("table.ledger");
  const rows = [...table.tBodies[0].rows];
  const verdictOf = (row) => row.cells[1].querySelector(".sd-badge").textContent;
  const kinds = { C: "in the paper", N: "new", S: "often said" };
  const idOf = (row) => row.cells[0].textContent.trim().slice(0, 3);
  const kindOf = (row) => kinds[idOf(row)[0]];
  const sections = JSON.parse(document.getElementById("ledger-sections").textContent);
  const sectionOf = (row) => sections[idOf(row)];

  const bar = document.createElement("form");
  bar.className = "ledger-filter";
  bar.addEventListener("submit", (event) => event.preventDefault());

  function choice(label, valueOf) {
    const box = document.createElement("label");
    const select = document.createElement("select");
    const values = [...new Set(rows.map(valueOf))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    for (const value of ["all", ...values]) select.add(new Option(value));
    box.append(`${label} `, select);
    bar.append(box);
    return (row) => select.value === "all" || select.value === valueOf(row);
  }

  const tests = [choice("verdict", verdictOf), choice("section", sectionOf), choice("kind", kindOf)];
  const box = document.createElement("label");
  const words = document.createElement("input");
  words.type = "search";
  box.append("words ", words);
  const count = document.createElement("output");
  bar.append(box, count);

  function show() {
    const wanted = words.value.toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const keep = tests.every((test) => test(row)) && row.textContent.toLowerCase().includes(wanted);
      row.hidden = !keep;
      shown += keep;
    }
    count.textContent = `${shown} of ${rows.length}`;
  }

  bar.addEventListener("input", show);
  (table.closest(".pst-scrollable-table-container") ?? table).before(bar);
  show();

  // A link to a claim's evidence opens it.
  function open() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    target?.closest("details")?.setAttribute("open", "");
    target?.querySelector("details")?.setAttribute("open", "");
    target?.scrollIntoView();
  }
  addEventListener("hashchange", open);
  open();
}
