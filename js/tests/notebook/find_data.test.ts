import { expect, test } from 'vitest';

import { findData } from '../../src/notebook/find_data';

const SPLIT = 'X_train, X_test, y_train, y_test = train_test_split(X, y)';
const TRAINED = { X: 'X_train', y: 'y_train' };
const TESTED = { ...TRAINED, X_test: 'X_test', y_test: 'y_test' };

test.each([
  ['the rows of the fit', ['m = SVC().fit(X, y)'], { X: 'X', y: 'y' }],
  ['the rows of a fit in its own line', ['m = SVC()\nm.fit(A, b)'], { X: 'A', y: 'b' }],
  ['rows that are passed by name', ['m.fit(y=b, X=A)'], { X: 'A', y: 'b' }],
  ['columns of a table', ["m.fit(df[['a', 'b']], df['c'])"], { X: "df[['a', 'b']]", y: "df['c']" }],
  ['a fit with comments', ['m.fit(\n    A,  # rows, all\n    b,\n)'], { X: 'A', y: 'b' }],
  ['rows without labels', ['X_test = 1\nm.fit(A)'], { X: 'A' }],
  ['the last fit', ['m.fit(A, b)\nm.fit(C, d)'], { X: 'C', y: 'd' }],
  [
    'the fit of this estimator',
    ['other.fit(A, b)\nm = SVC().fit(C, d)\nnm.fit(E, f)'],
    { X: 'C', y: 'd' }
  ],
  ['a fit in an earlier cell', ['print(m)', 'm.fit(A, b)', 'm.fit(C, d)'], { X: 'A', y: 'b' }]
])('finds %s', (_, cells, data) => {
  expect(findData(cells, 'm')).toEqual(data);
});

test.each([
  ['the split of the same cell', [`${SPLIT}\nm = SVC().fit(X_train, y_train)`], TESTED],
  ['the split of an earlier cell', ['m.fit(X_train, y_train)', '1', SPLIT], TESTED],
  [
    'names of another style',
    ['a_train, a_test = f(a)\nb_train = b_test = 1\nm.fit(a_train, b_train)'],
    { X: 'a_train', y: 'b_train', X_test: 'a_test', y_test: 'b_test' }
  ],
  [
    'a test set before a validation set',
    ['X_val, y_val = 1, 2\nX_test, y_test = 1, 2\nm.fit(X_train, y_train)'],
    TESTED
  ],
  [
    'a validation set',
    ['X_val, y_val = 1, 2\nm.fit(X_train, y_train)'],
    { ...TRAINED, X_test: 'X_val', y_test: 'y_val' }
  ],
  [
    'test data beside the training data',
    ['(X, y), (X_test, y_test) = load()\nm.fit(X, y)'],
    { X: 'X', y: 'y', X_test: 'X_test', y_test: 'y_test' }
  ],
  [
    'the same columns',
    ['X_test = y_test = 1\nm.fit(X_train[cols], y_train)'],
    { X: 'X_train[cols]', y: 'y_train', X_test: 'X_test[cols]', y_test: 'y_test' }
  ],
  ['imported data', ['from data import X_test, labels as y_test\nm.fit(X_train, y_train)'], TESTED]
])('finds the test data in %s', (_, cells, data) => {
  expect(findData(cells, 'm')).toEqual(data);
});

test.each([
  ['labels are missing', ['X_test = 1\nm.fit(X_train, y_train)'], TRAINED],
  [
    'they are variables of a function',
    ['def f():\n    X_test, y_test = 1, 2\nm.fit(X_train, y_train)'],
    TRAINED
  ],
  ['they are arguments of a call', ['f(X_test=1, y_test=2)\nm.fit(X_train, y_train)'], TRAINED],
  ['they are in a text', ['"""\nX_test = y_test = 1\n"""\nm.fit(X_train, y_train)'], TRAINED],
  ['they are only compared', ['X_test == y_test\nm.fit(X_train, y_train)'], TRAINED],
  ['the model was fitted on all rows', [`${SPLIT}\nm.fit(X, y)`], { X: 'X', y: 'y' }],
  [
    'the training data has another form',
    [`${SPLIT}\nm.fit(scaler.fit_transform(X_train), y_train)`],
    {}
  ]
])('passes no test data if %s', (_, cells, data) => {
  expect(findData(cells, 'm')).toEqual(data);
});

test.each([
  ['the usual names', ['m = SVC()', 'X, y = load()'], { X: 'X', y: 'y' }],
  ['training rows before all rows', ['m = SVC()', SPLIT], TESTED],
  ['the nearest cell', ['m = SVC()', 'X, y = load()', SPLIT], { X: 'X', y: 'y' }],
  ['names of several cells', ['m = SVC()', 'y = 1', 'X = 1'], { X: 'X', y: 'y' }],
  ['nothing', ['m = SVC()'], {}]
])('finds %s where no fit is seen', (_, cells, data) => {
  expect(findData(cells, 'm')).toEqual(data);
});
