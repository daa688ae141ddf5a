// Lists with a bulk action: 'select all', and how many rows are chosen. The form works without it.

function boxes (form) {
  return Array.from(form.querySelectorAll('.baton-table__select:not([data-baton-select-all])'))
}

function refresh (form) {
  const all = boxes(form)
  const chosen = all.filter((box) => box.checked).length
  for (const place of form.querySelectorAll('[data-baton-select-count]')) {
    if (place.textContent !== String(chosen)) place.textContent = String(chosen)
  }
  const master = form.querySelector('[data-baton-select-all]')
  if (master) {
    master.checked = all.length > 0 && chosen === all.length
    master.indeterminate = chosen > 0 && chosen < all.length
  }
}

function watch (form) {
  if (form.dataset.batonSelect === 'watched') return
  form.dataset.batonSelect = 'watched'
  const master = form.querySelector('[data-baton-select-all]')
  if (master) master.hidden = false
  form.addEventListener('change', (event) => {
    if (event.target === master) {
      for (const box of boxes(form)) box.checked = master.checked
    }
    refresh(form)
  })
  refresh(form)
}

export function watchSelection (scope) {
  const own = scope.matches && scope.matches('form[data-baton-select]') ? [scope] : []
  for (const form of [...own, ...scope.querySelectorAll('form[data-baton-select]')]) watch(form)
}
