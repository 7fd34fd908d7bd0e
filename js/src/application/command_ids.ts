/** The ids of the commands. Menus, shortcuts and saved workspaces contain them. */
export const CommandIds = {
  show: 'exo-nbregistry:show',
  open: 'exo-nbregistry:open',
  openSelected: 'exo-nbregistry:open-selected',
  details: 'exo-nbregistry:details',
  insert: 'exo-nbregistry:insert-code',
  copy: 'exo-nbregistry:copy-reference',
  notebook: 'exo-nbregistry:open-notebook',
  clear: 'exo-nbregistry:clear-selection',
  register: 'exo-nbregistry:register-model',
  refresh: 'exo-nbregistry:refresh'
};
