import { beforeEach, describe, expect, it } from 'vitest';

import { h } from '../../src/view/dom';
import { Layout } from '../../src/view/layout';
import { english } from '../../src/view/translator';
import { press } from '../scenario';

let layout: Layout;
let divider: HTMLElement;

beforeEach(() => {
  layout = new Layout([h('div', {}, 'list')], h('div', {}, 'pane'), english);
  document.body.replaceChildren(layout.node);
  divider = layout.node.querySelector('[role="separator"]')!;
});

const share = () => layout.node.style.getPropertyValue('--exo-share');

describe('Layout', () => {
  it('is open while the pane shows something', () => {
    layout.isOpen = true;
    expect(layout.node.classList.contains('exo-mod-open')).toBe(true);
    layout.isOpen = false;
    expect(layout.node.classList.contains('exo-mod-open')).toBe(false);
  });

  it('is resized up and down with the arrow keys', () => {
    press(divider, 'ArrowDown');
    expect(share()).toBe('50%');
    press(divider, 'ArrowUp');
    press(divider, 'ArrowUp');
    expect([share(), divider.getAttribute('aria-valuenow')]).toEqual(['40%', '40']);
  });

  it('is resized to the left and right when both are side by side', () => {
    layout.node.style.flexDirection = 'row';
    press(divider, 'ArrowDown');
    expect(share()).toBe('45%');
    press(divider, 'ArrowRight');
    expect(share()).toBe('50%');
    divider.dispatchEvent(new Event('focus'));
    expect(divider.getAttribute('aria-orientation')).toBe('vertical');
  });

  it('leaves room for both', () => {
    press(divider, 'End');
    press(divider, 'ArrowDown');
    expect(share()).toBe('80%');
    press(divider, 'Home');
    press(divider, 'ArrowUp');
    expect(share()).toBe('20%');
  });

  it('keeps its keys from JupyterLab, and leaves the others', () => {
    expect(press(divider, 'ArrowDown').defaultPrevented).toBe(true);
    expect(press(divider, 'x').defaultPrevented).toBe(false);
  });
});
