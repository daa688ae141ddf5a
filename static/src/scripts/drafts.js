// What a person writes in a field marked data-baton-draft="key" is kept on their device until it has reached the
// server, so that a dead connection, an expired session or a closed lid loses nothing.
//
// Four rules, each learnt from a way of losing text:
// - A draft is dropped only when the server shows it has the text, or when a page after sending is an ordinary page
//   of the portal. The sign-in page and error pages say data-baton-keep-drafts: the text has not arrived there.
// - A draft is never put over what the server sent: it is offered, and the person chooses.
// - Signing out removes all drafts, since a device may be shared; so do fourteen days.
// - A page says by a digest whose it is. When somebody else is signed in, as after a session that ran out, the drafts of whoever
//   was before are removed before anything is read.

const PREFIX = 'baton-draft:'
const OWNER = 'baton-draft-owner'
const SENT = 'baton-drafts-sent'
const KEPT_FOR = 14 * 24 * 60 * 60 * 1000

function store () {
  try {
    const area = window.localStorage
    area.setItem(`${PREFIX}probe`, '1')
    area.removeItem(`${PREFIX}probe`)
    return area
  } catch {
    return null // private windows and full discs: the page works without drafts
  }
}

function read (area, key) {
  try {
    const draft = JSON.parse(area.getItem(PREFIX + key))
    return draft && typeof draft.text === 'string' ? draft : null
  } catch {
    return null
  }
}

function write (area, key, text) {
  try {
    area.setItem(PREFIX + key, JSON.stringify({ text, at: Date.now() }))
    return true
  } catch {
    return false
  }
}

function ownKeys (area) {
  return Object.keys(area).filter((key) => key.startsWith(PREFIX))
}

function dropOld (area) {
  for (const name of ownKeys(area)) {
    const draft = read(area, name.slice(PREFIX.length))
    if (!draft || Date.now() - draft.at > KEPT_FOR) area.removeItem(name)
  }
}

function dropOthers (area, page) {
  const owner = page.body.dataset.batonOwner
  if (!owner || area.getItem(OWNER) === owner) return
  if (area.getItem(OWNER)) dropAll(area)
  area.setItem(OWNER, owner)
}

function dropAll (area) {
  for (const name of ownKeys(area)) area.removeItem(name)
}

function dropArrived (area, page) {
  if (page.body.hasAttribute('data-baton-keep-drafts')) return
  const sent = (window.sessionStorage.getItem(SENT) || '').split('\n').filter(Boolean)
  const shown = new Set(Array.from(page.querySelectorAll('[data-baton-draft]'), (box) => box.dataset.batonDraft))
  for (const key of sent) {
    if (!shown.has(key)) area.removeItem(PREFIX + key)
  }
  window.sessionStorage.removeItem(SENT)
}

function sameText (one, other) {
  return one.replace(/\r\n/g, '\n').trim() === other.replace(/\r\n/g, '\n').trim()
}

function offer (area, box, draft) {
  const template = document.getElementById('baton-draft-note')
  if (!template) return
  const note = template.content.firstElementChild.cloneNode(true)
  const when = note.querySelector('[data-baton-draft-when]')
  when.textContent = new Date(draft.at).toLocaleString(document.documentElement.lang || 'en-GB', {
    day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit'
  })
  note.querySelector('[data-baton-draft-use]').addEventListener('click', () => {
    box.value = draft.text
    box.dispatchEvent(new Event('input', { bubbles: true }))
    note.remove()
    box.focus()
  })
  note.querySelector('[data-baton-draft-drop]').addEventListener('click', () => {
    area.removeItem(PREFIX + box.dataset.batonDraft)
    note.remove()
    box.focus()
  })
  box.before(note)
}

function watch (area, box) {
  const key = box.dataset.batonDraft
  const draft = read(area, key)
  if (draft) {
    if (draft.text.trim() === '' || sameText(draft.text, box.value)) area.removeItem(PREFIX + key)
    else offer(area, box, draft)
  }
  let timer = 0
  const keep = () => {
    window.clearTimeout(timer)
    timer = 0
    if (sameText(box.value, box.defaultValue)) area.removeItem(PREFIX + key)
    else write(area, key, box.value)
  }
  box.addEventListener('input', () => {
    window.clearTimeout(timer)
    timer = window.setTimeout(keep, 400)
  })
  window.addEventListener('pagehide', () => {
    if (timer) keep()
  })
  if (!box.form) return
  box.form.addEventListener('submit', () => {
    keep()
    const sent = new Set((window.sessionStorage.getItem(SENT) || '').split('\n').filter(Boolean))
    sent.add(key)
    window.sessionStorage.setItem(SENT, Array.from(sent).join('\n'))
  })
}

export function dropDraft (key) {
  const area = store()
  if (area) area.removeItem(PREFIX + key)
}

export function keepDrafts (page) {
  const area = store()
  if (!area) return
  dropOthers(area, page)
  dropOld(area)
  dropArrived(area, page)
  for (const box of page.querySelectorAll('[data-baton-draft]')) watch(area, box)
  for (const form of page.querySelectorAll('form[data-baton-sign-out]')) {
    form.addEventListener('submit', () => {
      dropAll(area)
    })
  }
}
