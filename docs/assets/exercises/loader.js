// @ts-check
// Written into each page with exercises: fetch their script when the reader comes near one. It is no module, since
// browsers give none to pages that are opened as files.
(() => {
  const answers = document.querySelectorAll("lr-answer");
  if (customElements.get("lr-answer")) return; // a page before this one has fetched it
  const near = new IntersectionObserver(entries => {
    if (!entries.some(entry => entry.isIntersecting)) return;
    near.disconnect();
    const script = document.createElement("script");
    script.src = new URL("@base@answers.js", location.href).href;
    script.onerror = () => answers.forEach(answer => answer.setAttribute("data-failed", ""));
    script.onload = () => script.remove(); // it has done its work, and the theme would take it along to other pages
    document.body.append(script);
  }, { rootMargin: "800px" });
  for (const answer of answers) near.observe(answer);
})();
