// A form marked data-baton-autosave saves itself while one types, by the same address and with the same checks as its
// button. What can't be saved (no connection, too many words, closed meanwhile) stays on the device as a draft.

import { dropDraft } from './drafts.js'

const PAUSE = 2000

function note (form, box) {
  const line = document.createElement('p')
  line.className = 'govuk-hint'
  line.setAttribute('role', 'status')
  box.closest('.govuk-form-group').after(line)
  return line
}

function watch (form) {
  const box = form.querySelector('textarea[data-baton-draft]')
  const version = form.elements.namedItem('version')
  if (!box || !version) return
  const line = note(form, box)
  let timer = 0
  let running = null

  async function save () {
    timer = 0
    const text = box.value
    const lines = Array.from(form.querySelectorAll('input[data-baton-draft]'), (line) => [line, line.value])
    try {
      const answer = await fetch(form.action, {
        method: 'POST',
        body: new FormData(form),
        headers: { 'X-Baton-Autosave': '1' },
        redirect: 'error'
      })
      if (!answer.ok) throw new Error(String(answer.status))
      version.value = String((await answer.json()).version)
      box.defaultValue = text
      if (box.value === text) dropDraft(box.dataset.batonDraft)
      for (const [line, kept] of lines) if (line.value === kept) dropDraft(line.dataset.batonDraft)
      const now = new Date().toLocaleTimeString('en-GB', { hour: 'numeric', hour12: true, minute: '2-digit' }).replace(/\s/, '')
      line.textContent = `${form.dataset.batonAutosave} ${now}`
    } catch {
      line.textContent = form.dataset.batonAutosaveFailed
    }
  }

  form.addEventListener('input', (event) => {
    if (!event.target.hasAttribute('data-baton-draft')) return
    window.clearTimeout(timer)
    timer = window.setTimeout(() => {
      running = (running || Promise.resolve()).then(save)
    }, PAUSE)
  })
  // The button sends the version that the last save left: it waits for a save under way.
  form.addEventListener('submit', (event) => {
    window.clearTimeout(timer)
    if (!running) return
    const last = running
    running = null
    event.preventDefault()
    last.finally(() => form.requestSubmit(event.submitter || undefined))
  })
}

export function saveWhileTyping (page) {
  for (const form of page.querySelectorAll('form[data-baton-autosave]')) watch(form)
}
