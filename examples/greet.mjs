// An ES module: the default function is called with the request's `input`.
const greetings = { de: 'Guten Tag', en: 'Good day', fr: 'Bonjour' };

export const languages = Object.keys(greetings);

export default function greet({ name, language = 'en' }) {
  const greeting = greetings[language];
  if (greeting === undefined) {
    throw new RangeError(`I speak ${languages.join(', ')}, not ${language}`);
  }
  return { message: `${greeting}, ${name}!`, language };
}
