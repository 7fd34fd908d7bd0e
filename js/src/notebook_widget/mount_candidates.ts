/** Connects the view of a follow-up list with the model of its widget. */
import type { Primed } from '../registry/primed';
import { CandidatesView } from '../view/followup/candidates_view';
import type { CandidatesState } from '../view/followup/types';
import type { Trans } from '../view/translator';
import type { KernelModel, MountedView } from './kernel_model';
import { commTransport, followTraits, saveTraits, traitsOf } from './kernel_model';
import { waitingNote } from './waiting_note';

const STATE = ['threshold', 'selected', 'sort_by', 'descending', 'page'] as const;

/** Show the view of a follow-up list in an element. */
export function startCandidates(
  element: HTMLElement,
  model: KernelModel,
  trans: Trans,
  primed: Primed
): MountedView {
  const transport = commTransport(model, trans);
  const state = traitsOf<CandidatesState>(model, STATE) as CandidatesState;
  const view = new CandidatesView(transport.request, trans, state, primed);
  const { store } = view;
  // A reply that is late is not shown: the list is read again.
  transport.onChanged = () => store.refresh();
  const disconnect = store.stateChanged.connect(patch => saveTraits(model, STATE, patch));
  const stopFollowing = followTraits(model, STATE, store);
  element.append(waitingNote(transport, trans), view.node);
  return {
    dispose: () => {
      disconnect();
      stopFollowing();
      view.dispose();
      transport.dispose();
    }
  };
}
