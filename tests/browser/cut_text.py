"""Checks of width: text that is cut, and controls that are out of sight."""

from __future__ import annotations

from playwright.sync_api import Locator

# Text with a digit, such as a version or a metric, and controls that leave the area of an element
# that hides what does not fit. An area that scrolls sideways by itself is reported too, except
# where a wide table is compared or previewed. The path gives way to the rest of the head, and is
# complete in a tooltip.
_CUT = """([root, wide]) => {
    const found = new Set();
    const clips = element => getComputedStyle(element).overflowX !== 'visible';
    const check = (element, box, text) => {
        for (let e = element; e; e = e.parentElement) {
            if (e.matches(wide)) return;
            if (clips(e) || e === root) {
                const area = e.getBoundingClientRect();
                const left = area.left + e.clientLeft;
                const right = left + (e.clientWidth || area.width);
                if (box.right > right + 1 || box.left < left - 1)
                    found.add(`${text.trim().slice(0, 60)}: ${Math.round(box.left)} to `
                        + `${Math.round(box.right)} in ${e.className || e.tagName}: `
                        + `${Math.round(left)} to ${Math.round(right)}`);
            }
            if (e === root) return;
        }
    };
    const shown = element => element.checkVisibility({visibilityProperty: true})
        && !element.closest('.exo-mod-unseen, .exo-Head-location');
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let seen = 0;
    while (texts.nextNode()) {
        const {data, parentElement} = texts.currentNode;
        if (!/\\d/.test(data) || !shown(parentElement)) continue;
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        for (const box of range.getClientRects()) {
            seen += 1;
            check(parentElement, box, data);
        }
    }
    for (const control of root.querySelectorAll('button, input, select, textarea, summary, a')) {
        if (shown(control)) {
            const name = control.getAttribute('aria-label') || control.textContent;
            check(control.parentElement, control.getBoundingClientRect(), `control ${name}`);
        }
    }
    return [seen, [...found]];
}"""

# Tables of users' data, which scroll sideways by themselves.
_WIDE = ".exo-Preview, .exo-Compare, .exo-Markdown table, pre"


def cut_text(part: Locator) -> list[str]:
    """List numbers and controls that are not completely visible in the width of a part.

    Parameters
    ----------
    part : Locator
        Part of the page; it must have visible text with a digit.

    Returns
    -------
    list of str
        Beginning of the text, its place, and the area that hides it.
    """
    seen, found = part.evaluate(f"root => ({_CUT})([root, {_WIDE!r}])")
    assert seen, "no visible number"
    return list(found)
