import { expect, test } from 'vitest';

import { findEstimator } from '../../src/notebook/find_estimator';

test.each([
  ['an estimator that is created', 'model = SVC()', 'model'],
  ['an estimator that is created and fitted', 'model = SVC().fit(X, y)', 'model'],
  ['the one that is fitted last, not created last', 'a = SVC()\nb = SVC()\na.fit(X, y)', 'a'],
  ['one that is fitted in parts', 'a = SGD()\nb = SGD()\na.partial_fit(X, y)', 'a'],
  [
    'one before a transformed table',
    'model = SVC().fit(X, y)\nX2 = PCA().fit_transform(X)',
    'model'
  ],
  [
    'one whose call spans lines',
    'grid = GridSearchCV(\n    SVC(), {"C": [1]},\n)\ngrid.fit(X, y)',
    'grid'
  ],
  ['one with a type annotation', 'grid: GridSearchCV = GridSearchCV(SVC(), {})', 'grid'],
  ['one in a block', 'if True:\n    inner = sklearn.svm.SVC(); inner.fit(X, y)', 'inner'],
  ['a pipeline', 'pipe = make_pipeline(StandardScaler(), SVC())  # b = SVC()', 'pipe'],
  ['a clone', 'copy = clone(model)', 'copy'],
  ['one after a continued line', 'model = \\\n    SVC()', 'model']
])('finds %s', (_, source, variable) => {
  expect(findEstimator(source)).toBe(variable);
});

test.each([
  ['an empty cell', ''],
  ['text', "text = '''\nfake = SVC()\n'''"],
  ['a comment', '# model = SVC()'],
  ['a table', "frame = pd.DataFrame({'a': [1]})"],
  ['scores', 'scores = cross_val_score(SVC(), X, y)'],
  ['predictions', 'predicted = SVC().fit(X, y).predict(X)'],
  ['a comparison', 'model == SVC()']
])('finds no estimator in %s', (_, source) => {
  expect(findEstimator(source)).toBeNull();
});
