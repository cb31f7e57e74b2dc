// A publish as a request, and as the curl command that sends the same.

const quote = text => `'${text.replaceAll("'", `'\\''`)}'`;

/** The path of a page or of one of its resources, with percent-encoded names. */
export const path = (...names) => '/' + names.map(encodeURIComponent).join('/');

/** The curl command of a request, quoted for a shell. POST is the default with a body, so it needs no -X. */
export const curl = ({ method, address, type, body }) => [
	'curl',
	...method === 'POST' ? [] : [`-X ${method}`],
	...type ? [`-H ${quote(`Content-Type: ${type}`)}`] : [],
	...body === undefined ? [] : [`--data-raw ${quote(body)}`],
	quote(new URL(address, location.origin).href),
].join(' ');

/** Sends a request. Returns the result as a short text, and whether it has failed. */
export const send = async ({ method, address, type, body }) => {
	const response = await fetch(address, { method, body, headers: { 'Content-Type': type ?? 'text/plain' } });
	const result = await response.json();
	return response.ok
		? { text: `${response.status}: ${result.id ?? 'live only'}` }
		: { text: `${response.status}: ${result.detail ?? result.title}`, failed: true };
};
