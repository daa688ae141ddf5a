// The marking screen: keys for points and criteria, a draft kept at every change, and minutes counted honestly: while the page is in
// view and somebody has moved, typed or scrolled within the last minute. Without script the page works, and the time between
// opening and finishing is what there is.

const IDLE_AFTER = 60 * 1000
const KEEP_AFTER = 1200
const SIGNS_OF_LIFE = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'scroll', 'touchstart']

function criteria (form) {
  return Array.from(form.querySelectorAll('[data-baton-criterion]'))
}

function current (form) {
  const all = criteria(form)
  const focused = document.activeElement && document.activeElement.closest('[data-baton-criterion]')
  return Math.max(all.indexOf(focused), -1)
}

function go (form, step) {
  const all = criteria(form)
  const here = current(form)
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)]
  if (!next) return false
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'start' })
  return true
}

function choose (form, key) {
  const all = criteria(form)
  const section = all[Math.max(current(form), 0)]
  const radio = section && section.querySelector(`input[type="radio"][value="${key}"]`)
  if (!radio) return false
  radio.focus({ preventScroll: true })
  radio.checked = true
  radio.dispatchEvent(new Event('change', { bubbles: true }))
  return true
}

function act (form, key) {
  if (/^[1-9]$/.test(key)) return choose(form, key)
  if (key === 'j' || key === 'n') return go(form, 1)
  if (key === 'k' || key === 'p') return go(form, -1)
  if (key === 'e') {
    form.querySelector('button[name="finish"]').focus()
    return true
  }
  return false
}

function clock () {
  let counted = 0
  let last = Date.now()
  const alive = () => { last = Date.now() }
  for (const sign of SIGNS_OF_LIFE) document.addEventListener(sign, alive, { passive: true, capture: true })
  window.setInterval(() => {
    if (document.visibilityState === 'visible' && Date.now() - last < IDLE_AFTER) counted += 1
  }, 1000)
  return {
    take () {
      const taken = counted
      counted = 0
      return taken
    },
    giveBack (seconds) { counted += seconds }
  }
}

function timeOfDay () {
  return new Date().toLocaleTimeString(document.documentElement.lang || 'en-GB', { hour: 'numeric', minute: '2-digit' })
}

function keep (form, time) {
  const note = form.querySelector('[data-baton-kept]')
  let timer = 0
  let underway = false
  let again = false
  let leaving = false
  const say = (text) => { if (note.textContent !== text) note.textContent = text }

  async function send () {
    timer = 0
    if (leaving) return
    if (underway) {
      again = true
      return
    }
    underway = true
    const seconds = time.take()
    const data = new FormData(form)
    data.set('seconds', String(seconds))
    data.set('save', '1')
    data.set('autosave', '1')
    try {
      const answer = await fetch(window.location.href, { method: 'POST', body: data, redirect: 'error' })
      if (answer.status !== 204) throw new Error(String(answer.status))
      say(form.dataset.kept.replace('{time}', timeOfDay()))
    } catch {
      time.giveBack(seconds)
      if (!leaving) say(form.dataset.notKept)
    }
    underway = false
    if (again) {
      again = false
      later()
    }
  }
  function later () {
    window.clearTimeout(timer)
    timer = window.setTimeout(send, KEEP_AFTER)
  }
  form.addEventListener('input', later)
  form.addEventListener('change', later)
  form.addEventListener('submit', () => {
    leaving = true
    window.clearTimeout(timer)
    form.querySelector('input[name="seconds"]').value = String(time.take())
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden' || leaving) return
    if (timer) {
      window.clearTimeout(timer)
      send()
      return
    }
    const seconds = time.take()
    if (!seconds) return
    const data = new FormData()
    data.set('csrfmiddlewaretoken', form.querySelector('input[name="csrfmiddlewaretoken"]').value)
    data.set('time', '1')
    data.set('seconds', String(seconds))
    if (!navigator.sendBeacon(window.location.href, data)) time.giveBack(seconds)
  })
  window.addEventListener('pageshow', () => { leaving = false })
}

// What the keys do on this page; for pages that have no marks nothing.
export function marking (page) {
  const form = page.querySelector('form[data-baton-marking]')
  if (!form) return () => false
  keep(form, clock())
  return (key) => act(form, key)
}
