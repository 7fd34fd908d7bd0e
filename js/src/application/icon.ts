/** The icon of the registry: a planet with a ring. */
import { LabIcon } from '@jupyterlab/ui-components';

const PLANET = `
<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <circle cx="12" cy="12" r="5.5"/>
    <path d="M4.6 13.2C2.3 15.9 1.2 18.2 2.2 19.4c1.8 2 8.100-.9 13.600-5.900
      5.500-5 8.400-10.400 6.600-12.400-1-1.100-3.400-.6-6.400 1.100l.9 1.500c2-1 3.500-1.400 4-.9
      1 1.100-2 5.500-6.400 9.500s-9.200 6.600-10.200 5.500c-.5-.5 0-1.900 1.200-3.600z"/>
  </g>
</svg>`;

export const planetIcon = new LabIcon({ name: 'exo-nbregistry:planet', svgstr: PLANET });
