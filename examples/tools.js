// Without an `entrypoint` the last value is the result; with one, that function is called instead.
function slug(title) {
  const separator = env.SEPARATOR ?? '-';
  const words = title.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? [];
  return [...args, ...words].join(separator);
}

function initials(title) {
  return title.replace(/(\p{L})\p{L}*\s*/gu, '$1');
}

const title = typeof input === 'string' ? input : 'An Untitled Story';
({ slug: slug(title), initials: initials(title) });
