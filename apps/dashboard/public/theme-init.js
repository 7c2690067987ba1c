// Runs before the first paint. A file of its own because the content security policy allows no inline scripts.
(function () {
  // Sets the colour scheme, now and whenever the system changes its wish. The key is Mantine's.
  var wish = window.matchMedia("(prefers-color-scheme: dark)");
  function setScheme() {
    var stored = null;
    try {
      stored = window.localStorage.getItem("mantine-color-scheme-value");
    } catch {
      // Storage can be closed to us; the system's wish is used then.
    }
    var dark = stored === "dark" || (stored !== "light" && wish.matches);
    document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  }
  setScheme();
  wish.addEventListener("change", setScheme);

  // Fetches the code of the page at this address beside the entry: the build wrote down what each page needs.
  var chunks = JSON.parse(document.currentScript.dataset.chunks || "{}");
  var path = window.location.pathname;
  var page = Object.keys(chunks)
    .filter(function (each) {
      return path === each || path.startsWith(each + "/");
    })
    .sort()
    .pop();
  (chunks[page] || []).forEach(function (file) {
    var link = document.createElement("link");
    if (file.endsWith(".css")) {
      link.rel = "preload";
      link.as = "style";
    } else {
      link.rel = "modulepreload";
    }
    link.href = "/assets/" + file;
    document.head.append(link);
  });
})();
