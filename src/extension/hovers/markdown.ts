// Markdown out of text that came from files, for hovers: what explanations use as well.

export { code, plain, prose } from '../../explain/escape';
