// Looks at the page as it is drawn just now and says what breaks a rule, one sentence each; run by gallery.py.
(expected) => {
  const complaints = [];
  const complain = (what, element) =>
    complaints.push(element ? `${what}: <${element.tagName.toLowerCase()}> “${words(element).slice(0, 40)}”` : what);
  const words = (element) => (element.innerText || element.textContent || "").trim().replace(/\s+/g, " ");
  const isSeen = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.getBoundingClientRect().width > 0;

  // Contrast, by WCAG 2.2 §1.4.3.
  const color = (text) => {
    const parts = text.match(/[\d.]+/g).map(Number);
    return { rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1 };
  };
  const over = (front, back) => front.rgb.map((part, i) => part * front.alpha + back[i] * (1 - front.alpha));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const background = (element) => {
    if (!element) return expected.scheme === "dark" ? [0, 0, 0] : [255, 255, 255];
    const own = color(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own.rgb : over(own, background(element.parentElement));
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !isSeen(element)) continue;
    seen += 1;
    const style = getComputedStyle(element);
    const [size, weight] = [parseFloat(style.fontSize), Number(style.fontWeight)];
    const needed = size >= 24 || (size >= 18.66 && weight >= 700) ? 3 : 4.5;
    const back = background(element);
    const ratio = contrast(over(color(style.color), back), back);
    if (ratio < needed) complain(`contrast ${ratio.toFixed(2)} below ${needed}`, element);
    if (size < 12) complain(`text of ${size} px`, element);
  }
  if (seen < 3) complain("hardly any text");
  const ground = luminance(background(document.body));
  if (expected.scheme === "dark" ? ground > 0.1 : ground < 0.7) complain(`a ${expected.scheme} page on ${ground}`);

  // Controls: a name to be heard, a size to be hit, and a border or ground to be seen.
  const controls = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary");
  for (const control of [...controls].filter(isSeen)) {
    const labels = [...(control.labels ?? [])].map(words).join(" ");
    const name = control.getAttribute("aria-label") || labels || (control.matches("input") ? "" : words(control));
    if (!name.trim()) complain("no name", control);
    const box = control.getBoundingClientRect();
    if (box.width < 44 || box.height < 44) complain(`${box.width.toFixed()} × ${box.height.toFixed()} px`, control);
    if (box.left < 0 || box.right > innerWidth) complain("outside the screen", control);
  }
  for (const image of document.querySelectorAll("img:not([alt]), svg:not([aria-hidden]):not([role=img])")) {
    complain("a picture without a word for it", image);
  }
  for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby], label[for]")) {
    for (const name of ["aria-labelledby", "aria-describedby", "for"]) {
      for (const id of (element.getAttribute(name) ?? "").split(" ").filter(Boolean)) {
        if (!document.getElementById(id)) complain(`${name} leads nowhere`, element);
      }
    }
  }

  // The document.
  if (document.documentElement.lang !== expected.lang) complain(`lang is ${document.documentElement.lang}`);
  if (!document.title.trim()) complain("no title");
  if (document.querySelectorAll("h1").length !== 1) complain("not one h1");
  if (document.querySelectorAll("main").length !== 1) complain("not one main");
  let level = 1;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    if (Number(heading.tagName[1]) > level + 1) complain("a level of headings is left out", heading);
    level = Number(heading.tagName[1]);
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  if (new Set(ids).size !== ids.length) complain("an id stands twice");
  if (document.documentElement.scrollWidth > innerWidth) {
    complain(`${document.documentElement.scrollWidth} px wide on a screen of ${innerWidth} px`);
  }
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    if (style.overflowX !== "visible" && !element.matches("input, textarea") && element.scrollWidth > element.clientWidth + 1) {
      complain("cut off", element);
    }
  }
  if (document.querySelector("script, iframe, [style], [onclick]")) complain("a script, frame or style of its own");
  for (const element of document.querySelectorAll("link[href], img[src], source[src]")) {
    const url = new URL(element.href ?? element.src, location.href);
    if (url.protocol !== "data:" && url.origin !== location.origin) complain(`loads ${url.origin}`);
  }
  return complaints;
}
