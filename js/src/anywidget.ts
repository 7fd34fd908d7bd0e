/**
 * The view as a module of anywidget, for front ends that do not load extensions of JupyterLab.
 *
 * Source: the anywidget front-end module specification, https://anywidget.dev/en/afm/
 */
import type { KernelModel } from './notebook_widget/kernel_model';
import { mount } from './notebook_widget/mount';
import { english } from './view/translator';

interface RenderContext {
  model: KernelModel;
  el: HTMLElement;
}

/** Show the view of a model, and return the function that removes it. */
function render({ model, el }: RenderContext): () => void {
  const view = mount(el, model, english);
  return () => view.dispose();
}

export default { render };
