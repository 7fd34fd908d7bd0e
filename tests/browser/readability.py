"""Checks of accessibility: contrast and names of controls."""

from __future__ import annotations

from playwright.sync_api import Locator

# Contrast of visible text and of field values against their backgrounds (WCAG 2.2, 1.4.3).
# Disabled controls and images are exempt.
# Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
_FAINT = """root => {
    const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1})
        .getContext('2d', {willReadFrequently: true});
    const rgba = color => {
        pen.clearRect(0, 0, 1, 1);
        pen.fillStyle = color;
        pen.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((v, i) => v * a + below[i] * (1 - a));
    const behind = element => {
        const layers = [];
        for (let e = element; e; e = e.parentElement) {
            layers.push(rgba(getComputedStyle(e).backgroundColor));
            if (layers.at(-1)[3] === 1) break;
        }
        return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255]);
    };
    const opacity = element => {
        let product = 1;
        for (let e = element; e; e = e.parentElement) product *= +getComputedStyle(e).opacity;
        return product;
    };
    const luminance = color => color
        .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const look = (element, text, style) => {
        const background = behind(element);
        const [r, g, b, a] = rgba(style.color);
        const front = over([r, g, b, a * opacity(element)], background);
        const [dark, light] = [luminance(front), luminance(background)].sort((x, y) => x - y);
        const ratio = (light + 0.05) / (dark + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
        seen += 1;
        if (ratio < (large ? 3 : 4.5))
            found.push(`${text.trim().slice(0, 40)}: ${ratio.toFixed(2)}, ${style.color} on `
                + background.map(Math.round));
    };
    const shown = element => element.checkVisibility({visibilityProperty: true})
        && !element.closest('[disabled], [aria-disabled=true], svg, .jp-mod-hidden')
        && element.getClientRects().length;
    // ipywidgets uses a zero-width space for empty text.
    const visible = text => text.replaceAll('\\u200b', '').trim();
    const found = [];
    let seen = 0;
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const {data, parentElement} = texts.currentNode;
        if (visible(data) && shown(parentElement) && !parentElement.closest('style, script'))
            look(parentElement, data, getComputedStyle(parentElement));
    }
    for (const field of root.querySelectorAll('input, select, textarea')) {
        if (!shown(field)) continue;
        const style = getComputedStyle(field);
        if (field.value) look(field, field.value, style);
        else if (visible(field.placeholder ?? '')) {
            const hint = getComputedStyle(field, '::placeholder');
            look(field, field.placeholder, {
                color: hint.color, fontSize: style.fontSize, fontWeight: style.fontWeight,
            });
        }
    }
    return [seen, found];
}"""

# Accessible names; a placeholder is not a name, because it is hidden by typed text. Handles of
# sliders are skipped, because ipywidgets does not name them; panels have a field beside them.
# Source: https://www.w3.org/TR/accname-1.2/
_NAMELESS = """root => {
    const text = id => document.getElementById(id)?.textContent ?? '';
    const name = control => [
        (control.getAttribute('aria-labelledby') ?? '').split(/\\s+/).map(text).join(' '),
        control.getAttribute('aria-label'),
        ...[...(control.labels ?? [])].map(label => label.textContent),
        ['SELECT', 'INPUT', 'TEXTAREA'].includes(control.tagName) ? '' : control.textContent,
        control.title,
    ].map(found => (found ?? '').trim()).find(Boolean);
    const controls = [...root.querySelectorAll(
        'button, input, select, textarea, a[href], summary, [tabindex="0"], [role=button],'
        + ' [role=slider], [role=tab], [role=checkbox], [role=option], [role=combobox]'
    )].filter(control => control.checkVisibility({visibilityProperty: true})
        && !control.closest('.jp-InputArea, .noUi-target') && control.type !== 'hidden');
    return [controls.length, controls.filter(control => !name(control)).map(
        control => control.outerHTML.slice(0, 200)
    )];
}"""


def low_contrast(part: Locator) -> list[str]:
    """List visible text with a contrast below 4.5 to 1, or 3 to 1 for large text.

    Parameters
    ----------
    part : Locator
        Part of the page; it must have visible text.

    Returns
    -------
    list of str
        Text, contrast and colors.
    """
    seen, found = part.evaluate(_FAINT)
    assert seen, "no visible text"
    return list(found)


def unnamed_controls(part: Locator) -> list[str]:
    """List the controls without an accessible name.

    Parameters
    ----------
    part : Locator
        Part of the page; it must have a control.

    Returns
    -------
    list of str
        Beginning of the HTML of the control.
    """
    seen, found = part.evaluate(_NAMELESS)
    assert seen, "no visible control"
    return list(found)
