/** The names of the commands, which menus and workspaces keep. */
export const ID = {
  show: 'exo-nbregistry:show',
  open: 'exo-nbregistry:open',
  compareAgain: 'exo-nbregistry:compare-again',
  details: 'exo-nbregistry:details',
  history: 'exo-nbregistry:history',
  compare: 'exo-nbregistry:compare',
  insert: 'exo-nbregistry:insert-code',
  copy: 'exo-nbregistry:copy-reference',
  notebook: 'exo-nbregistry:open-notebook',
  register: 'exo-nbregistry:register-model',
  refresh: 'exo-nbregistry:refresh'
};
