/** Connects a view with the model of its widget: requests by messages, and its state by traits. */
import type { Primed } from '../registry/primed';
import type { ViewState } from '../registry/store';
import { RegistryView } from '../view/registry_view';
import type { Host } from '../view/host';
import type { Trans } from '../view/translator';
import type { KernelModel, MountedView } from './kernel_model';
import { commTransport, followTraits, primedOf, saveTraits, traitsOf } from './kernel_model';
import { startCandidates } from './mount_candidates';
import { notebookHost } from './notebook_host';
import { waitingNote } from './waiting_note';

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

/** Show the view of a model in an element. `calls` are those that the page around it answers. */
export function mount(
  element: HTMLElement,
  model: KernelModel,
  trans: Trans,
  calls: Partial<Host> = {}
): MountedView {
  let view: MountedView | null = null;
  let isDisposed = false;
  // Without the first replies, the view requests them.
  void primedOf(model)
    .catch(() => ({}))
    .then(primed => {
      if (isDisposed) {
        return;
      }
      view =
        model.get('_kind') === 'candidates'
          ? startCandidates(element, model, trans, primed)
          : startRegistry(element, model, { ...notebookHost(trans), ...calls }, primed);
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
  host: Host,
  primed: Primed
): MountedView {
  const transport = commTransport(model, host.trans);
  const view = new RegistryView(transport.request, host, {
    state: { ...traitsOf<ViewState>(model, STATE), registry: THIS },
    fixedRegistry: THIS,
    primed,
    pageSize: model.get('_page_size') as number
  });
  const { store } = view;
  transport.onChanged = () => void store.refresh();
  const disconnect = store.stateChanged.connect(patch => saveTraits(model, STATE, patch));
  const stopFollowing = followTraits(model, STATE, store);
  element.append(waitingNote(transport, host.trans), view.node);
  return {
    dispose: () => {
      disconnect();
      stopFollowing();
      view.dispose();
      transport.dispose();
    }
  };
}
