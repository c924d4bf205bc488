// @ts-check
// A copied formula is its TeX.
{
  /** @param {Node} node */
  const formulaAround = node => (node instanceof Element ? node : node.parentElement)?.closest("math");

  document.addEventListener("copy", event => {
    const selection = getSelection();
    if (!event.clipboardData || !selection?.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0).cloneRange();
    const first = formulaAround(range.startContainer);
    if (first) range.setStartBefore(first);
    const last = formulaAround(range.endContainer);
    if (last) range.setEndAfter(last);
    const copy = document.createElement("div");
    copy.append(range.cloneContents());
    if (!copy.querySelector("math annotation")) return;
    for (const formula of copy.querySelectorAll("math")) {
      const mark = formula.getAttribute("display") === "block" ? "$$" : "$";
      const annotation = formula.querySelector("annotation");
      if (annotation) formula.replaceWith(mark + annotation.textContent.trim() + mark);
    }
    copy.style.cssText = "position:fixed;top:0;opacity:0";
    document.body.append(copy); // only what is laid out has an innerText
    event.clipboardData.setData("text/plain", copy.innerText);
    copy.remove();
    event.clipboardData.setData("text/html", copy.innerHTML);
    event.preventDefault();
  });
}
