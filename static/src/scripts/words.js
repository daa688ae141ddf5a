// How many words a text has, as a reader counts: engine.forms.count_words says the same on the server, and
// tests/engine/word_counts.json holds both to it.

// What parts words. \s isn't the same in every language, so it's spelt out.
const GAP = '\\u0009-\\u000d\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff\\u2014'
// Scripts without spaces: each sign is a word, as word processors have it.
const ONE_EACH = '\\u3041-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}'
const PIECE = new RegExp(`[${ONE_EACH}]|[^${GAP}${ONE_EACH}]+`, 'gu')
const SAYS_SOMETHING = /[\p{L}\p{N}]/u

export function countWords (text) {
  return (text.match(PIECE) || []).filter((piece) => SAYS_SOMETHING.test(piece)).length
}
