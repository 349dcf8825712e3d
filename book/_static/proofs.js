// A step of a proof shows what is new; when it is opened, all hypotheses are put in. A page holds
// each only once, or the longest would be four times as long.
const known = JSON.parse(document.getElementById("coq-hypotheses").textContent);

document.addEventListener(
  "toggle", // does not bubble, so it is caught on its way down
  (event) => {
    const box = event.target.querySelector?.(":scope > pre[data-all]");
    if (!box) return;
    const lines = box.dataset.all.split(" ").flatMap((number, place) => {
      const line = document.createElement(number.endsWith("!") ? "b" : "span");
      line.textContent = known[parseInt(number)];
      return place ? ["\n", line] : [line];
    });
    box.replaceChildren(...lines);
    box.removeAttribute("data-all");
  },
  true,
);
