// The event stream as it comes over the wire, block by block, including comments: what curl -N shows.

const blockEnd = /\r?\n\r?\n/;

/** Reads a stream after a position until the signal aborts it or the server ends it. Calls show with each block. */
export const readFrames = async (address, position, signal, show) => {
	const headers = position ? { 'Last-Event-ID': position } : {};
	const response = await fetch(address, { headers, signal, cache: 'no-store' });
	if (!response.body || !response.ok) return;
	let rest = '';
	for await (const text of pieces(response.body)) {
		const blocks = (rest + text).split(blockEnd);
		rest = blocks.pop();
		blocks.forEach(show);
	}
};

async function* pieces(body) {
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	for (let piece; !(piece = await reader.read()).done;) yield piece.value;
}
