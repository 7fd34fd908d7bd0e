/** Messages about a server that does not reply, or not as expected, in the language of the page. */
import type { ApiTexts } from '../registry/api_error';
import type { Trans } from './translator';

export function apiTexts(trans: Trans): ApiTexts {
  return {
    unreachable: trans.__('Cannot reach the Jupyter server.'),
    missing: trans.__(
      'The server extension is not available. Check that `jupyter server extension list` shows exo_nbregistry as enabled.'
    ),
<<<<<<< HEAD
    failed: (status, text) => trans.__('The server replied %1 %2.', status, text),
    notData: trans.__('The server replied with a page instead of data.'),
    hintOfNotData: trans.__('Reload this page; you may have to log in again.')
=======
    unreadable: trans.__('The server replied with a page instead of data.'),
    logIn: trans.__('Reload this page; you may have to log in again.'),
    failed: (status, text) => trans.__('The server replied %1 %2.', status, text)
>>>>>>> b-words
  };
}
