/* Search and filter. Without this script everything is shown. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.setAttribute("data-height", String(root.scrollHeight));
  var finder = document.getElementById("finder");
  if (!finder) { return; }
  var text = document.getElementById("find");
  var test = document.getElementById("find-test");
  var verdict = document.getElementById("find-verdict");
  var found = document.getElementById("found");
  var sheets = Array.from(document.querySelectorAll("[data-sheet]"));
  var items = ".card, .rows tbody tr, .point, .observation, .id-list";
  var index = null;
  finder.hidden = false;

  function build() {
    index = sheets.map(function (sheet) {
      var parts = Array.from(sheet.querySelectorAll(items)).map(function (item) {
        var ids = item.getAttribute("data-find") || "";
        return { item: item, words: (item.textContent + " " + ids).toLowerCase() };
      });
      return { sheet: sheet, parts: parts };
    });
  }

  function away(element, is) { element.classList.toggle("is-away", is); }

  function look() {
    var words = text.value.trim().toLowerCase();
    if (!index) { build(); }
    var hits = 0, shown = 0;
    index.forEach(function (entry) {
      var sheet = entry.sheet;
      var fits = (!test.value || sheet.getAttribute("data-sheet") === test.value);
      var any = false;
      entry.parts.forEach(function (part) {
        var item = part.item;
        var has = !words || part.words.indexOf(words) >= 0;
        var isPoint = item.classList.contains("point");
        var right = !verdict.value || !isPoint || item.getAttribute("data-verdict") === verdict.value;
        away(item, !(has && right));
        if (fits && has && right) {
          if (words) { hits += 1; any = true; }
          if (verdict.value && isPoint) { any = true; }
          var fold = item.closest("details");
          if (words && fold) { fold.open = true; }
        }
      });
      if (verdict.value && !sheet.querySelector(".point[data-verdict='" + verdict.value + "']")) { fits = false; }
      if ((words || verdict.value) && !any) { fits = false; }
      away(sheet, !fits);
      if (fits) { shown += 1; }
    });
    document.querySelectorAll("[data-row]").forEach(function (row) {
      var sheet = document.getElementById(row.getAttribute("data-row"));
      away(row, sheet !== null && sheet.classList.contains("is-away"));
    });
    if (!words && !test.value && !verdict.value) { found.textContent = ""; return; }
    var sheetsText = shown === 1 ? "1 sheet" : shown + " sheets";
    var hitsText = hits === 1 ? "1 place on " : hits + " places on ";
    found.textContent = words
      ? (hits ? hitsText + sheetsText : "Not on this page; look into the HAR and CSV files")
      : sheetsText + " shown";
  }

  var waiting = 0;
  text.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(look, 150); });
  test.addEventListener("change", look);
  verdict.addEventListener("change", look);

  /* A link into a folded table, or to something filtered away, opens what hides it. */
  function reveal() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    if (target.closest(".is-away")) { text.value = ""; test.value = ""; verdict.value = ""; look(); }
    var fold = target.closest("details");
    if (fold && !fold.open) { fold.open = true; target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", reveal);
  if (location.hash) { reveal(); }
})();
