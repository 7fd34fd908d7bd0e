/** Connects a view with the model of its widget: requests by messages, and its state by traits. */
import type { Primed } from '../registry/primed';
import type { ViewState } from '../registry/store';
import { RegistryView } from '../view/registry_view';
import type { Trans } from '../view/translator';
import type { KernelModel, MountedView } from './kernel_model';
import { commTransport, followTraits, primedOf, saveTraits, traitsOf } from './kernel_model';
import { startCandidates } from './mount_candidates';
import { notebookHost } from './notebook_host';

/** The id of the only registry that the kernel of a panel answers for. */
const THIS = 'this';
const STATE = [
  'query',
  'view',
  'model_name',
  'order_by',
  'page',
  'columns',
  'show_deleted',
  'fold_children',
  'selected'
] as const;

/** Show the view of a model in an element. */
export function mount(element: HTMLElement, model: KernelModel, trans: Trans): MountedView {
  let view: MountedView | null = null;
  let isDisposed = false;
  const start = model.get('_kind') === 'candidates' ? startCandidates : startRegistry;
  // Without the first replies, the view requests them.
  void primedOf(model)
    .catch(() => ({}))
    .then(primed => {
      view = isDisposed ? null : start(element, model, trans, primed);
    });
  return {
    dispose: () => {
      isDisposed = true;
      view?.dispose();
    }
  };
}

function startRegistry(
  element: HTMLElement,
  model: KernelModel,
  trans: Trans,
  primed: Primed
): MountedView {
  const transport = commTransport(model, trans);
  const view = new RegistryView(transport.request, notebookHost(trans), {
    state: { ...traitsOf<ViewState>(model, STATE), registry: THIS },
    fixedRegistry: THIS,
    primed,
    pageSize: model.get('_page_size') as number
  });
  const { store } = view;
  transport.onChanged = () => void store.refresh();
  const disconnect = store.stateChanged.connect(patch => saveTraits(model, STATE, patch));
  const stopFollowing = followTraits(model, STATE, store);
  element.append(view.node);
  return {
    dispose: () => {
      disconnect();
      stopFollowing();
      view.dispose();
      transport.dispose();
    }
  };
}
