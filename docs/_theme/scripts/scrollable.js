// @ts-check
// Wide formulas, tables and code take the keyboard's focus, once what holds them is open. All are measured before any
// is changed, or each would be laid out anew.
{
  const update = () => setTimeout(() => {
    const all = document.querySelectorAll("div.arithmatex,.md-typeset__scrollwrap,.tabbed-labels,pre>code");
    const open = [...all].filter(node => !node.closest("details:not([open])"));
    const wide = open.map(node => node.scrollWidth > node.clientWidth);
    open.forEach((node, i) => {
      if (wide[i]) node.setAttribute("tabindex", "0");
      else node.removeAttribute("tabindex");
    });
  });
  addEventListener("load", update);
  addEventListener("toggle", update, true);
  addEventListener("resize", update);
  document.addEventListener("DOMContentLoaded", () => {
    /** @typedef {Record<"subscribe", (listener: () => void) => void>} Pages each new one that the theme swaps in */
    /** @type {Window & {document$?: Pages}} */
    const { document$ } = window;
    document$?.subscribe(update);
  });
}
