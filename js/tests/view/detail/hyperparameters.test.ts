import { expect, test } from 'vitest';

import type { Hyperparameter } from '../../../src/registry/types';
import type { VersionDetail } from '../../../src/view/detail/version_detail';
import { detail } from '../../samples';
import { DETAIL, page, showDetail, texts } from './fixture';

async function shown(hyperparameters: Hyperparameter[]): Promise<VersionDetail> {
  const reply = { ...detail(3, { hyperparameters }) };
  return showDetail(await page({ [`GET ${DETAIL}`]: reply }));
}

function many(count: number): Hyperparameter[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `clf__p${index}`,
    text: String(index),
    changed: index === count - 1
  }));
}

function fieldOf(view: VersionDetail, selector: string): HTMLInputElement {
  return view.node.querySelector<HTMLInputElement>(`.exo-Controls ${selector}`)!;
}

function type(view: VersionDetail, text: string): void {
  const field = fieldOf(view, '[type=search]');
  field.value = text;
  field.dispatchEvent(new Event('input'));
}

test('those that differ from the defaults come first and are marked', async () => {
  const view = await shown([
    { name: 'tol', text: '0.1', changed: false },
    { name: 'C', text: '10', changed: true }
  ]);
  expect(texts(view, '.exo-Parameter')).toEqual(['C10changed', 'tol0.1']);
});

test('a long name breaks at its parts', async () => {
  const view = await shown([{ name: 'prep__num.scale_by', text: '1', changed: null }]);
  expect(view.node.querySelector('.exo-Parameter-name')?.innerHTML).toBe(
    'prep__<wbr>num.<wbr>scale_<wbr>by'
  );
});

test('many have a filter by name and value', async () => {
  const view = await shown(many(12));
  type(view, 'P11');
  expect(texts(view, '.exo-Parameter-name')).toEqual(['clf__p11']);
  type(view, 'nothing');
  expect(view.node.textContent).toContain('No matching hyperparameters.');
});

test('a few have no filter', async () => {
  const view = await shown(many(11));
  expect(fieldOf(view, '[type=search]').hidden).toBe(true);
});

test('the switch shows only those that differ', async () => {
  const view = await shown(many(3));
  const box = fieldOf(view, '.exo-Switch input');
  box.checked = true;
  box.dispatchEvent(new Event('change'));
  expect(texts(view, '.exo-Parameter-name')).toEqual(['clf__p2']);
});

test('without known defaults there is no switch', async () => {
  const view = await shown([{ name: 'C', text: '1', changed: null }]);
  expect(view.node.querySelector<HTMLElement>('.exo-Switch')?.hidden).toBe(true);
  expect(texts(view, '.exo-Parameter')).toEqual(['C1']);
});

test('a version without hyperparameters says so', async () => {
  expect((await shown([])).node.textContent).toContain('No hyperparameters.');
});
