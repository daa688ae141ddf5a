// Keys for repeated work. A key presses the link or button that names it in data-baton-key ("n ArrowRight"); a page's own script adds
// what needs more than a press. Keys never fire while somebody types, and can be switched off on the page that has them.

const OFF = 'baton-keys-off'
const PRESSED_BY_TYPING = new Set(['button', 'checkbox', 'radio', 'reset', 'submit'])

function stored () {
  try {
    return window.localStorage.getItem(OFF) === 'yes'
  } catch {
    return false
  }
}

function remember (off) {
  try {
    if (off) window.localStorage.setItem(OFF, 'yes')
    else window.localStorage.removeItem(OFF)
  } catch { /* a private window: the choice lasts as long as the page */ }
}

export function isTyping (target) {
  if (!(target instanceof window.Element)) return false
  if (target.closest('textarea, select, [contenteditable=""], [contenteditable="true"]')) return true
  return target.matches('input') && !PRESSED_BY_TYPING.has(target.type)
}

// `act(key, event)` answers whether it did something with the key.
export function watchKeys (page, act = () => false) {
  const line = page.querySelector('[data-baton-keys]')
  if (!line) return
  const box = line.querySelector('[data-baton-keys-switch]')
  box.checked = !stored()
  line.hidden = false
  box.addEventListener('change', () => remember(!box.checked))
  page.addEventListener('keydown', (event) => {
    if (!box.checked || event.defaultPrevented || event.isComposing || event.repeat) return
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    // the arrows belong to radios while one of them has the focus
    if (event.key.startsWith('Arrow') && event.target instanceof window.Element && event.target.matches('input')) return
    if (act(event.key, event)) {
      event.preventDefault()
      return
    }
    for (const control of page.querySelectorAll('[data-baton-key]')) {
      if (control.dataset.batonKey.split(' ').includes(event.key)) {
        event.preventDefault()
        control.click()
        return
      }
    }
  })
}
