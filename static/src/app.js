// What every page loads, as a module: a browser too old for modules gets the page without script, and it works.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
  isSupported
} from 'govuk-frontend'

import { saveWhileTyping } from './scripts/autosave.js'
import { keepDrafts } from './scripts/drafts.js'
import { watchFilters } from './scripts/filter.js'
import { watchKeys } from './scripts/keys.js'
import { marking } from './scripts/marking.js'
import { watchSelection } from './scripts/selection.js'
import { addTimers } from './scripts/timer.js'
import { countWords } from './scripts/words.js'

// Words are counted as the server counts them.
class WordCount extends CharacterCount {
  updateCount () {
    if (this.config.countType === 'words') this.count = countWords(this.$textarea.value)
    else super.updateCount()
  }
}

const components = [
  Button,
  WordCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink
]

// govuk-frontend says aria-expanded of a radio that reveals a field; ARIA has no such state for radios, and checkers and
// some screen readers stumble over it. The revealed field follows its radio in the reading order, so nothing is lost.
function tidyRadios () {
  for (const radio of document.querySelectorAll('input[type="radio"][aria-expanded]')) {
    radio.removeAttribute('aria-expanded')
  }
}

function start (scope) {
  for (const component of components) createAll(component, {}, scope)
  tidyRadios()
  watchSelection(scope)
  addTimers(scope)
}

document.body.classList.add('js-enabled')
if ('noModule' in HTMLScriptElement.prototype) {
  document.body.classList.add('govuk-frontend-supported')
}
if (isSupported()) start(document)
keepDrafts(document)
saveWhileTyping(document)
watchFilters(document)
watchKeys(document, marking(document))
// after the component's own listeners, which stand on elements further in or were added before
document.addEventListener('click', tidyRadios)
window.addEventListener('pageshow', tidyRadios)

// allauth tells of a passkey that failed or was dismissed on the console alone; people need to read it.
document.addEventListener('allauth.error', () => {
  for (const note of document.querySelectorAll('[data-baton-passkey-problem]')) note.hidden = false
})

// A piece of page that htmx brought needs its components started too; those already started are left as they are.
document.body.addEventListener('htmx:load', (event) => {
  if (event.detail.elt !== document.body && isSupported()) start(event.detail.elt)
})
