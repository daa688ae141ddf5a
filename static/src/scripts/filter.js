// A box marked data-baton-filter="id" narrows what stands in that element while one types: elements with data-baton-words stay if
// they have every word typed, and a section stays if any of its own do. Nothing is unticked: what is hidden is sent with the form.

function narrow (area, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  let shown = 0
  for (const item of area.querySelectorAll('[data-baton-words]')) {
    const own = item.dataset.batonWords.toLowerCase()
    item.hidden = !words.every((word) => own.includes(word))
    if (!item.hidden) shown += 1
  }
  for (const section of area.querySelectorAll('section')) {
    section.hidden = !section.querySelector('[data-baton-words]:not([hidden])')
  }
  return shown
}

export function watchFilters (page) {
  for (const box of page.querySelectorAll('input[data-baton-filter]')) {
    const area = document.getElementById(box.dataset.batonFilter)
    const note = box.parentElement.querySelector('[data-baton-filter-count]')
    if (!area) continue
    box.addEventListener('input', () => {
      const shown = narrow(area, box.value)
      if (note) note.textContent = box.value.trim() ? note.dataset.batonFilterCount.replace('{n}', shown) : ''
    })
    // Enter would send the form, which isn't what somebody looking for a name means
    box.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') event.preventDefault()
    })
  }
}
