// @ts-check
// Nothing is drawn twice: the page looks as with its scripts from the start and waits for the font of its formulas,
// which would move what had been drawn; after two seconds it waits no longer. The style sheet has its whole address
// before anything is drawn: the theme's script gives it one later, which makes it a new sheet.
{
  const root = document.documentElement;
  root.className = "js late";
  for (const link of document.querySelectorAll("link")) {
    if (link.rel === "stylesheet") link.setAttribute("href", link.href);
  }
  const show = () => root.classList.remove("late");
  document.fonts.load('1em "LR Math"').then(show, show);
  setTimeout(show, 2000);
}
