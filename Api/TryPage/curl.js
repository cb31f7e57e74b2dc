// What a publish is, as a request and as the curl command that sends it.

const quote = text => `'${text.replaceAll("'", `'\\''`)}'`;

/** The path of a page, or of what belongs to it; names are percent-encoded. */
export const path = (...names) => '/' + names.map(encodeURIComponent).join('/');

/** A request's words for a shell: curl, the method unless it is what -d means, headers, the body as it is, the address. */
export const curl = ({ method, address, type, body }) => [
	'curl',
	...method === 'POST' ? [] : [`-X ${method}`],
	...type ? [`-H ${quote(`Content-Type: ${type}`)}`] : [],
	...body === undefined ? [] : [`--data-raw ${quote(body)}`],
	quote(new URL(address, location.origin).href),
].join(' ');

/** Sends it; what was answered, in a sentence, and how many streams the page has. */
export const send = async ({ method, address, type, body }) => {
	const response = await fetch(address, { method, body, headers: { 'Content-Type': type ?? 'text/plain' } });
	const answer = await response.json();
	return response.ok
		? { text: `${response.status}: ${answer.id ?? 'live only'}`, subscribers: answer.subscribers }
		: { text: `${response.status}: ${answer.detail ?? answer.title}`, failed: true };
};
