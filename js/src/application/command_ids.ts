/** The ids of the commands. Menus and saved workspaces contain them, so they must not change. */
export const CommandIds = {
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
