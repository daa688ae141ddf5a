// A timer beside a field of minutes: it counts up while it runs and fills in the minutes when it is stopped. The field works without it.
// What runs is remembered in this tab, so that going to another page and back loses no time.

function read (key) {
  try {
    return JSON.parse(window.sessionStorage.getItem(key)) || { ran: 0, since: null }
  } catch {
    return { ran: 0, since: null }
  }
}

function keep (key, state) {
  try {
    window.sessionStorage.setItem(key, JSON.stringify(state))
  } catch {
    // without storage it counts until the page is left
  }
}

function spell (seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}

function addTimer (field) {
  if (field.dataset.batonTimerReady) return
  field.dataset.batonTimerReady = 'yes'
  const key = `baton-timer:${window.location.pathname}:${field.name}`
  const wanted = Number(field.dataset.batonTimer) * 60
  const label = document.querySelector(`label[for="${field.id}"]`)
  const state = read(key)
  let ticking = null

  const row = document.createElement('div')
  row.className = 'baton-timer'
  const clock = document.createElement('span')
  clock.className = 'baton-timer__clock'
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'govuk-button govuk-button--secondary baton-small-button'
  row.append(button, clock)
  field.after(row)

  const seconds = () => state.ran + (state.since === null ? 0 : (Date.now() - state.since) / 1000)

  function show () {
    const ran = seconds()
    clock.textContent = wanted ? `${spell(ran)} / ${spell(wanted)}` : spell(ran)
    row.classList.toggle('baton-timer--over', wanted > 0 && ran > wanted)
    // the words come with the field, in the language of the page
    button.textContent = state.since === null ? field.dataset.batonTimerStart : field.dataset.batonTimerStop
    const hidden = document.createElement('span')
    hidden.className = 'govuk-visually-hidden'
    hidden.textContent = label ? `: ${label.textContent.trim()}` : ''
    button.append(hidden)
  }

  function tick () {
    clearInterval(ticking)
    // the words of the button stay while it runs: only the clock moves
    if (state.since !== null) {
      ticking = setInterval(() => {
        const ran = seconds()
        clock.textContent = wanted ? `${spell(ran)} / ${spell(wanted)}` : spell(ran)
        row.classList.toggle('baton-timer--over', wanted > 0 && ran > wanted)
      }, 1000)
    }
  }

  button.addEventListener('click', () => {
    if (state.since === null) {
      state.since = Date.now()
    } else {
      state.ran = seconds()
      state.since = null
      field.value = String(Math.max(1, Math.round(state.ran / 60)))
    }
    keep(key, state)
    show()
    tick()
  })
  if (field.form) {
    field.form.addEventListener('submit', () => {
      if (state.since !== null) button.click()
    })
  }
  show()
  tick()
}

export function addTimers (scope) {
  for (const field of scope.querySelectorAll('input[data-baton-timer]')) addTimer(field)
}
